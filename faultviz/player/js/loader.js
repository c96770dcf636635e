/**
 * What a page begins with: script and style lie packed in it, as what it shows does. Where that cannot
 * be unpacked or fails at once, it says why above the text form.
 */
import { unpacked } from "./packed.js";

/** What has all that a page and the widgets ask for; tests/js/browsers.js computes it. */
const OLDEST = "Chrome and Edge 105, Firefox 113, Safari 16.4";

/** @param {string} problem */
const fails = (problem) => {
  const why = document.getElementById("fv-why");
  if (!why) return; // it is shown, and what fails later is no reason to take it away
  why.textContent = `This page cannot be stepped here: ${problem} What follows is the same as a picture and text.`;
  document.body.classList.add("as-text");
};

async function load() {
  addEventListener("error", ({ message }) => fails(`${message}.`));
  addEventListener("unhandledrejection", ({ reason }) => fails(`${reason.message}.`));
  if (typeof DecompressionStream === "undefined") {
    fails(`the browser is older than the page. ${OLDEST} and later ones can.`);
    return;
  }
  const packed = document.getElementById("fv-code")?.textContent ?? "";
  const { css, js } = /** @type {{css: string, js: string}} */ (await unpacked(packed));
  const add = (/** @type {string} */ tag, /** @type {string} */ text, props = {}) =>
    document.head.append(
      Object.assign(document.createElement(tag), { textContent: text, ...props }),
    );
  add("style", css);
  add("script", js, { type: "module" });
}

load();
