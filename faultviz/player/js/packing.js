/**
 * Text made small as pages/packing.py makes it, in the browser. Rejects where it cannot deflate.
 */
import { DIGITS } from "./packed.js";

/**
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function packed(text) {
  const small = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(small).arrayBuffer());
  const short = (4 - (bytes.length % 4)) % 4;
  const view = new DataView(new ArrayBuffer(bytes.length + short));
  new Uint8Array(view.buffer).set(bytes);
  const fives = [];
  for (let i = 0; i < view.byteLength; i += 4) {
    let four = view.getUint32(i);
    let five = "";
    for (let k = 0; k < 5; k += 1) {
      five = DIGITS[four % 85] + five;
      four = Math.floor(four / 85);
    }
    fives.push(five);
  }
  const all = fives.join("");
  return all.slice(0, all.length - short);
}
