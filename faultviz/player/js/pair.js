/**
 * Two ways on one clock, as a part of another widget: the clock is its model's, and how it is looked
 * at the page's own, because the model has the same names for the player above.
 *
 * @import { DuoState, Surroundings, WidgetState } from "./payload.js"
 * @import { Live } from "./shown.js"
 */
import { h } from "./parts.js";
import { two } from "./shown.js";

/**
 * The widget's model, but for how the two are looked at.
 * @param {Surroundings<WidgetState>} model
 * @param {{[change: string]: () => void}} heard
 * @returns {Surroundings<DuoState>}
 */
function looked(model, heard) {
  /** @type {Pick<DuoState, "_kind" | "reader" | "view">} */
  const own = { _kind: "two", reader: false, view: "full" };
  /** @returns {DuoState} */
  const now = () => ({
    ...own,
    _sides: model.get("_sides"),
    _first: model.get("_first"),
    _token: model.get("_token"),
    clock: model.get("clock"),
  });
  return {
    get: (name) => now()[name],
    set: (name, value) => {
      if (name === "clock") model.set("clock", Number(value));
      else {
        Object.assign(own, { [name]: value });
        heard[`change:${name}`]?.();
      }
    },
    save_changes: () => model.save_changes(),
    on: () => {},
    off: () => {},
  };
}

/**
 * Where nothing can lay them out there is a table instead, which is ours.
 * @param {Surroundings<WidgetState>} model
 * @param {HTMLElement} el
 * @returns {Live | null}
 */
export function pair(model, el) {
  const table = model.get("_table");
  if (table) {
    const box = h("div", { class: "fv-table", tabindex: 0 });
    box.innerHTML = table;
    el.append(box);
  }
  if (!model.get("_sides")?.length) return null;
  /** @type {Live["heard"]} */
  const heard = {};
  const live = two(looked(model, heard), el);
  Object.assign(heard, live.heard);
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
