/**
 * Two ways on one clock, as a part of another widget: the clock is the page's own.
 *
 * @import { DuoState, PairTold, Surroundings } from "./payload.js"
 * @import { Live } from "./shown.js"
 */
import { h } from "./parts.js";
import { two } from "./shown.js";

/**
 * A model that lives in the page alone.
 * @param {DuoState} state
 * @returns {Surroundings<DuoState>}
 */
function held(state) {
  /** @type {[what: string, act: () => void][]} */
  const heard = [];
  return {
    get: (name) => state[name],
    set: (name, value) => {
      if (state[name] === value) return;
      state[name] = value;
      for (const [what, act] of heard) if (what === `change:${name}`) act();
    },
    save_changes: () => {},
    on: (what, act) => heard.push([what, act]),
    off: () => {},
  };
}

/**
 * Where nothing can lay them out there is a table instead, which is ours.
 * @param {PairTold} told
 * @param {HTMLElement} el
 * @returns {Live | null}
 */
export function pair(told, el) {
  if ("html" in told) {
    const box = h("div", { class: "fv-table", tabindex: 0 });
    box.innerHTML = told.html;
    el.append(box);
    return null;
  }
  const clock = told._first ?? 1;
  const model = held({ ...told, _kind: "two", clock, reader: false, view: "full" });
  const live = two(model, el);
  for (const [name, hear] of Object.entries(live.heard)) model.on(name, hear);
  const resized = new ResizeObserver(() => live.panes.forEach(([, hear]) => hear()));
  for (const [pane] of live.panes) resized.observe(pane);
  return {
    ...live,
    end: () => {
      resized.disconnect();
      live.end();
    },
  };
}
