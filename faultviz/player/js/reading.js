/**
 * What is read beside a picture: a program as numbered lines, or the mail of a patch with its diff.
 * A line that stands for a node can be picked. Not here: what a pick is for (`form`, `bench`).
 *
 * @import { DiffRow, ListingLine, Mail, Notes } from "./payload.js"
 */
import { around, h, mark } from "./parts.js";

/** @type {{[key: string]: number}} */
const BY = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e6, End: 1e6 };

/** Numbered lines; the one of the node where the task stands is marked. */
export class Lines {
  /**
   * @param {string} label
   * @param {string} id
   * @param {((n: number) => void) | null} pick a line that was clicked or reached by keys; null where
   *   lines are only read
   */
  constructor(label, id, pick) {
    this.pick = pick;
    this.id = id;
    this.list = h("ol", { class: `fv-lines${pick ? " can-pick" : ""}`, tabindex: 0, "aria-label": label, role: pick ? "listbox" : "list", onclick: (e) => {
      const row = around(e, "[data-n]");
      if (row && pick) this.choose(Number(row.dataset.n));
    } });
    if (pick) this.list.addEventListener("keydown", (event) => this.key(event));
    /** @type {number | undefined} */
    this.chosen = undefined;
    /** @type {HTMLElement | undefined} */
    this.now = undefined;
    /** @type {ListingLine[]} */
    this.rows = [];
    /** @type {Map<number, HTMLElement>} */
    this.made = new Map();
  }

  /**
   * @param {ListingLine[]} rows
   * @param {Notes} notes
   */
  load(rows, notes = {}) {
    this.rows = rows;
    this.made = new Map();
    this.list.replaceChildren(...rows.map(([n, text]) => {
      const row = h("li", { "data-n": n, ...(this.pick ? { role: "option", id: `${this.id}-${n}`, "aria-selected": "false" } : {}) },
        h("span", { class: "fv-n" }, String(n)), h("span", {}, /^ */.exec(text)?.[0]), h("span", { class: "fv-text" }, text.trimStart()),
        notes[n] ? h("b", { class: "fv-note" }, notes[n]) : null);
      mark(row, "edited", Boolean(notes[n]));
      this.made.set(n, row);
      return row;
    }));
    if (this.chosen) this.choose(this.chosen, true);
  }

  /**
   * The line where the task stands; it is brought into sight.
   * @param {number} n
   */
  stand(n) {
    this.now?.removeAttribute("aria-current");
    this.now = this.made.get(n);
    this.now?.setAttribute("aria-current", "step");
    if (this.now) this.reveal(this.now);
  }

  /** @param {HTMLElement} row */
  reveal(row) {
    const { list } = this;
    const top = row.offsetTop;
    if (top < list.scrollTop + 20 || top + row.offsetHeight > list.scrollTop + list.clientHeight - 20) list.scrollTop = top - list.clientHeight / 2;
  }

  /** @param {number} n */
  choose(n, quiet = false) {
    if (this.chosen) this.made.get(this.chosen)?.setAttribute("aria-selected", "false");
    this.chosen = n;
    const row = this.made.get(n);
    if (!row) return;
    row.setAttribute("aria-selected", "true");
    this.list.setAttribute("aria-activedescendant", row.id);
    this.reveal(row);
    if (!quiet) this.pick?.(n);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = BY[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const numbers = this.rows.map(([n]) => n);
    const at = this.chosen ? Math.max(0, numbers.indexOf(this.chosen)) + by : 0;
    this.choose(numbers[Math.max(0, Math.min(numbers.length - 1, at))]);
  }
}

/** @type {{[sign: string]: string}} */
const SAID = { "+": "added", "-": "removed", "@": "place", " ": "" };

/**
 * A mail: its words, then the diff with the numbers of the new file.
 * @param {Mail} told
 * @param {(n: number) => void} pick
 */
export function mail(told, pick) {
  const row = (/** @type {DiffRow} */ [sign, n, text]) => h("div", { class: `fv-row ${SAID[sign]}`, "data-n": n || null },
    h("span", { class: "fv-n" }, n ? String(n) : ""),
    h("span", { class: "fv-sign" }, sign === "@" ? "" : sign), h("span", {}, text));
  return h("div", { class: "fv-mail", tabindex: 0, role: "region", "aria-label": "The mail with its patch; line numbers are those of the new file", onclick: (e) => {
    const at = around(e, "[data-n]");
    if (at) pick(Number(at.dataset.n));
  } },
    h("pre", {}, told.words), h("div", { class: "fv-diff" }, ...told.rows.map(row)));
}
