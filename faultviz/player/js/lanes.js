/**
 * Several threads on one clock: a lane for each, the time from left to right, and a hand that stands
 * at the tick that is shown. What a lane does is said by height, hatching and a word, not by colour
 * alone.
 *
 * @import { LanesState, LanesTold, Surroundings } from "./payload.js"
 */
import { keepKeys } from "./keys.js";
import { initialize } from "./kept.js";
import { layOver, WIDE_WINDOW, roomy, takeAway } from "./over_page.js";
import { button, h, mark, table, write } from "./parts.js";
import { Speech } from "./speech.js";

const TICK = 1100; // ms a tick is shown while playing
const WORDS = { runs: "runs", waits: "waits", holds: "holds" };
const LANE_KEYS = [
  ["right, n", "one tick on"], ["left, b", "one tick back"], ["Home, End", "first, last tick"],
  ["space, p", "play, pause"], ["f", "stage view: for a projector; Escape leaves it"],
  ["?", "show or hide this"],
];

class Chart {
  /**
   * @param {Surroundings<LanesState>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.timer = this.tick = 0;
    this.told = model.get("_told");
    this.rows = this.told.lanes.map((lane) => this.row(lane));
    this.hand = h("div", { class: "fv-hand", "aria-hidden": "true" });
    this.lanes = h("div", { class: "fv-lanes-rows" }, ...this.rows.map((row) => row.box), this.hand);
    this.count = h("b", {});
    this.said = h("p", { class: "fv-lanes-said" });
    this.playButton = button("play", "Play", "p", () => this.toggle());
    this.stageButton = button("stage", "Stage", "f: for a projector", () => this.stage());
    this.help = h("div", { class: "fv-lanes-help", role: "dialog", "aria-label": "Keys", tabindex: -1, hidden: true },
      h("button", { type: "button", onclick: () => this.toggleHelp() }, "Close"),
      table([["key", "what it does"], ...LANE_KEYS], "Keys, while the lanes have the focus"));
    this.root = h("div", {
      class: "fv-lanes", tabindex: 0, role: "group",
      "aria-label": `${this.told.lanes.length} lanes on one clock, ${this.told.title}`,
    },
      h("h3", {}, this.told.title), this.lanes, this.said,
      h("div", { class: "fv-lanes-buttons" },
        button("first", "First", "Home", () => this.go(1)),
        button("back", "Back", "left, b", () => this.go(this.tick - 1)),
        button("step", "Step", "right, n", () => this.go(this.tick + 1)),
        this.playButton, this.count, h("span", { class: "fv-gap" }), this.stageButton,
        button("keys", "?", "?: keys", () => this.toggleHelp())),
      h("p", { class: "fv-lanes-key" },
        h("span", { class: "fv-span runs" }), " runs without mmap_lock ",
        h("span", { class: "fv-span waits" }), " waits for it ",
        h("span", { class: "fv-span holds" }), " holds it to read ",
        h("span", { class: "fv-span holds writes" }), " holds it to write"),
      this.help);
    this.speech = new Speech();
    this.speech.join(this.root);
    el.append(this.root);
  }

  /** @param {LanesTold["lanes"][number]} lane */
  row({ who, spans }) {
    const writes = who.startsWith("writer");
    const made = spans.map(([start, end, state]) => {
      const part = h("div", { class: `fv-span ${state}${writes ? " writes" : ""}` }, h("span", {}, WORDS[state]));
      part.style.left = `${(100 * start) / this.told.end}%`;
      part.style.width = `${(100 * (end - start)) / this.told.end}%`;
      return { part, start, end };
    });
    const now = h("span", { class: "fv-lane-now" });
    const box = h("div", { class: "fv-lane-row" }, h("div", { class: "fv-lane-who" }, h("b", {}, who), now),
      h("div", { class: "fv-lane-time" }, ...made.map((one) => one.part)));
    return { who, box, made, now };
  }

  show() {
    const { ticks, end } = this.told;
    this.tick = Math.max(1, Math.min(this.model.get("clock"), ticks.length));
    const { at, said, states } = ticks[this.tick - 1];
    for (const { who, made, now } of this.rows) {
      for (const one of made) {
        mark(one.part, "now", one.start <= at && at < one.end);
        mark(one.part, "later", one.start > at);
      }
      write(now, states[who] ?? "is away");
    }
    this.hand.style.setProperty("--at", String(at / end));
    write(this.count, `Tick ${this.tick} of ${ticks.length}, ${(at / 1000).toFixed(2)} µs`);
    write(this.said, said[0].toUpperCase() + said.slice(1));
    this.speech.tell(String(this.tick), [this.count.textContent, this.said.textContent], this.timer > 0);
    this.root.dataset.tick = String(this.tick);
  }

  look() {
    const staged = roomy(this.model.get("view")) === "stage";
    this.root.dataset.view = staged ? "stage" : "full";
    write(this.stageButton, staged ? "Leave" : "Stage");
    layOver(this.root, staged, () => this.stage());
    this.words();
  }

  /** A word stands where it has room. */
  words() {
    for (const { made } of this.rows) {
      for (const { part } of made) mark(part, "narrow", false);
      for (const { part } of made) mark(part, "narrow", part.offsetWidth < /** @type {HTMLElement} */ (part.firstElementChild).offsetWidth + 4);
    }
  }

  /** @param {number} tick */
  go(tick) {
    const to = Math.max(1, Math.min(tick, this.told.ticks.length));
    if (to === this.tick) return false;
    this.model.set("clock", to);
    this.model.save_changes();
    return true;
  }

  toggle() {
    if (this.timer) {
      this.pause();
      return;
    }
    if (this.tick === this.told.ticks.length) this.go(1);
    write(this.playButton, "Pause");
    this.timer = setInterval(() => {
      if (!this.root.isConnected || !this.go(this.tick + 1)) this.pause();
    }, TICK);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    write(this.playButton, "Play");
  }

  stage() {
    this.model.set("view", this.root.dataset.view === "stage" ? "full" : "stage");
    this.model.save_changes();
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    (this.help.hidden ? this.root : this.help).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = /** @type {Element} */ (event.target);
    /** @type {{[key: string]: () => void}} */
    const acts = {
      ArrowRight: () => this.go(this.tick + 1), n: () => this.go(this.tick + 1),
      ArrowLeft: () => this.go(this.tick - 1), b: () => this.go(this.tick - 1),
      Home: () => this.go(1), End: () => this.go(this.told.ticks.length),
      " ": () => this.toggle(), p: () => this.toggle(), f: () => this.stage(),
      "?": () => this.toggleHelp(),
      ...(this.root.dataset.view === "stage" ? { Escape: () => this.stage() } : {}),
      ...(this.help.hidden ? {} : { Escape: () => this.toggleHelp() }),
    };
    const act = acts[event.key];
    if (!act || (event.key === " " && at.matches("button"))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!["p", " "].includes(event.key)) this.pause();
    act();
  }
}

/**
 * Show the lanes of a model in an element; what comes back takes them down again.
 * @param {{model: Surroundings<LanesState>, el: HTMLElement}} place
 */
function render({ model, el }) {
  const chart = new Chart(model, el);
  chart.look();
  chart.show();
  const heard = { "change:clock": () => chart.show(), "change:view": () => chart.look() };
  for (const [name, hear] of Object.entries(heard)) model.on(name, hear);
  chart.root.addEventListener("keydown", (event) => chart.key(event));
  keepKeys(chart.root, () => chart.root);
  const resized = new ResizeObserver(() => chart.words());
  resized.observe(chart.lanes);
  WIDE_WINDOW.addEventListener("change", heard["change:view"]);
  return () => {
    for (const [name, hear] of Object.entries(heard)) model.off(name, hear);
    resized.disconnect();
    WIDE_WINDOW.removeEventListener("change", heard["change:view"]);
    chart.pause();
    takeAway(chart.root);
  };
}

export default { initialize, render };
