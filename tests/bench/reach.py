"""How long a learner waits for the first moving picture, and what it takes: where classes sit.

In JupyterLite, in the image of Binder, and with ten learners on a Hub; all in headless Chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "helpers"))

import hubs
from cells import run_first
from playwright.sync_api import Browser, sync_playwright

from faultviz.start import jupyter
from faultviz.start.launch import clone

FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
CHROMIUM = "/usr/bin/chromium"
LEARNERS = 10
TOKEN = "a-known-token"  # noqa: S105 (for this machine)
SHOWN = ".fv-player svg .node"


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless browser with an empty profile."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@contextmanager
def running(command: list[Any], **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A server that says nothing, until what is measured is done or has failed."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet, **more) as server:
        try:
            yield server
        finally:
            server.terminate()


def shown(page: Any, address: str) -> float:
    """Seconds from the address to the first player, its cell run as soon as it can be."""
    begin = time.perf_counter()
    page.goto(address)
    run_first(page)
    page.wait_for_selector(SHOWN, timeout=180_000)
    return time.perf_counter() - begin


def lite(folder: Path) -> Iterator[tuple[str, float]]:
    """The site built, and opened by a browser that never saw it, then by the same one."""
    from faultviz.publish.site.jupyterlite import build

    root = clone()
    assert root
    begin = time.perf_counter()
    site = build(root, folder / "lite")
    yield "JupyterLite built, s", time.perf_counter() - begin
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    yield "its size, MB", size / hubs.MB
    port = jupyter.free_port("127.0.0.1", 18800)
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "-d", site, str(port)]
    with running(command) as server, browsing() as browser:
        jupyter.answers(server, "127.0.0.1", port)
        page = browser.new_context().new_page()
        address = f"http://127.0.0.1:{port}/lab/index.html?path=00-start.ipynb"
        for name in ("never seen", "seen before"):
            yield f"JupyterLite {name}: first player, s", shown(page, address)


def binder(image: hubs.Image, folder: Path) -> Iterator[tuple[str, float]]:
    """JupyterLab as Binder starts it, with lesson 00 and all its cells run."""
    port = jupyter.free_port("127.0.0.1", 18810)
    told = jupyter.arguments(image.clone, "127.0.0.1", port, "", browser=False)
    around = image.around(**jupyter.settings(folder / "settings"), JUPYTER_TOKEN=TOKEN)
    command = [image.python, "-m", "jupyterlab", *told]
    with running(command, env=around, cwd=image.clone) as server, browsing() as browser:
        jupyter.answers(server, "127.0.0.1", port)
        page = browser.new_context().new_page()
        address = jupyter.address("127.0.0.1", port, jupyter.FIRST, TOKEN)
        yield "Binder's image, JupyterLab: first player, s", shown(page, address)
        yield "JupyterLab and this lesson, MB", hubs.memory(server.pid)
        for _ in range(page.locator(".jp-Notebook .jp-Cell").count()):
            page.keyboard.press("Shift+Enter")
        page.wait_for_function(
            "() => ![...document.querySelectorAll('.jp-InputPrompt')].some((p) => p.innerText"
            ".includes('*'))",
            timeout=120_000,
        )
        yield "the same with all its cells run, MB", hubs.memory(server.pid)


def hub(image: hubs.Image, folder: Path) -> Iterator[tuple[str, float]]:
    """Ten learners, one after the other, each from the login to the first player."""
    port = jupyter.free_port("127.0.0.1", 18820)
    with (
        hubs.hub(image, hubs.with_hub(image), port, folder / "homes") as server,
        browsing() as browser,
        ExitStack() as open_,
    ):
        alone = hubs.memory(server.pid)
        yield "a Hub and its proxy, MB", alone
        bad: list[str] = []
        waits = []
        for n in range(LEARNERS):
            begin = time.perf_counter()
            page = hubs.learner(open_, browser, f"http://127.0.0.1:{port}", f"learner-{n}", bad)
            run_first(page)
            page.wait_for_selector(SHOWN, timeout=180_000)
            waits.append(time.perf_counter() - begin)
        yield "a learner of the Hub, from login to the first player, median, s", sorted(waits)[5]
        yield "the slowest of ten, s", max(waits)
        yield "each of ten learners, MB", (hubs.memory(server.pid) - alone) / LEARNERS


def measure() -> Iterator[tuple[str, float]]:
    """All of it."""
    root = clone()
    assert root
    with tempfile.TemporaryDirectory(prefix="faultviz-reach-") as made:
        folder = Path(made)
        yield from lite(folder)
        begin = time.perf_counter()
        image = hubs.image(root, folder)
        yield "Binder's image made, s", time.perf_counter() - begin
        yield from binder(image, folder)
        yield from hub(image, folder)
