"""How long a key press in the player takes until its step is painted, in a real JupyterLab."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from faultviz import start_lab
from faultviz.start_child import environment

FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CELL = "import faultviz as fv\nfv.play('mips', 'before')"
PRESS = """async ([n, key]) => {
  const player = document.querySelector(".fv-player");
  const painted = () => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(done)));
  const times = [];
  player.focus();
  for (let i = 0; i < n; i++) {
    await painted();
    await new Promise((done) => setTimeout(done, 20)); // a hand presses between two frames
    const begun = performance.now();
    const way = i % 40 < 20 ? "ArrowRight" : "ArrowLeft";
    const told = { key: key ?? way, bubbles: true, cancelable: true };
    player.dispatchEvent(new KeyboardEvent("keydown", told));
    await painted();
    times.push(performance.now() - begun);
  }
  return times;
}"""


def key_press_to_paint(
    n: int = 100, chromium: str = "/usr/bin/chromium"
) -> tuple[list[float], list[float]]:
    """Milliseconds from each of `n` key presses to the second frame after it, and of idle presses.

    The first `requestAnimationFrame` runs before the step is painted, the second when it is: so at
    60 frames a second even a key that does nothing takes 17 to 33 ms. That key is the second list.
    """
    with _lab() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(link)
        _run(page)
        steps: list[float] = page.evaluate(PRESS, [n, None])
        idle: list[float] = page.evaluate(PRESS, [n, "x"])
        browser.close()
    return steps, idle


def _run(page: Page) -> None:
    """Run the one cell, again where JupyterLab was not ready yet."""
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    for _ in range(10):
        with suppress(Error):
            for accept in page.locator(".jp-Dialog .jp-mod-accept").all():
                accept.click()
            page.locator(".jp-CodeCell .cm-content").first.click(timeout=5000)
            page.keyboard.press("Shift+Enter")
            page.wait_for_selector(".fv-player", timeout=10000)
            return


@contextmanager
def _lab() -> Iterator[str]:
    """A JupyterLab with one notebook, and the address that opens it."""
    with tempfile.TemporaryDirectory() as folder:
        cell = {
            "cell_type": "code", "id": "player", "metadata": {}, "source": CELL, "outputs": [],
            "execution_count": None,
        }  # fmt: skip
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {
            "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell],
        }  # fmt: skip
        Path(folder, "player.ipynb").write_text(json.dumps(book), encoding="utf-8")
        port = start_lab.free_port("127.0.0.1", 19888)
        told = start_lab.arguments(Path(folder), "127.0.0.1", port, "", browser=False)
        homes = {f"JUPYTER_{n}_DIR": f"{folder}/.{n}" for n in ("CONFIG", "DATA", "RUNTIME")}
        around = environment(**homes, JUPYTER_TOKEN="bench")  # noqa: S106 (a server of our own)
        command = [sys.executable, "-P", "-m", "jupyterlab", *told]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, env=around, cwd=folder, stdout=quiet, stderr=quiet
        ) as server:
            try:
                assert start_lab.answers(server, "127.0.0.1", port)
                yield start_lab.address("127.0.0.1", port, "player.ipynb", "bench")
            finally:
                server.terminate()
