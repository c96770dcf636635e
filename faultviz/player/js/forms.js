/**
 * Where a notebook comes in for a form: questions, a sorting, a test.
 *
 * @import { AnyModel } from "@anywidget/types"
 * @import { AskState, QuizState, SortState } from "./payload.js"
 */
import { Ask } from "./ask.js";
import { initialize } from "./kept.js";
import { keepKeys } from "./keys.js";
import { Quiz } from "./quiz.js";
import { Sort } from "./sort.js";

/** @param {{model: AnyModel<AskState & QuizState & SortState>, el: HTMLElement}} place */
function render({ model, el }) {
  const Form = { ask: Ask, quiz: Quiz, sort: Sort }[model.get("_kind")];
  const form = new Form(model);
  el.append(form.root);
  keepKeys(form.root);
  for (const [name, hear] of Object.entries(form.heard)) model.on(name, hear);
  return () => {
    for (const [name, hear] of Object.entries(form.heard)) model.off(name, hear);
    form.end();
    form.root.remove();
  };
}

export default { initialize, render };
