/**
 * What forms are made of: one of several answers, a verdict, and the asking of Python, which judges. Enter in an answer does nothing, so that only a button answers. Not here:
 * the forms (`ask`, `sort`, `quiz`).
 *
 * @import { FormState, Surroundings } from "./payload.js"
 */
import { h, nextId, write } from "./parts.js";
import { Speech } from "./speech.js";

const ANSWERED = 8000; // ms until a kernel that does not answer is reported
const NOBODY = "The kernel does not answer: run the cell again. What you chose is still here.";

/** Answers, of which one can be chosen: numbers from 1, and 0 for none. */
export class Choice {
  /**
   * @param {(Node | string)[]} asked
   * @param {string[]} answers
   * @param {(number: number) => void} change
   */
  constructor(asked, answers, change) {
    const name = `fv-choice-${nextId()}`;
    this.inputs = answers.map((_, i) =>
      h("input", { type: "radio", name, value: i + 1, onchange: () => change(i + 1) }),
    );
    const rows = answers.map((text, i) => h("label", {}, this.inputs[i], h("span", {}, text)));
    this.answers = h("div", { class: "fv-answers" }, ...rows);
    this.root = h("fieldset", {}, h("legend", {}, ...asked), this.answers);
  }

  /** @param {number} number */
  show(number) {
    this.inputs.forEach((input, i) => {
      input.checked = i + 1 === number;
    });
  }
}

/** A verdict with its reason; `Speech` reads it out. */
export function toldLine() {
  return h("p", { class: "fv-told" });
}

/**
 * A form of a model: what is chosen is a trait, so that every view of it shows the same.
 * @template Told, Values, Wanted
 */
export class Sheet {
  /**
   * @param {Surroundings<FormState<Told, Values, Wanted>>} model
   * @param {string} kind
   */
  constructor(model, kind) {
    this.model = model;
    this.seq = this.waiting = 0;
    this.sent = "";
    this.problem = h("p", { class: "fv-told", role: "alert" });
    this.complain("");
    this.root = h("section", { class: `fv-sheet fv-${kind}` });
    this.speech = new Speech();
    this.heard = {
      "change:_desk": () => this.told(),
      "change:_form": () => this.show(),
    };
  }

  /**
   * @param {...(Node | string)} parts
   */
  put(...parts) {
    this.root.append(...parts, this.problem);
    this.speech.join(this.root);
    this.show();
  }

  /** Show what is told and chosen: each form its own way. */
  show() {}

  /** @param {Partial<Values>} values */
  choose(values) {
    this.model.set("_form", { ...this.model.get("_form"), ...values });
    this.model.save_changes();
    this.show();
  }

  /** @param {Wanted} wanted */
  send(wanted) {
    this.seq += 1;
    this.sent = `${performance.timeOrigin}/${this.seq}`;
    this.model.set("_given", { ...wanted, seq: this.sent });
    this.model.save_changes();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.complain(NOBODY), ANSWERED);
  }

  told() {
    const { seq, problem } = this.model.get("_desk");
    if (seq === this.sent) {
      clearTimeout(this.waiting);
      this.complain(problem ?? "");
    }
    this.show();
  }

  /** @param {string} text */
  complain(text) {
    this.problem.hidden = !text;
    write(this.problem, text);
  }

  end() {
    clearTimeout(this.waiting);
  }
}
