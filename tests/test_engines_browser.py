"""Chromium, Firefox and WebKit: each opens and steps a page, a deck, and a player in JupyterLab."""

import json

import engines
import pytest
from cells import NEXT, POLLING, SETTLED
from labs import READY

import faultviz as fv
from faultviz.picture.colours import DARK, LIGHT
from faultviz.player.pages.standalone import write
from faultviz.publish import export

PLAYER = "document.querySelector('.fv-player[data-step]')"
STEP = PLAYER + "?.dataset.step"
BUTTON = ".fv-player[data-step] .fv-step"
CELL = "import faultviz as fv\nfv.play('mips', 'merged', 'COMPLETED')"
SHOWN = f"""(() => {{
  const box = {PLAYER}, node = box.querySelector(".now > .shape");
  return [getComputedStyle(node).fill, getComputedStyle(box).backgroundColor, box.offsetWidth > 600,
    node.getBoundingClientRect().width > 50];
}})()"""
"""Colours of the current node and of the ground, and whether both have a size."""


@pytest.fixture(scope="module")
def made(tmp_path_factory, jupyterlab):
    """A page, a deck and a notebook for each engine, by address; made before any browser is."""
    folder = tmp_path_factory.mktemp("made")
    write(fv.play("s390", "v3"), folder / "page.html")
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# One\nIt comes."}
    code = {"cell_type": "code", "id": "code", "metadata": {}, "source": CELL}
    code |= {"outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel}
    (folder / "deck.ipynb").write_text(json.dumps(book | {"cells": [text, code]}))
    (folder / "deck.html").write_text(export.export(export.run(folder / "deck.ipynb"), "slides"))
    made = {
        "page": (folder / "page.html").as_uri() + "#s390,v3,COMPLETED,step=3",
        "deck": (folder / "deck.html").as_uri() + "#2",
    }
    for name in ("lab-chromium", "lab-firefox", "lab-webkit"):
        (jupyterlab.folder / f"{name}.ipynb").write_text(json.dumps(book | {"cells": [code]}))
        link = jupyterlab.link(f"{name}.ipynb")
        made[name] = link.replace("/lab/", f"/lab/workspaces/{name}/")  # without others' tabs
    return made


@pytest.fixture
def in_chromium(made, browser_page):
    """Chromium."""
    browser_page.emulate_media(reduced_motion="reduce")
    return engines.of_page(browser_page)


@pytest.fixture(scope="module")
def in_firefox(made, firefox, tmp_path_factory):
    """Firefox."""
    with engines.firefox(firefox, tmp_path_factory.mktemp("firefox")) as engine:
        yield engine


@pytest.fixture(scope="module")
def in_webkit(made, webkit, tmp_path_factory):
    """WebKit."""
    with engines.webkit(webkit, tmp_path_factory.mktemp("webkit")) as engine:
        yield engine


def opens_and_steps(engine: engines.Engine, of: str, address: str) -> None:
    """The picture has a size and its colours; arrows step it, also after a click on its button."""
    engine.open(address)
    if of.startswith("lab"):
        runs(engine, f"{of}.ipynb")
    n = int(engine.until(STEP))
    engine.ask(f"({PLAYER}.focus(), 1)")
    for key, by in (("ArrowRight", 1), (None, 1), ("ArrowLeft", -1)):
        engine.press(key) if key else engine.click(BUTTON)
        n += by
        engine.until(f"{STEP} === '{n}'")
    # JupyterLab's theme is what the last test made it, and the player follows it.
    colours = DARK if engine.ask("document.body.dataset.jpThemeLight === 'false'") else LIGHT
    assert engine.ask(SHOWN) == [*map(rgb, (colours["now"], colours["bg"])), True, True]


def runs(engine: engines.Engine, path: str) -> None:
    """Run the first cell, as `cells.run_first` does in Chromium, but by the mouse.

    No window of Firefox is active for WebDriver: keys come, but JupyterLab is not told of a focus.
    """
    engine.until(f"({READY})('{path}')", pause=POLLING / 1000)
    while (now := engine.until(f"({NEXT})()", pause=POLLING / 1000)) != "runs":
        if now == "asks":
            engine.click(".jp-Dialog .jp-mod-accept")
        else:
            engine.click(".jp-CodeCell .cm-content")
            engine.click("[data-command='notebook:run-cell-and-select-next']")
            engine.ask("Object.assign(window, { pressed: true, looks: 0 }) && 1")
    engine.until(f"({SETTLED})()")


def rgb(colour: str) -> str:
    """As a browser tells it."""
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.mark.parametrize("of", ["page", "deck", "lab-chromium"])
def test_chromium(in_chromium, made, of):
    """By Playwright."""
    opens_and_steps(in_chromium, of, made[of])


@pytest.mark.parametrize("of", ["page", "deck", "lab-firefox"])
def test_firefox(in_firefox, made, of):
    """By WebDriver BiDi."""
    opens_and_steps(in_firefox, of, made[of])


@pytest.mark.parametrize("of", ["page", "deck", "lab-webkit"])
def test_webkit(in_webkit, made, of):
    """By WebDriver."""
    opens_and_steps(in_webkit, of, made[of])
