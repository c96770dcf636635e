"""How long a step takes until it is painted, in a real JupyterLab, beside two other ways to draw.

The others draw the same graph: ipywidgets.HTML, to which a cached SVG of the step is sent again,
and ipycytoscape, whose nodes change their class: painted when its canvas was drawn after that.
Both are stepped by a button, as such lessons are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Error, Page, sync_playwright

from faultviz.start import jupyter
from faultviz.start.child import environment

FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PLAYER = "import faultviz as fv\nfv.play('mips', 'before')"
HTML = """
import ipywidgets as w
from faultviz.player import payload
from faultviz.player.still import still
trace = fv.run("mips", "before")
cached = [still(trace, step.n) for step in trace.steps]
at, box, go = [0], w.HTML(), w.Button(description="html step")
def show(_=None):
    at[0] = (at[0] + 1) % len(cached)
    box.value = f'<div class="rival" data-at="{at[0]}">{cached[at[0]]}</div>'
go.on_click(show)
show()
w.VBox([go, box])
"""
CYTOSCAPE = """
import ipycytoscape as c
from faultviz.models import load
f = load("mips", "before").function
graph = c.CytoscapeWidget()
graph.graph.add_graph_from_json({
    "nodes": [{"data": {"id": n, "label": f.nodes[n].text}, "classes": ""} for n in f.nodes],
    "edges": [{"data": {"source": e.source, "target": e.target}} for e in f.edges],
})
style = {"background-color": "#ffeebb", "border-width": 4}
graph.set_style([{"selector": "node", "css": {"content": "data(label)", "shape": "rectangle"}},
                 {"selector": "node.now", "css": style}])
order = [s.node for s in trace.steps if s.node in f.nodes]
nodes = {n.data["id"]: n for n in graph.graph.nodes}
told, count, on = w.HTML('<i class="cyto" data-at="0"></i>'), [0], w.Button(description="cyto step")
def move(_=None):
    old, count[0] = order[count[0] % len(order)], count[0] + 1
    nodes[old].classes = ""
    nodes[order[count[0] % len(order)]].classes = "now"
    told.value = f'<i class="cyto" data-at="{count[0]}"></i>'
on.on_click(move)
w.VBox([on, told, graph])
"""
PAINTED = """const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = done;
    after.port2.postMessage(0);
  }));"""
PRESS = f"""async (n) => {{
  const player = document.querySelector(".fv-player");
  {PAINTED}
  const times = [];
  player.focus();
  for (let i = 0; i < n; i++) {{
    await painted();
    await new Promise((done) => setTimeout(done, 20)); // a hand presses between two frames
    const begun = performance.now();
    const way = i % 40 < 20 ? "ArrowRight" : "ArrowLeft";
    const told = {{ key: way, bubbles: true, cancelable: true }};
    player.dispatchEvent(new KeyboardEvent("keydown", told));
    await painted();
    times.push(performance.now() - begun);
  }}
  return times;
}}"""
CLICK = f"""async ([n, label, sign]) => {{
  const button = [...document.querySelectorAll("button")]
    .find((b) => b.textContent.trim() === label);
  if (sign === ".cyto" && !window.drawn) {{
    window.drawn = 1;
    const clear = CanvasRenderingContext2D.prototype.clearRect;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {{
      window.drawn = performance.now();
      return clear.apply(this, box);
    }};
  }}
  {PAINTED}
  const at = () => document.querySelector(sign)?.dataset.at;
  const times = [];
  for (let i = 0; i < n; i++) {{
    await painted();
    await new Promise((done) => setTimeout(done, 20));
    const old = at(), begun = performance.now();
    button.click();
    while (at() === old) await new Promise((done) => setTimeout(done, 1));
    const changed = performance.now();
    while (sign === ".cyto" && window.drawn < changed && performance.now() - changed < 500) {{
      await new Promise((done) => setTimeout(done, 1));
    }}
    await painted();
    times.push(performance.now() - begun);
  }}
  return times;
}}"""
HANDLER = f"""async (names) => {{
  const player = document.querySelector(".fv-player");
  {PAINTED}
  const times = [];
  for (const name of names) {{
    await painted();
    const select = player.querySelector('select[data-choice="handler"]');
    const begun = performance.now();
    select.value = name;
    select.dispatchEvent(new Event("change"));
    while (!player.dataset.scenario.startsWith(name)) {{
      await new Promise((done) => setTimeout(done, 1));
    }}
    await painted();
    times.push(performance.now() - begun);
  }}
  return times;
}}"""


class Times(NamedTuple):
    """Milliseconds, one for each press; `cytoscape` is empty where it could not be installed."""

    steps: list[float]
    html: list[float]
    cytoscape: list[float]
    handlers: list[float]


def measure(n: int = 100, chromium: str = "/usr/bin/chromium") -> Times:
    """Milliseconds from a press until the page has painted the first frame with what it changed.

    `requestAnimationFrame` runs just before a frame is painted, the message just after. At 60
    frames a second one comes every 17 ms.
    """
    with tempfile.TemporaryDirectory() as extra:
        cells = [PLAYER, HTML, *([CYTOSCAPE] if _install(extra) else [])]
        with _lab(cells, extra) as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(link)
            _run(page, 0, ".fv-player")
            steps: list[float] = page.evaluate(PRESS, n)
            names = ["x86", "arm64", "mips", "s390", "powerpc", "mips"] * 4
            handlers: list[float] = page.evaluate(HANDLER, names)
            _run(page, 1, ".rival")
            html: list[float] = page.evaluate(CLICK, [n, "html step", ".rival"])
            cytoscape: list[float] = []
            if len(cells) > 2:
                _run(page, 2, ".cyto")
                cytoscape = page.evaluate(CLICK, [n, "cyto step", ".cyto"])
            browser.close()
    return Times(steps, html, cytoscape, handlers)


def _install(folder: str) -> bool:
    """Put ipycytoscape beside the environment, for this run; False where that cannot be."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder]
    done = subprocess.run([*pip, "ipycytoscape", "spectate"], check=False, capture_output=True)
    return done.returncode == 0


def _run(page: Page, n: int, sign: str) -> None:
    """Run a cell, again where JupyterLab was not ready yet."""
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    for _ in range(10):
        with suppress(Error):
            for accept in page.locator(".jp-Dialog .jp-mod-accept").all():
                accept.click()
            page.locator(".jp-CodeCell").nth(n).locator(".cm-content").click(timeout=5000)
            page.keyboard.press("Shift+Enter")
            page.wait_for_selector(sign, state="attached", timeout=10000)
            return
    raise RuntimeError(f"Cell {n} showed no {sign}.")


@contextmanager
def _lab(sources: list[str], extra: str) -> Iterator[str]:
    """A JupyterLab with one notebook of these cells, and the address that opens it."""
    with tempfile.TemporaryDirectory() as folder:
        cells = [
            {"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "source": source,
             "outputs": [], "execution_count": None}
            for i, source in enumerate(sources)
        ]  # fmt: skip
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = {
            "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells,
        }  # fmt: skip
        Path(folder, "player.ipynb").write_text(json.dumps(book), encoding="utf-8")
        port = jupyter.free_port("127.0.0.1", 19888)
        told = jupyter.arguments(Path(folder), "127.0.0.1", port, "", browser=False)
        homes = {f"JUPYTER_{n}_DIR": f"{folder}/.{n}" for n in ("CONFIG", "DATA", "RUNTIME")}
        path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), extra]))
        homes |= {"JUPYTER_PATH": f"{extra}/share/jupyter", "PYTHONPATH": path}
        around = environment(**homes, JUPYTER_TOKEN="bench")  # noqa: S106 (a server of our own)
        command = [sys.executable, "-P", "-m", "jupyterlab", *told]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            command, env=around, cwd=folder, stdout=quiet, stderr=quiet
        ) as server:
            try:
                assert jupyter.answers(server, "127.0.0.1", port)
                yield jupyter.address("127.0.0.1", port, "player.ipynb", "bench")
            finally:
                server.terminate()
