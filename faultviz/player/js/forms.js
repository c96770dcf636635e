/**
 * Where a notebook comes in for a form: questions, a sorting.
 *
 * @import { AnyModel } from "@anywidget/types"
 * @import { AskState, SortState } from "./payload.js"
 */
import { Ask } from "./ask.js";
import { keepKeys } from "./keys.js";
import { Sort } from "./sort.js";

/** @param {{model: AnyModel<AskState & SortState>, el: HTMLElement}} place */
function render({ model, el }) {
  const form = model.get("_kind") === "sort" ? new Sort(model) : new Ask(model);
  el.append(form.root);
  keepKeys(form.root);
  for (const [name, hear] of Object.entries(form.heard)) model.on(name, hear);
  return () => {
    for (const [name, hear] of Object.entries(form.heard)) model.off(name, hear);
    form.end();
    form.root.remove();
  };
}

export default { render };
