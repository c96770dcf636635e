/**
 * A way entered by hand: node after node along the edges of the graph, by clicks or by keys.
 *
 * Each node gets the number of its step. Nothing is said of the lock: that is what the reader
 * predicts. The way is a trait, so Python can follow it (`engine.replay`). Not here: where a way can
 * go on (`paths`), what it is worth, or the form beside it (`desk`).
 *
 * @import { AsksState, DeskTold, Followed, ProgramTold, Surroundings } from "./payload.js"
 * @import { Edge } from "./paths.js"
 * @import { PictureNode } from "./picture.js"
 * @typedef {Edge & {g: SVGGElement}} DrawnEdge
 */
import { SVG, around, button, h, mark, write } from "./parts.js";
import { Graphs } from "./paths.js";
import { Picture } from "./picture.js";
import { Speech, ended } from "./speech.js";
import { nameNodes } from "./walk.js";

export class Way {
  /**
   * @param {Surroundings<AsksState>} model
   * @param {{changed: () => void, follow: () => void}} act `changed` after each node, `follow` to have
   *   the way followed
   */
  constructor(model, act) {
    this.model = model;
    this.act = act;
    this.aim = 0;
    /** @type {Picture | null} the one that the way stands in, and the one that was scrolled to */
    this.picture = null;
    /** @type {Picture | null} */
    this.seen = null;
    /** @type {Map<string, Picture>} by function */
    this.pictures = new Map();
    /** @type {Graphs<DrawnEdge>} */
    this.graphs;
    /** @type {ProgramTold["texts"]} */
    this.texts = {};
    /** @type {Followed | undefined} */
    this.was = undefined;
    this.where = h("b", {});
    this.told = h("span", {});
    this.pane = h("div", { class: "fv-pane", tabindex: 0, role: "group", "aria-label": "Graph. Click the nodes in the order in which the fault passes them." });
    this.next = h("div", { class: "fv-next", role: "group", "aria-label": "Where the way can go on" });
    this.list = h("ol", { class: "fv-passed", tabindex: 0, "aria-label": "Your way so far" });
    this.speech = new Speech();
    this.root = h("div", {
      class: "fv-player fv-way", tabindex: 0, role: "group", "data-view": "full",
      "aria-label": "Enter a way: left and right choose an edge, Enter goes along it, Backspace takes the last node back",
    },
      h("p", { class: "fv-say" }, this.where, " ", this.told),
      this.pane, this.next, this.list,
      h("div", { class: "fv-buttons" },
        button("undo", "Take back", "Backspace", () => this.back()),
        button("again", "Start again", "Home", () => this.to([])),
        h("button", { type: "button", onclick: () => this.act.follow() }, "Can it go so?")));
    this.speech.join(this.root);
    this.pane.addEventListener("click", (event) => {
      this.root.focus({ preventScroll: true });
      const id = around(event, ".node")?.dataset.node;
      if (id) this.click(id);
    });
    this.load();
  }

  /** The pictures of the program, put into the page when the way comes to them. */
  load() {
    const told = /** @type {ProgramTold} */ (this.model.get("_desk"));
    this.texts = told.texts;
    this.pictures = new Map();
    /** @type {Map<string, {home: string, middle: number}>} */
    const nodes = new Map();
    /** @type {DrawnEdge[]} */
    const edges = [];
    for (const [name, source] of Object.entries(this.model.get("_pictures"))) {
      const picture = new Picture(name, source, this.model.get("_token"));
      nameNodes(picture, "img");
      this.pictures.set(name, picture);
      for (const { id, x, width } of picture.nodes.values()) nodes.set(id, { home: name, middle: x + width / 2 });
      for (const edge of picture.edges.values()) {
        edges.push({ ...edge, label: edge.g.querySelector("text")?.textContent ?? "" });
      }
    }
    this.graphs = new Graphs(told, nodes, edges);
    this.pane.replaceChildren(...[...this.pictures.values()].map((picture) => picture.box));
    this.seen = null;
    this.show();
  }

  get path() {
    const way = this.model.get("way");
    return way.length ? way : [this.graphs.start];
  }

  /**
   * The picture that a node is in.
   * @param {string} id
   */
  at(id) {
    const picture = this.pictures.get(this.graphs.home(id) ?? "");
    if (!picture) throw Error(`No picture has a node ${id}.`);
    return picture;
  }

  // --- moving --------------------------------------------------------------------------------

  /** @param {string[]} path */
  to(path) {
    this.model.set("way", path);
    this.model.save_changes();
    this.show();
    this.act.changed();
  }

  back() {
    const { path } = this;
    if (path.length > 1) this.to(path.slice(0, -1));
  }

  go(i = this.aim) {
    const edge = this.graphs.on(this.path)[i];
    if (edge) this.to([...this.path, edge.to]);
    this.root.focus({ preventScroll: true });
  }

  /** @param {number} by */
  turn(by) {
    const ways = this.graphs.on(this.path);
    if (!ways.length) return;
    this.aim = (this.aim + by + ways.length) % ways.length;
    this.point();
    const edge = ways[this.aim];
    this.speech.say(`${edge.label ? `${edge.label}, to ` : "to "}${this.texts[edge.to]}`);
  }

  /** @param {string} id */
  click(id) {
    const here = this.path[this.path.length - 1];
    if (id === here) return;
    const found = this.graphs.reach(this.path, id);
    if (found.length === 1) {
      this.to(found[0]);
      return;
    }
    const said = found.length
      ? `Two ways lead from here to “${this.texts[id]}”: click the first node of the one you mean.`
      : `No edge leads from “${this.texts[here]}” to “${this.texts[id]}” without a choice between: click what comes first.`;
    write(this.told, said);
    this.speech.say(said);
  }

  /**
   * What Python says of the way; nothing where it has gone on since.
   * @param {DeskTold} told
   */
  hear({ followed }) {
    if (!followed || this.was === followed) return;
    this.was = followed;
    if (followed.way.join() !== this.model.get("way").join()) return;
    write(this.told, followed.said);
    this.speech.say(followed.said);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && /** @type {Element} */ (event.target).matches("button")) return;
    /** @type {{[key: string]: () => void}} */
    const acts = {
      ArrowRight: () => this.turn(1), ArrowLeft: () => this.turn(-1),
      ArrowDown: () => this.go(), Enter: () => this.go(),
      ArrowUp: () => this.back(), Backspace: () => this.back(), Home: () => this.to([]),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  // --- showing -------------------------------------------------------------------------------

  show() {
    if (!this.pictures.size) return;
    const { path } = this;
    const id = path[path.length - 1];
    this.draw(path);
    this.aim = this.graphs.straight(path);
    const ways = this.graphs.on(path);
    write(this.where, `Step ${path.length}: ${ended(this.texts[id])}`);
    write(this.told, !ways.length ? "The handler returns here: the way is over." : path.length > 1 ? "" : "Click the next node; or choose with left and right, and press Enter.");
    this.next.replaceChildren(...ways.map((edge, i) => h("button", {
      type: "button", onclick: () => this.go(i),
    }, edge.label ? h("b", {}, `${edge.label}: `) : "", this.texts[edge.to])));
    this.list.replaceChildren(...path.map((one, i) => h("li", {},
      h("span", { class: "fv-n" }, String(i + 1)), ` ${this.texts[one]}${this.answered(path, i)}`)));
    this.list.scrollTop = this.list.scrollHeight;
    this.point();
    const said = ways.map((edge) => `${edge.label ? `${edge.label}, ` : ""}to ${this.texts[edge.to]}`);
    this.speech.tell("", [`Step ${path.length}: ${ended(this.texts[id])} ${ways.length > 1 ? "Ways on: " : ""}${said.join("; ") || "The way is over"}.`]);
  }

  /**
   * How a question of the way was answered.
   * @param {string[]} path
   * @param {number} i
   */
  answered(path, i) {
    const answer = this.graphs.answer(path, i);
    return answer && ` ${answer}`;
  }

  /** @param {string[]} path */
  draw(path) {
    const last = path[path.length - 1];
    const picture = this.at(last);
    for (const each of this.pictures.values()) each.box.hidden = each !== picture;
    for (const each of this.pictures.values()) {
      for (const edge of each.edges.values()) mark(edge.g, "way-mine", false);
      for (const node of each.nodes.values()) {
        mark(node.g, "now", node.id === last);
        mark(node.g, "passed", path.includes(node.id));
        node.g.querySelector(".step-no")?.remove();
      }
    }
    for (const { from, to } of this.graphs.walk(path).moves) {
      for (const edge of this.graphs.from(from)) if (edge.to === to) mark(edge.g, "way-mine", true);
    }
    /** @type {Map<string, number[]>} */
    const numbers = new Map();
    path.forEach((id, i) => numbers.set(id, [...(numbers.get(id) ?? []), i + 1]));
    for (const [id, steps] of numbers) badge(this.at(id).node(id), steps.join("·"));
    picture.now = picture.node(last);
    picture.aside = 0;
    this.picture = picture;
  }

  /** Mark the edge that Enter goes along, and scroll to where the way stands. */
  point() {
    const ways = this.graphs.on(this.path);
    for (const each of this.pictures.values()) {
      for (const g of each.root.querySelectorAll(".aim")) mark(g, "aim", false);
    }
    [...this.next.children].forEach((node, i) => {
      mark(node, "aimed", i === this.aim);
      node.setAttribute("aria-current", i === this.aim ? "true" : "false");
    });
    const edge = ways[this.aim];
    if (edge) {
      mark(edge.g, "aim", true);
      mark(this.at(edge.to).node(edge.to).g, "aim", true);
    }
    this.follow(this.seen !== this.picture);
    this.seen = this.picture;
  }

  /** @param {boolean} atOnce */
  follow(atOnce) {
    if (this.picture && this.pane.clientHeight) this.picture.reveal(this.pane, atOnce);
  }
}

/**
 * The number of a step at its node's upper left corner.
 * @param {PictureNode} node
 * @param {string} text
 */
function badge(node, text) {
  const g = document.createElementNS(SVG, "g");
  g.setAttribute("class", "step-no");
  const width = 10 + 8 * text.length;
  const rect = document.createElementNS(SVG, "rect");
  const place = { x: node.x - 9, y: node.y - 9, width, height: 18, rx: 9 };
  for (const [name, value] of Object.entries(place)) rect.setAttribute(name, String(value));
  const said = document.createElementNS(SVG, "text");
  said.setAttribute("x", String(node.x - 9 + width / 2));
  said.setAttribute("y", String(node.y + 4.5));
  said.textContent = text;
  g.append(rect, said);
  node.g.append(g);
}
