/**
 * The glossary where its words stand: in a sentence they are dotted, and their meaning comes up under
 * the pointer and under the keyboard's focus. Escape closes it, and so does leaving the word.
 *
 * GLOSSARY is Python's own (glossary.py); bundle.py puts it in front of the script. A word is no
 * button of the page's, nor said to be one in the middle of a sentence: it explains itself.
 */
import { breakable } from "./breaks.js";
import { GLOSSARY } from "./glossary.js";
import { Glossed } from "./glossed.js";
import { around, h, nextId } from "./parts.js";

const WORDS = new Glossed(GLOSSARY);
const LINGER = 200; // ms from word to meaning, for a pointer that crosses the gap
const RIM = 8;

export class Words {
  constructor() {
    /** @type {HTMLElement} */
    this.root;
    /** @type {Element | null} whose meaning is shown */
    this.of = null;
    this.leaving = 0;
    this.id = `fv-words-${nextId()}`;
    this.tip = h("div", { class: "fv-tip", "aria-hidden": "true", hidden: true });
    this.meanings = h("div", { hidden: true }, ...Object.entries(GLOSSARY).map(([name, { sentence }]) =>
      h("span", { id: this.meaning(name) }, sentence)));
    this.escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      this.close();
    };
  }

  /** @param {string} name */
  meaning(name) {
    return `${this.id}-${Object.keys(GLOSSARY).indexOf(name)}`;
  }

  /**
   * Listen to a root, in which the words are written.
   * @param {HTMLElement} root
   */
  join(root) {
    this.root = root;
    root.append(this.meanings, this.tip);
    const word = (/** @type {Event} */ event) => around(event, ".fv-word");
    root.addEventListener("focusin", (event) => {
      const at = word(event);
      if (at) this.open(at);
      else this.close();
    });
    root.addEventListener("focusout", () => this.close());
    let pressed = ""; // where: what a click moves below the pointer was not pointed at
    const place = (/** @type {PointerEvent} */ { clientX, clientY }) => `${clientX} ${clientY}`;
    root.addEventListener("pointerdown", (event) => {
      pressed = place(event);
    });
    root.addEventListener("pointerover", (event) => {
      const at = word(event);
      if (at && place(event) === pressed) return;
      if (at) this.open(at);
      else if (event.target instanceof Node && this.tip.contains(event.target)) clearTimeout(this.leaving);
      else this.leave();
    });
    root.addEventListener("pointerleave", () => this.leave());
    root.addEventListener("keydown", (event) => {
      const at = word(event);
      if (!at || ![" ", "Enter"].includes(event.key)) return;
      event.stopPropagation();
      event.preventDefault();
      if (this.of) this.close();
      else this.open(at);
    }, true);
  }

  /**
   * Set a text with its words, where it is another one; what had the focus there gives it back.
   * @param {HTMLElement} node
   * @param {string} text
   */
  write(node, text) {
    if (node.textContent === text) return;
    const focused = node.contains(document.activeElement);
    if (this.of && node.contains(this.of)) this.close();
    node.replaceChildren(...WORDS.parts(text).flatMap((part) => part.plain !== undefined ? breakable(part.plain) : h("span", {
      class: "fv-word", tabindex: 0, "aria-describedby": this.meaning(part.name),
    }, part.form)));
    if (focused) this.root.focus({ preventScroll: true });
  }

  /**
   * Show what a word means, below it or, where there is no room, above it.
   * @param {Element} word
   */
  open(word) {
    clearTimeout(this.leaving);
    if (this.of === word) return;
    this.of = word;
    const name = WORDS.name(word.textContent ?? "");
    this.tip.replaceChildren(h("b", {}, name), ` ${GLOSSARY[name].sentence}`);
    this.tip.hidden = false;
    const at = word.getClientRects()[0];
    const box = this.root.getBoundingClientRect();
    const left = Math.min(at.left - box.left, box.width - this.tip.offsetWidth - RIM);
    const below = at.bottom - box.top + 3;
    const room = below + this.tip.offsetHeight + RIM < box.height;
    this.tip.style.left = `${Math.max(RIM, left)}px`;
    this.tip.style.top = `${room ? below : at.top - box.top - this.tip.offsetHeight - 3}px`;
    document.addEventListener("keydown", this.escape, true);
  }

  leave() {
    clearTimeout(this.leaving);
    if (this.of && this.of !== document.activeElement) this.leaving = setTimeout(() => this.close(), LINGER);
  }

  close() {
    clearTimeout(this.leaving);
    this.of = null;
    this.tip.hidden = true;
    document.removeEventListener("keydown", this.escape, true);
  }
}
