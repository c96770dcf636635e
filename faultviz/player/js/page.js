/**
 * A page without a kernel: one player, its address kept as a link to what it shows.
 *
 * The page brings what is shown (`#fv-data`), a place for it (`#fv-here`), and controls. Not here: the
 * player, what it is answered (`scenes`), how a link is spelled (`link`).
 *
 * @import { HandlerPage, PairPage, PlayerState } from "./payload.js"
 * @typedef {{said: () => string, read: (hash: string) => void, changed: (act: () => void) => void}} Linked
 *   what an address says of what is shown, and the other way round
 */
import { PairLink, SceneLink } from "./link.js";
import { unpacked } from "./packed.js";
import { h, write } from "./parts.js";
import { Model, Scenes } from "./scenes.js";
import { one, put, two } from "./shown.js";

const SETTLED = 150; // ms after a step until the address says it; browsers limit how often it may

/**
 * A handler with all its scenarios: its model, its link, and how to go where a link says.
 * @param {HandlerPage} page
 */
function handler({ told, start, looks, others }) {
  const scenes = new Scenes(told);
  const menu = Object.keys(others).map((name) => ({
    value: name,
    label: name,
    group: "handlers",
    on: name === told.name,
    why: null,
    title: "",
  }));
  const model = scenes.model(scenes.number(start), looks, menu, (name) => {
    location.href = others[name];
  });
  const link = new SceneLink(scenes);
  /** @type {Linked} */
  const linked = {
    said: () => link.said(model),
    read: (hash) => {
      const { n, looks: asked } = link.read(hash);
      model.put({ _linked: true, ...scenes.traits(n, asked.step), ...asked });
      model.put({ _linked: false });
    },
    changed: (act) => model.on("change", act),
  };
  return {
    model,
    linked,
    scenes,
    show: (/** @type {HTMLElement} */ el) => put(model, el, { one }),
  };
}

/**
 * Two scenarios on one clock.
 * @param {PairPage} page
 */
function pair({ told, name, looks }) {
  const model = new Model({ ...told, ...looks });
  const link = new PairLink(name, model);
  /** @type {Linked} */
  const linked = {
    said: () => link.said(model),
    read: (hash) => model.put(link.read(hash).looks),
    changed: (act) => model.on("change", act),
  };
  return { model, linked, show: (/** @type {HTMLElement} */ el) => put(model, el, { two }) };
}

/** The sentence for a link that cannot be followed, above everything. */
function complaint() {
  const text = h("span", {});
  const box = h(
    "div",
    { class: "fv-said", role: "alert", hidden: true, "data-in-sight": "" },
    text,
    h(
      "button",
      {
        type: "button",
        onclick: () => {
          box.hidden = true;
        },
      },
      "Close",
    ),
  );
  return {
    box,
    say: (/** @type {string} */ sentence) => {
      write(text, sentence);
      box.hidden = sentence === "";
    },
  };
}

/**
 * Keep the address and what is shown together.
 * @param {Linked} linked
 * @param {(sentence: string) => void} say
 */
function follow(linked, say) {
  let waiting = 0;
  const read = () => {
    if (location.hash.length < 2) return;
    try {
      linked.read(location.hash);
      say("");
    } catch (refused) {
      say(refused instanceof Error ? refused.message : String(refused));
    }
  };
  const spell = () => {
    const hash = linked.said();
    if (hash === location.hash) return;
    try {
      history.replaceState(history.state, "", hash);
    } catch {
      // A page within another may not have an address of its own.
    }
  };
  read();
  window.addEventListener("hashchange", read);
  linked.changed(() => {
    clearTimeout(waiting);
    waiting = setTimeout(spell, SETTLED);
  });
}

/**
 * An element that the page brings.
 * @template {Element} [Kind=HTMLElement]
 * @param {string} selector
 * @returns {Kind}
 */
function part(selector) {
  const found = document.querySelector(selector);
  if (!found) throw Error(`The page has no ${selector}: it is damaged.`);
  return /** @type {Kind} */ (found);
}

/** The player, which has the keys. */
function focus() {
  part(".fv-player").focus({ preventScroll: true });
}

/**
 * Whether the page asks before it shows.
 * @param {Model<PlayerState>} model
 */
function asking(model) {
  const box = /** @type {HTMLInputElement | null} */ (document.getElementById("fv-asks"));
  if (!box) return;
  const asks = () => {
    box.checked = model.get("gate");
  };
  box.addEventListener("change", () => {
    const passed = Object.values(model.get("_gates"))
      .flat()
      .filter((gate) => gate.n < model.get("step"));
    const gated = model.get("_gated");
    model.put({
      _gated: {
        ...gated,
        closed: { ...Object.fromEntries(passed.map((gate) => [gate.n, []])), ...gated.closed },
      },
      gate: box.checked,
    });
    focus();
  });
  model.on("change:gate", asks);
  asks();
  box.disabled = false;
}

/** Light or dark. */
function colours() {
  /** @type {HTMLSelectElement} */
  const theme = part("#fv-theme");
  theme.addEventListener("change", () => {
    const { value } = theme;
    document.documentElement.style.colorScheme = value || "light dark";
    const told = document.documentElement.dataset; // above all that has colours: picture/colours.py
    if (value) told.jpThemeLight = String(value === "light");
    else delete told.jpThemeLight;
  });
  theme.disabled = false;
}

const data = /** @type {HandlerPage | PairPage} */ (
  await unpacked(part("#fv-data").textContent ?? "")
);
const here = part("#fv-here");
const { box, say } = complaint();
/** @param {{linked: Linked, show: (el: HTMLElement) => void}} made */
const begin = ({ linked, show }) => {
  follow(linked, say);
  const text = part("#fv-text");
  text.replaceWith(box); // before a view may lie over the page, and take it along
  try {
    show(here);
  } catch (failed) {
    here.textContent = "";
    here.append(text);
    throw failed; // the loader says why
  }
};
if (data.kind === "one") {
  const { model, scenes, ...made } = handler(data);
  begin(made);
  asking(model);
  Object.assign(window, { faultviz: { model, scenes } });
} else {
  const { model, ...made } = pair(data);
  begin(made);
  Object.assign(window, { faultviz: { model } });
}
colours();
focus();
