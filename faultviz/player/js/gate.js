/**
 * The panel of a gate: a question at a step, its answers with their reasons, and the vote of a class.
 * Not here: what an answer makes of the state (`answering`).
 *
 * @import { Gate, Gated } from "./payload.js"
 * @import { Words } from "./words.js"
 * @typedef {{answer: (value: string) => void, skip: () => void, reveal: (value: string) => void,
 *   refocus: () => void, tell: (text: string) => void}} Acts
 * @typedef {{rounds: number[][], inputs: HTMLInputElement[] | null, over?: boolean}} Vote
 */
import { ASKED } from "./answering.js";
import { button, h } from "./parts.js";

const LETTERS = "ABCDEFGHI";

/** The panel in which a question is asked and answered. */
export class GatePanel {
  /**
   * @param {Acts} act
   * @param {Words} words explain those of the glossary
   */
  constructor(act, words) {
    this.act = act;
    this.words = words;
    this.ask = h("p", { class: "fv-ask" });
    this.options = h("div", { class: "fv-options", role: "group" });
    this.said = h("p", { class: "fv-verdict" });
    this.tools = h("div", { class: "fv-gate-tools" });
    this.root = h("div", { class: "fv-gate", role: "group", "aria-label": "Question", hidden: true },
      this.said, this.ask, this.options, this.tools);
    /** @type {Vote | null} */
    this.vote = null;
    /** @type {string[] | null} what the options of the open question answer */
    this.values = null;
    /** @type {number | null} */
    this.closedAt = null;
    this.right = -1;
    this.rules = false;
    this.counts = false;
    this.letters = false;
    this.key = "";
  }

  /**
   * @param {Gate | null} gate the open one
   * @param {Gated} state
   * @param {boolean} letters in stage view
   * @param {boolean} simple without numbers
   */
  show(gate, state, letters, simple) {
    const here = gate && state.n === gate.n ? state : null;
    const key = gate ? [gate.n, here?.q ?? 0].join() : "";
    const { verdict, said: full, brief } = here || state.n === this.closedAt ? state : ASKED;
    const said = simple ? brief : full;
    this.root.hidden = !gate && !said;
    if (key !== this.key || (gate && letters !== this.letters && !this.vote)) {
      this.key = key;
      const focused = this.root.contains(document.activeElement);
      if (gate) this.open(gate, here?.q ?? 0, letters);
      else this.shut();
      if (focused) this.act.refocus(); // what had the focus is gone
    }
    if (this.said.textContent !== said) {
      this.words.write(this.said, said);
      this.root.scrollTop = 0;
    }
    this.root.dataset.verdict = verdict;
  }

  /**
   * @param {Gate} gate
   * @param {number} q
   * @param {boolean} letters
   */
  open(gate, q, letters) {
    const question = gate.questions[q];
    this.closedAt = gate.n;
    this.vote = null;
    this.root.classList.remove("voting");
    this.values = question.options.map((o) => o.value);
    this.rules = question.kind === "why";
    this.counts = ["calls", "pgfault", "lock"].includes(question.kind);
    this.right = question.options.findIndex((o) => o.right);
    this.letters = letters;
    this.words.write(this.ask, question.ask);
    this.options.setAttribute("aria-label", question.ask);
    this.options.replaceChildren(...question.options.map((o, i) =>
      h("div", { class: "fv-option" },
        h("button", { type: "button", "data-value": o.value, title: `key: ${LETTERS[i].toLowerCase()}`, onclick: () => this.act.answer(o.value) },
          h("b", { class: "fv-letter" }, LETTERS[i]), h("span", {}, o.label)),
        h("div", { class: "fv-bars" }))));
    this.tools.replaceChildren(
      button("skip", "Skip", "s", () => this.act.skip()),
      ...(letters ? [button("vote", "Count hands", "v", () => this.count())] : []));
  }

  /** Closed: the verdict stays until the next step. */
  shut() {
    this.vote = this.values = null;
    this.options.replaceChildren();
    this.tools.replaceChildren();
    this.root.classList.remove("voting");
    this.words.write(this.ask, "");
  }

  /** Away from the gate: nothing stays. */
  leave() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.key = "";
    this.closedAt = null;
    this.shut();
  }

  /**
   * What a key answers: a letter its option, a digit the count; undefined for any other key.
   * @param {string} key
   */
  chosen(key) {
    if (!this.values || this.vote) return undefined;
    const letter = LETTERS.indexOf(key.toUpperCase());
    if (key.length === 1 && letter >= 0) return this.values[letter];
    return this.counts && this.values.includes(key) ? key : undefined;
  }

  /** Whether hands were counted for the open question, which is not gone on from yet. */
  get voting() {
    return this.vote !== null && !this.vote.over;
  }

  // --- the vote of a class -------------------------------------------------------------------

  /** Hands are typed in as one number for each option; a second round stands beside the first. */
  count() {
    const rounds = this.vote?.rounds ?? [];
    if (!this.letters || !this.values || this.vote?.inputs || rounds.length === 2) return;
    const inputs = this.values.map((_, i) => h("input", {
      type: "number", min: 0, max: 999, value: "", inputmode: "numeric", class: "fv-hands",
      "aria-label": `Hands for ${LETTERS[i]}, vote ${rounds.length + 1}`,
      onkeydown: (e) => {
        if (e.key !== "Enter") return;
        e.preventDefault();
        if (inputs[i + 1]) inputs[i + 1].focus();
        else this.counted();
      },
    }));
    this.vote = { rounds, inputs };
    this.offer(false); // who counts hands must not answer on the way to the next number
    [...this.options.children].forEach((row, i) => row.append(inputs[i]));
    this.tools.replaceChildren(button("counted", "Show the vote", "Enter", () => this.counted()));
    this.root.classList.add("voting");
    inputs[0].focus();
  }

  /** @param {boolean} on whether an option can be chosen */
  offer(on) {
    this.options.querySelectorAll("button").forEach((one) => one.toggleAttribute("disabled", !on));
  }

  counted() {
    if (!this.vote?.inputs) return;
    const { rounds, inputs } = this.vote;
    rounds.push(inputs.map((input) => Math.max(0, Math.floor(Number(input.value) || 0))));
    for (const input of inputs) input.remove();
    this.vote = { rounds, inputs: null };
    this.offer(true);
    const most = Math.max(1, ...rounds.flat());
    [...this.options.children].forEach((row, i) => {
      row.querySelector(".fv-bars")?.replaceChildren(...rounds.map((hands, r) =>
        h("div", { class: `fv-bar-row vote-${r + 1}` },
          h("span", { class: "fv-bar-line" }, h("i", { style: `width:${(100 * hands[i]) / most}%` })),
          h("b", {}, String(hands[i])),
          h("span", { class: "fv-bar-name" }, r ? "2nd" : "1st"))));
    });
    const reveal = button("reveal", "Reveal", "Enter", () => this.reveal());
    this.tools.replaceChildren(
      ...(rounds.length < 2 ? [button("again", "Discuss, then vote again", "v", () => this.count())] : []), reveal);
    reveal.focus();
  }

  /** The class has answered: the right option is marked, and the bars of both votes stay. */
  reveal() {
    const row = this.options.children[this.right];
    row.classList.add("right");
    this.act.tell(`Right is ${row.querySelector("button")?.textContent}.`);
    row.querySelector("button")?.append(h("b", { class: "fv-tick" }, "right"));
    if (this.vote) this.vote.over = true;
    const next = button("next", "Go on", "n", () => this.goOn());
    this.tools.replaceChildren(next);
    next.focus();
  }

  /** Whether a vote was revealed and waits; then a step goes on from it. */
  goOn() {
    if (!this.vote?.over || !this.values) return false;
    this.act.reveal(this.values[this.right]);
    return true;
  }
}
