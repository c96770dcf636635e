/**
 * A view over the whole page, in the browser's top layer: it stays where it is in the page, so its
 * styles and its keys stay, nothing lies above it, and Tab does not leave it. What a page must show
 * whatever lies over it bears `data-in-sight`, and comes along.
 */
import { h } from "./parts.js";

/** From this width on a view over the page has room: below it, titles and boxes lie over each other. */
export const WIDE_WINDOW = matchMedia("(min-width: 700px)");

/**
 * A view as it is shown: in a narrow window the stage is none, however it was asked for.
 * @template {string} Name
 * @param {Name} view
 */
export function roomy(view) {
  return view === "stage" && !WIDE_WINDOW.matches ? "full" : view;
}

/**
 * Lay a view over the page, or back into it.
 * @param {HTMLElement} root
 * @param {boolean} on
 * @param {() => void} leave what is done where the browser closes it, such as by a gesture
 */
export function layOver(root, on, leave) {
  const dialog = over(root);
  if (on === (dialog !== null)) return;
  const at = document.activeElement;
  const focused = at instanceof HTMLElement && root.contains(at) ? at : null;
  if (dialog) {
    dialog.replaceWith(...dialog.childNodes);
  } else {
    const made = h("dialog", { class: "fv-on-top", "aria-label": root.getAttribute("aria-label") });
    made.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    made.addEventListener("close", () => {
      if (over(root) === made) leave();
    });
    root.replaceWith(made);
    made.append(root);
    open(made, root);
  }
  if (focused || on) (focused ?? root).focus({ preventScroll: true });
}

/**
 * As soon as it is in the page: a front end may put it there later.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} root
 */
function open(dialog, root) {
  if (root.parentElement !== dialog) return;
  if (dialog.isConnected) {
    dialog.showModal();
    dialog.append(...document.querySelectorAll("[data-in-sight]"));
  } else requestAnimationFrame(() => open(dialog, root));
}

/**
 * What holds a view over the page; null where it lies in it.
 * @param {HTMLElement} root
 */
function over({ parentElement }) {
  return parentElement instanceof HTMLDialogElement ? parentElement : null;
}

/**
 * Take a view out of the page, over which it may lie.
 * @param {HTMLElement} root
 */
export function takeAway(root) {
  const dialog = over(root);
  root.remove();
  dialog?.replaceWith(...dialog.childNodes); // what came along stays in the page
}
