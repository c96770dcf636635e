"""Cells of a notebook that a browser shows, run as a reader runs them.

Here: the first cell and any other, and when each is done. Not here: what opens a page (`conftest`
for JupyterLab, `hubs` for a Hub's).
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

RAN = re.compile(r"\[(\*|\d+)\]:")
"""The prompt of a cell that was given to the kernel."""

TRIES = 40

STATUS = 'document.querySelector(".jp-Notebook-ExecutionIndicator")?.dataset.status'
READY = f"() => {STATUS} === 'idle'"
"""There is a kernel, and it waits."""

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

NEW = """([n, old]) => {
  const prompt = document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")[n].textContent;
  return /\\d/.test(prompt) && prompt !== old;
}"""


def run_first(page: Any, patience: float = 120_000) -> None:
    """Run the first cell, and be back when nothing runs any more; `patience` in milliseconds.

    A cell that is run a moment too early is forgotten, so it is run until it is not. On a slow
    machine it was not, and runs twice: what the first run shows is gone after the second one, so
    both are waited for. Or JupyterLab asks which kernel it shall be: it is the one that it offers.
    """
    from playwright.sync_api import Error

    first = page.locator(".jp-Notebook .jp-CodeCell").first
    with suppress(Error):  # one that nobody chose yet is asked for below
        page.wait_for_function(READY, timeout=patience / 4)
    for _ in range(TRIES):
        with suppress(Error):
            for accept in page.locator(".jp-Dialog .jp-mod-accept").all():
                accept.click()
            first.locator(".cm-content").click(timeout=patience / TRIES)
            page.keyboard.press("Shift+Enter")
            first.get_by_text(RAN).wait_for(timeout=10_000)
            break
    page.wait_for_function(SETTLED, timeout=patience)


def run_cell(page: Any, n: int) -> Any:
    """Run a cell, counted from 0, and give it when it is done."""
    cell = page.locator(".jp-CodeCell").nth(n)
    before = cell.locator(".jp-InputPrompt").text_content()
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(NEW, arg=[n, before])
    return cell
