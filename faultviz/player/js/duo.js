/**
 * Two scenarios on one clock, side by side: at each tick both take one step of their own, and the
 * first tick at which node, event or lock count differ is marked. The generic code is passed over.
 *
 * @import { DuoSide, DuoState, Surroundings } from "./payload.js"
 */
import { GraphMap } from "./map.js";
import { layOver, roomy } from "./over_page.js";
import { CONTRACT, button, count, h, legend, mark, table, write } from "./parts.js";
import { labelOf, ways } from "./paths.js";
import { Picture, STAGE_ZOOM } from "./picture.js";
import { Speech } from "./speech.js";
import { together } from "./together.js";
import { Lane } from "./tracks.js";
import { Words } from "./words.js";

const DUO_MAP = { width: 78, height: 220 };
const TWO_WIDE = 720; // px
const TICK = 1200; // ms a tick is shown while playing
const TWO_KEYS = [
  ["right, n", "one step on"], ["left, b", "one step back"], ["Home, End", "first, last step"],
  ["d", "run to the first difference"], ["space, p", "play, pause"],
  ["r", "draw a second reader's hold"], ["t", "tags on what the patch brought"],
  ["f", "stage view: for a projector; Escape leaves it"], ["?", "show or hide this"],
];

/** One of the two: its graph, its sentence and its lane. */
class Side {
  /**
   * @param {DuoSide} told
   * @param {string} token
   * @param {Words} words
   * @param {(n: number) => void} pick
   */
  constructor(told, token, words, pick) {
    this.words = words;
    this.trace = told.trace;
    this.sources = told.pictures;
    this.token = token;
    /** @type {Map<string, Picture>} by function */
    this.pictures = new Map();
    /** @type {Picture | null} */
    this.picture = null;
    this.items = this.trace.steps.filter((step) => !step.inside)
      .map((step, i) => ({ n: i + 1, step, broken: step.broken }));
    this.pane = h("div", { class: "fv-pane", tabindex: 0, role: "group", "aria-label": `Graph: ${this.trace.title}` });
    this.map = new GraphMap(this.pane, (id) => this.aim(id));
    this.pane.addEventListener("scroll", () => this.chart());
    this.what = h("b", {});
    this.why = h("span", {});
    this.box = h("div", { class: "fv-side" }, h("h3", {}, this.trace.title),
      h("div", { class: "fv-left" }, this.pane, this.map.root),
      h("p", { class: "fv-say" }, this.what, " ", this.why));
    this.lane = new Lane(`Lane: mmap_lock in ${this.trace.title}`, pick);
    this.lockNow = h("div", { class: "fv-lock" });
    this.counters = h("div", { class: "fv-counters", role: "list", "aria-label": "Counters" });
    this.row = h("div", { class: "fv-lane" },
      h("div", { class: "fv-lane-name" }, told.name, this.lockNow), this.lane.box, this.counters);
    this.lane.load(this.items);
  }

  /**
   * The step with this number; after the last one, how it ended.
   * @param {number} tick
   * @param {number} far
   * @param {boolean} reader
   * @param {number} zoom
   */
  show(tick, far, reader, zoom) {
    const last = this.items.length - 1;
    const at = Math.min(tick - 1, last);
    const { step } = this.items[at];
    const { function: name } = this.trace.frames[step.frame];
    const picture = this.pictures.get(name) ?? new Picture(name, this.sources[name], this.token);
    if (!this.pictures.has(name)) {
      this.pictures.set(name, picture);
      this.pane.append(picture.box);
    }
    if (picture !== this.picture) {
      this.picture?.hide();
      this.picture = picture;
      picture.box.hidden = false;
    }
    picture.scale(zoom);
    picture.show({ ...step, held: step.lock > 0 }, ways(this.trace.steps, step));
    const over = tick - 1 > last;
    const said = zoom > 1 ? step.brief ?? step.what : step.what;
    this.words.write(this.what, over ? "Over." : said);
    this.words.write(this.why, over ? `${this.trace.end}.` : step.why);
    this.lane.show(at, Math.min(far - 1, last), false, reader);
    write(this.lockNow, step.words);
    mark(this.lockNow, "held", step.lock > 0);
    count(this.counters, step);
    return step;
  }

  /**
   * What a screen reader says of it at a tick.
   * @param {number} tick
   */
  told(tick) {
    const at = Math.min(tick, this.items.length) - 1;
    const { step, broken } = this.items[at];
    const counted = at === tick - 1 && step.lock !== (this.items[at - 1]?.step.lock ?? 0);
    const said = `${this.trace.title}: ${this.what.textContent} ${at === tick - 1 ? "" : this.why.textContent}`;
    const more = at === tick - 1 ? broken.map((rule) => `Rule broken. ${rule}`) : [];
    return [[said, ...more, counted ? `Count of mmap_lock: ${step.lock}.` : ""].join(" ").trim()];
  }

  /** @param {boolean} atOnce */
  follow(atOnce) {
    this.picture?.reveal(this.pane, atOnce || this.picture.fresh);
    this.chart();
  }

  chart() {
    if (this.picture) this.map.show(this.picture, DUO_MAP);
  }

  /** @param {string} id */
  aim(id) {
    const { picture } = this;
    if (!picture) return;
    picture.point(id);
    picture.reveal(this.pane, false, picture.node(id));
    this.chart();
  }
}

export class Duo {
  /**
   * @param {Surroundings<DuoState>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.timer = this.tick = 0;
    this.staged = false;
    const told = model.get("_sides");
    const token = model.get("_token");
    this.words = new Words();
    this.sides = told.map((one) => new Side(one, token, this.words, (n) => { this.go(n); }));
    this.ticks = Math.max(...this.sides.map((side) => side.items.length));
    this.first = model.get("_first");
    this.far = 1;
    this.count = h("b", {});
    this.where = h("span", { class: "fv-where" });
    this.speech = new Speech();
    this.playButton = button("play", "Play", "p", () => this.toggle());
    this.readerBox = h("input", { type: "checkbox", onchange: () => this.setReader(this.readerBox.checked) });
    this.stageButton = button("stage", "Stage", "f: for a projector", () => this.stage());
    this.help = h("div", { class: "fv-help", role: "dialog", "aria-label": "Keys and contract", tabindex: -1, hidden: true },
      h("button", { type: "button", onclick: () => this.toggleHelp() }, "Close"),
      table(CONTRACT, "Two questions, four corners: COMPLETED is the one that had no name."),
      table([["key", "what it does"], ...TWO_KEYS], "Keys, while the player has the focus"));
    this.root = h("div", {
      class: "fv-player fv-two", tabindex: 0, role: "group",
      "aria-label": `Two page faults on one clock: ${told.map((one) => one.trace.title).join(" and ")}`,
    },
      h("div", { class: "fv-sides" }, ...this.sides.map((side) => side.box)),
      ...this.sides.map((side) => side.row),
      h("div", { class: "fv-buttons" },
        button("first", "First", "Home", () => this.go(1)),
        button("back", "Back", "left, b", () => this.go(this.tick - 1)),
        button("step", "Step", "right, n", () => this.go(this.tick + 1)),
        this.playButton,
        button("differ", this.first ? `First difference (${this.label(this.first)})` : "No difference", "d", () => this.differ()),
        h("label", { class: "fv-where", title: "key: r" }, this.readerBox, " second reader"),
        this.count, this.where,
        h("span", { class: "fv-gap" }), this.stageButton,
        button("keys", "?", "?: keys and contract", () => this.toggleHelp())),
      legend(token), this.help);
    together(this.sides.map((side) => side.lane.box));
    this.words.join(this.root);
    this.speech.join(this.root);
    el.append(this.root);
  }

  show() {
    const tick = Math.max(1, Math.min(this.model.get("clock"), this.ticks));
    this.tick = tick;
    this.far = Math.max(this.far, tick);
    this.staged = roomy(this.model.get("view")) === "stage";
    const reader = this.model.get("reader");
    this.readerBox.checked = reader;
    const steps = this.sides.map((side) => side.show(tick, this.far, reader, this.staged ? STAGE_ZOOM : 1));
    const columns = String(Math.max(...this.sides.map((side) => Number(side.lane.cells.style.getPropertyValue("--steps")))));
    for (const side of this.sides) {
      side.lane.cells.style.setProperty("--steps", columns);
      if (this.first) mark(side.lane.made[this.first - 1], "differs", true);
      side.follow(false);
    }
    this.scroll();
    write(this.count, `Step ${this.label(tick)} of ${Math.max(...this.sides.map(({ items }) => items[items.length - 1].step.own))}`);
    const past = this.first !== null && tick > this.first;
    write(this.where, tick === this.first ? "the first difference" : past ? "after the first difference" : "the same so far");
    mark(this.where, "first", tick === this.first);
    this.root.dataset.step = String(tick);
    const broken = steps.some((step) => step.broken.length);
    this.speech.tell("", [this.where.textContent, ...this.sides.flatMap((side) => side.told(tick))], this.timer > 0 && !broken);
  }

  /**
   * The number of the steps at a tick; both, where one handle_mm_fault took more steps.
   * @param {number} tick
   */
  label(tick) {
    const labels = this.sides.flatMap(({ items }) => (items[tick - 1] ? labelOf(items[tick - 1].step) : []));
    return [...new Set(labels)].join(" and ");
  }

  /** One clock: the lane that has come farthest says what both show. */
  scroll() {
    const [a, b] = this.sides.map((side) => side.lane);
    (a.made.indexOf(a.now ?? a.made[0]) < b.made.indexOf(b.now ?? b.made[0]) ? [a, b] : [b, a])
      .forEach((lane) => lane.follow());
    (a.box.scrollLeft < b.box.scrollLeft ? a : b).box.scrollLeft = Math.max(a.box.scrollLeft, b.box.scrollLeft);
  }

  /** The boxes have another size. */
  refit() {
    for (const side of this.sides) side.follow(true);
    this.scroll();
  }

  /** Where two graphs have no room side by side, one stands below the other. */
  fit() {
    mark(this.root, "narrow", this.root.dataset.view !== "stage" && this.root.clientWidth <= TWO_WIDE);
  }

  look() {
    const staged = roomy(this.model.get("view")) === "stage";
    this.root.dataset.view = staged ? "stage" : "full";
    write(this.stageButton, staged ? "Leave" : "Stage");
    layOver(this.root, staged, () => this.stage());
    this.fit();
  }

  // --- moving --------------------------------------------------------------------------------

  /** @param {number} tick */
  go(tick) {
    const to = Math.max(1, Math.min(tick, this.ticks));
    if (to === this.tick) return false;
    this.model.set("clock", to);
    this.model.save_changes();
    return true;
  }

  differ() {
    if (this.first) this.go(this.first);
  }

  toggle() {
    if (this.timer) {
      this.pause();
      return;
    }
    if (this.tick === this.ticks) this.go(1);
    write(this.playButton, "Pause");
    this.schedule();
  }

  schedule() {
    this.timer = setTimeout(() => {
      if (!this.root.isConnected || !this.go(this.tick + 1) || this.tick === this.ticks) {
        this.pause();
        return;
      }
      requestAnimationFrame(() => { if (this.timer) this.schedule(); });
    }, TICK);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    write(this.playButton, "Play");
  }

  /** @param {boolean} on */
  setReader(on) {
    this.model.set("reader", on);
    this.model.save_changes();
  }

  stage() {
    this.model.set("view", this.staged ? "full" : "stage");
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
      Home: () => this.go(1), End: () => this.go(this.ticks), d: () => this.differ(),
      " ": () => this.toggle(), p: () => this.toggle(),
      r: () => this.setReader(!this.model.get("reader")),
      t: () => this.root.classList.toggle("tags"),
      f: () => this.stage(), "?": () => this.toggleHelp(),
      ...(this.help.hidden ? {} : { Escape: () => this.toggleHelp() }),
      ...(this.help.hidden && this.staged ? { Escape: () => this.stage() } : {}),
    };
    const act = acts[event.key];
    if (!act || (event.key === " " && at.matches("button, input"))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!["p", " "].includes(event.key)) this.pause();
    act();
  }
}
