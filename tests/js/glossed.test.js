/** Words of a glossary in a text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Glossed } from "../../faultviz/player/js/glossed.js";

const glossed = new Glossed({
  fault: { also: ["faults"] },
  "page fault": { also: ["page faults"] },
  lock: { also: [] },
});

/** @param {string} text */
const found = (text) => glossed.parts(text).map((part) => part.plain ?? [part.form, part.name]);

test("the longest form wins, and the text stays whole", () => {
  assert.deepEqual(found("Two page faults, one lock."), [
    "Two ",
    ["page faults", "page fault"],
    ", one ",
    ["lock", "lock"],
    ".",
  ]);
});

test("each word stands out once only, whatever its form; a capital begins a sentence", () => {
  assert.deepEqual(found("Fault after faults."), ["", ["Fault", "fault"], " after faults."]);
});

test("a part of a name is no word", () => {
  assert.deepEqual(found("mmap_lock, re-lock, locks"), ["mmap_lock, re-lock, locks"]);
});

test("a text that comes again is not split again", () => {
  assert.equal(glossed.parts("a lock"), glossed.parts("a lock"));
});
