/**
 * The script of the shelf: gives a widget of a saved notebook back what the shelf holds of it.
 *
 * @import { Kept, Packed, Script } from "./payload.js"
 */
import { unpacked } from "./packed.js";

const OPEN = Symbol.for("faultviz.shelves");

/**
 * What is on a shelf; it is unpacked once, whoever asks.
 * @param {string} text
 * @returns {Promise<Packed>}
 */
function shelf(text) {
  const page = /** @type {{[OPEN]?: Map<string, Promise<Packed>>}} */ (globalThis);
  const all = (page[OPEN] ??= new Map());
  const told = all.get(text) ?? /** @type {Promise<Packed>} */ (unpacked(text));
  all.set(text, told);
  return told;
}

/**
 * Give a model its traits; what comes back is its script's.
 * @param {Kept} model
 * @param {string} text
 * @returns {Promise<Script<HTMLElement>>}
 */
export async function opened(model, text) {
  const { values, models } = await shelf(text);
  const value = (/** @type {number} */ n) => JSON.parse(values[n]);
  const mine = models[model.get("_id")];
  for (const [name, n] of Object.entries(mine.one)) {
    if (name !== "_esm") model.set(name, value(n));
  }
  for (const [name, parts] of Object.entries(mine.parts)) {
    const all = Object.entries(parts).map(([key, n]) => [key, value(n)]);
    model.set(name, Object.fromEntries(all));
  }
  model.set("_alone", true);
  const url = URL.createObjectURL(new Blob([value(mine.one._esm)], { type: "text/javascript" }));
  const { default: told } = await import(url);
  URL.revokeObjectURL(url);
  return typeof told === "function" ? told() : told;
}

export default {};
