/**
 * What runs along the trace: the lane of mmap_lock, and the text trace. Both grow with the steps
 * that were seen; what lies ahead is not in the page.
 *
 * @import { Gate, Step } from "./payload.js"
 * @typedef {{n: number, step: Step, broken: string[]}} Item a step that is listed
 * @typedef {{key: number | boolean, said: string, start: number, end: number, node: HTMLElement}} Run
 */
import { breakable } from "./breaks.js";
import { around, h, mark } from "./parts.js";
import { labelOf } from "./paths.js";

const NARROW = 240; // px: on a smaller lane there is room for the newest label alone
const ROOM = 12; // steps for which a short lane leaves room
const AHEAD = 12; // cells after the newest one, for what is said below it

/** mmap_lock as this task holds it, a cell for each step; below, since when; below, a second reader. */
export class Lane {
  /**
   * @param {string} name
   * @param {(n: number) => void} pick
   */
  constructor(name, pick) {
    this.cells = h("div", { class: "fv-cells", onclick: (e) => {
      const target = around(e, "[data-n]");
      if (target) pick(Number(target.dataset.n));
    } });
    this.box = h("div", { class: "fv-lane-box", tabindex: 0, role: "group", "aria-label": name, onscroll: () => this.veil() }, this.cells);
    this.reader = false;
    /** @type {Item[]} */
    this.items = [];
    /** @type {HTMLElement[]} */
    this.made = [];
    /** @type {Run[]} */
    this.runs = [];
    /** @type {Run[]} */
    this.others = [];
    /** @type {HTMLElement | null} */
    this.now = null;
    /** @type {HTMLElement | null} */
    this.fresh = null;
    /** @type {HTMLElement | null} */
    this.open = null;
    this.spent = this.at = -1;
    this.fitted = "";
  }

  /** @param {Item[]} items */
  load(items) {
    this.items = items;
    this.made = [];
    this.runs = [];
    this.others = [];
    this.now = this.fresh = this.open = null;
    this.fitted = "";
    this.spent = items.findIndex(({ step }) => step.lock < 0);
    this.cells.replaceChildren();
  }

  /**
   * Show the item at an index; `upto` was seen, and its lock may be what is `asked`.
   * @param {number} at
   * @param {number} upto
   * @param {boolean} asked
   * @param {boolean} reader
   */
  show(at, upto, asked, reader) {
    const before = this.made.length;
    const answered = this.open && !(asked && this.made[upto] === this.open);
    while (this.made.length > upto + 1 || (answered && this.open)) this.shrink();
    while (this.made.length <= upto) this.grow(asked && this.made.length === upto);
    if (this.reader !== reader) {
      this.reader = reader;
      mark(this.cells, "two", reader);
    }
    mark(this.now, "now", false);
    this.at = at;
    this.now = this.made[at];
    mark(this.now, "now", true);
    mark(this.fresh, "fresh", false); // only the newest cell waits for the token
    this.fresh = at === upto && before === upto ? this.now : null;
    mark(this.fresh, "fresh", true);
  }

  /** @param {boolean} open */
  grow(open) {
    const i = this.made.length;
    const { n, step, broken } = this.items[i];
    const label = labelOf(step);
    const kind = open ? "asked" : step.lock > 0 ? "held" : step.lock < 0 ? "under" : "open";
    const title = open ? `step ${label}: ${step.asked}; mmap_lock is asked`
      : `step ${label}: ${step.short}; mmap_lock ${step.words}${broken.map((b) => `; ${b}`).join("")}`;
    const cell = h("div", { class: `fv-cell ${kind}${broken.length && !open ? " broken" : ""}`, "data-n": n, title, style: `grid-column:${i + 1}` },
      open ? "?" : String(step.lock));
    this.made.push(cell);
    this.cells.style.setProperty("--steps", String(Math.max(ROOM, this.made.length + AHEAD)));
    this.cells.append(cell);
    if (open) {
      this.open = cell;
      return;
    }
    this.run(this.runs, i, step.since, step.lock > 0, step.lock, 2);
    const lost = this.spent >= 0 && i >= this.spent;
    this.run(this.others, i, lost ? "the other reader's hold is consumed: a writer can come in" : "another reader holds mmap_lock", !lost, lost, 3);
  }

  /**
   * A label below the cells, as long as what it says stays so.
   * @param {Run[]} runs
   * @param {number} i
   * @param {string} said
   * @param {boolean} held
   * @param {number | boolean} key
   * @param {number} row
   */
  run(runs, i, said, held, key, row) {
    const last = runs.at(-1);
    let now = last;
    if (now?.key === key && now.said === said) {
      now.end = i + 2;
    } else {
      if (last) last.node.style.gridColumn = `${last.start}/${last.end}`;
      const node = h("div", { class: `fv-run row-${row}${held ? " held" : " gone"}`, title: said }, h("span", {}, ...breakable(said)));
      now = { key, said, start: i + 1, end: i + 2, node };
      runs.push(now);
      this.cells.append(node);
    }
    now.node.style.gridColumn = `${now.start}/-1`; // the newest one has all the room there is
    mark(now.node, "newest", true);
    if (last && last !== now) mark(last.node, "newest", false);
  }

  /** How many px of earlier steps stay in sight. */
  get before() {
    return this.box.clientWidth < NARROW ? 0 : 40;
  }

  shrink() {
    const cell = this.made.pop();
    if (!cell) return;
    cell.remove();
    if (cell === this.open) {
      this.open = null;
      return;
    }
    const i = this.made.length;
    for (const runs of [this.runs, this.others]) {
      const last = runs.at(-1);
      if (!last) continue;
      if (last.start === i + 1) {
        last.node.remove();
        runs.pop();
      } else {
        last.end = i + 1;
      }
      const left = runs.at(-1);
      if (left) left.node.style.gridColumn = `${left.start}/-1`;
    }
  }

  /**
   * A label stands where all of it has room in two lines; that of the current step always, and the
   * others of its row give way to it.
   */
  fit() {
    const { box, cells, runs, others, at } = this;
    const now = [box.clientWidth, this.made.length, at, this.reader, cells.style.getPropertyValue("--steps")].join(" ");
    if (now === this.fitted) return;
    this.fitted = now;
    cells.style.setProperty("--lane", `${box.clientWidth - this.before - 12}px`);
    const rows = this.reader ? [runs, others] : [runs];
    const all = rows.flat();
    for (const { node } of all) for (const name of ["here", "aside"]) mark(node, name, false);
    const tight = new Set(all.filter(({ node }) => node.scrollHeight > node.clientHeight + 1 || node.scrollWidth > node.clientWidth + 1));
    for (const row of rows) {
      const here = row.find(({ start, end }) => start <= at + 1 && at + 1 < end);
      const wide = here !== undefined && tight.has(here);
      for (const run of row) {
        mark(run.node, "here", wide && run === here);
        mark(run.node, "aside", run !== here && (wide || tight.has(run)));
      }
    }
  }

  /** A label that is scrolled out in part is not shown: a piece of it says something else. */
  veil() {
    const { box } = this;
    const left = box.scrollLeft, right = left + box.clientWidth;
    for (const { node } of [...this.runs, ...this.others]) {
      const said = /** @type {HTMLElement} */ (node.firstElementChild);
      const from = Math.max(node.offsetLeft, left), to = from + said.offsetWidth;
      const cut = to > node.offsetLeft + node.offsetWidth + 1 || to > right + 1;
      mark(node, "veiled", cut && !node.classList.contains("here"));
    }
  }

  follow() {
    const { box, now, at, before } = this;
    if (!now) return;
    this.fit();
    const left = now.offsetLeft;
    let right = left + now.offsetWidth;
    for (const { node, start, end } of this.reader ? [...this.runs, ...this.others] : this.runs) {
      if (start > at + 1 || at + 1 >= end) continue;
      const said = /** @type {HTMLElement} */ (node.firstElementChild);
      right = Math.max(right, Math.min(node.offsetLeft, left) + said.offsetWidth + 8); // it sticks to the left
    }
    const room = box.clientWidth - 8;
    if (left < box.scrollLeft + before || right > box.scrollLeft + room) {
      const least = Math.min(left - before, right - room);
      box.scrollLeft = left < box.scrollLeft + before ? Math.max(left - box.clientWidth / 2, least) : least;
    }
    this.veil();
  }
}

/** The text trace: number, lock count, what happens. */
export class TextTrace {
  /** @param {(n: number) => void} pick */
  constructor(pick) {
    this.list = h("ol", { class: "fv-trace", tabindex: 0, "aria-label": "Text trace", onclick: (e) => {
      const target = around(e, "[data-n]");
      if (target) pick(Number(target.dataset.n));
    } });
    /** @type {Item[]} */
    this.items = [];
    this.end = h("li", { class: "fv-end" });
    /** @type {Element | null} */
    this.now = null;
    /** @type {number | null} how many lines are there before the one whose question is open */
    this.open = null;
  }

  /**
   * @param {Item[]} items
   * @param {string} end
   */
  load(items, end) {
    this.items = items;
    this.end = h("li", { class: "fv-end" }, end);
    this.now = null;
    this.open = null;
    this.list.replaceChildren();
  }

  /**
   * Show the item at an index; `upto` was seen, and may have a gate that is open.
   * @param {number} at
   * @param {number} upto
   * @param {Gate | null} gate
   */
  show(at, upto, gate) {
    const lines = this.list.children;
    this.end.remove();
    if (this.open !== null && !(gate && this.open === upto)) {
      while (lines.length > this.open) this.list.lastChild?.remove();
      this.open = null;
    }
    while (lines.length > upto + 1) this.list.lastChild?.remove();
    while (lines.length <= upto) {
      const asked = gate && lines.length === upto;
      if (asked) this.open = upto;
      this.list.append(this.line(this.items[lines.length], asked ? gate : null));
    }
    if (upto === this.items.length - 1 && !gate) this.list.append(this.end);
    this.now?.removeAttribute("aria-current");
    this.now = this.list.children[at];
    this.now.setAttribute("aria-current", "step");
  }

  /**
   * @param {Item} item
   * @param {Gate | null} gate
   */
  line({ n, step, broken }, gate) {
    const hidden = gate?.hides === "lock";
    const count = h("span", { class: `fv-held${!hidden && step.lock > 0 ? " held" : ""}`, title: hidden ? "asked" : step.words },
      hidden ? "?" : String(step.lock));
    return h("li", { "data-n": n, style: `--depth:${step.depth}` },
      h("span", { class: "fv-n" }, labelOf(step)), count,
      h("span", { class: "fv-short" }, gate && gate.hides ? step.asked : step.short),
      broken.length && !(gate && gate.hides) ? h("b", { class: "fv-mark" }, "rule broken") : null);
  }

  follow() {
    const { list, now } = this;
    if (!(now instanceof HTMLElement)) return;
    const top = now.offsetTop;
    if (top < list.scrollTop + 24 || top + now.offsetHeight > list.scrollTop + list.clientHeight - 48) {
      list.scrollTop = top - list.clientHeight / 2;
    }
  }
}
