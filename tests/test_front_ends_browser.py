"""Front ends that we do not bring, in Chromium: the rows of CONTRIBUTING's table.

JupyterLab, Notebook 7 and JupyterLite have tests of their own (`test_saved_browser`,
`test_keys_browser`, `test_lite_browser`).
"""

import json
import re
import shutil
import subprocess
from urllib.parse import urlsplit

import labs
import nbformat
import others
import pytest
import sharing
from cells import run_cell, run_first

import faultviz as fv
from faultviz.start import jupyter

THEIRS = ("nbextensions", "404 (Not Found)", "Shared module @jupyterlab", "net::ERR_FAILED")
"""What they complain of themselves, with nothing of ours in the page."""

STOP = """async () => {
  const headers = { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1] };
  for (const one of await (await fetch("/api/sessions")).json())
    await fetch("/api/sessions/" + one.id, { method: "DELETE", headers });
}"""

SAVED = """async (path) => {
  const book = (await (await fetch("/api/contents/" + path)).json()).content;
  return Boolean(book.metadata.widgets);
}"""


@pytest.fixture(scope="module")
def lab(front_ends, tmp_path_factory):
    """One server with JupyterLab for two, nbclassic and Voilà, and a notebook for each."""
    folder = tmp_path_factory.mktemp("others")
    cells = [
        {"cell_type": "code", "id": f"cell-{n}", "metadata": {}, "source": source, "outputs": [],
         "execution_count": None}
        for n, source in enumerate(others.CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells,
    }  # fmt: skip
    for name in ("classic", "voila", "two"):
        (folder / f"{name}.ipynb").write_text(json.dumps(book))
    with labs.served(front_ends, folder, 18700) as started:
        yield started


@pytest.fixture
def page(browser):
    """A function that opens an address; in the end no page said that something went wrong."""
    contexts, bad, outside = [], [], []

    def open_(address):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        contexts[-1].route(
            lambda url: urlsplit(url).hostname not in (None, "", *labs.HERE),
            lambda route: (outside.append(route.request.url), route.abort()),
        )
        new = contexts[-1].new_page()
        new.on("pageerror", lambda error: bad.append(str(error)))
        new.on("console", lambda m: m.type == "error" and bad.append(m.text))
        new.goto(address)
        return new

    yield open_
    for one in contexts:
        for new in one.pages:
            bad += new.get_by_text(re.compile("model not found|Error displaying")).all_inner_texts()
        one.close()
    assert [text for text in bad if not any(other in text for other in THEIRS)] == []
    assert [url for url in outside if "fontawesome" not in url] == []  # Voilà's own letters


def test_nbclassic(lab, page):
    """Played, saved by its own menu, its kernel stopped, opened again: it steps."""
    address = lab.link("classic.ipynb").replace("/lab/tree/", "/notebooks/")
    here = page(address)
    here.locator(".kernel_idle_icon").wait_for()
    here.locator(".code_cell .CodeMirror").first.click()
    here.keyboard.press("Shift+Enter")
    others.shown(here)
    here.keyboard.press("Shift+Enter")
    others.played(here, ".cell")
    here.locator("#menubar").get_by_text("Widgets", exact=True).click()
    here.get_by_text("Save Notebook Widget State").click()
    here.wait_for_function("Jupyter.notebook.metadata.widgets")
    with here.expect_response(lambda answer: answer.request.method == "PUT"):
        here.locator("#save-notbook button").click()
    here.evaluate(STOP)
    here.context.close()
    again = page(address)
    again.get_by_text("This needs its kernel: run the cell again.").wait_for()
    others.shown(again).focus()
    step = int(again.locator(".fv-player").get_attribute("data-step"))
    again.keyboard.press("ArrowRight")
    others.at(again, step + 1)


def test_voila(lab, page):
    """It runs the notebook and shows what the cells show."""
    here = page(lab.link("voila.ipynb").replace("/lab/tree/", "/voila/render/"))
    others.played(here, ".jp-Cell")


def test_two_users_of_one_notebook(lab, page):
    """Each sees the other's step and answer; saved and stopped, it opens alive."""
    address = lab.link("two.ipynb")
    one = page(address.replace("/lab/", "/lab/workspaces/one/"))
    one.wait_for_function(labs.READY, arg="two.ipynb", polling=200)
    run_first(one)
    run_cell(one, 1)
    two = page(address.replace("/lab/", "/lab/workspaces/two/"))
    others.shown(two)
    others.played(one, ".jp-Cell")
    step = one.locator(".fv-player").get_attribute("data-step")
    others.at(two, step)
    two.locator(".fv-player").get_by_role("button", name="Step", exact=True).click()
    others.at(one, int(step) + 1)
    one.locator(".jp-Notebook").click(position={"x": 4, "y": 4})
    one.keyboard.press("Control+s")
    one.wait_for_function(SAVED, arg="two.ipynb", polling=200)
    one.evaluate(STOP)
    for user in (one, two):
        user.context.close()
    again = page(address.replace("/lab/", "/lab/workspaces/again/"))
    others.shown(again).focus()
    again.keyboard.press("ArrowRight")
    others.at(again, int(step) + 2)


@pytest.fixture
def marimo(front_ends, tmp_path):
    """The address of its editor."""
    port = jupyter.free_port("127.0.0.1", sharing.port(18750))
    with others.marimo(front_ends, tmp_path, port) as address:
        yield address


def test_marimo(marimo, page):
    """Its cells are run as it opens."""
    others.played(page(marimo), "[data-cell-id]")


def test_a_book_shows_pictures(front_ends, repo, tmp_path):
    """MyST-NB: our lessons as they are; a saved one by one setting, with its state and without."""
    view = "application/vnd.jupyter.widget-view+json"
    made = fv.play("mips", "before")._repr_mimebundle_()[0]
    asked = fv.ask("00-M4")._repr_mimebundle_()[0]
    for name, state in (("with", {}), ("without", None)):
        book = nbformat.v4.new_notebook()
        if state is not None:
            book.metadata["widgets"] = {view.replace("view", "state"): {"state": state}}
        for data in (made, asked):
            output = nbformat.v4.new_output("execute_result", data, execution_count=1)
            book.cells.append(nbformat.v4.new_code_cell("shown", outputs=[output]))
        nbformat.write(book, tmp_path / f"{name}.ipynb")
    shutil.copy(repo / "notebooks/00-start.ipynb", tmp_path / "lesson.ipynb")
    (tmp_path / "index.md").write_text("# Book\n```{toctree}\nwith\nwithout\nlesson\n```\n")
    setting = next(
        line for line in (repo / "CONTRIBUTING.md").read_text().split("`") if "overrides =" in line
    )
    (tmp_path / "conf.py").write_text(
        f'extensions = ["myst_nb"]\nnb_execution_mode = "off"\n{setting}\n'
    )
    command = [front_ends, "-m", "sphinx", "-Q", "-b", "html", tmp_path, tmp_path / "out"]
    subprocess.run(command, check=True)
    for name in ("with", "without"):
        page = (tmp_path / f"out/{name}.html").read_text()
        assert '<img alt="Player(mips before' in page
        assert "Before the patch: how often" in page
    assert len([*(tmp_path / "out/_images").glob("*.svg")]) >= 3


def test_each_row_of_the_table_names_tests_that_there_are(repo):
    """CONTRIBUTING's table of front ends."""
    told = (repo / "CONTRIBUTING.md").read_text().split("## Front ends")[1].split("##")[0]
    named = re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", told)
    assert len(named) > 8
    for file, name in named:
        assert f"def {name}(" in (repo / "tests" / file).read_text() or not name
