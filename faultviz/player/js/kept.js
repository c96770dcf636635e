/**
 * What a saved notebook keeps of our widgets, so that they open alive when no kernel has them.
 *
 * JupyterLab saves the state of each widget whose kernel lives: our script in each of them, all in
 * clear text, and nothing of a widget that came out of the file. So where it asks for the states,
 * ours are shortened: script, pictures and traces lie packed on one shelf (a model that is never
 * shown), each value once, and a stub stands for the script of each widget. What is shown and has no
 * kernel stays as the file has it. A widget says in `_blank` which traits hold what a learner did, and
 * what a file has instead; one that does not say it is kept as a sentence.
 *
 * A save waits for nobody, and packing takes a moment: so it is done when a widget comes or changes,
 * and what is not packed yet is saved as it is. Where the manager is nbclassic's, nothing is packed.
 * Not here: how a widget comes back (`stub`, `opener`).
 *
 * @import { Entry, Keepable, Manager, OnShelf, OtherManager, Packed, States } from "./payload.js"
 */
import { NEEDS_KERNEL, OPENER, STUB } from "./keepers.js";
import { unpacked } from "./packed.js";
import { packed } from "./packing.js";

const MIME = "application/vnd.jupyter.widget-state+json";
const LONG = 200; // letters: a trait that is longer goes onto the shelf
const SOON = 100; // ms without a change, until it is packed
const CHANGING = ["_trace", "_desk"]; // what is long and does not stay
const LIBRARY = /^_(model|view)_(name|module|module_version)$|^_anywidget_id$/;
const SHELF = "faultviz.shelf";
const KEPT = Symbol.for("faultviz.kept");

/** @param {Entry} one */
const ours = (one) => String(one.state._anywidget_id).startsWith("faultviz.");

/** @param {Entry} one */
const library = (one) =>
  Object.fromEntries(Object.entries(one.state).filter(([name]) => LIBRARY.test(name)));

/**
 * A widget as a file has it: without what a learner did.
 * @param {Entry} one
 * @returns {Entry}
 */
function blank(one) {
  const { _blank, ...state } = one.state;
  delete state.layout;
  if (state._shelf || state._anywidget_id === SHELF) return one;
  if (_blank) return { ...one, state: { ...state, ..._blank } };
  return { ...one, state: { ...library(one), _esm: NEEDS_KERNEL } };
}

/**
 * Of a state what goes onto a shelf, as JSON: whole traits, and those of which each part may be
 * another widget's, too (a picture is the same in all of them).
 * @param {Entry["state"]} state
 */
function long(state) {
  /** @type {OnShelf<string>} */
  const found = { one: {}, parts: {} };
  for (const [name, value] of Object.entries(state)) {
    const text = JSON.stringify(value);
    if (text.length <= LONG && name !== "_esm") continue;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      found.one[name] = text;
    } else {
      const parts = Object.entries(value).map(([key, part]) => [key, JSON.stringify(part)]);
      found.parts[name] = Object.fromEntries(parts);
    }
  }
  return found;
}

class Keeper {
  /** @param {Manager} manager */
  constructor(manager) {
    this.manager = manager;
    this.read = manager.get_state_sync.bind(manager);
    /** @type {States} of those whose kernel went */
    this.gone = {};
    /** @type {Map<string, string>} by widget: what is on the shelf, as JSON */
    this.packed = new Map();
    this.shelf = "";
    this.text = "";
    this.timer = 0;
    const leave = manager.disconnect.bind(manager);
    manager.get_state_sync = (options) => this.state(options);
    manager.disconnect = () => {
      Object.assign(this.gone, this.read({ drop_defaults: true }).state);
      leave();
    };
  }

  /** What the file has of the widgets. */
  file() {
    const model = this.manager.context?.model;
    return model?.getMetadata?.("widgets")?.[MIME]?.state ?? {};
  }

  /**
   * Those that no kernel has and that are still shown, with what they are made of.
   * @param {States} live
   */
  shown(live) {
    const known = { ...this.file(), ...this.gone };
    const book = this.manager.context?.model?.toJSON?.();
    let text = JSON.stringify(book?.cells.map((cell) => cell.outputs) ?? []);
    /** @type {States} */
    const found = {};
    for (let more = Object.keys(known); more.length;) {
      more = Object.keys(known).filter(
        (id) => !(id in live) && !(id in found) && text.includes(id),
      );
      for (const id of more) found[id] = known[id];
      text = JSON.stringify(more.map((id) => blank(known[id]).state));
    }
    return found;
  }

  /**
   * What is saved.
   * @param {{drop_defaults?: boolean}} [options]
   */
  state(options) {
    const said = this.read(options);
    const all = { ...this.shown(said.state), ...said.state };
    /** @type {States} */
    const kept = {};
    let stubs = false;
    for (const [id, one] of Object.entries(all)) {
      kept[id] = ours(one) ? this.short(id, blank(one)) : one;
      stubs ||= kept[id].state._shelf === `IPY_MODEL_${this.shelf}`;
    }
    const some = Object.entries(kept).find(([, one]) => one.state._shelf);
    if (stubs && some) kept[this.shelf] = this.shelved(some[1]);
    const text = JSON.stringify(Object.values(kept).map((one) => one.state));
    for (const [id, one] of Object.entries(kept)) {
      const part = one.model_name === "LayoutModel" || one.state._anywidget_id === SHELF;
      if (part && id !== this.shelf && !text.includes(id)) delete kept[id];
    }
    return { ...said, state: kept };
  }

  /**
   * A widget with what is long on the shelf, where that is packed already.
   * @param {string} id
   * @param {Entry} one
   * @returns {Entry}
   */
  short(id, one) {
    const old = one.state._shelf;
    const found = old ? null : long(one.state);
    const there = this.packed.get(id);
    if (!there || (found && there !== JSON.stringify(found))) return one;
    const state = Object.fromEntries(
      Object.entries(one.state).filter(
        ([name]) => !found || !(name in found.one || name in found.parts),
      ),
    );
    return { ...one, state: { ...state, _id: id, _esm: STUB, _shelf: `IPY_MODEL_${this.shelf}` } };
  }

  /**
   * The shelf, as a model beside a widget of ours.
   * @param {Entry} one
   * @returns {Entry}
   */
  shelved(one) {
    const state = { ...library(one), _anywidget_id: SHELF };
    return { ...one, state: { ...state, _esm: OPENER, _packed: this.text } };
  }

  /** Pack when nothing has changed for a moment. */
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pack(), SOON);
  }

  async pack() {
    if (typeof CompressionStream === "undefined") return;
    const live = this.read({ drop_defaults: true }).state;
    const all = { ...this.shown(live), ...live };
    /** @type {Map<string, string>} */
    const found = new Map();
    /** @type {Map<string, number>} */
    const values = new Map();
    /** @type {Packed["models"]} */
    const models = {};
    const number = (/** @type {string} */ text) => {
      if (!values.has(text)) values.set(text, values.size);
      return values.get(text) ?? 0;
    };
    for (const [id, one] of Object.entries(all)) {
      if (!ours(one) || one.state._anywidget_id === SHELF) continue;
      const shelf = one.state._shelf && all[one.state._shelf.slice("IPY_MODEL_".length)];
      const told = one.state._shelf ? shelf && (await taken(id, shelf)) : long(blank(one).state);
      if (!told) continue;
      found.set(id, JSON.stringify(told));
      models[id] = each(told, number);
    }
    const text = await packed(JSON.stringify({ values: [...values.keys()], models }));
    if (text === this.text) return;
    this.packed = found;
    this.text = text;
    this.shelf = `faultviz-shelf-${Date.now().toString(36)}`;
  }
}

/**
 * What another shelf has of a widget.
 * @param {string} id
 * @param {Entry} shelf
 */
async function taken(id, shelf) {
  const { values, models } = /** @type {Packed} */ (await unpacked(String(shelf.state._packed)));
  return id in models ? each(models[id], (n) => values[n]) : null;
}

/**
 * The same with other values.
 * @template From
 * @template To
 * @param {OnShelf<From>} told
 * @param {(value: From) => To} as
 * @returns {OnShelf<To>}
 */
function each(told, as) {
  const all = (/** @type {{[name: string]: From}} */ some) =>
    Object.fromEntries(Object.entries(some).map(([name, value]) => [name, as(value)]));
  const parts = Object.entries(told.parts).map(([name, some]) => [name, all(some)]);
  return { one: all(told.one), parts: Object.fromEntries(parts) };
}

/**
 * Keep what a learner did out of what another manager saves.
 * @param {OtherManager} manager
 */
function blankIn(manager) {
  const read = manager.get_state.bind(manager);
  manager.get_state = async (options) => {
    const said = await read(options);
    const all = Object.entries(said.state).map(([id, one]) => [id, ours(one) ? blank(one) : one]);
    return { ...said, state: Object.fromEntries(all) };
  };
}

/**
 * Look after the state that a widget's manager saves, from now on; called as a widget is made.
 * @param {{model: Keepable}} place
 */
export function initialize({ model }) {
  const manager = model.widget_manager;
  if (!manager?.get_state) return;
  const page = /** @type {{[KEPT]?: WeakMap<OtherManager, Keeper | null>}} */ (globalThis);
  const all = (page[KEPT] ??= new WeakMap());
  if (!all.has(manager)) {
    if (!("get_state_sync" in manager)) blankIn(manager);
    all.set(manager, "get_state_sync" in manager ? new Keeper(manager) : null);
  }
  const keeper = all.get(manager);
  if (!keeper) return;
  for (const name of CHANGING) model.on(`change:${name}`, () => keeper.soon());
  keeper.soon();
}
