/**
 * One function's graph: put into the page once, afterwards only its classes change. Here too the
 * token's way along an edge, and the reader's own marks (cursor, breakpoints). Not here: the map of
 * all of it (`map`), and what is folded away (`exits`).
 *
 * @import { Step } from "./payload.js"
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {Box & {id: string, g: SVGGElement, stop: SVGPathElement | null}} PictureNode
 * @typedef {{g: SVGGElement, line: SVGPathElement, from: string, to: string, way: string}} Edge
 * @typedef {Pick<Step, "node" | "note" | "noteWidth"> & {held: boolean}} Drawn what of a step is drawn
 */
import { SVG, calm, mark, scrollTo } from "./parts.js";

export const STAGE_ZOOM = 1.68; // the smallest label, 12 px, becomes 20 px
const TRAVEL = 250; // ms for one move of the token
const SAMPLES = 9; // points of an edge that the token passes

/**
 * @param {Element} root
 * @param {string} selector
 * @returns {NodeListOf<SVGGElement>}
 */
function all(root, selector) {
  return root.querySelectorAll(selector);
}

/**
 * What Python has written to a part of its picture: each has all of its kind.
 * @param {SVGGElement} g
 */
function said(g) {
  return /** @type {{[name: string]: string}} */ (g.dataset);
}

export class Picture {
  /**
   * @param {string} name
   * @param {string} svg
   * @param {string} token
   */
  constructor(name, svg, token) {
    this.box = document.createElement("div");
    this.box.className = "fv-picture";
    this.box.dataset.function = name;
    this.box.innerHTML = svg;
    this.root = /** @type {SVGSVGElement} */ (this.box.querySelector("svg"));
    this.width = Number(this.root.getAttribute("width"));
    this.height = Number(this.root.getAttribute("height"));
    this.edge = -this.root.viewBox.baseVal.x; // px round the drawing
    /** @type {Map<string, PictureNode>} */
    this.nodes = new Map();
    /** @type {Map<string, Edge>} */
    this.edges = new Map();
    for (const g of all(this.root, ".node")) {
      const { node: id, box } = said(g);
      const [x, y, width, height] = box.split(" ").map(Number);
      this.nodes.set(id, { id, g, x, y, width, height, stop: null });
    }
    for (const g of all(this.root, ".edge")) {
      const line = /** @type {SVGPathElement} */ (g.querySelector(".line"));
      const core = /** @type {SVGPathElement} */ (line.cloneNode());
      core.setAttribute("class", "core");
      line.after(core);
      const { from, to, when } = said(g);
      this.edges.set([from, to, when].join("\n"), { g, line, from, to, way: "" });
    }
    this.root.insertAdjacentHTML("beforeend", token);
    this.token = all(this.root, ".token")[0];
    this.note = document.createElementNS(SVG, "g");
    this.note.setAttribute("class", "note");
    for (const tag of ["rect", "text", "text"]) this.note.append(document.createElementNS(SVG, tag));
    this.root.append(this.note);
    /** @type {PictureNode | null} */
    this.now = null;
    /** @type {PictureNode | null} */
    this.cursor = null;
    /** @type {Animation | null} */
    this.moving = null;
    /** @type {boolean | undefined} */
    this.held = undefined;
    this.fresh = true;
    this.aside = 0;
    this.zoom = 1;
    this.hide();
  }

  /**
   * Draw larger or smaller; the labels grow with the shapes.
   * @param {number} zoom
   */
  scale(zoom) {
    if (zoom === this.zoom) return;
    this.zoom = zoom;
    this.root.style.width = `${this.width * zoom}px`;
    this.root.style.height = `${this.height * zoom}px`;
  }

  /**
   * @param {Drawn} step
   * @param {Map<string, string>} taken the edges, each with its classes
   */
  show(step, taken) {
    for (const [key, edge] of this.edges) {
      const way = taken.get(key) ?? "";
      if (way === edge.way) continue;
      edge.way = way;
      for (const name of ["way-held", "way-open", "old"]) mark(edge.g, name, way.includes(name));
    }
    const node = this.node(step.node);
    const before = this.now;
    if (before !== node) {
      if (before) mark(before.g, "now", false);
      mark(node.g, "now", true);
    }
    this.fresh = before === null;
    this.now = node;
    this.travel(before, node, taken, step.held);
    this.beside(node, step.note, step.noteWidth);
  }

  /**
   * The node of an id; without one the picture is of another program than the step.
   * @param {string} id
   */
  node(id) {
    const found = this.nodes.get(id);
    if (!found) throw Error(`The picture of ${this.box.dataset.function} has no node ${id}.`);
    return found;
  }

  /**
   * The token goes along the edge that was taken; its padlock turns when it has arrived.
   * @param {PictureNode | null} from
   * @param {PictureNode} to
   * @param {Map<string, string>} taken
   * @param {boolean} held
   */
  travel(from, to, taken, held) {
    const place = (/** @type {number} */ x, /** @type {number} */ y) => `translate(${x}px,${y}px)`;
    const end = place(to.x - 8, to.y + to.height / 2);
    this.token.style.transform = end;
    this.moving?.cancel();
    this.moving = null;
    mark(this.token, "held", this.held ?? held); // as it was, also where a move is overtaken
    this.held = held;
    const edge = from && [...taken.keys()].map((key) => this.edges.get(key))
      .findLast((e) => e && e.from === from.id && e.to === to.id);
    if (!edge || calm() || document.hidden) {
      mark(this.token, "held", held);
      return;
    }
    const long = edge.line.getTotalLength();
    const points = Array.from({ length: SAMPLES }, (_, i) =>
      edge.line.getPointAtLength((long * i) / (SAMPLES - 1)));
    const moving = this.token.animate([
      { transform: place(from.x - 8, from.y + from.height / 2) },
      ...points.map((p) => ({ transform: place(p.x, p.y) })),
      { transform: end },
    ], { duration: TRAVEL, easing: "ease-in-out" });
    this.moving = moving;
    const arrived = () => mark(this.token, "held", held);
    moving.finished.then(arrived, () => {}); // a move that is overtaken ends without a word
  }

  /**
   * What stands beside the node: handle_mm_fault is one node, but called and returned from.
   * @param {PictureNode} node
   * @param {string[]} note
   * @param {number} width
   */
  beside({ x, y, width: wide, height }, note, width) {
    mark(this.note, "shown", note.length > 0);
    this.aside = note.length > 0 ? 8 + width : 0;
    if (!note.length) return;
    const [frame, ...texts] = this.note.children;
    const middle = y + height / 2;
    const place = { x: x + wide + 8, y: middle - 20, width, height: 40, rx: 4 };
    for (const [name, value] of Object.entries(place)) frame.setAttribute(name, String(value));
    texts.forEach((text, i) => {
      text.setAttribute("x", String(place.x + width / 2));
      text.setAttribute("y", String(middle - 4 + 17 * i));
      text.textContent = note[i] ?? "";
    });
  }

  /**
   * Scroll at once to the middle of a part of the drawing.
   * @param {HTMLElement} pane
   * @param {Box} part
   */
  centre(pane, { x, y, width, height }) {
    const { zoom, edge } = this;
    const shift = this.root.getBoundingClientRect().left - this.box.getBoundingClientRect().left;
    scrollTo(pane, shift + (x + width / 2 + edge) * zoom - pane.clientWidth / 2,
      (y + height / 2 + edge) * zoom - pane.clientHeight / 2, true);
  }

  hide() {
    this.box.hidden = true;
    this.moving?.cancel();
    if (this.now) mark(this.now.g, "now", false);
    this.now = null;
    this.point(null);
  }

  // --- the reader's own marks ----------------------------------------------------------------

  /**
   * The node that the keys of the graph speak of; null takes the mark away.
   * @param {string | null} id
   */
  point(id) {
    if (this.cursor) mark(this.cursor.g, "cursor", false);
    this.cursor = id === null ? null : this.node(id);
    if (this.cursor) mark(this.cursor.g, "cursor", true);
  }

  /** The nodes that can be seen, in reading order. */
  order() {
    return [...this.nodes.values()].filter((node) => !node.g.classList.contains("folded"))
      .sort((a, b) => a.y - b.y || a.x - b.x);
  }

  /**
   * What stands in a node.
   * @param {PictureNode} node
   */
  said({ g }) {
    return [...g.querySelectorAll(".c-label, .say")].map((text) => text.textContent).join(" ");
  }

  /**
   * The next node from the cursor on, in reading order; from the token where there is none.
   * @param {number} by
   */
  beyond(by) {
    const order = this.order();
    const at = order.findIndex((node) => node === (this.cursor ?? this.now));
    return order[(at + by + order.length) % order.length].id;
  }

  /**
   * Breakpoints: a filled mark at the corner, beside the shape's own outline.
   * @param {string[]} ids
   */
  stops(ids) {
    for (const node of this.nodes.values()) {
      const on = ids.includes(node.id);
      if (on === (node.stop !== null)) continue;
      if (!on) {
        node.stop?.remove();
        node.stop = null;
        continue;
      }
      node.stop = document.createElementNS(SVG, "path");
      node.stop.setAttribute("class", "stop");
      node.stop.setAttribute("d", `M${node.x + node.width - 4},${node.y + node.height - 6}l12,6l-12,6z`);
      node.g.append(node.stop);
    }
  }

  /**
   * Scroll so that a node and what follows it can be seen; stay where that is so.
   * @param {HTMLElement} pane
   * @param {boolean} atOnce
   */
  reveal(pane, atOnce, node = this.now) {
    if (!node) return;
    const { zoom } = this;
    const wide = pane.clientWidth;
    const both = (node.width + (node === this.now ? this.aside : 0)) * zoom;
    const width = both < wide - 48 ? both : node.width * zoom; // the node before its note
    const left = this.box.offsetLeft + this.root.getBoundingClientRect().left
      - this.box.getBoundingClientRect().left + (node.x + this.edge) * zoom;
    const top = this.box.offsetTop + (node.y + this.edge) * zoom;
    const high = pane.clientHeight;
    const atX = left - pane.scrollLeft;
    const atY = top - pane.scrollTop;
    const fitsX = atX > 24 * zoom && atX + width < wide - 24;
    const fitsY = atY > 0.15 * high && atY + node.height * zoom < 0.7 * high;
    if (fitsX && fitsY) return;
    scrollTo(pane,
      fitsX ? pane.scrollLeft : left + width / 2 - wide / 2,
      fitsY ? pane.scrollTop : top - 0.35 * high, atOnce);
  }
}
