"""A function's graph as a picture: the SVG of a layout.

Here: a class for each meaning and `data-` attributes for the player. Not here: shapes and sizes
(`shape`), where Graphviz puts things (`layout`), a page's own colours (`player/player.css` sets the
variables that `RULES` names; a picture on its own has them written out), and stepping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from typing import NamedTuple, Self

from faultviz.ir.graph import Edge, Function, Node, Program, When
from faultviz.picture.exits import error_exits
from faultviz.picture.layout import Layout, Point, layout
from faultviz.picture.shape import (
    CUT,
    HEAD,
    LINE,
    LOCK,
    PAD,
    TOKEN,
    answer_text,
    kind,
    lines_of,
    size,
)

RULES = "\n" + resources.files(__package__).joinpath("svg.css").read_text("utf-8")
"""How a picture looks; a page sets the variables, for its light and its dark theme."""

STYLE = re.sub(r"var\(--[\w-]+,([^)]+)\)", r"\1", RULES)
"""The same with the colours written out, for a picture on its own."""

Way = tuple[str, str, When]
"""An edge: source, target and the answer it is for."""


def svg(
    program: Program,
    function: str | None = None,
    *,
    now: str | None = None,
    held: bool = False,
    taken: Mapping[Way, str] | None = None,
    style: bool = True,
) -> Picture:
    """One function's picture.

    `now` is the node of the current step: there stands the token, its padlock closed when `held`.
    `taken` are the edges travelled so far, each with its class: `way-held` where mmap_lock was
    held then, else `way-open`, and `old` as well for an earlier round.

    >>> from faultviz.models import load
    >>> svg(load("mips", "merged")).startswith('<svg class="fv-svg"')
    True
    """
    f = program.functions[function or program.root]
    at = layout(f, program.name)
    boxes = {node.id: _box(node, at.nodes[node.id]) for node in f.nodes.values()}
    exits = frozenset() if style else error_exits(f)  # a page can fold them
    body = [
        *(_edge_svg(f, e, boxes, taken or {}) for e in _paired(f, at)),
        *(
            _node_svg(node, boxes[node.id], node.id == now, node.id in exits)
            for node in f.nodes.values()
        ),
    ]
    if now in boxes:
        body.append(token(boxes[now], held=held))
    width, height = round(at.width + 2 * PAD), round(at.height + 2 * PAD)
    title = escape(f"{program.name} {program.revision or ''}: {f.name}")
    head = (
        f'<svg class="fv-svg" xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}" viewBox="{-PAD} {-PAD} {width} {height}" role="img" '
        f'aria-label="{title}">'
    )
    whole = head + (f"<style>{STYLE}</style>" if style else "") + "".join(body) + "</svg>"
    return Picture(whole, width, height)


class Picture(str):
    """An SVG with its size in px."""

    __slots__ = ("height", "width")
    width: int
    height: int

    def __new__(cls, svg: str, width: int, height: int) -> Self:
        """The text is the SVG."""
        made = super().__new__(cls, svg)
        made.width, made.height = width, height
        return made

    def at(self, **place: int) -> str:
        """The same within another SVG, at `x` and `y`.

        >>> print(Picture('<svg width="9"/>', 9, 9).at(x=4))
        <svg x="4" width="9"/>
        """
        said = "".join(f'{name}="{px}" ' for name, px in place.items())
        return self.replace("<svg ", f"<svg {said}", 1)


class Box(NamedTuple):
    """A node's place: its centre and its size, in px."""

    x: float
    y: float
    width: int
    height: int
    kind: str

    def clip(self, point: Point) -> Point:
        """Where the line from the centre to a point of the frame leaves the shape itself."""
        dx, dy = point[0] - self.x, point[1] - self.y
        reach = abs(dx) + CUT * abs(dy) / (self.height / 2)
        if self.kind != "test" or reach <= self.width / 2:
            return point
        part = self.width / 2 / reach
        return round(self.x + part * dx, 1), round(self.y + part * dy, 1)


def _box(node: Node, centre: Point) -> Box:
    return Box(*centre, *size(node), kind(node))


Drawn = tuple[str, str, tuple[Point, ...], Point | None, Edge]


def _paired(function: Function, at: Layout) -> list[Drawn]:
    """Each drawn edge with the edge it stands for: Graphviz keeps the order of parallel ones."""
    left: dict[tuple[str, str], list[Edge]] = {}
    for edge in function.edges:
        left.setdefault((edge.source, edge.target), []).append(edge)
    return [(a, b, points, label, left[a, b].pop(0)) for a, b, points, label in at.edges]


def _edge_svg(
    function: Function, drawn: Drawn, boxes: Mapping[str, Box], taken: Mapping[Way, str]
) -> str:
    source, target, points, label, edge = drawn
    start, end = boxes[source].clip(points[0]), points[-1]
    path = curve(points, start)
    (px, py), (qx, qy) = points[-2], end
    dx, dy = qx - px, qy - py
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length, dy / length
    tip = f"{qx + HEAD * ux:.1f},{qy + HEAD * uy:.1f}"
    wing = f"{qx - 4 * uy:.1f},{qy + 4 * ux:.1f} {qx + 4 * uy:.1f},{qy - 4 * ux:.1f}"
    text = answer_text(edge, function.nodes[source])
    said = ""
    if text and label:
        said = f'<text x="{label[0]}" y="{label[1] + 4}">{escape(text)}</text>'
    patch = " patch" if "before" not in function.nodes[source].revisions else ""
    way = taken.get((source, target, edge.when), "")
    core = f'<path class="core" d="{path}"/>' if "way-held" in way else ""
    return (
        f'<g class="edge{patch} {way}" data-from="{escape(source)}" data-to="{escape(target)}" '
        f'data-when="{escape(str(edge.when))}"><path class="line" d="{path}"/>{core}'
        f'<polygon class="head" points="{tip} {wing}"/>{said}</g>'
    )


def curve(points: Sequence[Point], start: Point | None = None) -> str:
    """An edge's Bezier points as a path, from `start` where that is another point.

    >>> curve([(0, 0), (0, 5), (0, 9), (0, 14)], (0, -3))
    'M0,-3L0,0C0,5 0,9 0,14'
    """
    (x, y), *rest = points
    path = f"M{x},{y}" if start in (None, (x, y)) else f"M{start[0]},{start[1]}L{x},{y}"
    return path + "".join(
        f"C{a[0]},{a[1]} {b[0]},{b[1]} {c[0]},{c[1]}"
        for a, b, c in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    )


def _node_svg(node: Node, box: Box, now: bool, exits: bool) -> str:
    x, y, width, height, kind_ = box
    lines = lines_of(node)
    shift = LOCK if kind_ in ("acquire", "release") else 0
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
        f'<g class="node k-{kind_}{" patch" if patch else ""}{" now" if now else ""}'
        f'{" exit" if exits else ""}" '
        f'data-node="{escape(node.id)}" data-box="{x - width / 2:.0f} {y - height / 2:.0f} '
        f'{width} {height}">{_shape(kind_, x, y, width, height)}{lock}{texts}{tag}</g>'
    )


def token(box: Box | None = None, *, held: bool = False) -> str:
    """The mark of the task, at a node's left side: a padlock, closed while it holds mmap_lock."""
    place = f' transform="translate({box.x - box.width / 2 - TOKEN:.1f},{box.y})"' if box else ""
    return (
        f'<g class="token{" held" if held else ""}"{place}><circle class="disc" r="12"/>'
        f'<g class="is-open">{_padlock(0, 0, closed=False)}</g>'
        f'<g class="is-held">{_padlock(0, 0, closed=True)}</g></g>'
    )


def _shape(kind_: str, x: float, y: float, width: float, height: float) -> str:
    left, top = x - width / 2, y - height / 2
    right, bottom = left + width, top + height
    if kind_ in ("test", "bug"):
        cut = CUT if kind_ == "test" else 8
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
