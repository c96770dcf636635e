/**
 * Says that the keys pressed within a box are the box's: see base_widget.py.
 */
import { keepKeys } from "./keys.js";

/**
 * @param {{el: HTMLElement}} place
 */
function render({ el }) {
  el.style.display = "none";
  requestAnimationFrame(() => {
    /** @type {HTMLElement | null} */
    const box = el.closest(".fv-shown");
    if (box) keepKeys(box);
  });
}

export default { render };
