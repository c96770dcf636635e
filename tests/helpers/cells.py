"""Cells of a notebook that a browser shows, run as a reader runs them.

Here: the first cell and any other, and when each is done. Not here: what opens a page (`conftest`
for JupyterLab, `hubs` for a Hub's).
"""

from __future__ import annotations

from typing import Any

STATUS = 'document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status'
POLLING = 100  # ms
FORGOTTEN, WITHOUT = 30, 300  # looks, until a cell was run too early, or there is no kernel

QUIET = 1500  # ms
SETTLED = f"""() => {{
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
  const runs = {STATUS} !== "idle" || prompts.some((prompt) => prompt.textContent.includes("*"));
  const state = runs ? "" : prompts.map((prompt) => prompt.textContent).join();
  if (!state || state !== window.settledAs) {{
    window.settledAs = state;
    window.settledAt = performance.now();
  }}
  return state && performance.now() - window.settledAt > {QUIET};
}}"""
"""Nothing runs, and nothing has for a while: between two runs of a cell the kernel waits, too."""

NEXT = f"""() => {{
  if (document.querySelector(".jp-Dialog .jp-mod-accept")) return "asks";
  const prompt = document.querySelector(".jp-CodeCell .jp-InputPrompt")?.textContent ?? "";
  if (/[*\\d]/.test(prompt)) return "runs";
  const status = {STATUS} ?? "";
  const same = status === window.waitsAs;
  window.waitsAs = status;
  window.looks = same ? window.looks + 1 : 0;
  const idle = window.pressed ? {FORGOTTEN} : 0;
  return window.looks >= (status === "idle" ? idle : {WITHOUT}) && "waits";
}}"""
"""What the notebook wants next. One whose kernel is still starting wants nothing: a cell that is
run then is run later, once more for each time that somebody pressed. Looks are counted, and no
time, which goes on where a slow machine does nothing."""

NEW = """([n, old]) => {
  const prompt = document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")[n].textContent;
  return /\\d/.test(prompt) && prompt !== old;
}"""


def run_first(page: Any, patience: float = 120_000) -> None:
    """Run the first cell once, and be back when nothing runs any more; `patience` in milliseconds.

    What the first of two runs shows is gone after the second one. Or JupyterLab asks which kernel
    it shall be: it is the one that it offers.
    """
    first = page.locator(".jp-Notebook .jp-CodeCell").first

    def wanted() -> str:
        asked = page.wait_for_function(NEXT, timeout=patience, polling=POLLING)
        return str(asked.json_value())

    while (now := wanted()) != "runs":
        if now == "asks":
            page.locator(".jp-Dialog .jp-mod-accept").first.click()
        else:
            first.locator(".cm-content").click()
            page.keyboard.press("Shift+Enter")
            page.evaluate("() => Object.assign(window, { pressed: true, looks: 0 })")
    page.wait_for_function(SETTLED, timeout=patience)


def run_cell(page: Any, n: int) -> Any:
    """Run a cell, counted from 0, and give it when it is done."""
    cell = page.locator(".jp-CodeCell").nth(n)
    before = cell.locator(".jp-InputPrompt").text_content()
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(NEW, arg=[n, before])
    return cell
