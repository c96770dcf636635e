"""A lesson that was saved, closed and opened again: its widgets live on without their kernel."""

import json
import subprocess
import sys
from pathlib import Path

import labs
import pytest
from cells import run_cell

import faultviz as fv
from faultviz.player.pages.packing import ValueTable, packed
from faultviz.start import jupyter

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def made():
    """What the cells show."""
    yield fv.play("mips", gate=True)
    yield fv.play("mips", "before")
    yield fv.play(fv.compare("mips"))
    yield fv.lanes("before", threads=2, writers=1)


CELLS = (
    "'the kernel answers'",
    "import faultviz as fv\nfv.play('mips', gate=True)",
    "fv.play('mips', 'before')",
    "fv.play(fv.compare('mips'))",
    "fv.lanes('before', threads=2, writers=1)",
)


def save(page, file, holds):
    """Ctrl+S, until the file holds what it should: a save does not wait for what is packed."""
    for _ in range(20):
        page.locator(".jp-Notebook").click(position={"x": 4, "y": 4})
        with page.expect_response(
            lambda answer: answer.request.method == "PUT" and file.name in answer.url
        ):
            page.keyboard.press("Control+s")
        if holds(book := json.loads(file.read_text())):
            return book
    raise AssertionError(f"{file} was not saved as it should be")


def states(book):
    """What a notebook's file has of widgets."""
    return book["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})


def shown(book):
    """The models of its outputs."""
    outputs = [one for cell in book["cells"] for one in cell.get("outputs", ())]
    return [one["data"][VIEW]["model_id"] for one in outputs if VIEW in one.get("data", {})]


def stubs(book):
    """Whether all that is shown is on a shelf."""
    found = states(book)
    return shown(book) and all("_shelf" in found.get(n, {}).get("state", {}) for n in shown(book))


STOP = """async () => {
  const headers = { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1] };
  for (const one of await (await fetch("/api/sessions")).json())
    if (one.path.startsWith("kept/"))
      await fetch("/api/sessions/" + one.id, { method: "DELETE", headers });
}"""


@pytest.fixture(scope="module")
def reopened(opened, jupyterlab, browser):
    """A function that stops the kernel of a page and opens its notebook anew."""
    contexts, wrong = [], []

    def again(page, name, place="lab"):
        page.evaluate(STOP)
        page.close()
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 720}))
        new = contexts[-1].new_page()
        new.on("pageerror", lambda error: wrong.append(str(error)))
        if place == "lab":
            place = f"lab/workspaces/k{len(contexts)}/tree"
        new.goto(jupyterlab.link(f"kept/{name}").replace("/lab/tree/", f"/{place}/"))
        return new

    yield again
    for context in contexts:
        context.close()
    assert [one for one in wrong if not any(other in one for other in labs.OF_OTHERS)] == []


@pytest.fixture(scope="module")
def lesson(opened, jupyterlab):
    """A lesson with its player, comparison and lanes run, one question answered, and saved."""
    page = opened("kept/lesson.ipynb", CELLS)
    for n in range(1, len(CELLS)):
        run_cell(page, n)
    page.locator(".fv-player").first.focus()
    page.keyboard.press("b")
    page.locator(".fv-player .fv-verdict, .fv-player [data-verdict]").first.wait_for()
    return page, save(page, jupyterlab.folder / "kept/lesson.ipynb", stubs)


def test_what_is_saved_is_small_and_has_no_answer(lesson):
    """The script once and all else packed, at most half as much again as pages pack it."""
    _, book = lesson
    assert len(shown(book)) == 4
    table, pieces = ValueTable(), set()
    table.add(None)
    for widget in made():
        for name in {*widget.keys} - {"layout"}:
            value = getattr(widget, name)
            (pieces.add if name in ("_esm", "_css") else table.add)(value)
    size = len(packed([sorted(pieces), table.told()]))
    assert len(json.dumps(states(book))) <= 1.5 * size
    tried = [one["state"]["_gated"] for one in states(book).values() if "_gated" in one["state"]]
    assert [(one["tried"], one["said"]) for one in tried] == [([], "")] * 2


def test_it_opens_alive_and_again_after_a_second_save(lesson, reopened, jupyterlab):
    """All step without their kernel, and what needs one says so; a save from there keeps them.

    In Notebook 7 as well: what JupyterLab saved, and what it saved itself.
    """
    page, _ = lesson
    file = jupyterlab.folder / "kept/lesson.ipynb"
    for place in ("lab", "lab", "notebooks", "notebooks"):
        page = reopened(page, "lesson.ipynb", place)
        gated, player, duo = (page.locator(".fv-player").nth(n) for n in range(3))
        lanes = page.locator(".fv-lanes")
        for one in (player, duo, lanes):
            before = one.get_attribute("data-step") or one.get_attribute("data-tick")
            one.focus()
            page.keyboard.press("n")
            after = one.get_attribute("data-step") or one.get_attribute("data-tick")
            assert int(after) == int(before) + 1
        assert gated.locator(".fv-gate").is_visible()
        gated.focus()
        page.keyboard.press("b")
        gated.get_by_text("your answers are not kept").wait_for()
        assert page.get_by_text("model not found").count() == 0
        player.get_by_role("button", name="v3").click()
        player.get_by_text("a choice needs a running kernel, stepping does not").wait_for()
        known = set(shown(json.loads(file.read_text())))
        assert set(shown(save(page, file, stubs))) == known


def test_whom_the_notebook_is_not_trusted_sees_pictures_with_their_text(lesson, opened, jupyterlab):
    """JupyterLab runs nothing of somebody else's notebook: each widget is a picture there."""
    _, book = lesson
    other = {**book, "cells": [*book["cells"], {**book["cells"][0], "id": "more", "outputs": []}]}
    (jupyterlab.folder / "kept/others.ipynb").write_text(json.dumps(other))
    page = lesson[0].context.new_page()
    page.goto(jupyterlab.link("kept/others.ipynb").replace("/lab/", "/lab/workspaces/others/"))
    pictures = page.locator(".jp-OutputArea figure img")
    pictures.nth(3).wait_for()
    said = page.locator(".jp-OutputArea figcaption").all_text_contents()
    assert [text.partition("(")[0] for text in said] == ["Player", "Player", "Duo", "Lanes"]
    assert all(pictures.nth(n).evaluate("(one) => one.naturalWidth > 500") for n in range(4))


@pytest.mark.parametrize("kept", [True, False])
def test_nbconvert_shows_a_picture(lesson, kept, tmp_path):
    """With the widgets' state in the file, and without it."""
    _, book = lesson
    if not kept:
        book = {**book, "metadata": {"kernelspec": book["metadata"]["kernelspec"]}}
    file = tmp_path / "saved.ipynb"
    file.write_text(json.dumps(book))
    config = Path(jupyter.__file__).with_name("nbconvert.json")  # which the wheel brings
    told = ["--to", "html", f"--config={config}", str(file)]
    subprocess.run([sys.executable, "-P", "-m", "nbconvert", *told], check=True)
    page = file.with_suffix(".html").read_text()
    assert [page.count(f'<img alt="{name}(') for name in ("Player", "Duo", "Lanes")] == [2, 1, 1]


def test_what_needs_its_kernel_is_kept_as_a_sentence(opened, reopened, jupyterlab):
    """The learner's file is in no notebook; nothing says that a model is missing."""
    page = opened("kept/mine.ipynb", ("'the kernel answers'", "import faultviz as fv\nfv.work()"))
    run_cell(page, 1)
    book = save(page, jupyterlab.folder / "kept/mine.ipynb", stubs)
    assert "acts" not in json.dumps(states(book))
    page = reopened(page, "mine.ipynb")
    page.get_by_text("This needs its kernel: run the cell again.").wait_for()
    assert page.get_by_text("model not found").count() == 0
