/**
 * Where a notebook comes in: each kind of player, a desk among them.
 */
import { Desk } from "./desk.js";
import { one, put, two } from "./shown.js";

/** A player with something to answer beside it. */
function desk(model, el) {
  const shown = new Desk(model, el, one);
  return {
    root: shown.root, heard: shown.heard, key: (event) => shown.key(event),
    panes: shown.panes, end: () => shown.end(),
  };
}

const KINDS = { one, two, desk };

export default { render: ({ model, el }) => put(model, el, KINDS) };
