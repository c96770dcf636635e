/**
 * What keeps the first view small: each error exit is one box until it is wanted, or the trace goes
 * there; and at the moment when a loop is closed, the graph is drawn so small that all of it is seen.
 *
 * @import { Box, Picture, PictureNode } from "./picture.js"
 * @typedef {{id: string, box: SVGGElement, region: Set<string>}} Exit a head, and all that it leads to
 */
import { SVG, around, h, mark } from "./parts.js";

const NARROWEST = 104; // px; "+ error exit" has room in it
const AROUND = 24; // px round a loop, for the token and the arrows

/**
 * All nodes that edges lead to.
 * @param {Iterable<string>} start
 * @param {Picture} picture
 * @param {(id: string) => boolean} within
 * @param {"to" | "from"} ahead
 */
function led(start, picture, within, ahead = "to") {
  const seen = new Set(start);
  const back = ahead === "to" ? "from" : "to";
  for (const id of seen) {
    // it grows while it is walked
    for (const edge of picture.edges.values()) {
      if (edge[back] === id && within(edge[ahead])) seen.add(edge[ahead]);
    }
  }
  return seen;
}

/** The error exits of the pictures of a player, and the button that unfolds them. */
export class Exits {
  /**
   * @param {HTMLElement} pane
   * @param {() => void} changed
   */
  constructor(pane, changed) {
    this.changed = changed;
    this.wanted = false;
    /** @type {WeakMap<Picture, Exit[]>} */
    this.of = new WeakMap();
    /** @type {Exit[]} those of the picture that is shown */
    this.here = [];
    /** @type {WeakSet<Exit>} */
    this.opened = new WeakSet();
    this.button = h(
      "button",
      {
        type: "button",
        class: "fv-exits fv-first-only",
        title: "key: e",
        "aria-pressed": false,
        onclick: () => this.toggle(),
      },
      "Error exits",
    );
    pane.addEventListener("click", (event) => {
      const id = around(event, ".exit-box")?.dataset.exit;
      const exit = this.here.find((one) => one.id === id);
      if (!exit) return;
      this.opened.add(exit);
      this.changed();
    });
  }

  toggle() {
    this.wanted = !this.wanted;
    this.opened = new WeakSet();
    this.changed();
  }

  /**
   * Fold what is neither wanted nor walked.
   * @param {Picture} picture
   * @param {boolean} folding
   */
  show(picture, folding) {
    const exits = this.exits(picture);
    this.here = exits;
    this.button.hidden = !exits.length;
    this.button.setAttribute("aria-pressed", String(this.wanted));
    const now = picture.now?.id ?? "";
    /** @type {Set<string>} */
    const seen = new Set();
    for (const exit of exits) {
      const open = !folding || this.wanted || this.opened.has(exit) || exit.region.has(now);
      if (open) exit.region.forEach((id) => seen.add(id));
    }
    const inside = new Set(exits.flatMap((exit) => [...exit.region]));
    const gone = (/** @type {string} */ id) => inside.has(id) && !seen.has(id);
    const heads = new Set(exits.map((exit) => exit.id));
    for (const id of inside) mark(picture.node(id).g, "folded", gone(id));
    for (const { id, box } of exits) mark(box, "folded", !gone(id));
    for (const { g, from, to } of picture.edges.values()) {
      mark(g, "folded", gone(from) || (gone(to) && !heads.has(to)));
    }
    if (picture.cursor && gone(picture.cursor.id)) picture.point(null);
  }

  /**
   * The exits of a picture, found when it is first shown; one of a single node stays as it is.
   * @param {Picture} picture
   */
  exits(picture) {
    const known = this.of.get(picture);
    if (known) return known;
    const inside = (/** @type {string} */ id) => picture.node(id).g.classList.contains("exit");
    const heads = new Set(
      [...picture.edges.values()]
        .filter(({ from, to }) => inside(to) && !inside(from))
        .map(({ to }) => to),
    );
    const found = [...heads]
      .map((id) => ({ id, region: led([id], picture, inside) }))
      .filter(({ region }) => region.size > 1)
      .map((exit) => ({ ...exit, box: exitBox(picture.node(exit.id), picture) }));
    this.of.set(picture, found);
    return found;
  }
}

/**
 * What stands for an exit: two sheets, with the head's label of the C code.
 * @param {PictureNode} head
 * @param {Picture} picture
 */
function exitBox(head, picture) {
  const g = document.createElementNS(SVG, "g");
  g.setAttribute("class", "exit-box folded");
  g.dataset.exit = head.id;
  const width = Math.max(head.width, NARROWEST);
  const x = head.x + (head.width - width) / 2;
  for (const off of [4, 0]) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", "shape");
    for (const [name, value] of Object.entries({
      x: x + off,
      y: head.y + off,
      width,
      height: head.height,
      rx: 4,
    })) {
      rect.setAttribute(name, String(value));
    }
    g.append(rect);
  }
  const label = head.g.querySelector(".c-label");
  const lines = label ? [label.textContent ?? "", "+ error exit"] : ["+ error exit"];
  lines.forEach((line, i) => {
    const text = document.createElementNS(SVG, "text");
    if (label && !i) text.setAttribute("class", "c-label");
    text.setAttribute("x", String(x + width / 2));
    text.setAttribute(
      "y",
      String(head.y + head.height / 2 + 4.5 + 17 * (i - (lines.length - 1) / 2)),
    );
    text.textContent = line;
    g.append(text);
  });
  picture.root.insertBefore(g, picture.token);
  return g;
}

/**
 * The loop that is closed at a node by an edge back up; null where none is.
 * @param {Picture} picture
 * @returns {Box | null}
 */
export function loopAt(picture) {
  const { now } = picture;
  if (!now?.g.classList.contains("k-goto")) return null;
  const back = [...picture.edges.values()].find(
    ({ from, to }) => from === now.id && picture.node(to).y < now.y,
  );
  if (!back) return null;
  const after = led([back.to], picture, () => true);
  const on = led([now.id], picture, (id) => after.has(id), "from");
  /** @type {Box[]} */
  const boxes = [...on].map((id) => picture.node(id));
  boxes.push(back.line.getBBox());
  const x = Math.min(...boxes.map((box) => box.x)) - AROUND;
  const y = Math.min(...boxes.map((box) => box.y)) - AROUND;
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) + AROUND - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) + AROUND - y,
  };
}
