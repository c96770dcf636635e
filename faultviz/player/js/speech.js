/**
 * The one place where a widget says things to a screen reader: a verdict with its reason, a step, a
 * broken rule, a new count. What is seen beside it is no live region, so nothing is said twice.
 *
 * A widget that nobody has touched says nothing, or a page of ten would talk at once. Not here: a
 * refusal or an error, which is an alert of its own, and what has the focus, which readers say.
 */
import { h, write } from "./parts.js";

const QUIET = 3000; // ms between two sentences while playing
const FADE = 10000; // ms until what was said is gone, so that nobody reads it a second time

export class Speech {
  constructor() {
    this.box = h("div", { class: "fv-live", "aria-live": "polite", "aria-atomic": "true" });
    this.touched = false;
    this.of = "";
    /** @type {string[]} what was told, and what is said at once */
    this.told = [];
    /** @type {string[]} */
    this.saying = [];
    this.spoken = this.clearing = 0;
  }

  /**
   * Belong to a widget, from now on.
   * @param {HTMLElement} root
   */
  join(root) {
    root.append(this.box);
    for (const name of ["focusin", "pointerdown"]) {
      root.addEventListener(name, () => {
        this.touched = true;
      });
    }
    root.addEventListener("focusout", ({ relatedTarget }) => {
      const all = root.closest(".fv-desk-home") ?? root; // a form's clicks lead to the picture's keys
      if (relatedTarget instanceof Node && !all.contains(relatedTarget)) this.touched = false;
    });
  }

  /**
   * Tell how things stand: all of it where it is `of` something else than before, else what is new.
   * @param {string} of
   * @param {(string | null | undefined)[]} parts
   * @param {boolean} playing then seldom
   */
  tell(of, parts, playing = false) {
    const now = performance.now();
    if (playing && now - this.spoken < QUIET) return;
    const all = parts.flatMap((part) => part?.trim() || []);
    const fresh = all.filter((part) => of !== this.of || !this.told.includes(part));
    this.of = of;
    this.told = all;
    if (!fresh.length || !this.touched) return;
    this.spoken = now;
    this.say(fresh.map(ended).join(" "));
  }

  /**
   * What was told is news again, such as a verdict on another answer.
   * @param {string | null} text
   */
  forget(text) {
    this.told = this.told.filter((part) => part !== text?.trim());
  }

  /**
   * Say a sentence, the same one again, too; with what else is said now.
   * @param {string} text
   */
  say(text) {
    if (!this.touched) return;
    if (!this.saying.length) queueMicrotask(() => this.out());
    this.saying.push(text);
  }

  out() {
    const { box } = this;
    const said = this.saying.join(" ");
    this.saying = [];
    box.textContent = box.textContent === said ? `${said}\u00a0` : said; // no change is not heard
    clearTimeout(this.clearing);
    this.clearing = setTimeout(() => write(box, ""), FADE);
  }
}

/**
 * A text as a sentence.
 * @param {string} text
 */
export function ended(text) {
  return /[.?!:;]$/.test(text) ? text : `${text}.`;
}
