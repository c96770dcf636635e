/**
 * A test: a page of questions, each with "are you sure", handed in as a whole. Verdicts and reasons
 * come from Python when it is over, or never.
 *
 * @import { Outcome, QuizQuestion, QuizState, QuizTold, QuizValues, QuizWanted, Surroundings } from "./payload.js"
 */
import { Choice, Sheet, toldLine } from "./controls.js";
import { h, write } from "./parts.js";

/** One question of a test. */
class Tested {
  /**
   * @param {QuizQuestion} question
   * @param {string[]} sure
   * @param {(value: QuizValues[string]) => void} choose
   */
  constructor({ number, ask, answers }, sure, choose) {
    this.number = number;
    this.choice = new Choice([`${number}. ${ask}`], answers, (chosen) => choose({ chosen }));
    const asked = h("span", { class: "fv-unseen" }, `Question ${number}: are you sure?`);
    this.sure = new Choice([asked], sure, (n) => choose({ sure: n }));
    this.sure.root.classList.add("fv-sure");
    this.reason = h("p", { class: "fv-reason" });
    this.root = h("div", { class: "fv-item" }, this.choice.root, this.sure.root, this.reason);
  }

  /**
   * @param {string[]} reasons
   * @param {QuizValues[string]} values
   * @param {boolean} over
   */
  show(reasons, { chosen, sure }, over) {
    this.choice.show(chosen ?? 0);
    this.sure.show(sure ?? 0);
    this.choice.root.disabled = this.sure.root.disabled = over;
    write(this.reason, reasons.join("\n"));
  }
}

/** @extends {Sheet<QuizTold, QuizValues, QuizWanted>} */
export class Quiz extends Sheet {
  /** @param {Surroundings<QuizState>} model */
  constructor(model) {
    super(model, "quiz");
    const { groups, note, sure, title, tried } = model.get("_desk");
    /** @type {Tested[]} */
    this.asked = [];
    const made = groups.map(({ shown, questions }) => {
      const all = questions.map((one) => {
        const values = () => this.model.get("_form")[one.number];
        return new Tested(one, sure, (value) =>
          this.choose({ [one.number]: { ...values(), ...value } }),
        );
      });
      this.asked.push(...all);
      const items = h("div", {}, ...all.map((one) => one.root));
      const pre = shown
        ? h("pre", { tabindex: 0, "aria-label": "What is asked about" }, shown)
        : null;
      return h("div", { class: pre && all.length > 1 ? "fv-beside" : "" }, pre, items);
    });
    this.count = h("p", { class: "fv-sum" });
    const hand = h(
      "button",
      { type: "button", onclick: () => this.send({ do: "hand in" }) },
      "Hand in",
    );
    this.said = toldLine();
    this.outcome = h("div", { class: "fv-outcome" });
    const head = h("p", {}, h("b", {}, title), h("br"), note);
    const last = h("p", { class: "fv-small" }, tried);
    this.put(head, ...made, this.count, hand, this.said, this.outcome, last);
  }

  show() {
    const { groups, outcome, over, said } = this.model.get("_desk");
    const values = this.model.get("_form");
    groups
      .flatMap(({ questions }) => questions)
      .forEach(({ number, reasons }, i) => this.asked[i].show(reasons, values[number] ?? {}, over));
    const done = Object.values(values).filter(({ chosen, sure }) => chosen && sure).length;
    write(this.count, `${done} of ${this.asked.length} answered`);
    write(this.said, outcome ? "" : said);
    if (outcome && !this.outcome.firstChild) this.outcome.append(...outcomeParts(outcome));
    const reasons = groups.flatMap(({ questions }) => questions.flatMap((one) => one.reasons));
    this.speech.tell("", [
      this.said.textContent,
      ...(outcome ? [outcome.total, ...outcome.lines] : []),
      reasons.length ? "The reasons stand below their questions." : "",
    ]);
  }
}

/** @param {Outcome} outcome */
function outcomeParts({ columns, lines, rows, total }) {
  const head = h("tr", {}, ...columns.map((text) => h("th", { scope: "col" }, text)));
  const body = rows.map((row) => h("tr", {}, ...row.map((text) => h("td", {}, text))));
  const list = h("ul", {}, ...lines.map((text) => h("li", {}, text)));
  return [h("b", {}, total), h("table", {}, head, ...body), list];
}
