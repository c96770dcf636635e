/**
 * A deck: one section on a screen, and notes for whoever speaks. Keys that a player takes never come
 * here; Page Up and Page Down, which a presenter's remote sends, turn slides wherever the focus is.
 */
import { everyAsk } from "./ask.js";
import { around } from "../../../player/js/parts.js";
import { players } from "./start.js";

const OWN = ".fv-player, .fv-lanes, input, select, textarea, summary, .asks, [data-view=stage]";

const LEAST = 14; // px, the smallest letters that a class reads

/**
 * All parts of something that a selector names.
 * @param {ParentNode} within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function every(within, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (within.querySelectorAll(selector))];
}

function deck() {
  const slides = every(document, ".slide");
  const [name, count, clock] = ["name", "count", "clock"].map(
    (one) => every(document, `.deck-${one}`)[0],
  );
  const began = Date.now();
  let at = 0;
  /** @type {Window | null} */
  let speaker = null;

  /**
   * A line that is too long for the screen gets smaller letters, or is wrapped.
   * @param {HTMLElement} pre
   */
  function narrow(pre) {
    pre.style.cssText = "white-space: pre";
    const { fontSize, paddingLeft } = getComputedStyle(pre);
    const size = parseFloat(fontSize);
    const beside = 2 * parseFloat(paddingLeft);
    const smaller = (size * (pre.clientWidth - beside)) / (pre.scrollWidth - beside);
    const fits = smaller < size && smaller >= LEAST;
    pre.style.cssText = fits ? `font-size: ${Math.floor(smaller * 10) / 10}px` : "";
  }

  /**
   * Smaller letters, down to a part of their size, until the slide fits; whether it does.
   * @param {HTMLElement} slide
   * @param {number} least
   */
  function shrink(slide, least) {
    for (let size = 1; size > least - 0.01; size -= 0.05) {
      slide.style.setProperty("--size", size.toFixed(2));
      if (slide.scrollHeight <= slide.clientHeight + 1) return true;
    }
    return false;
  }

  /**
   * Whether the lines of a text are short enough for two columns.
   * @param {HTMLElement} pre
   */
  function halves(pre) {
    const { cssText } = pre.style;
    pre.style.cssText = "width: max-content; white-space: pre";
    const line = pre.offsetWidth;
    pre.style.cssText = cssText;
    return 2 * line < pre.offsetWidth;
  }

  /**
   * A slide fits by smaller letters, or by text in two columns; what never fits is scrolled.
   * @param {HTMLElement} slide
   */
  function fit(slide) {
    const texts = every(slide, ".output > pre");
    texts.forEach((pre) => pre.classList.remove("in-two"));
    every(slide, "pre").forEach(narrow);
    if (shrink(slide, 0.8)) return;
    const short = texts.filter(halves);
    const inTwo = (/** @type {boolean} */ on) =>
      short.forEach((pre) => pre.classList.toggle("in-two", on));
    inTwo(true);
    if (short.length && shrink(slide, 0.6)) return;
    inTwo(false);
    if (shrink(slide, 0.6)) return;
    inTwo(true);
    slide.style.setProperty("--size", "0.8");
  }

  /** @param {HTMLElement} slide */
  function minutes(slide) {
    return slide.dataset.minutes ? `minutes ${slide.dataset.minutes}` : "";
  }

  /** @param {number} n */
  function show(n, keep = false) {
    at = Math.max(0, Math.min(n, slides.length - 1));
    const slide = slides[at];
    every(document, '[data-view="stage"] .fv-stage').forEach((leave) => leave.click());
    slides.forEach((one) => one.classList.toggle("shown", one === slide));
    fit(slide);
    name.textContent = title(slide);
    count.textContent = `${at + 1} of ${slides.length}`;
    clock.textContent = minutes(slide);
    document.title = `${at + 1}. ${title(slide)}`;
    if (!keep) history.replaceState(null, "", `#${at + 1}`);
    if (!document.activeElement?.closest(".slide.shown")) slide.focus({ preventScroll: true });
    if (speaker && !speaker.closed) write(speaker.document);
  }

  /** @param {HTMLElement} slide */
  function title(slide) {
    return slide.dataset.title ?? "";
  }

  /**
   * The second window: notes, what comes next, and the time.
   * @param {Document} page
   */
  function write(page) {
    const slide = slides[at];
    const part = (/** @type {string} */ tag, /** @type {string} */ text) => {
      const made = page.createElement(tag);
      made.textContent = text;
      return made;
    };
    const notes = slide.querySelector(".notes");
    const passed = Math.floor((Date.now() - began) / 60000);
    page.title = "Notes";
    page.body.replaceChildren(
      part("p", `${at + 1} of ${slides.length}. ${minutes(slide)} Open for ${passed} min.`),
      part("h1", title(slide)),
      notes ? page.importNode(notes, true) : part("p", "No note."),
      part("p", slides[at + 1] ? `Next: ${title(slides[at + 1])}` : "This is the last one."),
    );
  }

  function open() {
    speaker = window.open("", "faultviz-notes", "width=700,height=500");
    if (!speaker) return;
    speaker.document.body.style.cssText =
      "font:20px/1.45 Verdana,sans-serif;margin:1.2em;color-scheme:light dark";
    speaker.document.addEventListener("keydown", key);
    write(speaker.document);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    /** @type {{[key: string]: () => void}} */
    const anywhere = { PageDown: () => show(at + 1), PageUp: () => show(at - 1) };
    /** @type {{[key: string]: () => void}} */
    const outside = {
      ...anywhere,
      ArrowRight: () => show(at + 1),
      ArrowLeft: () => show(at - 1),
      Home: () => show(0),
      End: () => show(slides.length - 1),
      n: notes,
      w: open,
      Enter: into,
    };
    if (event.key === "Escape") slides[at].focus({ preventScroll: true }); // a player that had it
    const act = (around(event, OWN) ? anywhere : outside)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** The slide's picture, as large as the screen; Escape leaves it. */
  function into() {
    const picture = every(slides[at], ".fv-player, .fv-lanes").at(0);
    picture?.focus();
    if (picture) every(picture, ".fv-stage").at(0)?.click();
  }

  function notes() {
    document.body.classList.toggle("with-notes");
    fit(slides[at]);
  }

  document.addEventListener("keydown", key);
  const acts = { back: () => show(at - 1), on: () => show(at + 1), notes, window: open };
  for (const [name, act] of Object.entries(acts)) {
    document.querySelector(`.deck-${name}`)?.addEventListener("click", act);
  }
  addEventListener("resize", () => fit(slides[at]));
  addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1 || 0, true));
  everyAsk();
  players();
  document.body.classList.add("deck"); // nothing has failed: now a slide may hide the others
  document.getElementById("blocked")?.remove();
  show(Number(location.hash.slice(1)) - 1 || 0, true);
}

deck();
