/** The joined scripts: by its map each line is a line of a real file. The map is read by Node itself. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = new URL("../../", import.meta.url);

/** @type {{[name: string]: string}} */
const scripts = JSON.parse(readFileSync(new URL("made/scripts.json", import.meta.url), "utf-8"));

/** @param {string} source */
const file = (source) =>
  readFileSync(new URL(source.replace("faultviz://", ""), ROOT), "utf-8").split("\n");

for (const [name, script] of Object.entries(scripts)) {
  test(`${name}: each line has its file and its number`, () => {
    const lines = script.split("\n");
    const [, data] = (lines.pop() ?? "").split("=data:application/json,");
    const told = JSON.parse(decodeURIComponent(data));
    const files = new Map(told.sources.map((/** @type {string} */ one) => [one, file(one)]));
    const map = new SourceMap(told);
    let ours = 0;
    for (const [i, line] of lines.entries()) {
      const entry = map.findEntry(i, 5);
      if (!("originalSource" in entry) || entry.generatedLine !== i) {
        assert.match(
          line,
          /^(const [A-Z_]+ = |const lanes = |\}\)\(\);)/,
          "only what Python puts in",
        );
        continue;
      }
      const real = files.get(entry.originalSource)[entry.originalLine];
      assert.equal(line.replace(/^return \{/, "export default {"), unexported(real, line));
      ours += 1;
    }
    assert.ok(ours > 9 && ours >= lines.length - 6);
  });

  test(`${name}: no two of its files declare the same name`, () => {
    const place = join(mkdtempSync(join(tmpdir(), "faultviz-")), "joined.mjs");
    writeFileSync(place, script);
    const { status, stderr } = spawnSync(process.execPath, ["--check", place]);
    assert.equal(status, 0, String(stderr).slice(0, 400));
  });
}

/**
 * @param {string} real
 * @param {string} line
 */
function unexported(real, line) {
  return line.startsWith("export") || !/^export (?!default)/.test(real) ? real : real.slice(7);
}
