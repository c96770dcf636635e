/**
 * A way entered by hand: node after node along the edges of the graph, by clicks or by keys.
 *
 * Each node gets the number of its step. Nothing is said of the lock: that is what the reader
 * predicts. The way is a trait, so Python can follow it (`engine.replay`). Not here: what it is
 * worth, or the form beside it (`desk`).
 */
import { SVG, button, h, mark, write } from "./parts.js";
import { Picture } from "./picture.js";

export class Way {
  /** @param act {changed() after each node, follow() to have the way followed} */
  constructor(model, act) {
    this.model = model;
    this.act = act;
    this.aim = 0;
    this.where = h("b", {});
    this.told = h("span", {});
    this.pane = h("div", { class: "fv-pane", tabindex: 0, role: "group", "aria-label": "Graph. Click the nodes in the order in which the fault passes them." });
    this.next = h("div", { class: "fv-next", role: "group", "aria-label": "Where the way can go on" });
    this.list = h("ol", { class: "fv-passed", tabindex: 0, "aria-label": "Your way so far" });
    this.live = h("div", { class: "fv-live", "aria-live": "polite" });
    this.root = h("div", {
      class: "fv-player fv-way", tabindex: 0, role: "group", "data-view": "full", "data-lm-suppress-shortcuts": "true",
      "aria-label": "Enter a way: left and right choose an edge, Enter goes along it, Backspace takes the last node back",
    },
      h("p", { class: "fv-say" }, this.where, " ", this.told),
      this.pane, this.next, this.list,
      h("div", { class: "fv-buttons" },
        button("undo", "Take back", "Backspace", () => this.back()),
        button("again", "Start again", "Home", () => this.to([])),
        h("button", { type: "button", onclick: () => this.act.follow() }, "Can it go so?")),
      this.live);
    this.pane.addEventListener("click", (event) => {
      this.root.focus({ preventScroll: true });
      const id = event.target.closest(".node")?.dataset.node;
      if (id) this.click(id);
    });
    this.load();
  }

  /** The pictures of the program, put into the page when the way comes to them. */
  load() {
    const told = this.model.get("_desk");
    this.texts = told.texts;
    this.calls = told.calls;
    this.entries = told.entries;
    this.start = told.entries[told.root];
    this.pictures = new Map();
    this.homes = new Map();
    this.edges = new Map();
    for (const [name, source] of Object.entries(this.model.get("_pictures"))) {
      const picture = new Picture(name, source, this.model.get("_token"));
      this.pictures.set(name, picture);
      for (const id of picture.nodes.keys()) this.homes.set(id, name);
      for (const edge of picture.edges.values()) {
        const on = this.edges.get(edge.from) ?? [];
        on.push({ ...edge, label: edge.g.querySelector("text")?.textContent ?? "" });
        this.edges.set(edge.from, on);
      }
    }
    this.pane.replaceChildren(...[...this.pictures.values()].map((picture) => picture.box));
    this.seen = null;
    this.show();
  }

  get path() {
    const way = this.model.get("way");
    return way.length ? way : [this.start];
  }

  // --- where a way can go --------------------------------------------------------------------

  /** The call nodes that a way is inside of, the innermost last. */
  within(path) {
    const stack = [];
    path.slice(1).forEach((id, i) => {
      const before = path[i];
      if (this.calls[before] && this.homes.get(id) === this.calls[before]) stack.push(before);
      else if (this.homes.get(id) !== this.homes.get(before)) stack.pop();
    });
    return stack;
  }

  /** The edges by which a way can go on, from left to right: into a callee, along the function, or
   * back to the caller. */
  on(path) {
    const id = path.at(-1);
    const from = this.calls[id] ? this.entries[this.calls[id]] : id;
    const own = this.edges.get(from) ?? [];
    const caller = own.length ? null : this.within(path).at(-1);
    const edges = own.length ? own : this.edges.get(caller) ?? [];
    return merged(edges).sort((a, b) => this.middle(a.to) - this.middle(b.to));
  }

  node(id) {
    return this.pictures.get(this.homes.get(id)).nodes.get(id);
  }

  middle(id) {
    const { x, width } = this.node(id);
    return x + width / 2;
  }

  /** The edge that goes straight on: nobody has chosen one yet. */
  straight() {
    const { path } = this;
    const far = this.on(path).map((edge) => Math.abs(this.middle(edge.to) - this.middle(path.at(-1))));
    return Math.max(0, far.indexOf(Math.min(...far)));
  }

  /** The ways to a node along edges that leave no choice, from each edge that there is here. */
  reach(id) {
    return this.on(this.path).map((edge) => {
      let path = [...this.path, edge.to];
      const seen = new Set();
      while (path.at(-1) !== id && !seen.has(path.at(-1))) {
        seen.add(path.at(-1));
        const on = this.on(path);
        if (on.length === 1) path = [...path, on[0].to];
      }
      return path;
    }).filter((path) => path.at(-1) === id);
  }

  // --- moving --------------------------------------------------------------------------------

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
    const edge = this.on(this.path)[i];
    if (edge) this.to([...this.path, edge.to]);
    this.root.focus({ preventScroll: true });
  }

  turn(by) {
    const ways = this.on(this.path);
    if (!ways.length) return;
    this.aim = (this.aim + by + ways.length) % ways.length;
    this.point();
    const edge = ways[this.aim];
    write(this.live, `${edge.label ? `${edge.label}, to ` : "to "}${this.texts[edge.to]}`);
  }

  click(id) {
    if (id === this.path.at(-1)) return;
    const found = this.reach(id);
    if (found.length === 1) {
      this.to(found[0]);
      return;
    }
    const said = found.length
      ? `Two ways lead from here to “${this.texts[id]}”: click the first node of the one you mean.`
      : `No edge leads from “${this.texts[this.path.at(-1)]}” to “${this.texts[id]}” without a choice between: click what comes first.`;
    write(this.told, said);
    write(this.live, said);
  }

  /** What Python says of the way; nothing where it has gone on since. */
  hear({ followed }) {
    if (!followed || this.was === followed) return;
    this.was = followed;
    if (followed.way.join() !== this.model.get("way").join()) return;
    write(this.told, followed.said);
    write(this.live, followed.said);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.matches("button")) return;
    const act = {
      ArrowRight: () => this.turn(1), ArrowLeft: () => this.turn(-1),
      ArrowDown: () => this.go(), Enter: () => this.go(),
      ArrowUp: () => this.back(), Backspace: () => this.back(), Home: () => this.to([]),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  // --- showing -------------------------------------------------------------------------------

  show() {
    if (!this.pictures.size) return;
    const { path } = this;
    const id = path.at(-1);
    this.draw(path);
    this.aim = this.straight();
    const ways = this.on(path);
    write(this.where, `Step ${path.length}: ${ended(this.texts[id])}`);
    write(this.told, !ways.length ? "The handler returns here: the way is over." : path.length > 1 ? "" : "Click the next node; or choose with left and right, and press Enter.");
    this.next.replaceChildren(...ways.map((edge, i) => h("button", {
      type: "button", onclick: () => this.go(i),
    }, edge.label ? h("b", {}, `${edge.label}: `) : "", this.texts[edge.to])));
    this.list.replaceChildren(...path.map((one, i) => h("li", {},
      h("span", { class: "fv-n" }, String(i + 1)), ` ${this.texts[one]}${this.answer(path, i)}`)));
    this.list.scrollTop = this.list.scrollHeight;
    this.point();
    const said = ways.map((edge) => `${edge.label ? `${edge.label}, ` : ""}to ${this.texts[edge.to]}`);
    write(this.live, `Step ${path.length}: ${ended(this.texts[id])} ${ways.length > 1 ? "Ways on: " : ""}${said.join("; ") || "The way is over"}.`);
  }

  /** How a question of the way was answered: by the node that came next. */
  answer(path, i) {
    const labels = (this.edges.get(path[i]) ?? []).filter((edge) => edge.to === path[i + 1]).map((edge) => edge.label);
    return labels.length === 1 && labels[0] ? ` ${labels[0]}` : "";
  }

  draw(path) {
    const name = this.homes.get(path.at(-1));
    const picture = this.pictures.get(name);
    for (const each of this.pictures.values()) each.box.hidden = each !== picture;
    for (const each of this.pictures.values()) {
      for (const edge of each.edges.values()) mark(edge.g, "way-mine", false);
      for (const node of each.nodes.values()) {
        mark(node.g, "now", node.id === path.at(-1));
        mark(node.g, "passed", path.includes(node.id));
        node.g.querySelector(".step-no")?.remove();
      }
    }
    const callers = [];
    path.slice(1).forEach((id, i) => {
      let from = path[i];
      if (this.calls[from] && this.homes.get(id) === this.calls[from]) {
        callers.push(from);
        from = this.entries[this.calls[from]];
      } else if (this.homes.get(id) !== this.homes.get(from)) {
        from = callers.pop();
      }
      for (const edge of this.edges.get(from) ?? []) mark(edge.g, "way-mine", edge.to === id || edge.g.classList.contains("way-mine"));
    });
    const numbers = new Map();
    path.forEach((id, i) => numbers.set(id, [...(numbers.get(id) ?? []), i + 1]));
    for (const [id, steps] of numbers) badge(this.node(id), steps.join("·"));
    picture.now = picture.nodes.get(path.at(-1));
    picture.aside = 0;
    this.picture = picture;
  }

  /** Mark the edge that Enter goes along, and scroll to where the way stands. */
  point() {
    const ways = this.on(this.path);
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
      mark(this.node(edge.to).g, "aim", true);
    }
    this.follow(this.seen !== this.picture);
    this.seen = this.picture;
  }

  follow(atOnce) {
    if (this.picture && this.pane.clientHeight) this.picture.reveal(this.pane, atOnce);
  }
}

/** A text of a node as a sentence. */
function ended(text) {
  return /[.?!:]$/.test(text) ? text : `${text}.`;
}

/** Edges to one node are one way, with both answers. */
function merged(edges) {
  const found = new Map();
  for (const edge of edges) {
    const old = found.get(edge.to);
    found.set(edge.to, old ? { ...old, label: `${old.label} or ${edge.label}` } : edge);
  }
  return [...found.values()];
}

/** The number of a step at its node's upper left corner. */
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
