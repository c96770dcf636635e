/**
 * What the other files build with: elements, tables, small drawings, scrolling; and the two tables
 * that `?` shows. Nothing here knows a trace.
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
  ["c, C", "run to the next, the previous breakpoint"],
  ["space, p", "play, pause; + and - set the speed"],
  ["a to d", "answer the question; a count may be typed as its digit"],
  ["s", "skip the question: it is shown"],
  ["v", "count a vote of the class (stage view)"],
  ["w", "what if the check is missing here? Then the number of what is taken away"],
  ["r", "draw a second reader's hold"],
  ["i", "step inside handle_mm_fault, or over it"],
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

/** An element; texts are always set as text, so no name can become markup. */
export function h(tag, props = {}, ...children) {
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

/** A button with its key in the title. */
export function button(name, label, key, act) {
  return h("button", { type: "button", class: `fv-${name}`, title: `key: ${key}`, onclick: act }, label);
}

/** A drawing of ours, from markup that holds no text of a model. */
export function drawing(width, height, inner) {
  const box = h("span", { class: "fv-drawing", "aria-hidden": "true" });
  box.innerHTML = `<svg class="fv-svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`;
  return box;
}

export function table(rows, caption) {
  const [head, ...body] = rows;
  const cells = (row) => row.map((text, i) => h(i ? "td" : "th", i ? {} : { scope: "row" }, text));
  return h("table", {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...body.map((row) => h("tr", {}, ...cells(row)))));
}

/** Whether the reader asked for no motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Bring a part of a scrolling box into its middle, without moving anything around the box. */
export function scrollTo(box, left, top, atOnce) {
  box.scrollTo({ left, top, behavior: atOnce || calm() ? "instant" : "smooth" });
}

/** Set a class only where it is not set already: each change costs a style pass. */
export function mark(node, name, on) {
  if (node && node.classList.contains(name) !== on) node.classList.toggle(name, on);
}

/** Set a text only where it is another one. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The line below everything that says what the marks mean. */
export function legend(token) {
  const at = (inner) => `<g transform="translate(12,12) scale(.8)">${inner}</g>`;
  const way = (kind) =>
    drawing(34, 12, `<g class="${kind}"><path class="line" d="M1,6h32"/><path class="core" d="M1,6h32"/></g>`);
  const tag = drawing(38, 16, '<rect class="tag" x="1" y="1" width="36" height="14" rx="3"/><text class="tag-text" x="19" y="11.6">patch</text>');
  tag.classList.add("fv-tag-key");
  return h("div", { class: "fv-legend" },
    drawing(24, 24, at(token.replace('"token"', '"token held"'))), "task holds mmap_lock",
    drawing(24, 24, at(token)), "does not",
    way("way-held"), "way taken, held", way("way-open"), "not held",
    h("span", { class: "fv-wide-only" }, "(thin: earlier round)"),
    tag, h("span", { class: "fv-tag-key" }, "new in the patch"));
}

/** The books, and the page-table entry. */
export function count(box, step) {
  const names = ["calls", "pgfault", "minor", "major"];
  box.replaceChildren(
    ...names.map((name, i) => h("span", {}, `${name} `, h("b", {}, String(step.counters[i])))),
    h("span", { class: "fv-pte" }, "page-table entry ", h("b", {}, step.pte ?? "unknown")));
}
