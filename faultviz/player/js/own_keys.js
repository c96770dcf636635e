/** Says that the keys pressed within a box are the box's: see base_widget.py. */
function render({ el }) {
  el.style.display = "none";
  requestAnimationFrame(() => el.closest(".fv-shown")?.addEventListener("focusin",
    ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; }));
}
export default { render };
