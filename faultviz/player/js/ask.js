/**
 * Questions of a lesson: answers to choose from, and a reason for the choice once it is given. An
 * arrow key moves the choice, so only the button counts; a verdict goes when the choice is another.
 *
 * @import { AskItem, AskState, AskTold, AskValues, AskWanted, Surroundings } from "./payload.js"
 */
import { Choice, Sheet, toldLine } from "./controls.js";
import { h, write } from "./parts.js";

/** One question. */
class AskedItem {
  /**
   * @param {AskItem} item
   * @param {(number: number) => void} choose
   * @param {() => void} answer
   */
  constructor({ ask, answers }, choose, answer) {
    this.choice = new Choice([ask], answers, choose);
    this.button = h("button", { type: "button", onclick: answer }, "Answer");
    this.said = toldLine();
    this.root = h("div", { class: "fv-item" }, this.choice.root, this.button, this.said);
  }

  /**
   * @param {AskItem} item
   * @param {number} chosen
   */
  show({ number, said }, chosen) {
    this.choice.show(chosen);
    this.button.disabled = !chosen;
    write(this.said, number === chosen ? said : "");
  }
}

/** @extends {Sheet<AskTold, AskValues, AskWanted>} */
export class Ask extends Sheet {
  /** @param {Surroundings<AskState>} model */
  constructor(model) {
    super(model, "asks");
    this.items = model.get("_desk").items.map((item, i) => {
      const choose = (/** @type {number} */ number) => this.choose({ [item.name]: number });
      return new AskedItem(item, choose, () => this.answer(i));
    });
    this.line = h("p", { class: "fv-sum" });
    this.put(...this.items.map((item) => item.root), this.line);
  }

  /** @param {number} i */
  answer(i) {
    const { name } = this.model.get("_desk").items[i];
    this.speech.forget(this.items[i].said.textContent);
    this.send({ do: "answer", name, number: this.model.get("_form")[name] ?? 0 });
  }

  show() {
    const { items, line } = this.model.get("_desk");
    const chosen = this.model.get("_form");
    items.forEach((item, i) => this.items[i].show(item, chosen[item.name] ?? 0));
    write(this.line, line);
    this.speech.tell("", [...this.items.map(({ said }) => said.textContent), line]);
  }
}
