/**
 * Players in a page of a lesson: each is shown when its place comes near the window. Several may be of
 * one handler, whose scenarios then stand in the page once. Not here: the player and its model
 * (faultviz/player/js).
 *
 * @import { DuoState, HandlerTold, LanesState, Looks, Names } from "../../../player/js/payload.js"
 */
import lanes from "../../../player/js/lanes.js";
import { unpacked } from "../../../player/js/packed.js";
import { Model, Scenes } from "../../../player/js/scenes.js";
import { one, put, two } from "../../../player/js/shown.js";

const NEAR = "800px"; // how far below the window a player is made ready

/** @type {Map<string, Promise<unknown>>} */
const held = new Map();

/**
 * What lies packed in the page under a name, unpacked once.
 * @param {string} name
 */
function told(name) {
  const kept = held.get(name) ?? unpacked(document.getElementById(name)?.textContent ?? "");
  held.set(name, kept);
  return kept;
}

/** @param {HTMLElement} place */
async function show(place) {
  const { kind, from = "", start = "[]", looks = "{}" } = place.dataset;
  const data = await told(from);
  if (kind === "lanes") {
    lanes.render({ model: new Model({ .../** @type {LanesState} */ (data) }), el: place });
  } else if (kind === "duo") {
    put(new Model({ .../** @type {DuoState} */ (data) }), place, { two });
  } else {
    // Its own, because it knows what may be chosen beside it.
    const scenes = new Scenes(/** @type {HandlerTold} */ (data));
    const n = scenes.number(/** @type {Names} */ (JSON.parse(start)));
    put(scenes.model(n, /** @type {Looks} */ (JSON.parse(looks))), place, { one });
  }
  place.dataset.shown = "yes";
}

/**
 * @param {HTMLElement} place
 * @param {Error} problem
 */
function fails(place, { message }) {
  const said = document.createElement("p");
  said.className = "note";
  said.textContent = `This picture cannot be stepped here: ${message}`;
  place.replaceChildren(said);
  place.dataset.failed = "yes"; // export.css shows the pictures for paper
}

export function players() {
  const near = new IntersectionObserver(
    (all) => {
      for (const { isIntersecting, target } of all) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        if (target instanceof HTMLElement) show(target).catch((problem) => fails(target, problem));
      }
    },
    { rootMargin: NEAR },
  );
  for (const place of document.querySelectorAll(".fv-here")) near.observe(place);
}
