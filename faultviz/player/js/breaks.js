/** Where a long name may go on in the next line: after the bar between two bits. */
import { h } from "./parts.js";

/**
 * A text with places to break; what is read or copied of it is the same.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function breakable(text) {
  return text.split(/(?<=\|)/).flatMap((part, i) => (i ? [h("wbr"), part] : [part]));
}
