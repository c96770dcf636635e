/**
 * What stands for the script of a widget in a saved notebook: it takes the real one, and what the
 * widget shows, from the shelf (see kept.js). The shelf's own script, opener.js, knows how.
 *
 * @import { Kept, Script } from "./payload.js"
 */
export default () => {
  /** @type {Script<HTMLElement>} */
  let real = {};
  return {
    /** @param {{model: Kept}} place */
    async initialize(place) {
      const id = place.model.get("_shelf").slice("IPY_MODEL_".length);
      const shelf = await place.model.widget_manager.get_model(id);
      const url = URL.createObjectURL(new Blob([shelf.get("_esm")], { type: "text/javascript" }));
      real = await (await import(url)).opened(place.model, shelf.get("_packed"));
      URL.revokeObjectURL(url);
      await real.initialize?.(place);
    },
    /** @param {{model: Kept, el: HTMLElement}} place */
    render: (place) => real.render?.(place),
  };
};
