/** No way out of the types: neither any, nor a comment that silences tsc. `unknown` has its reasons here. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = [
  "faultviz/player/js",
  "faultviz/publish/export/js",
  "faultviz/publish/site",
  "tests/js",
];

/** @type {{[file: string]: string}} by file: why it has values of which nothing is known */
const UNKNOWN = {
  "faultviz/player/js/packed.js": "JSON is whatever was packed: who asks says what it is",
  "faultviz/player/js/table.js": "values of JSON, each held once: who asks says what it is",
  "faultviz/publish/export/js/start.js": "what lies packed in a lesson's page, by its name",
  "tests/js/browsers.js": "MDN's table, in which a path of names leads to a row",
};

/** @param {string} text what JSDoc has in braces */
function types(text) {
  return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap(
    ([comment]) => comment.match(/\{.*\}/gs) ?? [],
  );
}

for (const folder of FOLDERS) {
  for (const name of readdirSync(new URL(folder, ROOT)).filter((one) =>
    /(?<!\.test)\.(js|ts)$/.test(one),
  )) {
    test(`${folder}/${name} keeps to its types`, () => {
      const text = readFileSync(new URL(`${folder}/${name}`, ROOT), "utf-8");
      const told = name.endsWith(".ts") ? [text.replaceAll(/\/\*.*?\*\//gs, "")] : types(text);
      for (const type of told) assert.doesNotMatch(type, /\b(any|Function|Object)\b|\{\*\}/);
      assert.doesNotMatch(text, /@ts-(ignore|nocheck|expect-error)/);
      assert.equal(
        told.some((type) => /\bunknown\b/.test(type)),
        `${folder}/${name}` in UNKNOWN,
      );
    });
  }
}
