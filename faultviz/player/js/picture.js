/**
 * One function's graph: put into the page once, afterwards only its classes change. Here too the
 * token's way along an edge, the reader's own marks (cursor, breakpoints) and the small map.
 */
import { SVG, calm, mark, scrollTo } from "./parts.js";

export const STAGE_ZOOM = 1.68; // the smallest label, 12 px, becomes 20 px
const TRAVEL = 250; // ms for one move of the token
const SAMPLES = 9; // points of an edge that the token passes

/** The edges that were taken before a step in its own call, each with how it is drawn. */
export function ways(steps, step) {
  const taken = new Map();
  for (const past of steps) {
    if (past.n >= step.n) break;
    for (const [at, from, to, when, round] of past.ways) {
      if (at !== step.frame) continue;
      const key = [from, to, when].join("\n");
      taken.delete(key); // the newest way stands last
      taken.set(key, `${past.lock > 0 ? "way-held" : "way-open"}${round < step.round ? " old" : ""}`);
    }
  }
  return taken;
}

export class Picture {
  constructor(name, svg, token) {
    this.box = document.createElement("div");
    this.box.className = "fv-picture";
    this.box.dataset.function = name;
    this.box.innerHTML = svg;
    this.root = this.box.querySelector("svg");
    this.width = Number(this.root.getAttribute("width"));
    this.height = Number(this.root.getAttribute("height"));
    this.edge = -this.root.viewBox.baseVal.x; // px round the drawing
    this.nodes = new Map();
    this.edges = new Map();
    for (const g of this.root.querySelectorAll(".node")) {
      const [x, y, width, height] = g.dataset.box.split(" ").map(Number);
      this.nodes.set(g.dataset.node, { id: g.dataset.node, g, x, y, width, height, stop: null });
    }
    for (const g of this.root.querySelectorAll(".edge")) {
      const line = g.querySelector(".line");
      const core = line.cloneNode();
      core.setAttribute("class", "core");
      line.after(core);
      const { from, to, when } = g.dataset;
      this.edges.set([from, to, when].join("\n"), { g, line, from, to, way: "" });
    }
    this.root.insertAdjacentHTML("beforeend", token);
    this.token = this.root.querySelector(".token");
    this.note = document.createElementNS(SVG, "g");
    this.note.setAttribute("class", "note");
    for (const tag of ["rect", "text", "text"]) this.note.append(document.createElementNS(SVG, tag));
    this.root.append(this.note);
    this.now = null;
    this.zoom = 1;
    this.hide();
  }

  /** Draw larger or smaller; the labels grow with the shapes. */
  scale(zoom) {
    if (zoom === this.zoom) return;
    this.zoom = zoom;
    this.root.style.width = `${this.width * zoom}px`;
    this.root.style.height = `${this.height * zoom}px`;
  }

  /** @param {Step} step @param {Map<string, string>} taken the edges, each with its classes */
  show(step, taken) {
    for (const [key, edge] of this.edges) {
      const way = taken.get(key) ?? "";
      if (way === edge.way) continue;
      edge.way = way;
      for (const name of ["way-held", "way-open", "old"]) mark(edge.g, name, way.includes(name));
    }
    const node = this.nodes.get(step.node);
    const before = this.now;
    if (before !== node) {
      if (before) mark(before.g, "now", false);
      mark(node.g, "now", true);
    }
    this.fresh = before === null;
    this.now = node;
    this.travel(before, node, taken, step.held);
    this.beside(step.note, step.noteWidth);
  }

  /** The token goes along the edge that was taken; its padlock turns when it has arrived. */
  travel(from, to, taken, held) {
    const place = (x, y) => `translate(${x}px,${y}px)`;
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

  /** What stands beside the node: handle_mm_fault is one node, but called and returned from. */
  beside(note, width) {
    const { x, y, width: wide, height } = this.now;
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

  hide() {
    this.box.hidden = true;
    this.moving?.cancel();
    if (this.now) mark(this.now.g, "now", false);
    this.now = null;
    this.point(null);
  }

  // --- the reader's own marks ----------------------------------------------------------------

  /** The node that the keys of the graph speak of; null takes the mark away. */
  point(id) {
    if (this.cursor) mark(this.cursor.g, "cursor", false);
    this.cursor = id === null ? null : this.nodes.get(id);
    if (this.cursor) mark(this.cursor.g, "cursor", true);
  }

  /** The next node from the cursor on, in reading order; from the token where there is none. */
  beyond(by) {
    const order = [...this.nodes.values()].sort((a, b) => a.y - b.y || a.x - b.x);
    const at = order.indexOf(this.cursor ?? this.now);
    return order[(at + by + order.length) % order.length].id;
  }

  /** Breakpoints: a filled mark at the corner, beside the shape's own outline. */
  stops(ids) {
    for (const node of this.nodes.values()) {
      const on = ids.includes(node.id);
      if (on === (node.stop !== null)) continue;
      if (!on) {
        node.stop.remove();
        node.stop = null;
        continue;
      }
      node.stop = document.createElementNS(SVG, "path");
      node.stop.setAttribute("class", "stop");
      node.stop.setAttribute("d", `M${node.x + node.width - 4},${node.y + node.height - 6}l12,6l-12,6z`);
      node.g.append(node.stop);
    }
  }

  /** Scroll so that a node and what follows it can be seen; stay where that is so. */
  reveal(pane, atOnce, node = this.now) {
    const { zoom } = this;
    const width = (node.width + (node === this.now ? this.aside : 0)) * zoom;
    const left = this.box.offsetLeft + this.root.getBoundingClientRect().left
      - this.box.getBoundingClientRect().left + (node.x + this.edge) * zoom;
    const top = this.box.offsetTop + (node.y + this.edge) * zoom;
    const wide = pane.clientWidth;
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

  // --- the map -------------------------------------------------------------------------------

  /** The whole graph, small: a box per node, the current one filled, and the window's frame. */
  map(pane, room) {
    const ratio = Math.min(room.width / this.width, room.height / this.height);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", this.root.getAttribute("viewBox"));
    svg.setAttribute("width", String(this.width * ratio));
    svg.setAttribute("height", String(this.height * ratio));
    const rect = (name, { x, y, width, height }) => {
      const r = document.createElementNS(SVG, "rect");
      r.setAttribute("class", name);
      for (const [k, v] of Object.entries({ x, y, width, height })) r.setAttribute(k, String(v));
      svg.append(r);
    };
    for (const edge of this.edges.values()) {
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("class", edge.way ? "map-way" : "map-line");
      line.setAttribute("d", edge.line.getAttribute("d"));
      svg.append(line);
    }
    for (const node of this.nodes.values()) rect(node === this.now ? "map-now" : "map-node", node);
    const at = (n) => n / this.zoom - this.edge;
    const shift = this.root.getBoundingClientRect().left - this.box.getBoundingClientRect().left;
    rect("map-window", {
      x: at(pane.scrollLeft - shift), y: at(pane.scrollTop),
      width: Math.min(pane.clientWidth / this.zoom, this.width),
      height: Math.min(pane.clientHeight / this.zoom, this.height),
    });
    return svg;
  }
}
