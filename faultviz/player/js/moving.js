/**
 * Where a key or a click leads: steps, calls, lock changes, nodes, breakpoints, play, questions.
 * Nothing here draws; every move ends in `go`, which no move gets past an open question with.
 *
 * @import { View as Looks } from "./payload.js"
 * @import { Item } from "./tracks.js"
 * @import { View } from "./view.js"
 */
import { ASKED, answered } from "./answering.js";
import { h } from "./parts.js";

const UNKEPT = "No kernel hears this: your answers are not kept. Run the cell again first.";

/** @type {{[name: string]: number}} */
const SPEEDS = { slow: 2200, normal: 1200, fast: 450 }; // ms a step is shown while playing

export class Moves {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.model = view.model;
    this.timer = 0;
    this.speed = h("select", { class: "fv-speed", "aria-label": "Speed of play" },
      ...Object.keys(SPEEDS).map((s) => h("option", { selected: s === "normal" }, s)));
  }

  // --- steps ---------------------------------------------------------------------------------

  /** @param {number} n */
  go(n) {
    const { view } = this;
    if (n > view.n && view.gate) {
      view.speech.say("Answer the question first, or press s to skip it.");
      view.panel.root.classList.remove("nudge");
      requestAnimationFrame(() => view.panel.root.classList.add("nudge"));
      return false;
    }
    const to = Math.min(n, view.limit()?.n ?? n);
    if (to === view.n) return false;
    this.model.set("step", to);
    this.model.save_changes();
    return true;
  }

  /**
   * The first item from here on, in a direction, that is as wanted.
   * @param {number} by
   * @param {(item: Item, past: Item) => boolean} wanted
   * @returns {Item | undefined}
   */
  seek(by, wanted) {
    const { shown, at } = this.view;
    let i = at + by;
    while (i >= 0 && i < shown.length && !wanted(shown[i], shown[i - 1])) i += by;
    return shown[i];
  }

  /** @param {number} by */
  step(by) {
    if (by > 0 && this.view.panel.goOn()) return true;
    const item = this.view.shown[this.view.at + by];
    return item !== undefined && this.go(item.n);
  }

  first() {
    this.go(this.view.shown[0].n);
  }

  last() {
    this.go(this.end.n);
  }

  get end() {
    const { shown } = this.view;
    return shown[shown.length - 1];
  }

  over() {
    const { depth } = this.view.trace.steps[this.view.n - 1];
    this.go((this.seek(1, ({ step }) => step.depth <= depth) ?? this.end).n);
  }

  out() {
    const { depth } = this.view.trace.steps[this.view.n - 1];
    this.go((this.seek(1, ({ step }) => step.depth < depth) ?? this.end).n);
  }

  /** @param {number} by */
  lockChange(by) {
    const found = this.seek(by, (item, past) => past && item.step.lock !== past.step.lock);
    this.go((found ?? (by > 0 ? this.end : this.view.shown[0])).n);
  }

  /**
   * Run to a node's next visit; while a question about the next node is open, it is the answer.
   * @param {string} id
   */
  toNode(id) {
    const { view } = this;
    if (view.gate) {
      this.answer(id);
      return;
    }
    const item = this.seek(1, ({ step }) => step.node === id);
    if (item) this.go(item.n);
    else if (view.limit()) this.last();
    else view.say("This trace does not come to that node after this step.");
  }

  /** @param {number} by */
  toStop(by) {
    const stops = this.model.get("breakpoints");
    const item = this.seek(by, ({ step }) => stops.includes(step.node));
    if (item) this.go(item.n);
    else if (by > 0 && this.view.limit()) this.last();
    else this.view.say(stops.length ? "No breakpoint lies that way." : "There is no breakpoint: choose a node with up and down, and press x.");
  }

  /** @param {string} id */
  toggleStop(id) {
    const stops = this.model.get("breakpoints");
    this.model.set("breakpoints", stops.includes(id) ? stops.filter((s) => s !== id) : [...stops, id]);
    this.model.save_changes();
  }

  // --- play ----------------------------------------------------------------------------------

  toggle() {
    const { view } = this;
    if (this.timer) {
      this.pause();
      return;
    }
    if (view.gate) {
      this.go(view.n + 1);
      return;
    }
    if (view.at === view.shown.length - 1) this.first();
    this.play(SPEEDS[this.speed.value], () => this.model.get("breakpoints").includes(view.trace.steps[view.n - 1].node));
  }

  /**
   * Step after step until something says stop.
   * @param {number} pace
   * @param {() => boolean} until
   */
  play(pace, until) {
    clearTimeout(this.timer);
    this.view.playButton.textContent = "Pause";
    this.schedule(pace, until);
  }

  /**
   * The next step is timed only when this one is on the screen: late frames cannot pile up.
   * @param {number} pace
   * @param {() => boolean} until
   */
  schedule(pace, until) {
    const { view } = this;
    this.timer = setTimeout(() => {
      const moved = view.root.isConnected && this.step(1);
      if (!moved || view.gate || until() || view.at === view.shown.length - 1) {
        this.pause();
        return;
      }
      requestAnimationFrame(() => { if (this.timer) this.schedule(pace, until); });
    }, pace);
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.view.playButton.textContent = "Play";
    if (this.view.n) this.view.speak(this.view.masked(this.view.trace.steps[this.view.n - 1]));
  }

  /** @param {number} by */
  faster(by) {
    const { options, selectedIndex } = this.speed;
    this.speed.selectedIndex = Math.max(0, Math.min(options.length - 1, selectedIndex + by));
    this.view.speech.say(`Speed: ${this.speed.value}.`);
  }

  /** A trace in which something was taken away runs on to what breaks, unless a link led to it. */
  runOn() {
    const { view } = this;
    if (this.model.get("_linked")) return;
    const broken = view.shown.find((item) => item.broken.length && item.n > view.n);
    if (view.trace.without && broken) this.play(SPEEDS.fast, () => view.n >= broken.n);
  }

  // --- questions -----------------------------------------------------------------------------

  /** @param {string | null} value */
  answer(value, reveal = false) {
    const { gate } = this.view;
    if (!gate) return;
    const inside = this.model.get("inside");
    if (this.model.get("_alone")) this.view.say(UNKEPT);
    this.model.set("_gated", answered(this.model.get("_gated"), gate, value, { reveal, inside }));
    this.model.save_changes();
  }

  skip() {
    this.answer(null);
  }

  /** @param {string} value */
  reveal(value) {
    this.answer(value, true);
  }

  /** @param {string} text */
  tell(text) {
    this.view.speech.say(text);
  }

  refocus() {
    this.view.root.focus({ preventScroll: true });
  }

  // --- settings ------------------------------------------------------------------------------

  /** @param {boolean} on */
  setInside(on) {
    const { view, model } = this;
    if (!view.hasInside) return;
    // The step first: a step inside is never shown while the inside is passed over.
    if (!on) model.set("step", view.trace.steps.filter((s) => s.n >= view.n && !s.inside)[0].n);
    if (view.limit()) {
      // What was passed is not asked any more, however it is looked at.
      const state = model.get("_gated");
      const passed = Object.values(model.get("_gates")).flat().filter((g) => g.n < view.n && !(g.n in state.closed));
      model.set("_gated", { ...ASKED, ...state, closed: { ...state.closed, ...Object.fromEntries(passed.map((g) => [g.n, []])) } });
    }
    model.set("inside", on);
    model.save_changes();
  }

  /** @param {boolean} on */
  setReader(on) {
    this.model.set("reader", on);
    this.model.save_changes();
  }

  /** @param {Looks} view */
  setView(view) {
    this.model.set("view", view);
    this.model.save_changes();
  }

  more() {
    if (!this.view.staged) this.setView(this.model.get("view") === "first" ? "full" : "first");
  }

  stage() {
    this.setView(this.view.staged ? (this.view.plainHome ? "first" : "full") : "stage");
  }

  // --- keys ----------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = /** @type {Element} */ (event.target);
    if (event.key === "Escape") {
      this.escape(event);
      return;
    }
    if (at.matches("select, input[type=number]")) return;
    if ((event.key === " " || event.key === "Enter") && at.matches("button, input, summary")) return;
    const act = this.acts(event.shiftKey && event.key.startsWith("Arrow") ? `Shift${event.key}` : event.key, at);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!["p", " ", "?", "+", "-", "e", "f", "m", "r", "t"].includes(event.key)) this.pause();
    act();
  }

  /**
   * @param {string} key
   * @param {Element} at
   * @returns {(() => void) | undefined}
   */
  acts(key, at) {
    const { view } = this;
    /** @type {{[key: string]: () => void}} */
    const all = {
      ArrowRight: () => this.step(1), n: () => this.step(1),
      ArrowLeft: () => this.step(-1), b: () => this.step(-1),
      Home: () => this.first(), End: () => this.last(),
      " ": () => this.toggle(), p: () => this.toggle(),
      "+": () => this.faster(1), "-": () => this.faster(-1),
      l: () => this.lockChange(1), L: () => this.lockChange(-1),
      i: () => this.setInside(!this.model.get("inside")),
      r: () => this.setReader(!this.model.get("reader")),
      t: () => view.setTags(!view.tagsBox.checked),
      e: () => { if (this.model.get("view") === "first") view.exits.toggle(); },
      m: () => this.more(), f: () => this.stage(),
      s: () => this.skip(),
      w: () => (view.gate ? this.go(view.n + 1) : view.choices.toggleMenu()),
      "?": () => view.toggleHelp(),
    };
    if (view.staged) all.v = () => view.panel.count();
    if (this.model.get("view") !== "first") {
      Object.assign(all, {
        o: () => this.over(), u: () => this.out(),
        c: () => this.toStop(1), C: () => this.toStop(-1),
      });
    }
    const aimed = view.picture?.cursor?.id;
    if (!at.closest(".fv-trace, .fv-help, .fv-options")) {
      const { walk } = view;
      Object.assign(all, {
        ArrowDown: () => walk.step(1), ArrowUp: () => walk.step(-1),
        ShiftArrowDown: () => walk.on(), ShiftArrowUp: () => walk.back(),
        ShiftArrowRight: () => walk.turn(1), ShiftArrowLeft: () => walk.turn(-1),
      });
      if (aimed) all.Enter = () => this.toNode(aimed);
      if (aimed && this.model.get("view") !== "first") all.x = () => this.toggleStop(aimed);
    }
    if (!view.choices.menu.hidden && /^[1-9]$/.test(key)) return () => view.choices.pick(Number(key) - 1);
    const value = view.gate ? view.panel.chosen(key) : undefined;
    if (value !== undefined) return () => this.answer(value);
    return all[key];
  }

  /**
   * Close what lies on top: the list, the help, the context, the stage.
   * @param {Event} event
   */
  escape(event) {
    const { view } = this;
    const words = view.choices.root.querySelector(".fv-words[open]");
    if (!view.choices.menu.hidden) view.choices.closeMenu();
    else if (!view.help.hidden) view.toggleHelp();
    else if (words) words.removeAttribute("open");
    else if (view.staged && view.panel.voting) view.speech.say("A vote is counted: its numbers stay. Leave, or f, leaves the stage.");
    else if (view.staged) this.stage();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (!view.panel.voting) this.refocus();
  }
}
