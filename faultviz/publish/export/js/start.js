/**
 * Players in a page of a lesson: each is shown when its place comes near the window. Several may be of
 * one handler, whose scenarios then stand in the page once. Not here: the player and its model
 * (faultviz/player/js).
 */
import lanes from "../../player/js/lanes.js";
import { unpacked } from "../../player/js/packed.js";
import { Model, Scenes } from "../../player/js/scenes.js";
import { one, put, two } from "../../player/js/shown.js";

const NEAR = "800px"; // how far below the window a player is made ready

const held = new Map();

/** What lies packed in the page under a name, unpacked once. */
function told(name) {
  if (!held.has(name)) held.set(name, unpacked(document.getElementById(name).textContent));
  return held.get(name);
}

async function show(place) {
  const { kind, from, start, looks } = place.dataset;
  const data = await told(from);
  if (kind === "lanes") {
    lanes.render({ model: new Model({ ...data }), el: place });
  } else if (kind === "duo") {
    put(new Model({ ...data }), place, { two });
  } else {
    const scenes = new Scenes(data); // its own, because it knows what may be chosen beside it
    put(scenes.model(scenes.number(JSON.parse(start)), JSON.parse(looks)), place, { one });
  }
  place.dataset.shown = "yes";
}

function fails(place, { message }) {
  const said = document.createElement("p");
  said.className = "note";
  said.textContent = `This picture cannot be stepped here: ${message}`;
  place.replaceChildren(said);
}

export function players() {
  const near = new IntersectionObserver((all) => {
    for (const { isIntersecting, target } of all) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      show(target).catch((problem) => fails(target, problem));
    }
  }, { rootMargin: NEAR });
  for (const place of document.querySelectorAll(".fv-here")) near.observe(place);
}
