/**
 * The learner's file in the page: Download saves it, Load takes over another one; and the record of
 * work. Both are links that hold what they save, so no request leaves the page, and a Download
 * works after the kernel has ended.
 *
 * @import { AnyModel } from "@anywidget/types"
 * @import { RecordState, Surroundings, WorkState } from "./payload.js"
 */
import { keepKeys } from "./keys.js";
import { initialize } from "./kept.js";
import { h } from "./parts.js";

const PATIENCE = 4000; // ms until a kernel that does not answer is reported
const LARGEST = 10_000_000; // letters of a file; a course's answers have some hundred thousand
const SILENT = "The kernel does not answer: start it and run this cell again. Download still has all answers up to its end.";

/**
 * What the browser saves under a name when the link is clicked.
 * @param {string} label
 * @param {string} name
 * @param {string} type
 */
function link(label, name, type) {
  const at = h("a", { class: "fv-save", download: name }, label);
  return { at, fill: (/** @type {string} */ text) => { at.href = `data:${type};charset=utf-8,${encodeURIComponent(text)}`; } };
}

/**
 * The learner's file.
 * @param {Surroundings<WorkState>} model
 */
function work(model) {
  const line = h("p", { class: "fv-work-line" });
  const said = h("p", { class: "fv-work-said", role: "alert" });
  const download = link("Download", "answers.json", "application/json");
  const input = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-hidden": "true", onchange: () => take() });
  const load = h("button", { type: "button", class: "fv-load", onclick: () => input.click() }, "Load");
  const root = h("section", { class: "fv-work", "aria-label": "Your work" },
    line, h("div", { class: "fv-work-tools" }, download.at, load, input), said);
  let waiting = 0;

  /** @type {Surroundings<WorkState>["set"]} */
  const tell = (name, value) => { model.set(name, value); model.save_changes(); };
  // Another notebook may have answered meanwhile: ask before the click comes.
  const fresh = () => tell("_asked", model.get("_asked") + 1);
  download.at.addEventListener("pointerenter", fresh);
  download.at.addEventListener("focus", fresh);

  async function take() {
    const file = input.files?.[0];
    if (!file) return;
    const text = await file.text();
    input.value = ""; // the same file may be chosen again
    if (text.length > LARGEST) {
      said.textContent = `${file.name} is too large to be answers.`;
      return;
    }
    waiting = setTimeout(() => { said.textContent = SILENT; }, PATIENCE);
    tell("_loaded", { seq: (model.get("_loaded").seq ?? 0) + 1, text });
  }

  function show() {
    const n = model.get("_count");
    line.replaceChildren("Your code: ", h("b", {}, model.get("_code")),
      `. ${n} answer${n === 1 ? "" : "s"}, kept in `, h("code", {}, model.get("_where")), ".");
    download.fill(model.get("_text"));
  }

  function answered() {
    clearTimeout(waiting);
    said.textContent = model.get("_said").text ?? "";
  }

  show();
  answered();
  return {
    root,
    heard: { "change:_text": show, "change:_code": show, "change:_count": show, "change:_said": answered },
    end: () => clearTimeout(waiting),
  };
}

/**
 * The record of work: the page as it will be saved, in a frame in which nothing runs.
 * @param {Surroundings<RecordState>} model
 */
function record(model) {
  const page = model.get("_page");
  const download = link("Download", "record-of-work.html", "text/html");
  download.fill(page);
  const frame = h("iframe", { class: "fv-record-page", title: "Record of work", sandbox: "" });
  frame.srcdoc = page;
  const hint = h("span", {}, "Open the file and print it.");
  const root = h("section", { class: "fv-work", "aria-label": "Record of work" },
    h("div", { class: "fv-work-tools" }, download.at, hint), frame);
  return { root, heard: {}, end: () => {} };
}

/**
 * Show a model in an element; the function that comes back takes everything down again.
 * @param {{model: AnyModel<RecordState & WorkState>, el: HTMLElement}} place
 */
function render({ model, el }) {
  /** @type {{root: HTMLElement, heard: {[change: string]: () => void}, end: () => void}} */
  const shown = (model.get("_kind") === "record" ? record : work)(model);
  el.append(shown.root);
  keepKeys(shown.root);
  for (const [name, hear] of Object.entries(shown.heard)) model.on(name, hear);
  return () => {
    for (const [name, hear] of Object.entries(shown.heard)) model.off(name, hear);
    shown.end();
    shown.root.remove();
  };
}

export default { initialize, render };
