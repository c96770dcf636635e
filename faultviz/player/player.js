/**
 * The player in the browser: shows one step of a trace, and moves from step to step.
 *
 * Python sent the pictures and the whole trace with all its sentences. A key press changes classes
 * and texts, and nothing is drawn anew. Of its surroundings this file asks four things: model.get,
 * set, save_changes and on; so a page without a kernel serves as well.
 *
 * Sections: parts, picture, lane and text trace, choices, moving, keys, render.
 *
 * @typedef {{n: number, node: string, frame: number, inside: boolean, depth: number, short: string,
 *   what: string, why: string, lock: number, words: string, since: string, result: string,
 *   flags: string, pte: string | null, counters: number[], others: string, cite: string,
 *   broken: string[], note: string[], noteWidth: number,
 *   round: number, ways: [number, string, string, string, number][]}} Step
 * @typedef {{title: string, about: string, end: string, steps: Step[],
 *   frames: {function: string, path: string[]}[]}} Trace
 * @typedef {{value: string, label: string, on: boolean, title?: string, group?: string,
 *   why: string | null}} Choice
 */

const SVG = "http://www.w3.org/2000/svg";
const SPEEDS = { slow: 2200, normal: 1200, fast: 450 }; // ms a step is shown while playing
const PATIENCE = 4000; // ms until a kernel that does not answer is reported

const KEYS = [
  ["right, n", "step"],
  ["left, b", "back"],
  ["Home, End", "first, last step"],
  ["l, L", "next, previous lock change"],
  ["space, p", "play, pause"],
  ["i", "step inside handle_mm_fault, or over it"],
  ["?", "show or hide this"],
];

const CONTRACT = [
  ["outcome", "is the fault handled?", "does this task still hold mmap_lock?", "the caller must"],
  ["OK", "yes", "yes", "unlock once, leave"],
  ["ERROR", "no", "yes", "unlock once, then signal or fix up"],
  ["RETRY", "not yet", "no (NOWAIT: yes)", "look at signals; lock again, mark TRIED, call again"],
  ["COMPLETED", "yes", "no", "NOT unlock; leave, or lock again if it still needs the lock"],
];

// --- parts -----------------------------------------------------------------------------------

/** An element; texts are always set as text, so no name can become markup. */
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** A drawing of ours, from markup that holds no text of a model. */
function drawing(width, height, inner) {
  const box = h("span", { class: "fv-drawing", "aria-hidden": "true" });
  box.innerHTML = `<svg class="fv-svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`;
  return box;
}

function table(rows, corner) {
  const [head, ...body] = rows;
  const cells = (row) => row.map((text, i) => h(i ? "td" : "th", i ? {} : { scope: "row" }, text));
  return h("table", {},
    h("caption", {}, corner),
    h("tbody", {},
      h("tr", {}, ...head.map((text) => h(body.length ? "th" : "td", { scope: "col" }, text))),
      ...body.map((row) => h("tr", {}, ...cells(row)))));
}

/** Bring a part of a scrolling box into its middle, without moving anything around the box. */
function scrollTo(box, left, top, atOnce) {
  const calm = atOnce || matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.scrollTo({ left, top, behavior: calm ? "instant" : "smooth" });
}

/** Set a class only where it is not set already: each change costs a style pass. */
function mark(node, name, on) {
  if (node && node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

// --- picture ---------------------------------------------------------------------------------

/** One function's graph: put into the page once, afterwards only its classes change. */
class Picture {
  constructor(name, svg, token) {
    this.box = h("div", { class: "fv-picture", hidden: true, "data-function": name });
    this.box.innerHTML = svg;
    this.root = this.box.querySelector("svg");
    this.nodes = new Map();
    this.edges = new Map();
    for (const g of this.root.querySelectorAll(".node")) {
      const [x, y, width, height] = g.dataset.box.split(" ").map(Number);
      this.nodes.set(g.dataset.node, { g, x, y, width, height });
    }
    for (const g of this.root.querySelectorAll(".edge")) {
      const core = g.querySelector(".line").cloneNode();
      core.setAttribute("class", "core");
      g.querySelector(".line").after(core);
      const { from, to, when } = g.dataset;
      this.edges.set([from, to, when].join("\n"), { g, way: "" });
    }
    this.root.insertAdjacentHTML("beforeend", token);
    this.token = this.root.querySelector(".token");
    this.note = document.createElementNS(SVG, "g");
    this.note.setAttribute("class", "note");
    for (const tag of ["rect", "text", "text"]) this.note.append(document.createElementNS(SVG, tag));
    this.root.append(this.note);
    this.now = null;
  }

  /** @param {Step} step @param {Map<string, string>} ways the edges taken, each with its classes */
  show(step, ways) {
    for (const [key, edge] of this.edges) {
      const way = ways.get(key) ?? "";
      if (way === edge.way) continue;
      edge.way = way;
      for (const name of ["way-held", "way-open", "old"]) mark(edge.g, name, way.includes(name));
    }
    const node = this.nodes.get(step.node);
    if (this.now !== node) {
      if (this.now) mark(this.now.g, "now", false);
      mark(node.g, "now", true);
    }
    this.fresh = this.now === null;
    this.now = node;
    mark(this.token, "held", step.lock > 0);
    mark(this.token, "jump", this.fresh);
    const y = node.y + node.height / 2;
    this.token.style.transform = `translate(${node.x - 8}px,${y}px)`;
    mark(this.note, "shown", step.note.length > 0);
    this.beside = step.note.length > 0 ? 8 + step.noteWidth : 0;
    const [frame, ...texts] = this.note.children;
    const place = { x: node.x + node.width + 8, y: y - 20, width: step.noteWidth, height: 40, rx: 4 };
    for (const [name, value] of Object.entries(place)) frame.setAttribute(name, String(value));
    texts.forEach((text, i) => {
      text.setAttribute("x", String(place.x + place.width / 2));
      text.setAttribute("y", String(y - 4 + 17 * i));
      text.textContent = step.note[i] ?? "";
    });
  }

  hide() {
    this.box.hidden = true;
    if (this.now) mark(this.now.g, "now", false);
    this.now = null;
  }

  /** Scroll so that the current node and what follows it can be seen; stay where that is so. */
  reveal(pane, atOnce) {
    const { x, y, height } = this.now;
    const width = this.now.width + this.beside;
    const left = this.box.offsetLeft + x + 20;
    const top = this.box.offsetTop + y + 20;
    const wide = pane.clientWidth;
    const high = pane.clientHeight;
    const atX = left - pane.scrollLeft;
    const atY = top - pane.scrollTop;
    const fitsX = atX > 24 && atX + width < wide - 24;
    const fitsY = atY > 0.15 * high && atY + height < 0.7 * high;
    if (fitsX && fitsY) return;
    scrollTo(pane,
      fitsX ? pane.scrollLeft : left + width / 2 - wide / 2,
      fitsY ? pane.scrollTop : top - 0.35 * high, atOnce);
  }
}

// --- the whole widget ------------------------------------------------------------------------

class View {
  constructor(model, el) {
    this.model = model;
    this.seq = 0;
    this.timer = 0;
    this.spoken = 0;
    this.parts(el);
  }

  /** The frame: made once, filled by `load` and `show`. */
  parts(el) {
    const button = (name, label, key, act) =>
      h("button", { type: "button", class: `fv-${name}`, title: `key: ${key}`, onclick: act }, label);
    this.top = h("div", { class: "fv-top" });
    this.problem = h("span", {});
    this.message = h("div", { class: "fv-message", role: "alert", hidden: true }, this.problem,
      h("button", { type: "button", "aria-label": "Close the message", onclick: () => this.say("") },
        "Close"));
    this.crumbs = h("div", { class: "fv-crumbs", "aria-label": "Functions under way" });
    this.insideBox = h("input", { type: "checkbox", onchange: () => this.setInside(this.insideBox.checked) });
    this.insideLabel = h("label", { class: "fv-inside", title: "key: i" }, this.insideBox,
      " inside handle_mm_fault");
    this.pane = h("div", { class: "fv-pane", tabindex: 0, role: "region", "aria-label": "Graph" });
    this.count = h("span", {});
    this.cite = h("span", { class: "fv-cite" });
    this.what = h("b", {});
    this.why = h("span", {});
    this.broken = h("div", { class: "fv-broken" });
    this.facts = h("div", { class: "fv-facts" });
    this.list = h("ol", { class: "fv-trace", tabindex: 0, "aria-label": "Text trace", onclick: (e) => this.picked(e) });
    this.lockNow = h("div", { class: "fv-lock" });
    this.cells = h("div", { class: "fv-cells", onclick: (e) => this.picked(e) });
    this.counters = h("div", { class: "fv-counters" });
    this.playButton = button("play", "Play", "p", () => this.toggle());
    this.speed = h("select", { class: "fv-speed", "aria-label": "Speed of play" },
      ...Object.keys(SPEEDS).map((s) => h("option", { selected: s === "normal" }, s)));
    this.live = h("div", { class: "fv-live", "aria-live": "polite" });
    this.help = h("div", { class: "fv-help", role: "dialog", "aria-label": "Keys and contract", hidden: true },
      h("button", { type: "button", onclick: () => this.toggleHelp() }, "Close"),
      table(CONTRACT, "Two questions, four corners: COMPLETED is the one that had no name."),
      table([["key", "what it does"], ...KEYS], "Keys, while the player has the focus"));
    this.root = h("div", {
      class: "fv-player", tabindex: 0, role: "group", "aria-label": "Page-fault player",
      "data-lm-suppress-shortcuts": "true",
    },
      this.top, this.message,
      h("div", { class: "fv-mid" },
        h("div", { class: "fv-left" },
          h("div", { class: "fv-bar" }, this.crumbs, this.insideLabel), this.pane),
        h("div", { class: "fv-right" },
          h("div", { class: "fv-count" }, this.count, this.cite), h("p", { class: "fv-say" }, this.what, " ", this.why), this.broken,
          this.facts, this.list)),
      h("div", { class: "fv-lane" },
        h("div", { class: "fv-lane-name" }, "mmap_lock", this.lockNow),
        h("div", { class: "fv-lane-box", tabindex: 0, role: "region", "aria-label": "Lane: mmap_lock held by this task, step by step" }, this.cells),
        this.counters),
      h("div", { class: "fv-buttons" },
        button("first", "First", "Home", () => this.go(this.shown[0].n)),
        button("back", "Back", "left, b", () => this.move(-1)),
        button("step", "Step", "right, n", () => this.move(1)),
        button("change", "Next lock change", "l", () => this.lockChange(1)),
        this.playButton, this.speed,
        button("keys", "Keys and contract", "?", () => this.toggleHelp())),
      this.legend(), this.live, this.help);
    this.laneBox = this.cells.parentElement;
    el.append(this.root);
  }

  legend() {
    const token = this.model.get("_token");
    const at = (inner) => `<g transform="translate(12,12) scale(.8)">${inner}</g>`;
    const way = (kind) =>
      drawing(34, 12, `<g class="${kind}"><path class="line" d="M1,6h32"/><path class="core" d="M1,6h32"/></g>`);
    const tag = drawing(38, 16, '<rect class="tag" x="1" y="1" width="36" height="14" rx="3"/><text class="tag-text" x="19" y="11.6">patch</text>');
    return h("div", { class: "fv-legend" },
      drawing(24, 24, at(token.replace('"token"', '"token held"'))), "task holds mmap_lock",
      drawing(24, 24, at(token)), "does not",
      way("way-held"), "way taken, held", way("way-open"), "not held (thin: earlier round)",
      tag, "new in the patch");
  }

  // --- lane and text trace -------------------------------------------------------------------

  /** A new trace: the lane, the list and the pictures that it needs. */
  load() {
    /** @type {Trace} */
    this.trace = this.model.get("_trace");
    const token = this.model.get("_token");
    const sources = { ...this.model.get("_generic"), ...this.model.get("_pictures") };
    const kept = new Map();
    for (const name of new Set(this.trace.frames.map((frame) => frame.function))) {
      const old = this.pictures?.get(name);
      kept.set(name, old?.source === sources[name] ? old : { source: sources[name], picture: null });
    }
    for (const [name, old] of this.pictures ?? []) {
      if (kept.get(name) !== old) old.picture?.box.remove();
    }
    this.pictures = kept;
    this.token = token;
    if (this.picture) this.picture.hide();
    this.picture = null;
    this.root.setAttribute("aria-label", `Page-fault player: ${this.trace.title}`);
    this.root.dataset.scenario = this.trace.title;
    this.relist();
  }

  /** The steps that are shown, and what stands for them in lane and list. */
  relist() {
    const inside = this.model.get("inside");
    let broken = [];
    this.shown = [];
    for (const step of this.trace.steps) {
      broken = [...broken, ...step.broken];
      if (step.inside && !inside) continue;
      this.shown.push({ n: step.n, step, broken });
      broken = [];
    }
    const within = this.trace.steps.filter((step) => step.inside).length;
    this.hasInside = within > 0;
    this.insideBox.checked = inside;
    this.insideBox.disabled = !this.hasInside;
    this.insideLabel.title = this.hasInside ? `${within} steps (key: i)` : "A scripted answer has no inside: choose a page event.";
    this.cell = this.item = null;
    this.list.replaceChildren(...this.shown.map((item) => this.line(item)),
      h("li", { class: "fv-end" }, this.trace.end));
    this.lane();
  }

  line({ n, step, broken }) {
    const count = h("span", { class: `fv-held${step.lock > 0 ? " held" : ""}`, title: step.words }, String(step.lock));
    return h("li", { "data-n": n, style: `--depth:${step.depth}` },
      h("span", { class: "fv-n" }, String(n)), count,
      h("span", { class: "fv-short" }, step.short),
      broken.length ? h("b", { class: "fv-mark" }, "rule broken") : null);
  }

  lane() {
    const cells = this.shown.map(({ n, step, broken }, i) => {
      const kind = step.lock > 0 ? "held" : step.lock < 0 ? "under" : "open";
      const title = `step ${n}: ${step.short}; mmap_lock ${step.words}${broken.map((b) => `; ${b}`).join("")}`;
      return h("div", { class: `fv-cell ${kind}${broken.length ? " broken" : ""}`, "data-n": n, title, style: `grid-column:${i + 1}` },
        String(step.lock));
    });
    const runs = [];
    this.shown.forEach(({ step }, i) => {
      const last = runs.at(-1);
      if (last?.lock === step.lock && last.since === step.since) last.end = i + 2;
      else runs.push({ lock: step.lock, since: step.since, start: i + 1, end: i + 2 });
    });
    this.cells.style.setProperty("--steps", String(this.shown.length));
    this.cells.replaceChildren(...cells, ...runs.map((run) =>
      h("div", { class: `fv-run${run.lock > 0 ? " held" : ""}`, title: run.since, style: `grid-column:${run.start}/${run.end}` },
        h("span", {}, run.since))));
  }

  picked(event) {
    const target = event.target.closest("[data-n]");
    if (target) this.go(Number(target.dataset.n));
  }

  // --- one step ------------------------------------------------------------------------------

  /** Show the step that the model names: classes, texts, and the boxes scrolled to it. */
  show() {
    const n = Math.min(this.model.get("step"), this.trace.steps.length);
    const step = this.trace.steps[n - 1];
    if (step.inside && !this.model.get("inside")) {
      this.model.set("inside", true);
      this.relist();
    }
    this.n = n;
    this.at = this.shown.findIndex((item) => item.n === n);
    const { broken } = this.shown[this.at];
    const frame = this.trace.frames[step.frame];
    this.draw(step, frame);
    this.tell(step, broken);
    mark(this.cell, "now", false);
    this.cell = this.cells.children[this.at];
    mark(this.cell, "now", true);
    this.item?.removeAttribute("aria-current");
    this.item = this.list.children[this.at];
    this.item.setAttribute("aria-current", "step");
    this.follow(this.picture.fresh);
  }

  draw(step, frame) {
    const entry = this.pictures.get(frame.function);
    if (!entry.picture) {
      entry.picture = new Picture(frame.function, entry.source, this.token);
      this.pane.append(entry.picture.box);
    }
    if (this.picture !== entry.picture) {
      this.picture?.hide();
      this.picture = entry.picture;
      this.picture.box.hidden = false;
    }
    if (this.path !== frame.path) {
      this.path = frame.path;
      this.crumbs.title = frame.path.join(" > ");
      this.crumbs.replaceChildren(...frame.path.flatMap((name, i) => [
        i ? h("span", { class: "fv-gt" }, ">") : "",
        h(i === frame.path.length - 1 ? "b" : "span", {}, name)]));
    }
    const ways = new Map();
    for (const past of this.trace.steps) {
      if (past.n >= step.n) break;
      for (const [at, from, to, when, round] of past.ways) {
        if (at !== step.frame) continue;
        ways.set([from, to, when].join("\n"),
          `${past.lock > 0 ? "way-held" : "way-open"}${round < step.round ? " old" : ""}`);
      }
    }
    this.picture.show(step, ways);
  }

  tell(step, broken) {
    this.count.textContent = `Step ${step.n} of ${this.trace.steps.length}`;
    this.what.textContent = step.what;
    this.why.textContent = step.why;
    this.broken.replaceChildren(...broken.map((b) => h("p", {}, h("b", {}, "Rule broken. "), b)));
    this.root.dataset.step = String(step.n);
    const others = step.others ? [["also holds", step.others]] : [];
    this.cite.textContent = this.cite.title = step.cite;
    const flags = this.shown[this.at - 1]?.step.flags !== step.flags ? [["flags", step.flags.replaceAll("|", " | ")]] : [];
    const facts = [["mmap_lock", step.since], ["result", step.result], ...flags, ...others];
    this.facts.replaceChildren(...facts.flatMap(([name, value]) => [h("span", {}, name), h("div", {}, value)]));
    this.lockNow.textContent = step.words;
    mark(this.lockNow, "held", step.lock > 0);
    const [calls, pgfault, minor, major] = step.counters;
    this.counters.replaceChildren(
      ...[["calls", calls], ["pgfault", pgfault], ["minor", minor], ["major", major]].map(([name, value]) =>
        h("span", {}, `${name} `, h("b", {}, String(value)))),
      h("span", { class: "fv-pte" }, "page-table entry ", h("b", {}, step.pte ?? "unknown")));
    this.speak(step);
  }

  /** The sentence for a screen reader; while playing at most every third second. */
  speak(step) {
    const now = performance.now();
    if (this.timer && now - this.spoken < 3000) return;
    this.spoken = now;
    this.live.textContent = `${step.what} ${step.why}`;
  }

  /** Scroll graph, list, lane and the names to the step; a picture that just came does not glide. */
  follow(atOnce) {
    this.crumbs.scrollLeft = this.crumbs.scrollWidth; // the innermost is what must be seen
    this.picture.reveal(this.pane, atOnce);
    const item = this.item;
    const top = item.offsetTop;
    if (top < this.list.scrollTop + 24 || top + item.offsetHeight > this.list.scrollTop + this.list.clientHeight - 48) {
      this.list.scrollTop = top - this.list.clientHeight / 2;
    }
    const left = this.cell.offsetLeft;
    const box = this.laneBox;
    if (left < box.scrollLeft + 40 || left + this.cell.offsetWidth > box.scrollLeft + box.clientWidth - 40) {
      box.scrollLeft = left - box.clientWidth / 2;
    }
  }

  // --- choices -------------------------------------------------------------------------------

  /** What can be chosen; what cannot says why, and stays in reach of the keyboard. */
  offer() {
    const all = this.model.get("_choices");
    const open = this.top.querySelector(".fv-words[open]") !== null;
    const focus = this.top.contains(document.activeElement) ? document.activeElement.dataset.choice : null;
    const select = (kind, label, choices, groups) => {
      const option = (c) => h("option", { value: c.value, selected: c.on, disabled: c.why != null, title: c.why ?? c.title }, c.label);
      const inner = groups
        ? [...new Set(choices.map((c) => c.group))].map((g) =>
          h("optgroup", { label: g }, ...choices.filter((c) => c.group === g).map(option)))
        : choices.map(option);
      const none = choices.some((c) => c.on) ? [] : [h("option", { selected: true, disabled: true }, "(scripted answer)")];
      return h("label", { class: "fv-choice" }, h("span", {}, label),
        h("select", { "data-choice": kind, onchange: (e) => this.wish(kind, e.target.value) }, ...none, ...inner));
    };
    const segment = (kind, label, choices) =>
      h("div", { class: "fv-choice" }, h("span", {}, label),
        h("div", { class: "fv-seg", role: "group", "aria-label": label }, ...choices.map((c) =>
          h("button", {
            type: "button", "data-choice": `${kind} ${c.value}`, "aria-pressed": c.on ? "true" : "false",
            "aria-disabled": c.why != null ? "true" : null, title: c.why ?? c.title,
            onclick: () => (c.why != null ? this.say(c.why) : this.wish(kind, c.value)),
          }, c.label))));
    const words = h("details", { class: "fv-words", open },
      h("summary", { "data-choice": "words" }, "Context: ",
        h("b", {}, all.word.filter((c) => c.on).map((c) => c.label).join(", ") || "none")),
      h("div", {}, ...all.word.map((c) =>
        h("label", { title: c.why ?? c.title, class: c.why != null ? "off" : "" },
          h("input", { type: "checkbox", checked: c.on, disabled: c.why != null, "data-choice": `word ${c.value}`, onchange: () => this.wish("word", c.value) }),
          h("b", {}, c.label), h("span", {}, c.why ?? c.title)))));
    this.top.replaceChildren(
      h("div", {}, select("handler", "handler", all.handler, true),
        segment("revision", "revision", all.revision), words),
      h("div", {}, select("event", "page event", all.event, false),
        segment("outcome", "or answer", all.outcome)));
    if (focus) this.top.querySelector(`[data-choice="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }

  /** Ask Python for another scenario; the answer comes as a new trace or as a sentence. */
  wish(kind, value) {
    this.pause();
    this.seq += 1;
    this.model.set("_wish", { kind, value, seq: `${performance.timeOrigin}/${this.seq}` });
    this.model.save_changes();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.say("The kernel does not answer: a choice needs a running kernel, stepping does not.");
      this.offer();
    }, PATIENCE);
  }

  answered() {
    clearTimeout(this.waiting);
    this.say(this.model.get("_answer").problem ?? "");
    this.offer();
  }

  say(problem) {
    this.problem.textContent = problem;
    this.message.hidden = problem === "";
  }

  // --- moving --------------------------------------------------------------------------------

  go(n) {
    if (n === this.n) return;
    this.model.set("step", n);
    this.model.save_changes();
  }

  move(by) {
    const item = this.shown[this.at + by];
    if (item) this.go(item.n);
    return item !== undefined;
  }

  lockChange(by) {
    for (let i = this.at + by; i > 0 && i < this.shown.length; i += by) {
      if (this.shown[i].step.lock !== this.shown[i - 1].step.lock) return this.go(this.shown[i].n);
    }
    return this.go(this.shown[by > 0 ? this.shown.length - 1 : 0].n);
  }

  setInside(on) {
    if (!this.hasInside) return;
    // The step first: a step inside is never shown while the inside is passed over.
    if (!on) this.model.set("step", this.trace.steps.find((s) => s.n >= this.n && !s.inside).n);
    this.model.set("inside", on);
    this.model.save_changes();
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.at === this.shown.length - 1) this.go(this.shown[0].n);
    this.playButton.textContent = "Pause";
    this.schedule();
  }

  /** The next step is timed only when this one is on the screen: late frames cannot pile up. */
  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const moved = this.root.isConnected && this.move(1);
      if (!moved || this.at === this.shown.length - 1) return this.pause();
      requestAnimationFrame(() => this.timer && this.schedule());
    }, SPEEDS[this.speed.value]);
  }

  pause() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.playButton.textContent = "Play";
    if (this.n) this.speak(this.trace.steps[this.n - 1]);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    if (this.help.hidden) this.root.focus({ preventScroll: true });
    else this.help.querySelector("button").focus({ preventScroll: true });
  }

  // --- keys ----------------------------------------------------------------------------------

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (event.key === "Escape") {
      if (!this.help.hidden) this.toggleHelp();
      this.top.querySelector(".fv-words[open]")?.removeAttribute("open");
      return;
    }
    if (at.matches("select") || (event.key === " " && at.matches("button, input, summary"))) return;
    const act = {
      ArrowRight: () => this.move(1), n: () => this.move(1),
      ArrowLeft: () => this.move(-1), b: () => this.move(-1),
      Home: () => this.go(this.shown[0].n), End: () => this.go(this.shown.at(-1).n),
      l: () => this.lockChange(1), L: () => this.lockChange(-1),
      " ": () => this.toggle(), p: () => this.toggle(),
      i: () => this.setInside(!this.model.get("inside")),
      "?": () => this.toggleHelp(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!["p", " ", "?"].includes(event.key)) this.pause();
    act();
  }
}

// --- render ----------------------------------------------------------------------------------

/** Show a model in an element; the function that comes back takes everything down again. */
function render({ model, el }) {
  const view = new View(model, el);
  view.load();
  view.offer();
  view.show();
  const heard = {
    "change:_trace": () => { view.pause(); view.load(); view.show(); },
    "change:_choices": () => view.offer(),
    "change:_answer": () => view.answered(),
    "change:inside": () => { view.relist(); view.show(); },
    "change:step": () => { if (model.get("_trace") === view.trace) view.show(); },
  };
  for (const [name, hear] of Object.entries(heard)) model.on(name, hear);
  view.root.addEventListener("keydown", (event) => view.key(event));
  view.pane.addEventListener("click", () => view.root.focus({ preventScroll: true }));
  const resized = new ResizeObserver(() => view.follow(true));
  resized.observe(view.pane);
  return () => {
    for (const [name, hear] of Object.entries(heard)) model.off(name, hear);
    view.pause();
    clearTimeout(view.waiting);
    resized.disconnect();
    view.root.remove();
  };
}

export default { render };
