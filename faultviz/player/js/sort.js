/**
 * Handlers to be sorted: a list of them, a bin for each, a reason for each place, and the handler in
 * lines and as a picture. Which one is looked at is the page's business; a place is judged by Python.
 *
 * @import { SortState, SortTold, SortValues, SortWanted, Surroundings } from "./payload.js"
 */
import { Choice, Sheet, toldLine } from "./controls.js";
import { h, write } from "./parts.js";

/** @extends {Sheet<SortTold, Partial<SortValues>, SortWanted>} */
export class Sort extends Sheet {
  /** @param {Surroundings<SortState>} model */
  constructor(model) {
    super(model, "sorting");
    const { ask, bins, handlers } = model.get("_desk");
    this.options = handlers.map(({ name }) => h("option", { value: name }, name));
    this.list = h(
      "select",
      { size: handlers.length, onchange: () => this.look(this.list.value) },
      ...this.options,
    );
    this.choice = new Choice([ask], bins, (bin) => this.choose({ bin }));
    this.button = h("button", { type: "button", onclick: () => this.press() });
    this.said = toldLine();
    this.line = h("p", { class: "fv-sum" });
    this.lines = h("pre", { tabindex: 0 });
    this.name = h("summary");
    this.drawn = h("div", { class: "fv-drawn", tabindex: 0 });
    this.more = h("details", { ontoggle: () => this.picture() }, this.name, this.drawn);
    const list = h("label", { class: "fv-list" }, h("span", {}, "Handler"), this.list);
    const answer = h("div", {}, this.choice.root, this.button, this.said, this.line);
    this.put(h("div", { class: "fv-beside" }, list, answer), this.lines, this.more);
  }

  get values() {
    const { handlers } = this.model.get("_desk");
    return { handler: handlers[0].name, bin: 0, ...this.model.get("_form") };
  }

  /** @param {string} name */
  solved(name) {
    return this.model.get("_desk").handlers.some((one) => one.name === name && one.solved);
  }

  get left() {
    return this.model.get("_desk").handlers.filter(({ solved }) => !solved);
  }

  /** @param {string} handler */
  look(handler) {
    this.more.open = false;
    this.choose({ handler, bin: 0 });
  }

  press() {
    const { handler, bin } = this.values;
    const [next] = this.left;
    if (!this.solved(handler)) {
      if (bin) this.send({ do: "place", handler, number: bin });
      else {
        write(this.said, "Choose a bin first.");
        this.speech.say("Choose a bin first.");
      }
    } else if (next) this.look(next.name);
  }

  /** The picture is large, so it comes when it is wanted. */
  picture() {
    const { handler } = this.values;
    const there = this.model.get("_desk").picture?.handler === handler;
    if (this.more.open && !there) this.send({ do: "draw", handler });
  }

  show() {
    const { handlers, line, picture, said } = this.model.get("_desk");
    const { handler, bin } = this.values;
    handlers.forEach(({ name, solved }, i) =>
      write(this.options[i], solved ? `${name} (placed)` : name),
    );
    this.list.value = handler;
    this.choice.show(bin);
    write(this.said, said?.handler === handler && said.number === bin ? said.text : "");
    write(this.line, line);
    this.speech.tell("", [this.said.textContent, line]);
    const listing = handlers.find(({ name }) => name === handler)?.listing ?? "";
    write(this.lines, listing);
    this.lines.setAttribute("aria-label", `${handler} in lines`);
    write(this.button, this.solved(handler) && this.left.length ? "Next handler" : "Put it there");
    write(this.name, `${handler} as a picture`);
    this.drawn.innerHTML = picture?.handler === handler ? picture.svg : "";
  }
}
