/**
 * A model shown in an element, and taken down again. Of its surroundings this asks four things:
 * model.get, set, save_changes and on (with off); so a page without a kernel serves as well. Not
 * here: what is shown beside a player (`desk`), or who asks (`main` for a notebook, `page`).
 *
 * @import { DuoState, PlayerState, Surroundings, WidgetState } from "./payload.js"
 * @typedef {{[change: string]: () => void}} Heard what is done when a trait has changed
 * @typedef {{root: HTMLElement, heard: Heard, key: (event: KeyboardEvent) => void,
 *   home?: (of: Element) => HTMLElement | null, panes: [pane: Element, resized: () => void][], end: () => void}} Live what is shown of a model;
 *   keys step in `home`, or else in all of it; `panes` scroll, and hear of their new size
 * @typedef {(model: Surroundings<WidgetState>, el: HTMLElement) => Live} Kind
 */
import { around } from "./parts.js";
import { Duo } from "./duo.js";
import { keepKeys } from "./keys.js";
import { WIDE_WINDOW, takeAway } from "./over_page.js";
import { View } from "./view.js";

const RESTARTED = "The kernel restarted: run the cell again. Stepping goes on without it, answers are not kept.";

/**
 * One scenario: what the model says is shown, what the reader does is told to it.
 * @param {Surroundings<PlayerState>} model
 * @param {HTMLElement} el
 * @returns {Live}
 */
export function one(model, el) {
  const view = new View(model, el);
  const { moves } = view;
  view.look();
  view.load();
  view.choices.show(model.get("_choices"));
  view.show();
  view.pane.addEventListener("click", (event) => {
    view.root.focus({ preventScroll: true });
    const node = around(event, ".node")?.dataset.node;
    if (!node) return;
    if (event.shiftKey) moves.toggleStop(node);
    else moves.toNode(node);
  });
  view.pane.addEventListener("scroll", () => view.chart());
  const now = () => model.get("_trace") === view.trace;
  return {
    root: view.root,
    heard: {
      "change:_trace": () => { moves.pause(); view.load(); view.show(); moves.runOn(); },
      "change:_choices": () => view.choices.show(model.get("_choices")),
      "change:_answer": () => view.answered(),
      "change:_gated": () => { if (now()) view.show(); },
      "change:gate": () => view.show(),
      "change:inside": () => { if (model.get("inside") !== view.inside) { view.relist(); view.show(); } },
      "change:step": () => { if (now()) view.show(); },
      "change:view": () => { view.look(); view.show(); },
      "change:reader": () => view.show(),
      "change:breakpoints": () => view.picture?.stops(model.get("breakpoints")),
      comm_live_update: () => { model.set("_alone", true); view.say(RESTARTED); },
    },
    key: (event) => moves.key(event),
    panes: [[view.pane, () => view.follow(true)]],
    end: () => {
      moves.pause();
      clearTimeout(view.waiting);
      cancelAnimationFrame(view.charting);
    },
  };
}

/**
 * Two scenarios on one clock.
 * @param {Surroundings<DuoState>} model
 * @param {HTMLElement} el
 * @returns {Live}
 */
export function two(model, el) {
  const duo = new Duo(model, el);
  duo.look();
  duo.show();
  return {
    root: duo.root,
    heard: {
      "change:clock": () => duo.show(),
      "change:reader": () => duo.show(),
      "change:view": () => { duo.look(); duo.show(); },
    },
    key: (event) => duo.key(event),
    panes: [[duo.root, () => duo.fit()], ...duo.sides.map(({ pane }) => /** @type {Live["panes"][number]} */ ([pane, () => duo.refit()]))],
    end: () => duo.pause(),
  };
}

/**
 * Show a model in an element as one of `kinds`; the function that comes back takes it down again.
 * @template {{_kind: string}} State
 * @param {Surroundings<State>} model
 * @param {HTMLElement} el
 * @param {{[kind: string]: (model: Surroundings<State>, el: HTMLElement) => Live}} kinds
 */
export function put(model, el, kinds) {
  const shown = kinds[model.get("_kind")](model, el);
  for (const [name, hear] of Object.entries(shown.heard)) model.on(name, hear);
  shown.root.addEventListener("keydown", shown.key);
  keepKeys(shown.root, shown.home ?? (() => shown.root));
  const resized = new ResizeObserver((all) => all.forEach(({ target }) =>
    shown.panes.find(([pane]) => pane === target)?.[1]()));
  for (const [pane] of shown.panes) resized.observe(pane);
  const turned = () => shown.heard["change:view"]?.();
  WIDE_WINDOW.addEventListener("change", turned);
  return () => {
    for (const [name, hear] of Object.entries(shown.heard)) model.off(name, hear);
    resized.disconnect();
    WIDE_WINDOW.removeEventListener("change", turned);
    shown.end();
    takeAway(shown.root);
  };
}
