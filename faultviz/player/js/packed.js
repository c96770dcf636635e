/**
 * Text made small, as pages/packing.py packs it: deflated, and five letters for four bytes. Rejects
 * where the browser cannot inflate.
 */
export const DIGITS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";

/**
 * @param {string} text
 * @returns {Promise<unknown>} what it is, only who asks can know
 */
export async function unpacked(text) {
  const digit = new Uint8Array(128);
  [...DIGITS].forEach((letter, i) => {
    digit[letter.charCodeAt(0)] = i;
  });
  const short = (5 - (text.length % 5)) % 5;
  const whole = text + "~".repeat(short);
  const bytes = new DataView(new ArrayBuffer((whole.length / 5) * 4));
  for (let i = 0; i < whole.length; i += 5) {
    let four = 0;
    for (let k = i; k < i + 5; k += 1) four = four * 85 + digit[whole.charCodeAt(k)];
    bytes.setUint32((i / 5) * 4, four);
  }
  const deflated = new Blob([bytes.buffer.slice(0, bytes.byteLength - short)]);
  return new Response(deflated.stream().pipeThrough(new DecompressionStream("deflate-raw"))).json();
}
