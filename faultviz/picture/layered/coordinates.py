"""A layout without Graphviz, for a browser's Python: where layers and edges are, in px.

Here: places in line with their neighbours, curves, labels. Not here: the layers and their order
(`layers`), and when this layout is asked for (`layout`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from faultviz.picture.layered.layers import ROUNDS, Layers, Link, Rows, in_layers, is_bend, ordered
from faultviz.picture.shape import HEAD, Boxes, text_width

Point = tuple[float, float]
Drawn = tuple[str, str, tuple[Point, ...], Point | None]

BETWEEN = 22.0  # px from node to node within a layer
SAID = 18.0  # px below a layer, through which all edges go straight: an answer stands there
STARTS = 12.0  # px between two edges where they leave a node
ABOVE = 28.0  # px from there to the next layer, for the bends


class Places(NamedTuple):
    """What a layout is: the picture's size, the nodes' centres, the edges' Bezier points."""

    width: float
    height: float
    nodes: dict[str, Point]
    edges: tuple[Drawn, ...]


def places(boxes: Boxes) -> Places:
    """Where everything goes.

    >>> from faultviz.picture.shape import Arrow
    >>> places(Boxes({"a": (1, 0.5), "b": (1, 0.5)}, (Arrow("a", "b", "", 8),))).nodes
    {'a': (36.0, 18.0), 'b': (36.0, 100.0)}
    """
    graph = in_layers(boxes)
    rows = ordered(graph)
    x, tops = _across(graph, rows), _tops(graph, rows)
    starts = _starts(graph, x)
    drawn = [_drawn(graph, link, x, tops, starts[link]) for link in graph.links]
    taken = [(x[name], graph.sizes[name][0]) for name in x]
    for link, (*_, label) in zip(graph.links, drawn, strict=True):
        taken += [(label[0], text_width(link.arrow.label))] if label else []
    left = min((middle - wide / 2 for middle, wide in taken), default=0.0)
    right = max((middle + wide / 2 for middle, wide in taken), default=0.0)

    def moved(point: Point) -> Point:
        return round(point[0] - left, 1), round(point[1], 1)

    return Places(
        round(right - left, 1),
        round(tops[-1] - ABOVE - SAID, 1),
        {n: moved((x[n], _middle(tops, graph.layer[n]))) for n in x if not is_bend(n)},
        tuple((a, b, tuple(map(moved, way)), at and moved(at)) for a, b, way, at in drawn),
    )


def _across(graph: Layers, rows: Rows) -> dict[str, float]:
    """Each centre, as far as there is room in line with what it is near."""
    above, below = graph.near(above=True), graph.near(above=False)
    x: dict[str, float] = {}
    for row in rows:
        x.update(zip(row, _apart(graph, row, [0.0] * len(row), [1] * len(row)), strict=True))
    for turn in range(2 * ROUNDS + 1):
        down = turn % 2 == 0
        near = above if down else below
        for row in rows if down else reversed(rows):
            wished = [_median([(x[o], w) for o, w in near[name]], x[name]) for name in row]
            weight = [max([1, *(w for _, w in near[name])]) for name in row]
            x.update(zip(row, _apart(graph, row, wished, weight), strict=True))
    return x


def _median(some: Sequence[tuple[float, int]], default: float) -> float:
    """The weighted median: one heavy edge is straight, whatever else there is."""
    half, seen = sum(weight for _, weight in some) / 2, 0
    for place, weight in sorted(some):
        seen += weight
        if seen >= half:
            return place
    return default


def _apart(
    graph: Layers, row: Sequence[str], wished: Sequence[float], weights: Sequence[int]
) -> list[float]:
    """The places nearest to those wished for that keep the order and the room between.

    Less what must lie left of each, places only have to rise; where wishes fall, neighbours are
    put together at their mean.
    """
    room, needed = [0.0], 0.0
    for a, b in pairwise(row):
        needed += (graph.sizes[a][0] + graph.sizes[b][0]) / 2 + BETWEEN
        room.append(needed)
    blocks: list[tuple[float, int, int]] = []  # a place, its weight, how many stand there
    for wish, before, weight in zip(wished, room, weights, strict=False):
        block = (wish - before, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            place, heavy, many = blocks.pop()
            total = heavy + block[1]
            block = ((place * heavy + block[0] * block[1]) / total, total, many + block[2])
        blocks.append(block)
    flat = [place for place, _, many in blocks for _ in range(many)]
    return [place + before for place, before in zip(flat, room, strict=False)]


def _tops(graph: Layers, rows: Rows) -> list[float]:
    """Where each layer begins, and where one more would."""
    tops = [0.0]
    for row in rows:
        high = max((graph.sizes[name][1] for name in row), default=0)
        tops.append(tops[-1] + high + SAID + ABOVE)
    return tops


def _middle(tops: Sequence[float], layer: int) -> float:
    return (tops[layer] + tops[layer + 1] - ABOVE - SAID) / 2


class Start(NamedTuple):
    """How far from the middle of its node an edge begins, and whether it is the one on the left."""

    aside: float
    left: bool


def _starts(graph: Layers, x: Mapping[str, float]) -> dict[Link, Start]:
    """Where each edge leaves its node: no two so near that an answer cannot say whose it is."""
    leaving: dict[tuple[str, bool], list[Link]] = {}
    for link in graph.links:
        leaving.setdefault((link.arrow.source, link.up), []).append(link)
    starts = {}
    for (name, up), some in leaving.items():
        wide = graph.sizes[name][0]
        some.sort(key=lambda link: x[_next(link)])
        wished = [_beside(wide, x[_next(link)] - x[name], up=up) for link in some]
        at = wished[:1]
        for wish in wished[1:]:
            at.append(max(wish, at[-1] + STARTS))
        off = (sum(at) - sum(wished)) / len(some)
        for n, (link, aside) in enumerate(zip(some, at, strict=True)):
            starts[link] = Start(aside - off, left=n == 0 and len(some) > 1)
    return starts


def _next(link: Link) -> str:
    """Where an edge goes first."""
    return link.stops[-2 if link.up else 1]


def _drawn(
    graph: Layers, link: Link, x: Mapping[str, float], tops: Sequence[float], start: Start
) -> Drawn:
    """An edge: straight through a layer, bent between two."""
    (a, b, label, _), stops, up = link
    points: list[Point] = []
    for n, name in enumerate(stops):
        layer = graph.layer[name]
        at, top, bottom = x[name], tops[layer], tops[layer + 1] - ABOVE
        if not is_bend(name):
            wide, high = graph.sizes[name]
            towards = x[stops[1] if n == 0 else stops[-2]] - at
            at += start.aside if name == a else _beside(wide, towards, up=up)
            end = high / 2 + (HEAD if name == b else 0)
            middle = _middle(tops, layer)
            points.append((at, middle + end if n == 0 else middle - end))
        if n < len(stops) - 1 and (not points or points[-1][1] < bottom):
            points.append((at, bottom))
        if n > 0 and (is_bend(name) or points[-1][1] > top):
            points.insert(len(points) - 1, (at, top))
    if up:
        points.reverse()
    return a, b, tuple(_curved(points)), _label(label, points[0], up=up, left=start.left)


def _beside(wide: float, towards: float, *, up: bool) -> float:
    """How far from its middle an edge meets a node: on the side that it comes from."""
    if abs(towards) < 1:
        return wide / 4 if up else 0.0  # what leads up keeps off what leads down
    return max(-wide / 4, min(wide / 4, towards / 5))


def _label(label: str, start: Point, *, up: bool, left: bool) -> Point | None:
    """Beside the start of an edge, on the outer side."""
    if not label:
        return None
    half = text_width(label) / 2 + 5
    beside = start[0] + (-half if left else half)
    return beside, start[1] + SAID / 2 * (-1 if up else 1)


def _curved(points: Sequence[Point]) -> Iterator[Point]:
    """Bezier points through these, upright at each of them."""
    yield points[0]
    for (x0, y0), (x1, y1) in pairwise(points):
        yield from ((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2), (x1, y1))
