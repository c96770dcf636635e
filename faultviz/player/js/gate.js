/**
 * The gate: a question at a step, its answers with their reasons, and the vote of a class.
 *
 * The state of the questions is one trait (gating.py says what is in it), so that
 * Python (gating.py) and the browser may both answer; the rules of both are the same and tested
 * together. `tried` only grows, so that Python hears of each answer even if states are passed over.
 */
import { button, h } from "./parts.js";

const LETTERS = "ABCDEFGHI";
const TRIES = 2;
export const ASKED = {
  n: 0, q: 0, misses: 0, verdict: "", said: "", brief: "", results: [], closed: {}, tried: [],
};

/** A verdict with its sentence, and that without numbers. */
function judged(verdict, head, { reason, brief = null }) {
  return { verdict, said: head + reason, brief: head + (brief ?? reason) };
}

/** The state after an answer. `value` null skips the whole gate; `reveal` shows one question. */
export function answered(state, gate, value, { reveal = false, inside = false } = {}) {
  const now = state.n === gate.n ? { ...state } : { ...ASKED, closed: state.closed, tried: state.tried, n: gate.n };
  const question = gate.questions[now.q];
  const right = question.options.find((o) => o.right);
  const shown = judged("shown", `Shown: ${right.label}. `, right);
  if (value === null) {
    const results = gate.questions.map((_, i) => now.results[i] ?? "shown");
    const left = gate.questions.map((_, i) => [gate.n, i, null, inside]).slice(now.results.length);
    return close({ ...now, results, tried: [...now.tried, ...left], ...shown }, gate);
  }
  const option = question.options.find((o) => o.value === value);
  if (!option) return { ...now, ...judged("no", "", { reason: question.elsewhere }) };
  now.tried = [...now.tried, [gate.n, now.q, reveal ? null : value, inside]];
  const misses = now.misses + (option.right ? 0 : 1);
  if (!option.right && misses < TRIES) return { ...now, misses, ...judged("no", "No. ", option) };
  const known = option.right && !reveal;
  const result = known ? (misses ? "second" : "right") : "shown";
  const next = {
    ...now, q: now.q + 1, misses: 0, results: [...now.results, result],
    ...(known ? judged("right", "Right. ", option) : shown),
  };
  return next.q < gate.questions.length ? next : close(next, gate);
}

function close(state, gate) {
  return { ...state, closed: { ...state.closed, [gate.n]: state.results } };
}

/** The panel in which a question is asked and answered. */
export class GatePanel {
  /** @param act {answer(value), skip(), reveal(value), refocus()}; `words` explain those of the glossary */
  constructor(act, words) {
    this.act = act;
    this.words = words;
    this.ask = h("p", { class: "fv-ask" });
    this.options = h("div", { class: "fv-options", role: "group" });
    this.said = h("p", { class: "fv-verdict" });
    this.tools = h("div", { class: "fv-gate-tools" });
    this.root = h("div", { class: "fv-gate", role: "group", "aria-label": "Question", hidden: true },
      this.said, this.ask, this.options, this.tools);
    this.vote = null;
  }

  /** @param gate the open one, or null; `letters` in stage view; `simple` without numbers */
  show(gate, state, letters, simple) {
    const here = gate && state.n === gate.n ? state : null;
    const key = gate ? [gate.n, here?.q ?? 0, letters].join() : "";
    const { verdict, said: full, brief } = here || state.n === this.closedAt ? state : ASKED;
    const said = simple ? brief : full;
    this.root.hidden = !gate && !said;
    if (key !== this.key) {
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

  /** What a key answers: a letter its option, a digit the count; undefined for any other key. */
  chosen(key) {
    if (!this.values || this.vote) return undefined;
    const letter = LETTERS.indexOf(key.toUpperCase());
    if (key.length === 1 && letter >= 0) return this.values[letter];
    return this.counts && this.values.includes(key) ? key : undefined;
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
    [...this.options.children].forEach((row, i) => row.append(inputs[i]));
    this.tools.replaceChildren(button("counted", "Show the vote", "Enter", () => this.counted()));
    this.root.classList.add("voting");
    inputs[0].focus();
  }

  counted() {
    const { rounds, inputs } = this.vote;
    rounds.push(inputs.map((input) => Math.max(0, Math.floor(Number(input.value) || 0))));
    for (const input of inputs) input.remove();
    this.vote = { rounds, inputs: null };
    const most = Math.max(1, ...rounds.flat());
    [...this.options.children].forEach((row, i) => {
      row.querySelector(".fv-bars").replaceChildren(...rounds.map((hands, r) =>
        h("div", { class: `fv-bar-row vote-${r + 1}` },
          h("span", { class: "fv-bar-line" }, h("i", { style: `width:${(100 * hands[i]) / most}%` })),
          h("b", {}, String(hands[i])),
          h("span", { class: "fv-bar-name" }, r ? "2nd" : "1st"))));
    });
    this.tools.replaceChildren(
      ...(rounds.length < 2 ? [button("again", "Discuss, then vote again", "v", () => this.count())] : []),
      button("reveal", "Reveal", "Enter", () => this.reveal()));
    this.tools.lastChild.focus();
  }

  /** The class has answered: the right option is marked, and the bars of both votes stay. */
  reveal() {
    const row = this.options.children[this.right];
    row.classList.add("right");
    row.querySelector("button").append(h("b", { class: "fv-tick" }, "right"));
    this.vote.over = true;
    this.tools.replaceChildren(button("next", "Go on", "n", () => this.goOn()));
    this.tools.lastChild.focus();
  }

  /** Whether a vote was revealed and waits; then a step goes on from it. */
  goOn() {
    if (!this.vote?.over) return false;
    this.act.reveal(this.values[this.right]);
    return true;
  }
}
