/**
 * The whole graph, small, beside the part of it that is seen: a box for each node, the current one
 * filled, and the frame of the window. It is one control: arrows, Home and End choose a node, and a
 * click the nearest one. Not here: what a chosen node then does (`moving`).
 *
 * @import { Box, Picture, PictureNode } from "./picture.js"
 * @typedef {{width: number, height: number}} Room
 * @typedef {{picture: Picture, svg: SVGSVGElement, nodes: Map<PictureNode, SVGElement>,
 *   lines: Map<import("./picture.js").Edge, SVGElement>, frame: SVGElement}} Drawn
 */
import { SVG, h } from "./parts.js";

const LARGEST = 0.2; // a graph of few nodes needs no large map

/**
 * @param {string} tag
 * @param {{[name: string]: string | number}} values
 */
function drawnAs(tag, values) {
  const node = document.createElementNS(SVG, tag);
  attributes(node, values);
  return node;
}

/**
 * @param {Element} node
 * @param {{[name: string]: string | number}} values set where they are other ones
 */
function attributes(node, values) {
  for (const [name, value] of Object.entries(values)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
  }
}

/** @param {Box} box */
const placeOf = ({ x, y, width, height }) => ({ x, y, width, height });

export class GraphMap {
  /**
   * @param {HTMLElement} pane
   * @param {(id: string) => void} choose
   */
  constructor(pane, choose) {
    this.pane = pane;
    this.choose = choose;
    /** @type {Drawn | null} */
    this.drawn = null;
    this.root = h("div", {
      class: "fv-map",
      role: "slider",
      tabindex: 0,
      "aria-orientation": "vertical",
      "aria-label": "Map of the whole graph",
      "aria-valuemin": 1,
      title: "The whole graph: arrows, Home and End, or a click, choose a node",
      onclick: (event) => this.nearest(event),
      onkeydown: (event) => this.key(event),
    });
  }

  /**
   * Show where a picture is looked at; nothing where the map has no place.
   * @param {Picture} picture
   * @param {Room} room
   */
  show(picture, room) {
    if (!this.root.clientWidth) return;
    if (this.drawn?.picture !== picture) this.drawn = this.draw(picture);
    const { svg, nodes, lines, frame } = this.drawn;
    const ratio = Math.min(room.width / picture.width, room.height / picture.height, LARGEST);
    attributes(svg, { width: picture.width * ratio, height: picture.height * ratio });
    for (const [edge, line] of lines) {
      attributes(line, { class: edge.way ? "map-way" : "map-line" });
    }
    for (const [node, rect] of nodes) {
      const folded = node.g.classList.contains("folded") ? " map-folded" : "";
      const name = node === picture.now ? "map-now" : `map-node${folded}`;
      attributes(rect, { class: node === picture.cursor ? `${name} map-cursor` : name });
    }
    const { pane } = this;
    const { zoom, edge } = picture;
    const shift =
      picture.root.getBoundingClientRect().left - picture.box.getBoundingClientRect().left;
    const left = Math.max(0, pane.scrollLeft - shift) / zoom;
    const top = pane.scrollTop / zoom;
    attributes(frame, {
      x: left - edge,
      y: top - edge,
      width: Math.min(left + (pane.clientWidth - Math.max(0, shift)) / zoom, picture.width) - left,
      height: Math.min(top + pane.clientHeight / zoom, picture.height) - top,
    });
    const at = picture.cursor ?? picture.now;
    if (!at) return;
    const order = picture.order();
    const number = order.indexOf(at) + 1;
    attributes(this.root, {
      "aria-valuenow": number,
      "aria-valuemax": order.length,
      "aria-valuetext": `${picture.said(at)}${at === picture.now ? ", the current node" : ""}, ${number} of ${order.length}`,
    });
  }

  /**
   * @param {Picture} picture
   * @returns {Drawn}
   */
  draw(picture) {
    const svg = document.createElementNS(SVG, "svg");
    attributes(svg, { viewBox: picture.root.getAttribute("viewBox") ?? "", "aria-hidden": "true" });
    const lines = new Map(
      [...picture.edges.values()].map((edge) => [
        edge,
        drawnAs("path", { d: edge.line.getAttribute("d") ?? "" }),
      ]),
    );
    const nodes = new Map(
      [...picture.nodes.values()].map((node) => [node, drawnAs("rect", placeOf(node))]),
    );
    const frame = drawnAs("rect", { class: "map-window" });
    svg.append(...lines.values(), ...nodes.values(), frame);
    this.root.replaceChildren(svg);
    return { picture, svg, nodes, lines, frame };
  }

  /** @param {MouseEvent} event */
  nearest({ clientX, clientY }) {
    if (!this.drawn) return;
    const { svg, picture } = this.drawn;
    const at = svg.getBoundingClientRect();
    const x = ((clientX - at.left) * picture.width) / at.width - picture.edge;
    const y = ((clientY - at.top) * picture.height) / at.height - picture.edge;
    const far = (/** @type {Box} */ box) =>
      Math.hypot(
        Math.max(box.x - x, 0, x - box.x - box.width),
        Math.max(box.y - y, 0, y - box.y - box.height),
      );
    this.choose(picture.order().reduce((best, node) => (far(node) < far(best) ? node : best)).id);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.drawn || event.ctrlKey || event.metaKey || event.altKey) return;
    const { picture } = this.drawn;
    const order = picture.order();
    const at = order.findIndex((node) => node === (picture.cursor ?? picture.now));
    const last = order.length - 1;
    /** @type {{[key: string]: number}} */
    const to = {
      ArrowDown: at + 1,
      ArrowRight: at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: last,
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(order[Math.max(0, Math.min(last, to[event.key]))].id);
  }
}
