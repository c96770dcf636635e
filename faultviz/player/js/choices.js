/**
 * The bar at the top: handler, revision, page event, answer, context; and the short list of what can
 * be taken away. What cannot be chosen says why, and stays in reach of the keyboard.
 *
 * @import { Choice, Choices as All } from "./payload.js"
 */
import { h } from "./parts.js";

export class Choices {
  /** @param {{wish: (kind: string, value: string) => void, say: (text: string) => void, refocus: () => void}} act */
  constructor(act) {
    this.act = act;
    this.root = h("div", { class: "fv-top" });
    this.menu = h("div", { class: "fv-menu", role: "dialog", "aria-label": "What if this is missing?", hidden: true });
    /** @type {All} */
    this.all;
  }

  /** @param {All} all */
  show(all) {
    this.all = all;
    const open = this.root.querySelector(".fv-words[open]") !== null;
    const gone = all.missing.find((c) => c.on && c.value);
    const at = document.activeElement;
    const focus = at instanceof HTMLElement && this.root.contains(at) ? at.dataset.choice : null;
    this.root.replaceChildren(
      h("div", { class: "fv-more-only" }, this.select("handler", "handler", all.handler, true),
        this.segment("revision", "revision", all.revision), this.words(all.word, open)),
      h("div", {}, h("span", { class: "fv-first-only fv-which" }, all.which),
        gone ? h("span", { class: "fv-gone", title: gone.label }, `without ${gone.value}`) : null,
        this.select("event", "page event", all.event, false),
        h("span", { class: "fv-more-only" }, all.compact ? this.select("outcome", "answer", all.outcome, false) : this.segment("outcome", "or answer", all.outcome))));
    if (focus) this.focus(this.root, `[data-choice="${CSS.escape(focus)}"]`);
  }

  /**
   * @param {Element} root
   * @param {string} selector
   */
  focus(root, selector) {
    /** @type {HTMLElement | null} */
    const found = root.querySelector(selector);
    found?.focus({ preventScroll: true });
  }

  /**
   * @param {string} kind
   * @param {string} label
   * @param {Choice[]} choices
   * @param {boolean} grouped
   */
  select(kind, label, choices, grouped) {
    if (!choices.length) return null; // an exercise has one program
    const option = (/** @type {Choice} */ c) => h("option", { value: c.value, selected: c.on, disabled: c.why != null, title: c.why ?? c.title },
      c.why != null ? `${c.label} (cannot happen)` : c.label);
    const inner = grouped
      ? [...new Set(choices.map((c) => c.group))].map((g) =>
        h("optgroup", { label: g }, ...choices.filter((c) => c.group === g).map(option)))
      : choices.map(option);
    const none = choices.some((c) => c.on) ? [] : [h("option", { selected: true, disabled: true }, "(scripted answer)")];
    const list = h("select", { "data-choice": kind, onchange: () => this.act.wish(kind, list.value) }, ...none, ...inner);
    return h("label", { class: "fv-choice" }, h("span", {}, label), list);
  }

  /**
   * @param {string} kind
   * @param {string} label
   * @param {Choice[]} choices
   */
  segment(kind, label, choices) {
    if (!choices.length) return null;
    return h("div", { class: "fv-choice" }, h("span", {}, label),
      h("div", { class: "fv-seg", role: "group", "aria-label": label }, ...choices.map((c) =>
        h("button", {
          type: "button", "data-choice": `${kind} ${c.value}`, "aria-pressed": c.on ? "true" : "false",
          "aria-disabled": c.why != null ? "true" : null, title: c.why ?? c.title,
          onclick: () => (c.why != null ? this.act.say(c.why) : this.act.wish(kind, c.value)),
        }, c.label))));
  }

  /**
   * @param {Choice[]} choices
   * @param {boolean} open
   */
  words(choices, open) {
    return h("details", { class: "fv-words", open },
      h("summary", { "data-choice": "words" }, "Context: ",
        h("b", {}, choices.filter((c) => c.on).map((c) => c.label).join(", ") || "none")),
      h("div", {}, ...choices.map((c) =>
        h("label", { title: c.why ?? c.title, class: c.why != null ? "off" : "" },
          h("input", { type: "checkbox", checked: c.on, disabled: c.why != null, "data-choice": `word ${c.value}`, onchange: () => this.act.wish("word", c.value) }),
          h("b", {}, c.label), h("span", {}, c.why ?? c.title)))));
  }

  // --- what if the check is missing here? ----------------------------------------------------

  /** The list of what can be taken away, each with its number. */
  toggleMenu() {
    if (!this.menu.hidden) {
      this.closeMenu();
      return;
    }
    const rows = this.all.missing;
    if (!rows.length) return;
    this.menu.replaceChildren(
      h("b", {}, "What if this is missing here?"),
      ...rows.map((c, i) => h("button", {
        type: "button", "aria-disabled": c.why != null ? "true" : null, title: c.why ?? `key: ${i + 1}`,
        onclick: () => this.pick(i),
      }, h("b", {}, String(i + 1)), h("span", {}, c.label, c.on ? h("i", {}, " (now)") : null,
        c.why != null ? h("span", { class: "fv-why" }, c.why) : null))),
      h("p", {}, "Press its number; Escape closes this."));
    this.menu.hidden = false;
    this.focus(this.menu, "button");
  }

  closeMenu() {
    this.menu.hidden = true;
    this.act.refocus(); // what had the focus is gone
  }

  /** @param {number} i */
  pick(i) {
    const c = this.all.missing[i];
    if (!c) return;
    this.closeMenu();
    if (c.why != null) this.act.say(c.why);
    else this.act.wish("without", c.value);
  }
}
