/** Where a long name may go on in the next line: after the bar between two bits, and at a `_`. */
import { h } from "./parts.js";

const NAME = /\w{19,}/g; // such a name fills a line of a phone

/**
 * A text with places to break; what is read or copied of it is the same.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function breakable(text) {
  const bits = text.replaceAll("|", "|\0");
  const names = bits.replace(NAME, (name) => name.replace(/_(?=[a-z])/gi, "_\0"));
  return names.split("\0").flatMap((part, i) => (i ? [h("wbr"), part] : [part]));
}
