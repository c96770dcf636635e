/**
 * Questions that answer in a page: a choice gets its reason, a test is handed in. Keys and reasons are
 * sealed until then, so that nobody reads them by the way. Nothing is kept.
 */

/** What was sealed by `shown.sealed`. */
export function opened(text) {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));
}

export function asks(form) {
  const sealed = opened(form.dataset.sealed);
  const items = [...form.querySelectorAll(".ask")].map((box, i) => {
    const [key, reasons] = sealed[i];
    return { box, key, reasons, tries: 0, solved: false, verdict: box.querySelector(".verdict") };
  });
  const sum = form.querySelector(".sum");
  const chosen = ({ box }) => Number(box.querySelector("input:checked")?.value ?? 0);

  function told(item) {
    const n = chosen(item);
    const right = n === item.key;
    if (!item.solved) item.tries += 1;
    item.solved ||= right;
    item.box.dataset.verdict = right ? "right" : "no";
    item.verdict.textContent = `${right ? "Right" : "No"}. ${item.reasons[n - 1]}`;
  }

  function count() {
    if (items.length === 1) return;
    const done = items.filter((item) => item.tries);
    const first = items.filter((item) => item.solved && item.tries === 1);
    sum.textContent = `${done.length} of ${items.length} answered, ${first.length} right at the first try.`;
  }

  function handIn() {
    const left = items.flatMap((item, i) => (chosen(item) ? [] : [i + 1]));
    if (left.length) {
      sum.textContent = `No answer yet: ${left.join(", ")}.`;
      return;
    }
    const right = items.filter((item) => chosen(item) === item.key).length;
    sum.textContent = `${right} of ${items.length} right.`;
    if (form.dataset.mode === "post") items.forEach(told);
    for (const input of form.querySelectorAll("input, button")) input.disabled = true;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.mode !== "each") handIn();
  });
  for (const item of items) {
    item.box.querySelector("button")?.addEventListener("click", () => {
      if (chosen(item)) told(item);
      else item.verdict.textContent = "Choose an answer first.";
      count();
    });
  }
}
