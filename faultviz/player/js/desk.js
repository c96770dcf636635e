/**
 * A player with something to answer beside it: picture on the left, listing or mail on the right,
 * form below. The left side steps through, or takes a way. Not here: the parts themselves.
 *
 * @import { DeskTold, ProgramTold, Surroundings, Wanted, WidgetState } from "./payload.js"
 * @import { Heard, Kind, Live } from "./shown.js"
 */
import { BenchForm } from "./bench.js";
import { Form } from "./form.js";
import { layOver, takeAway } from "./over_page.js";
import { pair } from "./pair.js";
import { around, h, mark, nextId } from "./parts.js";
import { Lines, mail } from "./reading.js";
import { Way } from "./way.js";

const SEARCHING = 8000; // ms until a kernel that does not answer is reported; a search takes a while

export class Desk {
  /**
   * @param {Surroundings<WidgetState>} model
   * @param {HTMLElement} el
   * @param {Kind} player shows a player of the model in an element
   */
  constructor(model, el, player) {
    this.model = model;
    this.player = player;
    this.id = nextId();
    this.seq = this.waiting = 0;
    this.sent = "";
    this.noted = "";
    this.isLarge = false;
    /** @type {Live | null} two ways on one clock */
    this.pair = null;
    /** @type {Live | null} the player */
    this.inner = null;
    /** @type {Way | null} */
    this.way = null;
    /** @type {[change: string, hear: () => void][]} */
    this.inners = [];
    /** @type {Lines | null} */
    this.lines = null;
    /** @type {Heard} */
    this.heard = {
      "change:_desk": () => this.told(),
      "change:_form": () => this.form.fill(),
      "change:_pictures": () => this.redraw(),
      "change:_trace": () => this.stand(),
      "change:step": () => this.stand(),
      "change:way": () => { this.way?.show(); this.entered(); },
      "change:entering": () => this.turn(),
      "change:_sides": () => this.beside(),
      "change:_table": () => this.beside(),
      "change:clock": () => this.pair?.heard["change:clock"](),
    };
    const told = model.get("_desk");
    this.tabs = ["Step through", "Enter a way"].map((label, i) => h("button", {
      type: "button", "aria-pressed": "false", onclick: () => this.enter(i === 1),
    }, label));
    this.slot = h("div", { class: "fv-slot" });
    const can = told.kind === "review" ? null : h("div", { class: "fv-tabs fv-seg", role: "group", "aria-label": "What the picture is for" }, ...this.tabs);
    this.left = h("div", { class: "fv-desk-left" }, this.slot);
    this.left.addEventListener("click", (event) => this.picked(event), true);
    const acts = {
      id: this.id,
      send: (/** @type {Wanted} */ what) => this.send(what),
      pickNode: (/** @type {boolean} */ on) => this.picking(on),
      stepThrough: () => this.enter(false),
      played: () => ({ outcomes: model.get("outcomes"), context: model.get("context") }),
    };
    this.form = told.kind === "bench" ? new BenchForm(model, acts) : new Form(model, acts);
    this.big = h("button", { type: "button", "aria-pressed": "false", title: "for a projector; Escape leaves it", onclick: () => this.large(!this.isLarge) }, "Large");
    this.side = h("div", { class: "fv-desk-side" }, ...this.reading(told));
    this.desk = h("section", { class: "fv-desk", "data-kind": told.kind, "aria-label": told.title },
      h("header", { class: "fv-asked" }, h("h3", {}, told.title), h("div", { class: "fv-asked-tools" }, told.kind === "write" ? null : can, this.big),
        h("p", {}, told.about)),
      told.kind === "write" ? null : this.left, told.kind === "write" ? null : this.side, this.form.root);
    this.below = h("div", {});
    this.root = h("div", { class: "fv-desk-home" }, this.desk, this.below);
    el.append(this.root);
    this.redraw();
    this.beside();
  }

  /** Two ways on one clock below it, or none. */
  beside() {
    this.pair?.end();
    if (this.pair) takeAway(this.pair.root);
    this.below.replaceChildren();
    this.pair = pair(this.model, this.below);
  }

  /**
   * What is read on the right: the mail, and beside it the whole file; or the listing.
   * @param {DeskTold} told
   */
  reading(told) {
    if (told.kind === "write") return [];
    const { form } = this;
    const pick = form instanceof BenchForm ? (/** @type {number} */ n) => form.chosen(n) : null;
    this.lines = new Lines("The handler as numbered lines", `fv-line-${this.id}`, pick);
    this.lines.load(told.lines, told.kind === "bench" ? told.notes : {});
    if (form instanceof BenchForm) return [this.lines.list, form.editing()];
    if (told.kind !== "review") return [this.lines.list];
    const tabs = ["The mail", "The new file"].map((label, i) => h("button", { type: "button", onclick: () => read(i) }, label));
    const panes = [mail(told.mail, (n) => { if (this.model.get("_form").ack === false) form.set("line", String(n)); }), this.lines.list];
    const read = (/** @type {number} */ at) => panes.forEach((pane, i) => {
      pane.hidden = i !== at;
      tabs[i].setAttribute("aria-pressed", i === at ? "true" : "false");
    });
    read(0);
    return [h("div", { class: "fv-tabs fv-seg", role: "group", "aria-label": "What is read" }, ...tabs), ...panes];
  }

  /**
   * Larger letters, over the whole window: for a projector.
   * @param {boolean} on
   */
  large(on) {
    this.isLarge = on;
    mark(this.root, "large", on);
    this.big.setAttribute("aria-pressed", on ? "true" : "false");
    layOver(this.root, on, () => this.large(false));
  }

  // --- the left side -------------------------------------------------------------------------

  /** The player and the way, made anew when the program is another one. */
  redraw() {
    const told = this.model.get("_desk");
    if (told.kind === "write") return;
    const { drawn } = this;
    mark(this.desk, "no-picture", !drawn);
    if (!drawn) {
      this.end();
      this.slot.replaceChildren(h("p", { class: "fv-none" }, told.none));
      return;
    }
    if (this.inner) {
      this.way?.load();
      return;
    }
    this.slot.replaceChildren();
    this.inner = this.player(this.model, this.slot);
    this.way = new Way(this.model, { changed: () => this.entered(), follow: () => this.send({ do: "follow" }) });
    this.slot.append(this.way.root);
    // The pictures may go before the player hears of it: then it must not hear of the rest.
    this.inners = Object.entries(this.inner.heard).map(([name, hear]) => [name, () => { if (this.drawn) hear(); }]);
    for (const [name, hear] of this.inners) this.model.on(name, hear);
    this.turn();
  }

  get drawn() {
    return Object.keys(this.model.get("_pictures")).length > 0;
  }

  /** @param {boolean} on */
  enter(on) {
    this.model.set("entering", on);
    this.model.save_changes();
    this.turn();
    (on ? this.way : this.inner)?.root.focus({ preventScroll: true });
  }

  turn() {
    if (!this.inner || !this.way) return;
    const on = this.model.get("entering");
    this.inner.root.hidden = on;
    this.way.root.hidden = !on;
    this.tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", on === (i === 1) ? "true" : "false"));
    if (on) this.way.follow(true);
    this.stand();
  }

  entered() {
    this.form.passed();
    this.stand();
  }

  /** The line of the node where the picture stands. */
  stand() {
    if (!this.lines || !this.inner || !this.way) return;
    const { places } = /** @type {ProgramTold} */ (this.model.get("_desk"));
    const trace = this.model.get("_trace");
    const step = trace.steps[Math.min(this.model.get("step"), trace.steps.length) - 1];
    const { path } = this.way;
    this.lines.stand(places[this.model.get("entering") ? path[path.length - 1] : step.node]);
  }

  /**
   * The next node that is clicked is the answer.
   * @param {boolean} on
   */
  picking(on) {
    this.form.picker?.setAttribute("aria-pressed", on ? "true" : "false");
    mark(this.left, "picking", on);
  }

  /** @param {Event} event */
  picked(event) {
    const node = around(event, ".node")?.dataset.node;
    if (!node || !this.left.classList.contains("picking")) return;
    event.stopPropagation();
    this.picking(false);
    this.form.set("node", node);
  }

  // --- Python --------------------------------------------------------------------------------

  /** @param {Wanted} what */
  send(what) {
    this.seq += 1;
    this.sent = `${performance.timeOrigin}/${this.seq}`;
    this.model.set("_given", { ...what, seq: this.sent });
    this.model.save_changes();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.form.answered();
      this.form.complain("The kernel does not answer: run the cell again. What you chose is still here.");
    }, SEARCHING);
  }

  told() {
    const told = this.model.get("_desk");
    this.form.hear();
    if (told.seq === this.sent) {
      clearTimeout(this.waiting);
      this.form.answered();
    }
    this.way?.hear(told);
    if (this.lines && told.kind === "bench" && JSON.stringify(told.notes) !== this.noted) {
      this.noted = JSON.stringify(told.notes);
      this.lines.load(told.lines, told.notes);
      this.way?.load();
      this.stand();
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape" && this.isLarge && !around(event, ".fv-slot")) {
      event.preventDefault();
      event.stopPropagation();
      this.large(false);
    }
    const { target } = event;
    if (!(target instanceof Node)) return;
    if (this.pair?.root.contains(target)) this.pair.key(event);
    if (!this.inner) return;
    if (this.way?.root.contains(target)) this.way.key(event);
    else if (this.inner.root.contains(target)) this.inner.key(event);
  }

  /**
   * Where keys step, if anywhere, for what was clicked.
   * @param {Element} of
   */
  home(of) {
    if (this.pair?.root.contains(of)) return this.pair.root;
    return (this.model.get("entering") ? this.way : this.inner)?.root ?? null;
  }

  /** Where the picture's boxes are, so that what is in them stays in sight. */
  get panes() {
    const { inner, way } = this;
    /** @type {Live["panes"]} */
    const panes = inner ? [...inner.panes] : [];
    if (way) panes.push([way.pane, () => way.follow(true)]);
    return panes;
  }

  end() {
    clearTimeout(this.waiting);
    this.pair?.end();
    if (!this.inner) return;
    for (const [name, hear] of this.inners) this.model.off(name, hear);
    this.inner.end();
    takeAway(this.inner.root);
    this.inner = this.way = null;
  }
}
