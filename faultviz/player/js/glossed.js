/**
 * The words of a glossary found in a text. Not here: what they mean on the page (`words`).
 *
 * @typedef {{plain: string} | {plain?: undefined, form: string, name: string}} Part
 */
export class Glossed {
  /** @param {{[name: string]: {also: string[]}}} glossary */
  constructor(glossary) {
    /** @type {Map<string, string>} */
    this.names = new Map();
    for (const [name, { also }] of Object.entries(glossary)) {
      for (const form of [name, ...also]) {
        this.names.set(form, name);
        this.names.set(form[0].toUpperCase() + form.slice(1), name); // at the start of a sentence
      }
    }
    const longest = [...this.names.keys()].sort((a, b) => b.length - a.length);
    this.any = new RegExp(`(?<![\\w-])(?:${longest.join("|")})(?![\\w-])`, "g");
    /** @type {Map<string, Part[]>} */
    this.split = new Map(); // by text: a sentence comes again with each visit of its node
  }

  /**
   * The glossary's name of a word as it stands in a text.
   * @param {string} form
   */
  name(form) {
    return this.names.get(form) ?? "";
  }

  /**
   * A text in parts: plain ones, and words of the glossary, each at its first place only.
   * @param {string} text
   * @returns {Part[]}
   */
  parts(text) {
    const kept = this.split.get(text);
    if (kept) return kept;
    /** @type {Part[]} */
    const found = [];
    const met = new Set();
    let end = 0;
    for (const { 0: form, index } of text.matchAll(this.any)) {
      const name = this.name(form);
      if (met.has(name)) continue;
      met.add(name);
      found.push({ plain: text.slice(end, index) }, { form, name });
      end = index + form.length;
    }
    found.push({ plain: text.slice(end) });
    this.split.set(text, found);
    return found;
  }
}
