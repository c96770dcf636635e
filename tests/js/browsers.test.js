/** The oldest browsers that are named are those that have all that is asked for. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BROWSERS, ofMember, ofScripts, ofStyle, WITHOUT } from "./browsers.js";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const scripts = ofScripts(here("tsconfig.json"));
/** @type {{[of: string]: string}} */
const styles = JSON.parse(readFileSync(here("made/styles.json"), "utf-8"));
const asked = [
  ...[...scripts.values()].flatMap((found) => found ?? []),
  ...Object.values(styles).flatMap(ofStyle),
];
const lackable = Object.keys(WITHOUT);
const below = (/** @type {string} */ name, /** @type {string} */ one) =>
  name === one || name.startsWith(`${one}.`);
const needed = asked.filter(({ name }) => !lackable.some((one) => below(name, one)));

test("each name of the language and of the page is in the table", () => {
  assert.ok(scripts.size > 200);
  const unknown = [...scripts].filter(([, found]) => !found).map(([name]) => name);
  assert.deepEqual(unknown, []);
});

test("the page names the oldest that have everything", () => {
  const said = /OLDEST = "Chrome and Edge ([\d.]+), Firefox ([\d.]+), Safari ([\d.]+)"/.exec(
    readFileSync(here("../../faultviz/player/js/loader.js"), "utf-8"),
  );
  const youngest = BROWSERS.map((browser) =>
    needed.reduce((one, other) => (other.since[browser] > one.since[browser] ? other : one)),
  );
  assert.deepEqual(
    said?.slice(1).map(Number),
    youngest.map(({ since }, i) => since[BROWSERS[i]]),
    youngest.map(({ name }) => name).join(),
  );
});

test("what may be lacking is asked for", () => {
  const idle = lackable.filter((one) => !asked.some(({ name }) => below(name, one)));
  assert.deepEqual(idle, []);
});

test("a younger function is found, in a style and in a script", () => {
  const found = ofStyle("a { color: light-dark(red, blue); }");
  const [light] = found.filter(({ name }) => name.endsWith("light-dark"));
  assert.deepEqual(light.since, { chrome: 123, firefox: 120, safari: 17.5 });
  assert.equal(ofMember("Array", "toSorted")?.[0].since.firefox, 115);
});
