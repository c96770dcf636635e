"""How long a page of one file takes from its opening until its player is painted."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import faultviz as fv

NAMES = ("mips", "s390")
"""The page of the first lesson, and the largest one."""

SHOWN = """new MutationObserver((_, watch) => {
  if (!document.querySelector(".fv-picture .node.now")) return;
  watch.disconnect();
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => { window.shownAt = performance.now(); };
    after.port2.postMessage(0);
  });
}).observe(document, { childList: true, subtree: true });"""


def measure(n: int = 7, chromium: str = "/usr/bin/chromium") -> dict[str, list[float]]:
    """Milliseconds from navigation to the first painted frame with the player, for each page.

    Each time in an empty profile of a browser that runs already, from a file.
    """
    from player import FLAGS  # beside this file, which the tests read from elsewhere

    times: dict[str, list[float]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = {name: fv.play(name).to_html(Path(folder, f"{name}.html")) for name in NAMES}
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for _ in range(n):
            for name, file in files.items():
                context = browser.new_context(viewport={"width": 1280, "height": 720})
                page = context.new_page()
                page.add_init_script(SHOWN)
                page.goto(file.as_uri())
                page.wait_for_function("window.shownAt")
                times[name].append(page.evaluate("window.shownAt"))
                context.close()
        browser.close()
    return times
