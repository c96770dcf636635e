/**
 * The form below a picture: ack or objection, rule, node or line, the way, and the verdict with its
 * reasons. What is chosen is a trait, so that it stays when the page is drawn again. Nothing is
 * judged here: Python is asked, and answers with sentences.
 *
 * @import { DeskTold, FormValues, ProgramTold, Replied, Surroundings, Verdict, Wanted, WidgetState } from "./payload.js"
 * @import { Child } from "./parts.js"
 * @typedef {{id: number, send: (what: Wanted) => void, pickNode: (on: boolean) => void, stepThrough: () => void,
 *   played: () => {outcomes: string, context: string}}} Acts
 */
import { h, write } from "./parts.js";
import { Speech } from "./speech.js";

/** @type {FormValues} */
const EMPTY = { ack: null, rule: "", node: "", line: "", how: "", outcomes: "", context: "", text: "", reply: "" };

/**
 * A labelled control.
 * @param {string} label
 * @param {...Child} control
 */
export function field(label, ...control) {
  return h("label", { class: "fv-field" }, h("span", {}, label), ...control);
}

/**
 * A list to choose from, with a first row that chooses nothing.
 * @param {string} first
 * @param {[value: string, label: string][]} rows
 * @param {(value: string) => void} change
 */
export function options(first, rows, change) {
  const list = h("select", { onchange: () => change(list.value) },
    h("option", { value: "" }, first), ...rows.map(([value, label]) => h("option", { value }, label)));
  return list;
}

export class Form {
  /**
   * @param {Surroundings<WidgetState>} model
   * @param {Acts} act
   */
  constructor(model, act) {
    this.model = model;
    this.act = act;
    /** @type {DeskTold} */
    this.told = model.get("_desk");
    /** @type {HTMLTextAreaElement | null} a handler that is written; all that follows is of an objection */
    this.text = null;
    /** @type {HTMLSelectElement} */
    this.rule;
    /** @type {HTMLElement} */
    this.sentence;
    /** @type {HTMLSelectElement} */
    this.node;
    /** @type {HTMLButtonElement | null} */
    this.picker = null;
    /** @type {HTMLInputElement} */
    this.line;
    /** @type {HTMLElement} */
    this.lineText;
    /** @type {HTMLButtonElement[]} */
    this.acks = [];
    /** @type {HTMLElement} */
    this.objection;
    /** @type {HTMLInputElement} */
    this.byPath;
    /** @type {HTMLInputElement} */
    this.bySaid;
    /** @type {HTMLElement} */
    this.entered;
    /** @type {HTMLInputElement} */
    this.outcomes;
    /** @type {HTMLInputElement[]} */
    this.words = [];
    /** @type {HTMLButtonElement} */
    this.check;
    /** @type {HTMLButtonElement | null} */
    this.see = null;
    /** @type {HTMLButtonElement | null} */
    this.show = null;
    /** @type {HTMLTextAreaElement | null} the reply, after the first answer */
    this.reply = null;
    /** @type {Verdict | null | undefined} the verdict and the reply that are shown */
    this.was = undefined;
    this.of = ""; // what the verdict is of
    /** @type {Replied | undefined} */
    this.wasReplied = undefined;
    this.met = h("div", { class: "fv-said" });
    this.drawn = Object.keys(model.get("_pictures")).length > 0;
    this.verdict = h("div", { class: "fv-said" });
    this.speech = new Speech();
    this.after = h("div", { class: "fv-after" });
    this.worked = h("pre", { class: "fv-worked", tabindex: 0, "aria-label": "The worked answer", hidden: true });
    this.problem = h("span", { class: "fv-problem", role: "alert" });
    this.root = h("div", { class: "fv-form" }, ...this.parts(), this.verdict, this.after, this.worked);
    this.speech.join(this.root);
    this.fill();
    this.judged();
  }

  /** What is told of the program; only who writes a handler has none. */
  get program() {
    return /** @type {ProgramTold} */ (this.told);
  }

  /** @returns {FormValues} */
  get values() {
    return { ...EMPTY, ...this.model.get("_form") };
  }

  /**
   * Keep a choice; `quietly` while it is still typed.
   * @template {keyof FormValues} Name
   * @param {Name} name
   * @param {FormValues[Name]} value
   */
  set(name, value, quietly = false) {
    this.model.set("_form", { ...this.model.get("_form"), [name]: value });
    if (!quietly) this.model.save_changes();
    this.fill();
  }

  /** @returns {Child[]} */
  parts() {
    return this.told.kind === "write" ? this.writing() : [...this.objecting(), this.tools()];
  }

  writing() {
    const text = h("textarea", {
      class: "fv-code", rows: 24, spellcheck: "false", autocomplete: "off", autocapitalize: "off", wrap: "off", "aria-label": "Your handler",
      oninput: () => this.set("text", text.value, true), onchange: () => this.model.save_changes(),
    });
    this.text = text;
    return [text, this.tools()];
  }

  objecting() {
    const { told, program } = this;
    const acks = told.kind === "find" || told.kind === "review";
    this.rule = options("Choose a rule", program.rules.map(([name]) => [name, name]), (v) => this.set("rule", v));
    this.sentence = h("span", { class: "fv-hint" });
    this.node = options("Choose a node", program.nodes, (v) => this.set("node", v));
    const picker = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.act.pickNode(picker.getAttribute("aria-pressed") !== "true") }, "Click it in the picture");
    this.picker = picker;
    this.line = h("input", { type: "number", min: 1, max: program.lines.length, inputmode: "numeric", onchange: () => this.set("line", this.line.value) });
    this.lineText = h("span", { class: "fv-hint fv-code-hint" });
    this.acks = [this.choice("Ack", true), this.choice("Objection", false)];
    /** @type {Child[]} */
    let place = [];
    if (told.kind === "find") place = [field("broken at", this.node), this.drawn ? picker : null];
    if (told.kind === "review") place = [field("line", this.line), this.lineText];
    this.objection = h("div", { class: "fv-objection" },
      told.kind === "trace" ? null : h("div", { class: "fv-line" }, field("rule", this.rule), ...place),
      this.sentence, this.way());
    return [acks ? h("div", { class: "fv-line" }, h("div", { class: "fv-seg", role: "group", "aria-label": told.title }, ...this.acks)) : null, this.objection];
  }

  /**
   * @param {string} label
   * @param {boolean} value
   */
  choice(label, value) {
    return h("button", { type: "button", "aria-pressed": "false", onclick: () => this.set("ack", value) }, label);
  }

  /** A way: the one that was entered in the picture, or a scenario in words. */
  way() {
    const { told, program } = this;
    const radio = (/** @type {string} */ value) => h("input", { type: "radio", name: `fv-how-${this.act.id}`, value, onchange: () => this.set("how", value) });
    this.byPath = radio("path");
    this.bySaid = radio("said");
    this.entered = h("span", { class: "fv-entered" });
    this.outcomes = h("input", { type: "text", list: `fv-scripts-${this.act.id}`, size: 16, placeholder: "such as RETRY,OK", autocomplete: "off", spellcheck: "false", onchange: () => this.said() });
    this.words = program.words.map(([word]) => h("input", { type: "checkbox", value: word, onchange: () => this.said() }));
    const words = program.words.map(([word, meaning], i) => h("label", { title: meaning }, this.words[i], ` ${word}`));
    const entered = this.drawn && told.kind !== "review";
    return h("div", { class: "fv-how" },
      entered ? h("label", { class: "fv-line fv-of-picture" }, this.byPath, " the way that I entered: ", this.entered) : null,
      h("div", { class: "fv-line" }, entered ? h("label", { class: "fv-of-picture" }, this.bySaid, " the scenario ") : null,
        field("outcomes", this.outcomes, h("datalist", { id: `fv-scripts-${this.act.id}` }, ...program.scripts.map((one) => h("option", { value: one })))),
        this.drawn ? h("button", { type: "button", class: "fv-of-picture", onclick: () => this.played() }, "As it is played") : null,
        h("span", { class: "fv-words-on", role: "group", "aria-label": "Context words" }, ...words)));
  }

  said() {
    const context = this.words.filter((box) => box.checked).map((box) => box.value).join(",");
    this.model.set("_form", { ...this.model.get("_form"), how: "said", outcomes: this.outcomes.value, context });
    this.model.save_changes();
    this.fill();
  }

  /** Take the scenario that the player is set to. */
  played() {
    const { outcomes, context } = this.act.played();
    this.model.set("_form", { ...this.model.get("_form"), how: "said", outcomes, context: context === "none" ? "" : context });
    this.model.save_changes();
    this.fill();
  }

  tools() {
    this.check = h("button", { type: "button", class: "fv-step", onclick: () => this.send("check") }, "Check");
    this.see = h("button", { type: "button", hidden: true, onclick: () => this.act.stepThrough() }, "Step through my way");
    this.show = h("button", { type: "button", hidden: true, onclick: () => this.send("worked") }, "Show the worked answer");
    return h("div", { class: "fv-line" }, this.check, this.see, this.show, this.problem);
  }

  /** @param {string} what */
  send(what) {
    const { values } = this;
    const how = values.how || (this.model.get("way").length ? "path" : "said");
    this.act.send({ ...values, do: what, how, path: this.model.get("way"), ...(this.text ? { text: this.text.value } : {}) });
  }

  // --- what is chosen ------------------------------------------------------------------------

  fill() {
    const { values, told, program } = this;
    if (this.text) {
      const text = values.text || (told.kind === "write" ? told.starter : "");
      if (this.text.value !== text) this.text.value = text;
      this.outdated();
      return;
    }
    const asks = told.kind === "trace" || values.ack === false;
    this.acks.forEach((node, i) => node.setAttribute("aria-pressed", values.ack === (i === 0) ? "true" : "false"));
    this.objection.hidden = !asks;
    const unsaid = values.ack === null || (values.ack === false && !values.rule);
    this.check.disabled = told.kind !== "trace" && unsaid;
    this.rule.value = values.rule;
    write(this.sentence, program.rules.find(([name]) => name === values.rule)?.[1] ?? "");
    this.node.value = values.node;
    this.line.value = values.line || "";
    write(this.lineText, program.lines[Number(values.line) - 1]?.[1].trim() ?? "");
    this.scenario(values);
    this.passed();
    this.outdated();
  }

  /** @param {Pick<FormValues, "outcomes" | "context">} values */
  scenario({ outcomes, context }) {
    this.outcomes.value = outcomes;
    const on = context.split(",");
    for (const box of this.words) box.checked = on.includes(box.value);
  }

  /** How long the way is that was entered. */
  passed() {
    if (this.text) return; // who writes a handler enters no way
    const way = this.model.get("way");
    const how = this.values.how || (way.length ? "path" : "");
    this.byPath.checked = how === "path";
    this.bySaid.checked = how === "said";
    write(this.entered, way.length ? `${way.length} steps, the last at “${this.program.texts[way[way.length - 1]]}”` : "none yet (press “Enter a way”)");
  }

  // --- what was said -------------------------------------------------------------------------

  /** All that is judged: what is chosen, without the reply that is written later. */
  get judgedOf() {
    const chosen = { ...this.values, reply: "" };
    return JSON.stringify([chosen, chosen.how === "said" ? [] : this.model.get("way")]);
  }

  /** A verdict is of one choice: beside another it would be taken for that one's. */
  outdated() {
    if (!this.was || this.of === this.judgedOf) return;
    this.verdict.replaceChildren();
  }

  /** The verdict, and what may be seen after a try. */
  judged() {
    const { told } = this;
    const { said } = told;
    if (this.show && this.see) {
      this.show.hidden = !told.tries || Boolean(told.worked);
      this.see.hidden = !told.tries || !this.drawn || this.values.ack === true;
    }
    if (said && this.was !== said) {
      this.verdict.replaceChildren(
        h("p", { class: said.full ? "fv-full" : "" }, h("b", {}, said.head), said.counts ? ` ${said.counts}` : ""),
        ...said.rows.map(([points, of, text]) => h("p", { class: "fv-part" }, points === null ? null : h("b", { class: `fv-points${points === of ? " all" : ""}` }, `${points} of ${of}`), text)));
      this.speech.say([said.head, said.counts, ...said.rows.map(([points, of, text]) => (points === null ? text : `${points} of ${of}: ${text}`))].join(" "));
    }
    if (this.was !== said) this.of = this.judgedOf;
    this.was = said;
    this.worked.hidden = !told.worked;
    write(this.worked, told.worked ?? "");
    if (told.kind === "review" && told.tries) this.replying();
  }

  /** After the first answer a reply is written; then the model replies are shown. */
  replying() {
    const { replied } = this.told;
    if (!this.reply) {
      const written = h("textarea", {
        rows: 6, "aria-label": "Your reply to the author, three to eight sentences",
        oninput: () => this.set("reply", written.value, true), onchange: () => this.model.save_changes(),
      });
      this.reply = written;
      this.after.replaceChildren(
        h("h4", {}, "Write the reply"),
        h("p", { class: "fv-hint" }, "Three to eight sentences to the author: where, for which answer, in which state the lock is, what comes of it, and a way out. Or why you ack it, with your tag."),
        written, h("div", { class: "fv-line" }, h("button", { type: "button", onclick: () => this.act.send({ do: "reply", reply: written.value }) }, "Hold it against the rubric")), this.met);
    }
    const { reply } = this.values;
    if (this.reply.value !== reply) this.reply.value = reply;
    if (!replied || this.wasReplied === replied) return;
    this.wasReplied = replied;
    this.speech.say([replied.head, ...replied.met.map(([ok, what]) => `${ok ? "yes" : "no"}: ${what}`), "Two replies that say it all stand below."].join(" "));
    this.met.replaceChildren(h("p", {}, h("b", {}, replied.head)),
      ...replied.met.map(([ok, what]) => h("p", { class: "fv-part" }, h("b", { class: `fv-points${ok ? " all" : ""}` }, ok ? "yes" : "no"), what)),
      h("h4", {}, "Two replies that say it all"), ...replied.letters.map((text) => h("pre", { class: "fv-model" }, text)));
  }

  /** What was sent last has been done, or nobody answers. */
  answered() {}

  /**
   * A sentence about what was wanted last.
   * @param {string} text
   */
  complain(text) {
    write(this.problem, text);
  }

  /** Python has told something new. */
  hear() {
    this.told = this.model.get("_desk");
    this.complain(this.told.problem ?? "");
    this.judged();
    this.passed();
  }
}
