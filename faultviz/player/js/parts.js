/**
 * What the other files build with: elements, tables, small drawings, scrolling; and the two tables
 * that `?` shows. Nothing here knows a trace.
 *
 * @import { Step } from "./payload.js"
 * @typedef {string | number | boolean | null | undefined} Attribute set where it is neither false nor nothing
 * @typedef {Node | string | null | undefined} Child
 * @typedef {{[K in keyof GlobalEventHandlersEventMap as `on${K}`]?: (event: GlobalEventHandlersEventMap[K]) => void}} Handlers
 * @typedef {Handlers & {[name: `data-${string}` | `aria-${string}`]: Attribute} & {[name in
 *   "accept" | "autocapitalize" | "autocomplete" | "checked" | "class" | "disabled" | "download" | "for"
 *   | "hidden" | "id" | "inputmode" | "label" | "list" | "max" | "min" | "name" | "open" | "placeholder" | "role"
 *   | "rows" | "sandbox" | "scope" | "selected" | "size" | "spellcheck" | "style" | "tabindex" | "title"
 *   | "type" | "value" | "wrap"]?: Attribute}} Props what `h` sets; a name that is none is found here
 */

export const SVG = "http://www.w3.org/2000/svg";

export const KEYS = [
  ["right, n", "step"],
  ["left, b", "back"],
  ["Home, End", "first, last step"],
  ["o", "step over a call"],
  ["u", "step out of this function"],
  ["l, L", "next, previous lock change"],
  ["up, down", "choose a node of the graph; Enter runs to it, x sets a breakpoint on it"],
  ["Shift and arrow", "walk the graph: down along an edge, up back, left and right choose the edge"],
  ["c, C", "run to the next, the previous breakpoint"],
  ["space, p", "play, pause; + and - set the speed"],
  ["a to d", "answer the question; a count may be typed as its digit"],
  ["s", "skip the question: it is shown"],
  ["v", "count a vote of the class (stage view)"],
  ["w", "what if the check is missing here? Then the number of what is taken away"],
  ["r", "draw a second reader's hold"],
  ["i", "step inside handle_mm_fault, or over it"],
  ["e", "unfold the error exits, or fold them (first view)"],
  ["m", "more controls, or fewer"],
  ["f", "stage view: for a projector; Escape leaves it"],
  ["t", "tags on what the patch brought"],
  ["?", "show or hide this"],
];

export const CONTRACT = [
  ["outcome", "is the fault handled?", "does this task still hold mmap_lock?", "the caller must"],
  ["OK", "yes", "yes", "unlock once, leave"],
  ["ERROR", "no", "yes", "unlock once, then signal or fix up"],
  ["RETRY", "not yet", "no (NOWAIT: yes)", "look at signals; lock again, mark TRIED, call again"],
  ["COMPLETED", "yes", "no", "NOT unlock; leave, or lock again if it still needs the lock"],
];

/**
 * An element; texts are always set as text, so no name can become markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") node.className = String(value);
    else if (typeof value === "function") node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/**
 * A button with its key in the title.
 * @param {string} name
 * @param {string} label
 * @param {string} key
 * @param {() => void} act
 */
export function button(name, label, key, act) {
  return h("button", { type: "button", class: `fv-${name}`, title: `key: ${key}`, onclick: act }, label);
}

/**
 * A drawing of ours, from markup that holds no text of a model.
 * @param {number} width
 * @param {number} height
 * @param {string} inner
 */
export function drawing(width, height, inner) {
  const box = h("span", { class: "fv-drawing", "aria-hidden": "true" });
  box.innerHTML = `<svg class="fv-svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`;
  return box;
}

/**
 * @param {string[][]} rows the first one is the head
 * @param {string} caption
 */
export function table(rows, caption) {
  const [head, ...body] = rows;
  const cells = (/** @type {string[]} */ row) => row.map((text, i) => h(i ? "td" : "th", i ? {} : { scope: "row" }, text));
  return h("table", {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...body.map((row) => h("tr", {}, ...cells(row)))));
}

const COUNT = Symbol.for("faultviz: ids in this page");

/** A number for ids that no other has in this page, where each widget brings its own copy of this file. */
export function nextId() {
  const page = /** @type {Window & {[COUNT]?: number}} */ (window);
  page[COUNT] = (page[COUNT] ?? 0) + 1;
  return page[COUNT];
}

/**
 * What an event came from, or the nearest thing around it that is looked for.
 * @param {Event} event
 * @param {string} selector
 * @returns {(Element & HTMLOrSVGElement) | null}
 */
export function around({ target }, selector) {
  const at = /** @type {Element | null} */ (target); // or a document, which has nothing around it
  return at?.closest?.(selector) ?? null;
}

/** Whether the reader asked for no motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Bring a part of a scrolling box into its middle, without moving anything around the box.
 * @param {Element} box
 * @param {number} left
 * @param {number} top
 * @param {boolean} atOnce
 */
export function scrollTo(box, left, top, atOnce) {
  box.scrollTo({ left, top, behavior: atOnce || calm() ? "instant" : "smooth" });
}

/**
 * Set a class only where it is not set already: each change costs a style pass.
 * @param {Element | null | undefined} node
 * @param {string} name
 * @param {boolean} on
 */
export function mark(node, name, on) {
  if (node && node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

/**
 * Set a text only where it is another one.
 * @param {Node} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * The line below everything that says what the marks mean.
 * @param {string} token
 */
export function legend(token) {
  const at = (/** @type {string} */ inner) => `<g transform="translate(12,12) scale(.8)">${inner}</g>`;
  const way = (/** @type {string} */ kind) =>
    drawing(34, 12, `<g class="${kind}"><path class="line" d="M1,6h32"/><path class="core" d="M1,6h32"/></g>`);
  const tag = drawing(38, 16, '<rect class="tag" x="1" y="1" width="36" height="14" rx="3"/><text class="tag-text" x="19" y="11.6">patch</text>');
  tag.classList.add("fv-tag-key");
  const key = (/** @type {Child[]} */ ...parts) => h("span", { class: "fv-key" }, ...parts);
  return h("div", { class: "fv-legend", "aria-hidden": "true" }, // of what is only seen
    key(drawing(24, 24, at(token.replace('"token"', '"token held"'))), "task holds mmap_lock"),
    key(drawing(24, 24, at(token)), "does not"),
    key(way("way-held"), "way taken, held"),
    key(way("way-open"), "not held", h("span", { class: "fv-wide-only" }, "(thin: earlier round)")),
    key(tag, h("span", { class: "fv-tag-key" }, "new in the patch")));
}

/**
 * The books, and the page-table entry.
 * @param {Element} box
 * @param {Pick<Step, "counters" | "pte">} step
 */
export function count(box, step) {
  const names = ["calls", "pgfault", "minor", "major"];
  box.replaceChildren(
    ...names.map((name, i) => h("span", { role: "listitem" }, `${name} `, h("b", {}, String(step.counters[i])))),
    h("span", { class: "fv-pte", role: "listitem" }, "page-table entry ", h("b", {}, step.pte ?? "unknown")));
}
