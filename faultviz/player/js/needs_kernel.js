/**
 * What stands in a saved notebook for a widget that can do nothing without its kernel.
 * @param {{el: HTMLElement}} place
 */
function render({ el }) {
  el.textContent =
    "This needs its kernel: run the cell again. What you answered before is kept in answers.json.";
}

export default { render };
