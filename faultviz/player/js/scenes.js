/**
 * A model without a kernel: what Python would answer is looked up in what the page holds.
 *
 * Told by pages/precomputed.py: every scenario with its trace, pictures, choices and questions, and
 * for each click the scenario that it leads to. Nothing is computed here. Not here: how values are
 * held (`table`), or the page (`page`).
 *
 * @import { Choice, HandlerTold, Looks, Names, PlayerState, SceneParts } from "./payload.js"
 */
import { ASKED } from "./answering.js";
import { Table, added } from "./table.js";

/**
 * The four things that a player asks of its surroundings, and `put` for several changes at once.
 * @template {object} State
 */
export class Model {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    /** @type {[name: string, act: () => void][]} */
    this.heard = [];
  }

  /**
   * @template {keyof State} Name
   * @param {Name} name
   */
  get(name) {
    return this.state[name];
  }

  /**
   * @template {keyof State} Name
   * @param {Name} name
   * @param {State[Name]} value
   */
  set(name, value) {
    /** @type {Partial<State>} */
    const change = {};
    change[name] = value;
    this.put(change);
  }

  /**
   * All are there before anybody hears of one; whoever hears of `change` hears once.
   * @param {Partial<State>} changes
   */
  put(changes) {
    const names = /** @type {(string & keyof State)[]} */ (Object.keys(changes)).filter(
      (name) => this.state[name] !== changes[name],
    );
    Object.assign(this.state, changes);
    for (const name of names) this.tell(`change:${name}`);
    if (names.length) this.tell("change");
  }

  /** @param {string} what */
  tell(what) {
    for (const [name, act] of [...this.heard]) if (name === what) act();
  }

  /**
   * @param {string} what
   * @param {() => void} act
   */
  on(what, act) {
    this.heard.push([what, act]);
  }

  /**
   * @param {string} what
   * @param {() => void} act
   */
  off(what, act) {
    this.heard = this.heard.filter(([name, one]) => name !== what || one !== act);
  }

  save_changes() {} // nobody is told
}

/** All that a page holds of one handler. */
export class Scenes {
  /** @param {HandlerTold} told */
  constructor(told) {
    this.told = told;
    this.table = new Table(told.table);
    /** @type {{[part: string]: number[]}} */
    this.places = Object.fromEntries(
      Object.entries(told.scenes).map(([name, steps]) => [name, added(steps)]),
    );
    this.names = this.places.scenario.map((_, n) => this.part(n, "scenario"));
    this.numbers = new Map(this.names.map((names, n) => [names.join("\n"), n]));
    const impossible = added(told.impossible).map(
      (place) => /** @type {string[]} */ (this.table.at(place)),
    );
    this.impossible = new Map(impossible.map(([why, ...names]) => [names.join("\n"), why]));
    /** @type {Choice[]} what may be chosen beside this handler */
    this.others = [];
  }

  /**
   * The number of a scenario, by revision, outcomes, context and what is missing.
   * @param {Names} names
   */
  number(names) {
    return this.numbers.get(names.join("\n"));
  }

  /**
   * A part of scenario `n`.
   * @template {keyof SceneParts} Name
   * @param {number} n
   * @param {Name} name
   */
  part(n, name) {
    return /** @type {SceneParts[Name]} */ (this.table.at(this.places[name][n]));
  }

  /**
   * @param {number} n
   * @param {"pictures" | "generic"} name
   */
  drawn(n, name) {
    const pieces = Object.entries(this.part(n, name));
    return Object.fromEntries(pieces.map(([of, parts]) => [of, parts.join("")]));
  }

  /**
   * What a model says of a scenario; of its questions those before `step` are not asked.
   * @param {number} n
   */
  traits(n, step = 1) {
    const [revision, outcomes, context, without] = this.names[n];
    const gates = this.part(n, "gates");
    const passed = Object.values(gates)
      .flat()
      .filter((gate) => gate.n < step);
    const closed = Object.fromEntries(passed.map((gate) => [gate.n, []]));
    return {
      _trace: this.part(n, "trace"),
      _pictures: this.drawn(n, "pictures"),
      _generic: this.drawn(n, "generic"),
      _choices: { ...this.part(n, "choices"), handler: this.others },
      _gates: gates,
      _gated: { ...ASKED, closed },
      handler: this.told.name,
      revision,
      outcomes,
      context,
      without,
      step,
    };
  }

  /**
   * A model that shows scenario `n`, and answers what its reader wishes.
   * @param {number} n
   * @param {Looks} looks
   * @param {Choice[]} others what may be chosen beside this handler
   * @param {(name: string) => void} go leads there
   */
  model(n = 0, looks = {}, others = [], go = () => {}) {
    this.others = others;
    /** @type {Required<Looks>} */
    const plain = {
      step: 1,
      view: "full",
      gate: false,
      inside: false,
      reader: false,
      breakpoints: [],
    };
    /** @type {Model<PlayerState>} */
    const model = new Model({
      ...plain,
      ...looks,
      ...this.traits(n, looks.step),
      _kind: "one",
      _token: this.told.token,
      _wish: {},
      _answer: {},
      _linked: false,
    });
    model.on("change:_wish", () =>
      queueMicrotask(() => {
        // after the player has begun to wait
        const { kind = "", value = "", seq } = model.get("_wish");
        if (kind === "handler") go(value);
        else model.put({ _answer: { seq, problem: this.wished(model, kind, value) } });
      }),
    );
    return model;
  }

  /**
   * Show what a click leads to; gives the sentence for it, mostly none.
   * @param {Model<PlayerState>} model
   * @param {string} kind
   * @param {string} value
   */
  wished(model, kind, value) {
    const names = [
      model.get("revision"),
      model.get("outcomes"),
      model.get("context"),
      model.get("without"),
    ];
    const n = this.number(names);
    const wish = n === undefined ? undefined : this.part(n, "wishes")[`${kind} ${value}`];
    if (n === undefined || wish === undefined) return this.told.leftOut;
    const [far, note = "", together = 1] = Array.isArray(wish) ? wish : [wish];
    model.put(this.traits(n + far, Math.min(model.get("step"), together)));
    return note;
  }
}
