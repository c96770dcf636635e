/**
 * Questions that answer in a page: a choice gets its reason, a test is handed in. Keys and reasons are
 * sealed until then, so that nobody reads them by the way. Nothing is kept.
 */

/**
 * What was sealed by `shown.sealed`.
 * @param {string} text
 * @returns {[key: number, reasons: string[]][]}
 */
export function opened(text) {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));
}

/** @param {HTMLFormElement} form */
export function asks(form) {
  const sealed = opened(form.dataset.sealed ?? "");
  /** @type {NodeListOf<HTMLElement>} */
  const boxes = form.querySelectorAll(".ask");
  const items = [...boxes].map((box, i) => {
    const [key, reasons] = sealed[i];
    return { box, key, reasons, tries: 0, solved: false };
  });
  /**
   * @param {Element} within
   * @param {string} selector
   * @param {string} text
   */
  function say(within, selector, text) {
    const place = within.querySelector(selector);
    if (place) place.textContent = text;
  }

  /** @param {typeof items[number]} item */
  function chosen({ box }) {
    /** @type {HTMLInputElement | null} */
    const input = box.querySelector("input:checked");
    return Number(input?.value ?? 0);
  }

  /** @param {typeof items[number]} item */
  function told(item) {
    const n = chosen(item);
    const right = n === item.key;
    if (!item.solved) item.tries += 1;
    item.solved ||= right;
    item.box.dataset.verdict = right ? "right" : "no";
    say(item.box, ".verdict", `${right ? "Right" : "No"}. ${item.reasons[n - 1]}`);
  }

  function count() {
    if (items.length === 1) return;
    const done = items.filter((item) => item.tries);
    const first = items.filter((item) => item.solved && item.tries === 1);
    say(
      form,
      ".sum",
      `${done.length} of ${items.length} answered, ${first.length} right at the first try.`,
    );
  }

  function handIn() {
    const left = items.flatMap((item, i) => (chosen(item) ? [] : [i + 1]));
    if (left.length) {
      say(form, ".sum", `No answer yet: ${left.join(", ")}.`);
      return;
    }
    const right = items.filter((item) => chosen(item) === item.key).length;
    say(form, ".sum", `${right} of ${items.length} right.`);
    if (form.dataset.mode === "post") items.forEach(told);
    for (const control of form.querySelectorAll("input, button")) {
      control.toggleAttribute("disabled", true);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.mode !== "each") handIn();
  });
  for (const item of items) {
    item.box.querySelector("button")?.addEventListener("click", () => {
      if (chosen(item)) told(item);
      else say(item.box, ".verdict", "Choose an answer first.");
      count();
    });
  }
}

/** All questions of the page. */
export function everyAsk() {
  /** @type {NodeListOf<HTMLFormElement>} */
  const forms = document.querySelectorAll("form.asks");
  forms.forEach(asks);
}
