/**
 * A page without a kernel: one player, its address kept as a link to what it shows.
 *
 * The page brings what is shown (`#fv-data`), a place for it (`#fv-here`), and controls. Not here: the
 * player, what it is answered (`scenes`), how a link is spelled (`link`).
 */
import { PairLink, SceneLink } from "./link.js";
import { unpacked } from "./packed.js";
import { h, write } from "./parts.js";
import { Model, Scenes } from "./scenes.js";
import { one, put, two } from "./shown.js";

const SETTLED = 150; // ms after a step until the address says it; browsers limit how often it may

/** A handler with all its scenarios: its model, its link, and how to go where a link says. */
function handler({ told, start, looks, others }) {
  const scenes = new Scenes(told);
  const menu = Object.keys(others).map((name) =>
    ({ value: name, label: name, group: "handlers", on: name === told.name, why: null, title: "" }));
  const model = scenes.model(scenes.number(start), looks, menu, (name) => { location.href = others[name]; });
  const go = ({ n, looks: asked }) => {
    model.put({ _linked: true, ...scenes.traits(n, asked.step), ...asked });
    model.put({ _linked: false });
  };
  return { model, link: new SceneLink(scenes), go, scenes };
}

function pair({ told, name, looks }) {
  const model = new Model({ ...told, ...looks });
  return { model, link: new PairLink(name, model), go: ({ looks: asked }) => model.put(asked) };
}

/** The sentence for a link that cannot be followed, above everything. */
function complaint() {
  const text = h("span", {});
  const box = h("div", { class: "fv-said", role: "alert", hidden: true }, text,
    h("button", { type: "button", onclick: () => { box.hidden = true; } }, "Close"));
  return { box, say: (sentence) => { write(text, sentence); box.hidden = sentence === ""; } };
}

/** Keep the address and what is shown together. */
function follow(model, link, go, say) {
  let waiting = 0;
  const read = () => {
    if (location.hash.length < 2) return;
    try {
      go(link.read(location.hash));
      say("");
    } catch (refused) {
      say(refused.message);
    }
  };
  const spell = () => {
    const hash = link.said(model);
    if (hash === location.hash) return;
    try {
      history.replaceState(history.state, "", hash);
    } catch {
      // A page within another may not have an address of its own.
    }
  };
  read();
  window.addEventListener("hashchange", read);
  model.on("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(spell, SETTLED);
  });
}

/** What stands above the player: whether it asks, and light or dark. */
function controls(model, shown) {
  const box = document.getElementById("fv-asks");
  const asks = () => { if (box) box.checked = model.get("gate"); };
  box?.addEventListener("change", () => {
    const passed = Object.values(model.get("_gates")).flat().filter((gate) => gate.n < model.get("step"));
    const gated = model.get("_gated");
    model.put({
      _gated: { ...gated, closed: { ...Object.fromEntries(passed.map((gate) => [gate.n, []])), ...gated.closed } },
      gate: box.checked,
    });
    shown().focus({ preventScroll: true });
  });
  model.on("change:gate", asks);
  asks();
  const theme = document.getElementById("fv-theme");
  theme.addEventListener("change", () => {
    const { value } = theme;
    document.documentElement.style.colorScheme = value || "light dark";
    if (value) document.body.dataset.jpThemeLight = String(value === "light");
    else delete document.body.dataset.jpThemeLight;
  });
  for (const control of [box, theme]) if (control) control.disabled = false;
}

const here = document.getElementById("fv-here");
const data = await unpacked(document.getElementById("fv-data").textContent);
const { model, link, go, scenes } = data.kind === "one" ? handler(data) : pair(data);
const { box, say } = complaint();
follow(model, link, go, say);
const shown = () => document.querySelector(".fv-player");
put(model, here, { one, two });
document.getElementById("fv-text").replaceWith(box);
controls(model, shown);
shown().focus({ preventScroll: true });
window.faultviz = { model, scenes };
