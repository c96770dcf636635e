/** A page without a kernel, on what Python has really made for one: table, scenes, links. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PairLink, SceneLink, words } from "../../faultviz/player/js/link.js";
import { Model, Scenes } from "../../faultviz/player/js/scenes.js";
import { added } from "../../faultviz/player/js/table.js";

/** @import { DuoState, HandlerPage, PlayerState } from "../../faultviz/player/js/payload.js" */

/** @param {string} name */
const made = (name) =>
  JSON.parse(readFileSync(new URL(`made/${name}.json`, import.meta.url), "utf-8"));

/** @type {{page: HandlerPage, traits: Partial<PlayerState>, scenario: string[]}} */
const { page, traits, scenario } = made("page");
const { told } = page;
const scenes = new Scenes(told);

test("steps add up", () => assert.deepEqual(added([7, 1, 1, -5]), [7, 8, 9, 4]));

test("a scenario of the table is what a notebook is told, value for value", () => {
  const n = scenes.number(scenario) ?? -1;
  const found = scenes.traits(n);
  assert.ok(Object.keys(traits).length > 5);
  for (const [name, value] of Object.entries(traits)) {
    assert.deepEqual(found[/** @type {keyof typeof found} */ (name)], value, name);
  }
});

test("of several changes everybody hears after all are there", () => {
  const model = new Model({ a: 1, b: 1 });
  /** @type {string[]} */
  const heard = [];
  const whole = () => heard.push(`${model.get("a")}${model.get("b")}`);
  model.on("change:a", whole);
  model.on("change", whole);
  model.put({ a: 2, b: 2 });
  model.set("b", 2); // as it is
  model.off("change:a", whole);
  model.set("a", 3);
  assert.deepEqual(heard, ["22", "22", "32"]);
});

/**
 * A model that has been asked for something.
 * @param {string} kind
 * @param {string} value
 */
async function asked(kind, value) {
  const model = scenes.model(scenes.number(["merged", "auto", "write", ""]), { step: 3 });
  model.set("_wish", { kind, value, seq: "1" });
  await Promise.resolve();
  return model;
}

test("a click leads to the scenario that Python has told, and begins anew", async () => {
  const model = await asked("outcome", "COMPLETED");
  assert.deepEqual([model.get("outcomes"), model.get("step")], ["COMPLETED", 1]);
  assert.deepEqual(model.get("_answer"), { seq: "1", problem: "" });
});

test("what is taken away leaves the reader where both traces go together", async () => {
  const model = await asked("without", "completed-check");
  assert.deepEqual([model.get("without"), model.get("step")], ["completed-check", 3]);
});

test("what the page has not got is said", async () => {
  const model = await asked("word", "nowhere");
  assert.equal(model.get("_answer").problem, told.leftOut);
});

const link = new SceneLink(scenes);

test("a link says what is shown and leads there again", () => {
  for (const names of scenes.names.filter((_, i) => i % 7 === 0)) {
    const model = scenes.model(scenes.number(names), { view: "stage", step: 2, gate: true });
    const { n, looks } = link.read(link.said(model));
    assert.deepEqual(scenes.names[n], names);
    assert.deepEqual(looks, { view: "stage", step: 2, gate: true, inside: false, reader: false });
  }
});

test("a link that leaves something out means the usual", () => {
  const { n, looks } = link.read("#mips");
  assert.deepEqual(scenes.names[n], ["merged", "auto", "write", ""]);
  assert.equal(looks.step, 1);
});

for (const [hash, sentence] of [
  ["#alpha", /^This page is about mips, and the link about “alpha”\.$/],
  ["#mips,blue", /which is no revision/],
  ["#mips,step=9999", /^There is no step 9999: choose 1 to \d+\.$/],
  ["#mips,step=x", /^There is no step x: choose/],
  ["#mips,at=9.99", /^There is no step 9\.99: choose 1 to \d+, or 9\.1 to 9\.\d+\.$/],
  ["#mips,OK,at=0", /^There is no step 0: choose 1 to \d+\.$/],
  ["#mips,without=roof", /nothing called “roof” can be taken away/],
  ["#mips,%E0", /^This link is damaged/],
]) {
  test(`${hash} is refused with a sentence`, () => {
    assert.throws(() => link.read(String(hash)), { message: sentence });
  });
}

test("a link is decoded before it is split", () => {
  assert.deepEqual(words("#mips,,OK%2Bsignal , write"), ["mips", "OK+signal", "write"]);
});

/** What mail, chat and other programs make of a link. */
const FORMS = [
  encodeURIComponent,
  (/** @type {string} */ text) =>
    encodeURIComponent(text).replace(/%\w\w/g, (one) => one.toLowerCase()),
  (/** @type {string} */ text) => text.replaceAll(",", "%2C"),
  (/** @type {string} */ text) => text.replaceAll("=", "%3d").replaceAll("+", "%2b"),
  (/** @type {string} */ text) =>
    text.replace(/[^%]/g, (one) => `%${one.charCodeAt(0).toString(16)}`),
];

test("each link that the page makes opens in each form in which it may arrive", () => {
  for (const names of scenes.names) {
    const looks = { view: /** @type {const} */ ("stage"), step: 1, gate: true, reader: true };
    const model = scenes.model(scenes.number(names), looks);
    const whole = decodeURIComponent(link.said(model).slice(1));
    const meant = link.read(`#${whole}`);
    assert.deepEqual(scenes.names[meant.n], names);
    for (const form of FORMS) {
      assert.deepEqual(link.read(`#${form(whole)}`), meant, form(whole));
    }
  }
});

test("two on one clock: only the clock and the looks can be linked", () => {
  /** @type {DuoState} */
  const state = made("pair");
  const model = new Model(state);
  const pair = new PairLink("mips", model);
  assert.deepEqual(pair.read(pair.said(model)).looks, { clock: 1, view: "full", reader: false });
  model.put({ clock: 3, reader: true, view: "stage" });
  assert.deepEqual(pair.read(pair.said(model)).looks, { clock: 3, view: "stage", reader: true });
  assert.throws(() => pair.read("#clock=0"), { message: /^There is no tick 0/ });
  assert.throws(() => pair.read("#s390"), { message: /this page shows mips, before, merged only/ });
});
