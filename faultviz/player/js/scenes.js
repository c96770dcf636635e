/**
 * A model without a kernel: what Python would answer is looked up in what the page holds.
 *
 * Told by pages/precomputed.py: every scenario with its trace, pictures, choices and questions, and
 * for each click the scenario that it leads to. Nothing is computed here. Not here: how values are
 * held (`table`), or the page (`page`).
 */
import { ASKED } from "./gate.js";
import { Table, added } from "./table.js";

/** The four things that a player asks of its surroundings, and `put` for several changes at once. */
export class Model {
  constructor(state) {
    this.state = state;
    this.heard = [];
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    this.put({ [name]: value });
  }

  /** All are there before anybody hears of one; whoever hears of `change` hears once. */
  put(changes) {
    const names = Object.keys(changes).filter((name) => this.state[name] !== changes[name]);
    Object.assign(this.state, changes);
    for (const name of names) this.tell(`change:${name}`);
    if (names.length) this.tell("change");
  }

  tell(what) {
    for (const [name, act] of [...this.heard]) if (name === what) act();
  }

  on(what, act) {
    this.heard.push([what, act]);
  }

  off(what, act) {
    this.heard = this.heard.filter(([name, one]) => name !== what || one !== act);
  }

  save_changes() {} // nobody is told
}

/** All that a page holds of one handler. */
export class Scenes {
  constructor(told) {
    this.told = told;
    this.table = new Table(told.table);
    this.places = Object.fromEntries(Object.entries(told.scenes).map(([name, steps]) => [name, added(steps)]));
    this.names = this.places.scenario.map((place) => this.table.at(place));
    this.numbers = new Map(this.names.map((names, n) => [names.join("\n"), n]));
    const impossible = added(told.impossible).map((place) => this.table.at(place));
    this.impossible = new Map(impossible.map(([why, ...names]) => [names.join("\n"), why]));
  }

  /** The number of a scenario, by revision, outcomes, context and what is missing. */
  number(names) {
    return this.numbers.get(names.join("\n"));
  }

  part(n, name) {
    return this.table.at(this.places[name][n]);
  }

  drawn(n, name) {
    const pieces = Object.entries(this.part(n, name));
    return Object.fromEntries(pieces.map(([of, parts]) => [of, parts.join("")]));
  }

  /** What a model says of a scenario; of its questions those before `step` are not asked. */
  traits(n, step = 1) {
    const [revision, outcomes, context, without] = this.names[n];
    const gates = this.part(n, "gates");
    const passed = Object.values(gates).flat().filter((gate) => gate.n < step);
    const closed = Object.fromEntries(passed.map((gate) => [gate.n, []]));
    return {
      _trace: this.part(n, "trace"), _pictures: this.drawn(n, "pictures"), _generic: this.drawn(n, "generic"),
      _choices: { ...this.part(n, "choices"), handler: this.others },
      _gates: gates, _gated: { ...ASKED, closed },
      handler: this.told.name, revision, outcomes, context, without, step,
    };
  }

  /**
   * A model that shows scenario `n`, and answers what its reader wishes.
   * @param looks {step, view, gate, inside, reader, breakpoints}, each as it may be left out
   * @param others what may be chosen beside this handler, and `go(name)` that leads there
   */
  model(n = 0, looks = {}, others = [], go = () => {}) {
    this.others = others;
    const plain = { step: 1, view: "full", gate: false, inside: false, reader: false, breakpoints: [] };
    const model = new Model({ ...plain, ...looks, ...this.traits(n, looks.step), _kind: "one", _token: this.told.token });
    model.on("change:_wish", () => queueMicrotask(() => { // after the player has begun to wait
      const { kind, value, seq } = model.get("_wish");
      if (kind === "handler") go(value);
      else model.put({ _answer: { seq, problem: this.wished(model, kind, value) } });
    }));
    return model;
  }

  /** Show what a click leads to; gives the sentence for it, mostly none. */
  wished(model, kind, value) {
    const n = this.number(["revision", "outcomes", "context", "without"].map((name) => model.get(name)));
    const wish = this.part(n, "wishes")[`${kind} ${value}`];
    if (wish === undefined) return this.told.leftOut;
    const [far, note = "", together = 1] = [wish].flat();
    model.put(this.traits(n + far, Math.min(model.get("step"), together)));
    return note;
  }
}
