/**
 * The one place that keeps the keys of a widget: whatever in it has the focus, no key is the
 * notebook's, and after a click or a choice in a list the focus is where keys step.
 *
 * JupyterLab and Notebook 7 take letters, arrows, space and Escape for commands of their own, unless
 * what has the focus itself bears a mark; other front ends hear of what comes up to the page. Only
 * the key that saves is the notebook's. Not here: what a key does (`moving`, `duo`, `way`).
 */

/** What is typed into, and what explains itself: these keep the focus. */
const KEEP =
  "textarea, select, iframe, .fv-word, input:not([type=checkbox], [type=radio], [type=button])";

/**
 * @param {HTMLElement} root all of the widget
 * @param {(of: Element) => HTMLElement | null} home where keys step, for what was
 *   clicked; null in a form, in which each control keeps the focus
 */
export function keepKeys(root, home = () => null) {
  if (!root.hasAttribute("tabindex")) root.tabIndex = -1; // a click beside all controls is ours, too
  /** @type {EventTarget | null} the list in which keys choose */
  let list = null;

  root.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement || target instanceof SVGElement) {
      target.dataset.lmSuppressShortcuts = "true";
    }
  });
  root.dataset.fvKeys = "";
  letSave();
  root.addEventListener("pointerdown", () => {
    list = null;
  });
  root.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const inList = target instanceof HTMLSelectElement;
    list = inList ? target : null;
    if (inList && key === "Enter") back(target);
    if (key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.stopPropagation();
    }
  });
  root.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLSelectElement && target !== list) back(target);
  });
  root.addEventListener("click", ({ detail, target }) => {
    if (!detail || !(target instanceof Element)) return; // made by a key
    const of = target.closest("label")?.control ?? target;
    if (of.closest(KEEP)) return;
    const at = document.activeElement; // what the click opened has taken the focus on purpose
    const opened = at && at !== root && root.contains(at) && !at.contains(of);
    if (!opened) back(of);
  });

  /** @param {Element} of */
  function back(of) {
    home(of)?.focus({ preventScroll: true });
  }
}

const SAVES = Symbol.for("faultviz.saves");

/** The key that saves is heard by the notebook: for it alone the mark is off. Once in a page. */
function letSave() {
  const page = /** @type {{[SAVES]?: boolean}} */ (globalThis);
  if (page[SAVES]) return;
  page[SAVES] = true;
  const before = (/** @type {KeyboardEvent} */ { key, target, ctrlKey, metaKey, altKey }) => {
    if (!(ctrlKey || metaKey) || altKey || key.toLowerCase() !== "s") return;
    if (!(target instanceof HTMLElement || target instanceof SVGElement)) return;
    if (!target.closest("[data-fv-keys]")) return;
    /** @type {(HTMLElement | SVGElement)[]} */
    const marked = [];
    for (let at = target; at; at = /** @type {HTMLElement} */ (at.parentElement)) {
      if (at.dataset.lmSuppressShortcuts) marked.push(at);
      delete at.dataset.lmSuppressShortcuts;
    }
    setTimeout(() => {
      for (const one of marked) one.dataset.lmSuppressShortcuts = "true";
    });
  };
  window.addEventListener("keydown", before, true);
}
