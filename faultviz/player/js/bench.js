/**
 * The bench's form: change a line of the handler, predict which rule breaks, enter a way, search.
 * What a line allows and what an edit makes of the handler is Python's business.
 *
 * @import { BenchTold, Broken, Surroundings, Wanted, WidgetState } from "./payload.js"
 * @import { Acts } from "./form.js"
 */
import { Form, field, options } from "./form.js";
import { h, write } from "./parts.js";

export class BenchForm extends Form {
  /**
   * @param {Surroundings<WidgetState>} model
   * @param {Acts} act
   */
  constructor(model, act) {
    super(model, act);
    this.altering = false;
    this.ruled = "";
    this.change = h("select", { "aria-label": "The change" });
    this.make = h("button", { type: "button", onclick: () => this.alter({ do: "edit", edit: this.change.value }) }, "Change");
    this.undo = h("button", { type: "button", onclick: () => this.alter({ do: "undo" }) }, "Undo");
    this.reset = h("button", { type: "button", onclick: () => this.alter({ do: "reset" }) }, "Back to the original");
    this.at = h("b", { class: "fv-at" });
    this.trouble = h("p", { class: "fv-problem", role: "alert" });
    /** @type {Broken[] | null | undefined} what is shown of the search; the base class has begun with it */
    this.wasFound;
  }

  get program() {
    return /** @type {BenchTold} */ (this.told);
  }

  parts() {
    const { program: told } = this;
    this.rule = options("Choose a rule", told.rules.map(([name]) => [name, name]), (v) => this.set("rule", v));
    this.sentence = h("span", { class: "fv-hint" });
    this.check = h("button", { type: "button", class: "fv-step", onclick: () => this.send("check") }, "Search");
    return [
      h("div", { class: "fv-objection" },
        h("div", { class: "fv-line" }, field("I expect broken:", this.rule), this.sentence), this.way()),
      h("div", { class: "fv-line" }, this.check, h("span", { class: "fv-hint" }, "Every way is tried; the shortest to each broken rule is shown."), this.problem)];
  }

  /** The bar below the lines, by which the chosen one is changed. */
  editing() {
    const bar = h("div", { class: "fv-edits" },
      h("div", { class: "fv-line" }, this.at, this.change, this.make),
      h("div", { class: "fv-line" }, this.undo, this.reset), this.trouble);
    this.chosen(0);
    this.hear();
    return bar;
  }

  /**
   * A prediction is about the handler as it is: none is taken until the change is made.
   * @param {Wanted} what
   */
  alter(what) {
    this.altering = true;
    this.rule.disabled = true;
    this.act.send(what);
  }

  answered() {
    this.rule.disabled = false;
  }

  /** @param {string} what */
  send(what) {
    this.altering = false;
    super.send(what);
  }

  /**
   * What is wrong with an edit is said beside it.
   * @param {string} text
   */
  complain(text) {
    write(this.trouble, this.altering ? text : "");
    write(this.problem, this.altering ? "" : text);
  }

  /**
   * A line was chosen, or none (0): offer what it allows.
   * @param {number} n
   */
  chosen(n) {
    const can = this.program.can[n];
    const text = this.program.lines[n - 1]?.[1].trim();
    write(this.at, n ? `Line ${n}:` : "Choose a line above.");
    this.change.hidden = this.make.hidden = !n;
    if (!n) return;
    const option = (/** @type {string} */ edit, /** @type {string} */ said, title = "") =>
      h("option", { value: edit, title: title || null }, said);
    const group = (/** @type {string} */ label, /** @type {HTMLOptionElement[]} */ rows) =>
      (rows.length ? [h("optgroup", { label }, ...rows)] : []);
    this.change.replaceChildren(
      ...can.buttons.map(([edit, said, title]) => option(edit, said, title)),
      ...group("Go to", can.to.map(([edit, to]) => option(edit, `go to ${to}`))),
      ...group("Put before it", can.add.map(([edit, what]) => option(edit, `before it: ${what}`))),
      ...group("Move before line", can.move.map((to) =>
        option(`${n} move ${to}`, `${to}: ${this.program.lines[to - 1][1].trim()}`))));
    this.make.disabled = !this.change.options.length;
    this.change.setAttribute("aria-label", `The change of line ${n}, ${text}`);
  }

  fill() {
    const { values, program: told } = this;
    this.rule.value = values.rule;
    write(this.sentence, told.rules.find(([name]) => name === values.rule)?.[1] ?? "");
    this.check.disabled = !values.rule;
    this.scenario(values);
    this.passed();
    this.outdated();
  }

  judged() {
    super.judged();
    const { found, parted } = this.program;
    if (this.wasFound === found) return;
    this.wasFound = found;
    if (!found) {
      this.verdict.replaceChildren();
      this.after.replaceChildren();
      return;
    }
    this.speech.say([...found.map((one) => `${one.rule} at ${one.node}: ${one.why}`), parted].join(" "));
    this.after.replaceChildren(...found.map((one) => h("div", { class: "fv-line fv-broke" },
      h("b", {}, `${one.rule} at ${one.node}`), h("span", {}, `${one.outcomes} (${one.context}), ${one.steps} steps. ${one.why}`),
      h("button", { type: "button", onclick: () => this.act.send({ do: "play", outcomes: one.outcomes, context: one.context }) }, "Step through"))),
      parted ? h("p", { class: "fv-parted" }, `${parted} Both are below, on one clock.`) : "");
  }

  hear() {
    super.hear();
    const rules = this.program.rules.map(([name]) => name).join();
    if (this.ruled !== rules) {
      this.ruled = rules;
      this.rule.replaceChildren(h("option", { value: "" }, "Choose a rule"), ...this.program.rules.map(([name]) => h("option", { value: name }, name)));
      this.fill();
    }
    this.undo.disabled = this.reset.disabled = !this.program.made.length;
  }
}
