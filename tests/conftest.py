"""What tests share: the repository's files, Chromium, a JupyterLab of their own, a kernel tree.

What a test needs of the machine is the table in `machine`: a test bears a need's marker by using
its fixture. Where the machine lacks it the test is left out, and the end of the run says why. How
tests are shared out among processes is in `sharing`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import hubs
import hypothesis
import labs
import machine
import others
import pytest
import sharing
from cells import run_first
from widget_page import shown

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("faultviz", deadline=None)
hypothesis.settings.load_profile("faultviz")


BROWSERS = []
"""Those that run, for what is said of a test that fails."""
SEEN = """() => {
  const at = document.activeElement;
  return `${location.href}\nfocus: ${at?.tagName} ${at?.className}\n${document.body.innerText}`;
}"""


class OwnAnswers:
    """A learner of its own for each doctest and each notebook: what one answers, no other sees.

    A plugin, for these lie in other folders than this file, and have no fixtures.
    """

    def __init__(self, folder):
        self.folder = folder

    @pytest.hookimpl(tryfirst=True)  # before a notebook's kernel is started
    def pytest_runtest_setup(self, item):
        """The folder goes by the notebook, or by the doctest."""
        learner = item.nodeid.split("::")[0] if sharing.is_cell(item) else item.nodeid
        os.environ["FAULTVIZ_WORK"] = str(self.folder / sha256(learner.encode()).hexdigest())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call):
    """A failure says what the pages show: where it cannot be had again, nobody else can tell."""
    report = yield
    if call.excinfo and call.when == "call":
        pages = [page for one in BROWSERS for context in one.contexts for page in context.pages]
        for page in pages:
            with suppress(Exception):  # one that is closed, or does not answer
                report.sections.append(("a page shows", page.evaluate(SEEN)[:4000]))
    return report


def pytest_configure(config):
    """What doctests and notebooks answer is kept in a folder that goes with the tests."""
    config.pluginmanager.register(sharing)
    folder = tempfile.TemporaryDirectory(prefix="faultviz-work-")
    config.pluginmanager.register(OwnAnswers(Path(folder.name)))
    config.add_cleanup(folder.cleanup)


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """The folder of a learner who has answered nothing yet."""
    folder = tmp_path / "of-the-learner"
    monkeypatch.setenv("FAULTVIZ_WORK", str(folder))
    return folder


@pytest.fixture(scope="session")
def archive():
    """A real kernel's source, as Debian ships it."""
    return machine.source()


@pytest.fixture(scope="session")
def tree(archive):
    """The same, read."""
    from faultviz.kernel import KernelTree

    return KernelTree(archive)


@pytest.fixture(scope="session")
def kernel_image():
    """A kernel that QEMU boots."""
    return machine.kernel()


@pytest.fixture(scope="session")
def uml():
    """User-mode Linux."""
    return machine.uml()


@pytest.fixture(scope="session")
def lite_site(repo, tmp_path_factory):
    """The course as a JupyterLite; what was fetched for it stays in the clone's build folder."""
    from faultviz.publish.site.jupyterlite import build

    return build(repo, tmp_path_factory.mktemp("site") / "lite")


@pytest.fixture(scope="session")
def image(repo, tmp_path_factory):
    """A fresh environment with what Binder installs, and the clone that it is made of."""
    return hubs.image(repo, tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="session")
def front_ends(repo, tmp_path_factory):
    """The Python of an environment with all front ends that we do not bring."""
    return others.environment(repo, tmp_path_factory.mktemp("front-ends"))


@pytest.fixture(scope="session")
def repo() -> Path:
    """The clone, for tests of its files; the tests may run elsewhere."""
    return Path(os.environ.get("FAULTVIZ_REPO") or Path(__file__).resolve().parent.parent)


@pytest.fixture(scope="session")
def node_tools() -> str:
    """Node.js, where the tools of tests/js are or can be had."""
    return machine.node_tools()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return machine.chromium()


@pytest.fixture(scope="session")
def firefox() -> str:
    """The path of another maker's browser."""
    return machine.firefox()


@pytest.fixture(scope="session")
def webkit() -> str:
    """The path of a third one."""
    return machine.webkit()


# Not for the session: while Playwright's event loop runs, nbval's client must not start its own.
@pytest.fixture(scope="module")
def browser(chromium):
    """A headless browser with an empty profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=machine.FLAGS)
        BROWSERS.append(started)
        yield started
        BROWSERS.remove(started)
        started.close()


@pytest.fixture
def page_errors() -> list[str]:
    """What went wrong in the page of `browser_page`, uncaught."""
    return []


@pytest.fixture
def browser_page(browser, page_errors):
    """An empty page; a request to anywhere but this machine is refused, and fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    outside = []

    def refuse(route):
        outside.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).hostname not in (None, "", *labs.HERE), refuse)
    page = context.new_page()
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    yield page
    context.close()
    assert outside == []


@pytest.fixture
def alone(browser_page, page_errors):
    """`shown` in an empty page, in which nothing goes wrong."""
    yield partial(shown, browser_page)
    assert page_errors == []


@pytest.fixture(scope="session")
def jupyterlab(repo, tmp_path_factory):
    """A JupyterLab as `faultviz lab` starts it, without the account's own settings."""
    folder = tmp_path_factory.mktemp("lab")
    if (repo / "notebooks").is_dir():
        shutil.copytree(repo / "notebooks", folder / "notebooks")
    with labs.served(sys.executable, folder, 18888) as lab:
        yield lab


@pytest.fixture(scope="module")
def opened(jupyterlab, browser):
    """A function that opens a notebook of these cells in JupyterLab, when its kernel is ready.

    Or in Notebook 7, whose place is `notebooks`. The first cell is run and must say something. In
    the end there was no error in a console and no request to the outside.
    """
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    bad, contexts = [], []

    def complain(text):
        if not any(other in text for other in labs.OF_OTHERS):
            bad.append(text)

    def show(path, sources, place="lab"):
        cells = [
            {"cell_type": "code", "id": f"cell-{n}", "metadata": {}, "source": source,
             "outputs": [], "execution_count": None}
            for n, source in enumerate(sources)
        ]  # fmt: skip
        metadata = {"kernelspec": kernel}
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
        file = jupyterlab.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(book))
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 720}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complain(str(error)))
        page.on(
            "console", lambda m: m.type == "error" and complain(f"{m.text} {m.location['url']}")
        )
        page.on(
            "request", lambda r: urlsplit(r.url).hostname in (*labs.HERE, None) or bad.append(r.url)
        )
        workspace = f"/lab/workspaces/{file.stem}-{len(contexts)}/"
        address = jupyterlab.link(path)
        if place == "lab":
            page.goto(address.replace("/lab/", workspace))
        else:
            page.goto(address.replace("/lab/tree/", f"/{place}/"))
        page.wait_for_function(labs.READY, arg=path, polling=200)
        run_first(page)
        return page

    yield show
    for context in contexts:
        context.close()
    assert bad == []
