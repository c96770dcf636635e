/**
 * Where a notebook comes in: each kind of player, a desk among them.
 *
 * @import { AnyModel } from "@anywidget/types"
 * @import { Surroundings, WidgetState } from "./payload.js"
 * @import { Live } from "./shown.js"
 */
import { Desk } from "./desk.js";
import { initialize } from "./kept.js";
import { one, put, two } from "./shown.js";

/**
 * A player with something to answer beside it.
 * @param {Surroundings<WidgetState>} model
 * @param {HTMLElement} el
 * @returns {Live}
 */
function desk(model, el) {
  const shown = new Desk(model, el, one);
  return {
    root: shown.root,
    heard: shown.heard,
    key: (event) => shown.key(event),
    home: (of) => shown.home(of),
    panes: shown.panes,
    end: () => shown.end(),
  };
}

const KINDS = { one, two, desk };

/** @param {{model: AnyModel<WidgetState>, el: HTMLElement}} place */
const render = ({ model, el }) => put(model, el, KINDS);

export default { initialize, render };
