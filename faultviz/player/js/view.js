/**
 * The player's frame, and one step shown in it: graph, sentence, lane, text trace, question.
 *
 * Python sent the pictures and the whole trace with all its sentences; here they are put in place.
 * While a question is open the step is shown without its answer, and nothing ahead is in the page.
 * Not here: where a key leads (`moving`), or what can be chosen (`choices`).
 *
 * @import { Frame, Gate, PlayerState, Step, Surroundings, Trace } from "./payload.js"
 * @import { Item } from "./tracks.js"
 * @typedef {Step & {held: boolean}} Masked a step as it may be shown
 * @typedef {{source: string, picture: Picture | null}} Entry a picture, made when it is first shown
 */
import { Choices } from "./choices.js";
import { Exits, loopAt } from "./exits.js";
import { GatePanel } from "./gate.js";
import { GraphMap } from "./map.js";
import { Moves } from "./moving.js";
import { layOver, roomy } from "./over_page.js";
import { CONTRACT, KEYS, button, count, h, legend, mark, nextId, table, write } from "./parts.js";
import { labelOf, ways } from "./paths.js";
import { Picture, STAGE_ZOOM } from "./picture.js";
import { Speech } from "./speech.js";
import { Lane, TextTrace } from "./tracks.js";
import { Walk, nameNodes } from "./walk.js";
import { Words } from "./words.js";

const MAP = { width: 104, height: 260 }; // beside the graph
const STAGE_MAP = { width: 190, height: 250 }; // over it
const SMALL_MAP = { width: 150, height: 210 }; // beside a question
const PATIENCE = 4000; // ms until a kernel that does not answer is reported

/**
 * Whether one element lies over a part of another.
 * @param {Element} upper
 * @param {Element} lower
 */
function covers(upper, lower) {
  const a = upper.getBoundingClientRect(), b = lower.getBoundingClientRect();
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

export class View {
  /**
   * @param {Surroundings<PlayerState>} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.seq = 0;
    this.speech = new Speech();
    /** @type {Map<string, Entry>} by function */
    this.pictures = new Map();
    this.choices = new Choices({ wish: (kind, value) => this.wish(kind, value), say: (text) => this.say(text), refocus: () => this.moves.refocus() });
    this.moves = new Moves(this);
    this.words = new Words();
    this.panel = new GatePanel(this.moves, this.words);
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {Trace} */
    this.trace = model.get("_trace");
    /** @type {Item[]} the steps that are listed */
    this.shown = [];
    /** @type {Gate | null} the open one, at this step */
    this.gate = null;
    /** @type {string[] | null} */
    this.path = null;
    this.inside = this.hasInside = this.staged = this.simple = this.plainHome = false;
    this.n = this.at = this.tried = this.waiting = this.charting = 0;
    this.far = 1;

    // The frame: made once, filled by `load` and `show`.
    const { moves } = this;
    const pick = (/** @type {number} */ n) => { moves.go(n); };
    this.problem = h("span", {});
    this.message = h("div", { class: "fv-message", role: "alert", hidden: true }, this.problem,
      h("button", { type: "button", "aria-label": "Close the message", onclick: () => this.say("") }, "Close"));
    this.crumbs = h("div", { class: "fv-crumbs" });
    this.insideBox = h("input", { type: "checkbox", onchange: () => moves.setInside(this.insideBox.checked) });
    this.insideLabel = h("label", { class: "fv-inside", title: "key: i" }, this.insideBox, " inside ", h("span", { class: "fv-wide-only" }, "handle_mm_fault"));
    this.tagsBox = h("input", { type: "checkbox", onchange: () => this.setTags(this.tagsBox.checked) });
    this.readerBox = h("input", { type: "checkbox", onchange: () => moves.setReader(this.readerBox.checked) });
    this.pane = h("div", { class: "fv-pane", tabindex: 0 });
    this.walk = new Walk(this.pane, this.speech, () => this.chart());
    this.map = new GraphMap(this.pane, (id) => this.walk.look(id));
    this.exits = new Exits(this.pane, () => this.refold());
    this.count = h("span", {});
    this.cite = h("span", { class: "fv-cite" });
    this.what = h("b", {});
    this.why = h("span", {});
    this.say_ = h("p", { class: "fv-say", id: `fv-say-${nextId()}` }, this.what, " ", this.why);
    this.broken = h("div", { class: "fv-broken" });
    this.facts = h("dl", { class: "fv-facts" });
    this.source = h("pre", { class: "fv-source fv-more-only", tabindex: 0, "aria-label": "Source of this step", hidden: true });
    this.track = new TextTrace(pick);
    this.lane = new Lane("Lane: mmap_lock held by this task, step by step", pick);
    this.lockNow = h("div", { class: "fv-lock" });
    this.counters = h("div", { class: "fv-counters", role: "list", "aria-label": "Counters" });
    this.playButton = button("play", "Play", "p", () => moves.toggle());
    this.moreButton = button("more", "More", "m: more controls, or fewer", () => moves.more());
    this.stageButton = button("stage", "Stage", "f: for a projector", () => moves.stage());
    this.help = h("div", { class: "fv-help", role: "dialog", "aria-label": "Keys and contract", tabindex: -1, hidden: true },
      h("button", { type: "button", onclick: () => this.toggleHelp() }, "Close"),
      table(CONTRACT, "Two questions, four corners: COMPLETED is the one that had no name."),
      table([["key", "what it does"], ...KEYS], "Keys, while the player has the focus"));
    this.root = h("div", {
      class: "fv-player", tabindex: 0, role: "group", "aria-describedby": this.say_.id,
    },
      h("div", { class: "fv-head" }, this.choices.root,
        h("div", { class: "fv-tools" }, this.moreButton, this.stageButton,
          button("keys", "?", "?: keys and contract", () => this.toggleHelp()))), this.message,
      h("div", { class: "fv-mid" },
        h("div", { class: "fv-left" },
          h("div", { class: "fv-bar" }, this.crumbs,
            h("span", { class: "fv-ticks fv-more-only" },
              h("label", { title: "key: t" }, this.tagsBox, " patch tags"),
              h("label", { title: "key: r" }, this.readerBox, " second reader"),
              this.insideLabel)),
          this.pane, this.map.root),
        h("div", { class: "fv-right" },
          h("div", { class: "fv-count" }, this.count, this.cite),
          this.say_, this.broken, this.panel.root, this.facts, this.source, this.track.list)),
      h("div", { class: "fv-lane" },
        h("div", { class: "fv-lane-name" }, "mmap_lock", this.lockNow),
        this.lane.box, this.counters),
      this.buttons(), legend(model.get("_token")), this.help, this.choices.menu);
    this.words.join(this.root);
    this.speech.join(this.root);
    el.append(this.root);
  }

  buttons() {
    const { moves } = this;
    const more = (/** @type {HTMLElement} */ node) => { node.classList.add("fv-more-only"); return node; };
    return h("div", { class: "fv-buttons" },
      more(button("first", "First", "Home", () => moves.first())),
      button("back", "Back", "left, b", () => moves.step(-1)),
      button("step", "Step", "right, n", () => moves.step(1)),
      this.playButton,
      more(moves.speed),
      more(button("over", "Over", "o: step over a call", () => moves.over())),
      more(button("out", "Out", "u: step out of this function", () => moves.out())),
      more(button("change", "Lock change", "l: run to the next lock change", () => moves.lockChange(1))),
      more(button("goon", "Breakpoint", "c: run to the next breakpoint", () => moves.toStop(1))),
      this.exits.button,
      button("whatif", "What if…", "w: what if the check is missing here?", () => this.choices.toggleMenu()));
  }

  // --- a new trace ---------------------------------------------------------------------------

  /** The lane, the list and the pictures that a new trace needs. */
  load() {
    this.trace = this.model.get("_trace");
    const sources = { ...this.model.get("_generic"), ...this.model.get("_pictures") };
    /** @type {Map<string, Entry>} */
    const kept = new Map();
    for (const name of new Set(this.trace.frames.map((frame) => frame.function))) {
      const old = this.pictures.get(name);
      kept.set(name, old && old.source === sources[name] ? old : { source: sources[name], picture: null });
    }
    for (const [name, old] of this.pictures) {
      if (kept.get(name) !== old) old.picture?.box.remove();
    }
    this.pictures = kept;
    this.picture?.hide();
    this.picture = null;
    this.far = 1;
    this.relist();
  }

  /** The steps that are shown, and what stands for them in lane and list. */
  relist() {
    this.inside = this.model.get("inside");
    /** @type {string[]} */
    let broken = [];
    this.shown = [];
    for (const step of this.trace.steps) {
      broken = [...broken, ...step.broken];
      if (step.inside && !this.inside) continue;
      this.shown.push({ n: step.n, step, broken });
      broken = [];
    }
    const within = this.trace.steps.filter((step) => step.inside).length;
    this.hasInside = within > 0;
    this.insideBox.checked = this.inside;
    this.insideBox.disabled = !this.hasInside;
    this.insideLabel.title = this.hasInside ? "key: i" : "A scripted answer has no inside: choose a page event.";
    this.lane.load(this.shown);
    this.track.load(this.shown, this.trace.end);
  }

  /** The first question that is not answered yet; nothing beyond its step may be shown. */
  limit() {
    if (!this.model.get("gate") || this.trace.without) return undefined;
    const { closed } = this.model.get("_gated");
    return this.model.get("_gates")[this.inside ? "inside" : "over"].find((gate) => !(gate.n in closed));
  }

  // --- one step ------------------------------------------------------------------------------

  /** Show the step that the model names: classes, texts, and the boxes scrolled to it. */
  show() {
    const last = this.trace.steps.length;
    let n = Math.min(this.model.get("step"), last);
    if (this.trace.steps[n - 1].inside && !this.inside) {
      this.inside = true; // so that nobody lists the steps a second time
      this.model.set("inside", true);
      this.relist();
    }
    const limit = this.limit();
    if (limit && n > limit.n) {
      n = limit.n;
      this.model.set("step", n);
    }
    this.n = n;
    this.far = Math.max(Math.min(this.far, limit?.n ?? last), n);
    this.gate = limit && limit.n === n ? limit : null;
    this.at = this.shown.findIndex((item) => item.n === n);
    const seen = this.shown.findLastIndex((item) => item.n <= this.far);
    const asked = limit && limit.n === this.far ? limit : null;
    const { broken, step } = this.shown[this.at];
    const frame = this.trace.frames[step.frame];
    const said = this.masked(step);
    const picture = this.draw(said, frame);
    this.tell(said, this.gate?.hides ? [] : broken, limit);
    this.lane.show(this.at, seen, asked?.hides === "lock", this.model.get("reader"));
    this.track.show(this.at, limit ? seen : this.shown.length - 1, asked);
    this.question();
    this.speak(said);
    this.follow(picture.fresh);
  }

  /**
   * A step as it may be shown: while its question is open, without what is asked.
   * @param {Step} step
   * @returns {Masked}
   */
  masked(step) {
    const held = step.lock > 0;
    if (!this.gate?.hides) return { ...step, held };
    const { said, brief, hides } = this.gate;
    const open = { ...step, what: said, brief, why: "", held };
    if (hides !== "lock") return open;
    const note = step.note.length ? [step.note[0], "mmap_lock: ?"] : [];
    return { ...open, held: this.shown[this.at - 1]?.step.lock > 0, note, words: "?", since: "asked", others: "" };
  }

  /** @param {Step} step */
  sentence(step) {
    return this.simple && step.brief ? step.brief : step.what;
  }

  /**
   * @param {Masked} step
   * @param {Frame} frame
   */
  draw(step, frame) {
    const entry = this.pictures.get(frame.function);
    if (!entry) throw Error(`There is no picture of ${frame.function}.`);
    if (!entry.picture) {
      entry.picture = new Picture(frame.function, entry.source, this.model.get("_token"));
      this.pane.append(entry.picture.box);
      nameNodes(entry.picture, "option");
    }
    if (this.picture !== entry.picture) {
      this.picture?.hide();
      this.picture = entry.picture;
      this.picture.box.hidden = false;
      this.picture.stops(this.model.get("breakpoints"));
    }
    if (this.path !== frame.path) {
      this.path = frame.path;
      this.crumbs.title = frame.path.join(" > ");
      mark(this.root, "deep", frame.path.length > 1);
      this.crumbs.replaceChildren(...frame.path.flatMap((name, i) => [
        i ? h("span", { class: "fv-gt" }, ">") : "",
        h(i === frame.path.length - 1 ? "b" : "span", {}, name)]));
    }
    this.picture.show(step, ways(this.trace.steps, step));
    this.exits.show(this.picture, this.model.get("view") === "first");
    this.walk.show(this.picture);
    return this.picture;
  }

  /**
   * @param {Masked} step
   * @param {string[]} broken
   * @param {Gate | undefined} limit
   */
  tell(step, broken, limit) {
    const title = limit ? this.trace.open : this.trace.title;
    if (this.root.dataset.scenario !== title) {
      this.root.setAttribute("aria-label", `Page-fault player: ${title}`);
      this.pane.setAttribute("aria-label", `Graph of ${title}. Left and right step. Up and down choose a node, Enter runs to it, x sets a breakpoint; Shift and an arrow goes along an edge, back, or to another edge.`);
      this.lane.box.setAttribute("aria-label", `Lane of ${title}: mmap_lock held by this task, step by step`);
      this.root.dataset.scenario = title;
    }
    write(this.count, `Step ${labelOf(step)} of ${limit ? "?" : this.trace.steps[this.trace.steps.length - 1].own}`);
    this.words.write(this.what, this.sentence(step));
    this.words.write(this.why, step.why);
    this.broken.replaceChildren(...broken.map((b) => h("p", {}, h("b", {}, "Rule broken. "), b)));
    this.root.dataset.step = String(step.n);
    write(this.cite, step.cite);
    this.cite.title = step.cite;
    this.source.hidden = !step.source;
    this.source.replaceChildren(...step.source.split("\n").map((line) => h(line.startsWith(">") ? "b" : "span", {}, `${line}\n`)));
    const before = this.shown[this.at - 1]?.step.flags;
    const facts = [
      ["mmap_lock", step.since], ["result", step.result],
      ...(before !== step.flags ? [["flags", step.flags.replaceAll("|", " | ")]] : []),
      ...(step.others ? [["also holds", step.others]] : []),
    ];
    this.facts.replaceChildren(...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
    write(this.lockNow, step.words);
    mark(this.lockNow, "held", step.held && step.words !== "?");
    count(this.counters, step);
  }

  /** The question of this step, or the verdict on it; gone when the reader has moved on. */
  question() {
    const state = this.model.get("_gated");
    if (this.gate || (this.model.get("gate") && state.n === this.n)) {
      this.panel.show(this.gate, state, this.staged, this.simple);
    } else {
      this.panel.leave();
    }
    this.readerBox.checked = this.model.get("reader");
    mark(this.root, "asking", this.gate !== null);
    mark(this.root, "judged", !this.panel.root.hidden);
    mark(this.root, "rules", this.panel.rules && !this.panel.root.hidden);
  }

  /**
   * For a screen reader: the verdict, the step, a broken rule, a new count, the question.
   * @param {Masked} step
   */
  speak(step) {
    const { at, gate, panel, shown } = this;
    const broken = gate?.hides ? [] : shown[at].broken.map((rule) => `Rule broken. ${rule}`);
    const counted = step.words !== "?" && step.lock !== (shown[at - 1]?.step.lock ?? 0);
    const verdict = panel.root.hidden ? "" : panel.said.textContent;
    const tried = this.model.get("_gated").tried.length;
    if (tried !== this.tried) this.speech.forget(verdict);
    this.tried = tried;
    this.speech.tell(String(step.n), [
      verdict,
      this.sentence(step), step.why, ...broken, counted ? `Count of mmap_lock: ${step.lock}` : "",
      gate ? panel.ask.textContent : "",
    ], this.moves.timer > 0 && !broken.length);
  }

  /**
   * Scroll graph, list, lane and the names to the step; a picture that just came does not glide.
   * @param {boolean} atOnce
   */
  follow(atOnce) {
    if (!this.picture) return;
    if (this.staged && !this.panel.root.hidden) this.picture.aside = 0; // the question has its place
    this.lookAt(this.picture, atOnce);
    this.lane.follow();
    if (!this.simple) this.track.follow();
    this.chart();
  }

  /**
   * Scroll to the current node; in the first view to all of a loop at the step that closes it.
   * @param {Picture} picture
   * @param {boolean} atOnce
   */
  lookAt(picture, atOnce) {
    const loop = this.model.get("view") === "first" ? loopAt(picture) : null;
    const { pane } = this;
    if (!loop) {
      picture.scale(this.staged ? STAGE_ZOOM : 1);
      picture.reveal(pane, atOnce);
      return;
    }
    picture.scale(Math.min(1, pane.clientWidth / loop.width, pane.clientHeight / loop.height));
    picture.centre(pane, loop);
  }

  /** Fold the error exits, or not, as is wanted now. */
  refold() {
    if (!this.picture) return;
    this.exits.show(this.picture, this.model.get("view") === "first");
    this.chart();
  }

  /** The map: drawn after the window has come to rest on what it shows. */
  chart() {
    cancelAnimationFrame(this.charting);
    this.charting = requestAnimationFrame(() => {
      if (!this.picture) return;
      const room = this.staged ? (this.panel.root.hidden ? STAGE_MAP : SMALL_MAP) : MAP;
      const { root } = this.map;
      this.map.show(this.picture, room);
      if (!this.staged) return;
      const shown = [...this.pane.querySelectorAll(".fv-picture:not([hidden]) :is(.now .shape, .note.shown)")];
      root.classList.remove("left"); // on the right, unless it would cover what is looked at
      root.classList.toggle("left", shown.some((one) => covers(root, one)));
    });
  }

  // --- views ---------------------------------------------------------------------------------

  /** `first`, `full` or `stage`, as the model says; the stage lies over the whole page. */
  look() {
    const view = roomy(this.model.get("view"));
    const staged = view === "stage";
    if (view !== "stage") this.plainHome = view === "first";
    this.simple = staged || view === "first";
    this.root.dataset.view = view;
    write(this.moreButton, view === "first" ? "More" : "Less");
    write(this.stageButton, staged ? "Leave" : "Stage");
    if (staged === this.staged) return;
    this.staged = staged;
    layOver(this.root, staged, () => this.moves.stage());
  }

  /** @param {boolean} on */
  setTags(on) {
    this.tagsBox.checked = on;
    mark(this.root, "tags", on);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    (this.help.hidden ? this.root : this.help).focus({ preventScroll: true });
  }

  // --- the kernel ----------------------------------------------------------------------------

  /**
   * Ask Python for another scenario; the answer comes as a new trace or as a sentence.
   * @param {string} kind
   * @param {string} value
   */
  wish(kind, value) {
    this.moves.pause();
    this.seq += 1;
    this.model.set("_wish", { kind, value, seq: `${performance.timeOrigin}/${this.seq}` });
    this.model.save_changes();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.say("The kernel does not answer: a choice needs a running kernel, stepping does not.");
      this.choices.show(this.model.get("_choices"));
    }, PATIENCE);
  }

  answered() {
    clearTimeout(this.waiting);
    this.say(this.model.get("_answer").problem ?? "");
    this.choices.show(this.model.get("_choices"));
  }

  /** @param {string} problem */
  say(problem) {
    this.problem.textContent = problem;
    this.message.hidden = problem === "";
  }
}
