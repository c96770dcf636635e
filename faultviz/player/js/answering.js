/**
 * The questions of a trace as a machine: what an answer makes of the state.
 *
 * The state is one trait (gating.py says what is in it), so that Python and the browser may both
 * answer; the rules of both are the same and tested together. `tried` only grows, so that Python
 * hears of each answer even if states are passed over. Not here: how a question is shown (`gate`).
 *
 * @import { Gate, Gated, Tried } from "./payload.js"
 */

const TRIES = 2;

/** @type {Gated} */
export const ASKED = {
  n: 0,
  q: 0,
  misses: 0,
  verdict: "",
  said: "",
  brief: "",
  results: [],
  closed: {},
  tried: [],
};

/**
 * A verdict with its sentence, and that without numbers.
 * @param {Gated["verdict"]} verdict
 * @param {string} head
 * @param {{reason: string, brief?: string | null}} option
 */
function judged(verdict, head, { reason, brief = null }) {
  return { verdict, said: head + reason, brief: head + (brief ?? reason) };
}

/**
 * The state after an answer. `value` null skips the whole gate; `reveal` shows one question.
 * @param {Gated} state
 * @param {Gate} gate
 * @param {string | null} value
 * @returns {Gated}
 */
export function answered(state, gate, value, { reveal = false, inside = false } = {}) {
  const same = state.n === gate.n;
  const now = same
    ? { ...state }
    : { ...ASKED, closed: state.closed, tried: state.tried, n: gate.n };
  const question = gate.questions[now.q];
  const [right] = question.options.filter((option) => option.right);
  const shown = judged("shown", `Shown: ${right.label}. `, right);
  if (value === null) {
    const results = gate.questions.map((_, q) => now.results[q] ?? "shown");
    const left = gate.questions.map((_, q) => /** @type {Tried} */ ([gate.n, q, null, inside]));
    const tried = [...now.tried, ...left.slice(now.results.length)];
    return close({ ...now, results, tried, ...shown }, gate);
  }
  const option = question.options.find((one) => one.value === value);
  if (!option) return { ...now, ...judged("no", "", { reason: question.elsewhere }) };
  now.tried = [...now.tried, [gate.n, now.q, reveal ? null : value, inside]];
  const misses = now.misses + (option.right ? 0 : 1);
  if (!option.right && misses < TRIES) return { ...now, misses, ...judged("no", "No. ", option) };
  const known = option.right && !reveal;
  const result = known ? (misses ? "second" : "right") : "shown";
  const next = {
    ...now,
    q: now.q + 1,
    misses: 0,
    results: [...now.results, result],
    ...(known ? judged("right", "Right. ", option) : shown),
  };
  return next.q < gate.questions.length ? next : close(next, gate);
}

/**
 * @param {Gated} state
 * @param {Gate} gate
 */
function close(state, gate) {
  return { ...state, closed: { ...state.closed, [gate.n]: state.results } };
}
