/** The questions of a trace: what an answer makes of the state. Python's side is held in test_player_gate. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ASKED, answered } from "../../faultviz/player/js/answering.js";

/** @import { Gate } from "../../faultviz/player/js/payload.js" */

/**
 * @param {string} value
 * @param {boolean} right
 */
const option = (value, right) => ({
  value,
  right,
  label: `label ${value}`,
  reason: `in the result 0x4 ${value}.`,
  brief: `${value}.`,
});

/** @type {Gate} */
const GATE = {
  n: 7,
  said: "The handler looks.",
  brief: null,
  hides: "lock",
  questions: [
    {
      kind: "node",
      ask: "Where now?",
      options: [option("a", true), option("b", false)],
      elsewhere: "No edge leads there.",
    },
    { kind: "why", ask: "Why?", options: [option("c", false), option("d", true)], elsewhere: "" },
  ],
};

test("a right answer goes on to the next question", () => {
  const now = answered(ASKED, GATE, "a");
  assert.deepEqual([now.n, now.q, now.results, now.verdict], [7, 1, ["right"], "right"]);
  assert.equal(now.said, "Right. in the result 0x4 a.");
  assert.equal(now.brief, "Right. a.", "the stage has no numbers");
  assert.deepEqual(now.closed, {});
});

test("the first miss gets its reason, the second the answer", () => {
  const once = answered(ASKED, GATE, "b");
  assert.deepEqual([once.q, once.misses, once.verdict], [0, 1, "no"]);
  assert.deepEqual(answered(once, GATE, "a").results, ["second"]);
  const twice = answered(once, GATE, "b");
  assert.deepEqual([twice.q, twice.misses, twice.verdict], [1, 0, "shown"]);
  assert.match(twice.said, /^Shown: label a\. /);
});

test("what no edge leads to is no miss, and is not kept", () => {
  const now = answered(ASKED, GATE, "nowhere");
  assert.deepEqual([now.misses, now.tried, now.said], [0, [], "No edge leads there."]);
});

test("the last answer closes the gate; what was tried only grows", () => {
  const now = answered(answered(ASKED, GATE, "a"), GATE, "d", { inside: true });
  assert.deepEqual(now.closed, { 7: ["right", "right"] });
  assert.deepEqual(now.tried, [
    [7, 0, "a", false],
    [7, 1, "d", true],
  ]);
});

test("a skip shows what is left, and only that", () => {
  const now = answered(answered(ASKED, GATE, "a"), GATE, null);
  assert.deepEqual(now.closed, { 7: ["right", "shown"] });
  assert.deepEqual(now.tried.at(-1), [7, 1, null, false]);
  assert.equal(now.tried.length, 2);
});

test("the class's answer is shown, not right; and no state is changed in its place", () => {
  const before = structuredClone(ASKED);
  const now = answered(ASKED, GATE, "a", { reveal: true });
  assert.deepEqual([now.results, now.tried], [["shown"], [[7, 0, null, false]]]);
  assert.deepEqual(ASKED, before);
});

test("another gate begins anew and keeps what is closed", () => {
  const first = answered(answered(ASKED, GATE, "b"), GATE, null);
  const now = answered(first, { ...GATE, n: 9 }, "b");
  assert.deepEqual([now.n, now.q, now.misses, now.results], [9, 0, 1, []]);
  assert.deepEqual(Object.keys(now.closed), ["7"]);
});
