/** Paths on graphs: what a trace has taken, and where a path that is entered by hand can go on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Graphs, ways } from "../../faultviz/player/js/paths.js";

/** @import { Taken } from "../../faultviz/player/js/payload.js" */

/**
 * @param {number} n
 * @param {number} lock
 * @param {...Taken} taken
 */
const step = (n, lock, ...taken) => ({ n, lock, ways: taken });

test("an edge is drawn as it was taken last, in its own call only", () => {
  const steps = [
    step(1, 0, [0, "a", "b", "yes", 0]),
    step(2, 1, [0, "b", "a", "None", 1], [1, "x", "y", "None", 0]),
    step(3, 1, [0, "a", "b", "yes", 1]),
    step(4, 1, [0, "b", "c", "no", 1]),
  ];
  const taken = ways(steps, { n: 4, frame: 0, round: 1 });
  assert.deepEqual(
    [...taken],
    [
      ["b\na\nNone", "way-held"],
      ["a\nb\nyes", "way-held"],
    ],
    "not the one after it",
  );
  const later = ways(steps, { n: 3, frame: 0, round: 2 });
  assert.equal(later.get("a\nb\nyes"), "way-open old");
});

/** main: a asks; yes goes to call, no to end; call enters f, whose two edges both lead to out. */
const EDGES = [
  ["a", "call", "yes"],
  ["a", "end", "no"],
  ["call", "end", ""],
  ["f", "out", "yes"],
  ["f", "out", "no"],
].map(([from, to, label]) => ({ from, to, label }));
const NODES = new Map([
  ["a", { home: "main", middle: 50 }],
  ["call", { home: "main", middle: 90 }],
  ["end", { home: "main", middle: 40 }],
  ["f", { home: "f", middle: 10 }],
  ["out", { home: "f", middle: 10 }],
]);
const graphs = new Graphs(
  { calls: { call: "f" }, entries: { main: "a", f: "f" }, root: "main" },
  NODES,
  EDGES,
);

/** @param {string[]} path */
const on = (path) => graphs.on(path).map(({ to, label }) => `${label} ${to}`.trim());

test("edges on stand from left to right, and the straightest is meant first", () => {
  assert.equal(graphs.start, "a");
  assert.deepEqual(on(["a"]), ["no end", "yes call"]);
  assert.equal(graphs.straight(["a"]), 0);
  assert.equal(graphs.straight(["a", "end"]), 0, "also where none leads on");
});

test("a call leads into its function, and the function's end back behind the call", () => {
  assert.deepEqual(on(["a", "call"]), ["yes or no out"]);
  assert.deepEqual(on(["a", "call", "out"]), ["end"]);
  assert.deepEqual(on(["a", "call", "out", "end"]), []);
  assert.deepEqual(graphs.walk(["a", "call", "out"]).open, ["call"]);
  assert.deepEqual(graphs.walk(["a", "call", "out", "end"]), {
    open: [],
    moves: [
      { from: "a", to: "call" },
      { from: "f", to: "out" },
      { from: "call", to: "end" },
    ],
  });
});

test("a node is reached where no choice lies between", () => {
  assert.deepEqual(graphs.reach(["a"], "out"), [["a", "call", "out"]]);
  assert.deepEqual(graphs.reach(["a"], "end"), [
    ["a", "end"],
    ["a", "call", "out", "end"],
  ]);
  assert.deepEqual(graphs.reach(["a", "end"], "a"), []);
});

test("a loop without a choice ends the search", () => {
  const round = new Graphs(
    { calls: {}, entries: { main: "a" }, root: "main" },
    NODES,
    [
      ["a", "call", ""],
      ["call", "a", ""],
    ].map(([from, to, label]) => ({ from, to, label })),
  );
  assert.deepEqual(round.reach(["a"], "end"), []);
});

test("an answer is said where only one leads on", () => {
  assert.equal(graphs.answer(["a", "end"], 0), "no");
  assert.equal(graphs.answer(["a", "call", "out"], 1), "", "it entered a function");
  assert.equal(graphs.answer(["f", "out"], 0), "", "both do");
  assert.equal(graphs.answer(["a"], 0), "");
});
