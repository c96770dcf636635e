/**
 * The glossary where its words stand: in a sentence they are dotted, and their meaning comes up under
 * the pointer and under the keyboard's focus. Escape closes it, and so does leaving the word.
 *
 * GLOSSARY is Python's own (glossary.py); script.py puts it in front of this file. A word is no
 * button of the page's: it does nothing but explain itself.
 */
import { GLOSSARY } from "./glossary.js";
import { h } from "./parts.js";

const FORMS = new Map();
for (const [name, { also }] of Object.entries(GLOSSARY)) {
  for (const form of [name, ...also]) {
    FORMS.set(form, name);
    FORMS.set(form[0].toUpperCase() + form.slice(1), name); // at the start of a sentence
  }
}
const ANY = new RegExp(
  `(?<![\\w-])(?:${[...FORMS.keys()].sort((a, b) => b.length - a.length).join("|")})(?![\\w-])`, "g");
const LINGER = 200; // ms from word to meaning, for a pointer that crosses the gap
const RIM = 8;
const SPLIT = new Map(); // by text: a sentence comes again with each visit of its node

/** A text in parts: plain ones, and words of the glossary, each at its first place only. */
function inParts(text) {
  if (!SPLIT.has(text)) {
    const found = [];
    const met = new Set();
    let end = 0;
    for (const { 0: form, index } of text.matchAll(ANY)) {
      const name = FORMS.get(form);
      if (met.has(name)) continue;
      met.add(name);
      found.push({ plain: text.slice(end, index) }, { form, name });
      end = index + form.length;
    }
    SPLIT.set(text, [...found, { plain: text.slice(end) }]);
  }
  return SPLIT.get(text);
}

export class Words {
  constructor() {
    this.id = `fv-${Math.random().toString(36).slice(2, 10)}`; // a page may have several players
    this.tip = h("div", { class: "fv-tip", "aria-hidden": "true", hidden: true });
    this.meanings = h("div", { hidden: true }, ...Object.entries(GLOSSARY).map(([name, { sentence }]) =>
      h("span", { id: this.meaning(name) }, sentence)));
    this.escape = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      this.close();
    };
  }

  meaning(name) {
    return `${this.id}-${Object.keys(GLOSSARY).indexOf(name)}`;
  }

  /** Listen to a root, in which the words are written. */
  join(root) {
    this.root = root;
    root.append(this.meanings, this.tip);
    const word = (event) => event.target.closest?.(".fv-word");
    root.addEventListener("focusin", (event) => (word(event) ? this.open(word(event)) : this.close()));
    root.addEventListener("focusout", () => this.close());
    root.addEventListener("pointerover", (event) => {
      if (word(event)) this.open(word(event));
      else if (this.tip.contains(event.target)) clearTimeout(this.leaving);
      else this.leave();
    });
    root.addEventListener("pointerleave", () => this.leave());
    root.addEventListener("keydown", (event) => {
      if (!word(event) || ![" ", "Enter"].includes(event.key)) return;
      event.stopPropagation();
      event.preventDefault();
      if (this.of) this.close();
      else this.open(word(event));
    }, true);
  }

  /** Set a text with its words, where it is another one; what had the focus there gives it back. */
  write(node, text) {
    if (node.textContent === text) return;
    const focused = node.contains(document.activeElement);
    if (this.of && node.contains(this.of)) this.close();
    node.replaceChildren(...inParts(text).map(({ plain, form, name }) => plain ?? h("span", {
      class: "fv-word", tabindex: 0, role: "button", "aria-describedby": this.meaning(name),
      "data-lm-suppress-shortcuts": "true",
    }, form)));
    if (focused) this.root.focus({ preventScroll: true });
  }

  /** Show what a word means, below it or, where there is no room, above it. */
  open(word) {
    clearTimeout(this.leaving);
    if (this.of === word) return;
    this.of = word;
    const name = FORMS.get(word.textContent);
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
