"""Chromium, Firefox and WebKit: each opens and steps a page and a deck."""

import json

import engines
import pytest

import faultviz as fv
from faultviz.picture.colours import LIGHT
from faultviz.player.pages.standalone import write
from faultviz.publish import export

PLAYER = "document.querySelector('.fv-player[data-step]')"
STEP = PLAYER + "?.dataset.step"
CELL = "import faultviz as fv\nfv.play('mips', 'merged', 'COMPLETED')"
SHOWN = f"""(() => {{
  const box = {PLAYER}, node = box.querySelector(".now > .shape");
  return [getComputedStyle(node).fill, getComputedStyle(box).backgroundColor, box.offsetWidth > 600,
    node.getBoundingClientRect().width > 50];
}})()"""
"""Colours of the current node and of the ground, and whether both have a size."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page and a deck, each by its address; made before any browser is there."""
    folder = tmp_path_factory.mktemp("made")
    write(fv.play("s390", "v3"), folder / "page.html")
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# One\nIt comes."}
    code = {"cell_type": "code", "id": "code", "metadata": {}, "source": CELL}
    code |= {"outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel}
    (folder / "deck.ipynb").write_text(json.dumps(book | {"cells": [text, code]}))
    (folder / "deck.html").write_text(export.export(export.run(folder / "deck.ipynb"), "slides"))
    return {
        "page": (folder / "page.html").as_uri() + "#s390,v3,COMPLETED,step=3",
        "deck": (folder / "deck.html").as_uri() + "#2",
    }


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


def opens_and_steps(engine: engines.Engine, address: str) -> None:
    """The picture has a size and its colours, and arrows step it."""
    engine.open(address)
    first = int(engine.until(STEP))
    engine.ask(f"({PLAYER}.focus(), 1)")
    for n, key in enumerate(("ArrowRight", "ArrowRight", "ArrowLeft"), start=first):
        engine.press(key)
        assert engine.until(f"{STEP} === '{(n + 1) if key == 'ArrowRight' else n - 1}'")
    assert engine.ask(SHOWN) == [*map(rgb, (LIGHT["now"], LIGHT["bg"])), True, True]


def rgb(colour: str) -> str:
    """As a browser tells it."""
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@pytest.mark.parametrize("of", ["page", "deck"])
def test_chromium(in_chromium, made, of):
    """By Playwright."""
    opens_and_steps(in_chromium, made[of])


@pytest.mark.parametrize("of", ["page", "deck"])
def test_firefox(in_firefox, made, of):
    """By WebDriver BiDi."""
    opens_and_steps(in_firefox, made[of])


@pytest.mark.parametrize("of", ["page", "deck"])
def test_webkit(in_webkit, made, of):
    """By WebDriver."""
    opens_and_steps(in_webkit, made[of])
