"""A graph in layers from top to bottom, each in an order with few crossings; no Graphviz.

Here: what is up, which layer a node is in, the bends of an edge that passes layers, and the order
within a layer. Not here: where that is in px (`coordinates`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from faultviz.picture.shape import PER_INCH, Arrow, Boxes, text_width

LANE = 14.0  # px for an edge that passes a layer
ROUNDS = 12


class Link(NamedTuple):
    """An edge with its stops, one in each layer from above to below; `up` if it leads upward."""

    arrow: Arrow
    stops: tuple[str, ...]
    up: bool


class Layers(NamedTuple):
    """Nodes and bends with their size in px and layer, and the links between them."""

    sizes: dict[str, tuple[float, float]]
    layer: dict[str, int]
    links: list[Link]

    def near(self, *, above: bool) -> Mapping[str, list[tuple[str, int]]]:
        """For each node and bend the ones above, or below, with how much they are to be in line."""
        found: dict[str, list[tuple[str, int]]] = {name: [] for name in self.layer}
        for link in self.links:
            for a, b in pairwise(link.stops):
                # A long edge is straight first of all between its bends.
                weight = link.arrow.weight * (1, 1, 2)[is_bend(a) + is_bend(b)]
                one, other = (b, a) if above else (a, b)
                found[one].append((other, weight))
        return found


Rows = Sequence[Sequence[str]]


def in_layers(boxes: Boxes) -> Layers:
    """Each box and each bend in its layer.

    >>> in_layers(Boxes({"a": (1, 0.5), "b": (1, 0.5)}, (Arrow("a", "b", "", 8),))).layer
    {'a': 0, 'b': 1}
    """
    sizes = {
        name: (width * PER_INCH, high * PER_INCH) for name, (width, high) in boxes.sizes.items()
    }
    nodes, arrows = [*sizes], boxes.arrows
    back = _backward(nodes, arrows)
    many = Counter(arrow.source for arrow in arrows)
    # Where many answers part, each has a bend of its own to stand at.
    long = {n for n, arrow in enumerate(arrows) if arrow.label and many[arrow.source] > 2} - back
    graph = Layers(sizes, _layers(nodes, arrows, back, long), [])
    graph.links.extend(_links(graph, arrows, back, long))
    return graph


def is_bend(name: str) -> bool:
    """Whether a stop is one where an edge passes a layer: no node has such a name."""
    return name.startswith("\n")


def _backward(nodes: Sequence[str], arrows: Sequence[Arrow]) -> set[int]:
    """The edges that close a circle on the way from the first node: they lead upward."""
    out: dict[str, list[int]] = {}
    for number, arrow in enumerate(arrows):
        out.setdefault(arrow.source, []).append(number)
    back: set[int] = set()
    open_: dict[str, Iterator[int]] = {}
    done: set[str] = set()
    n: int | None
    for first in nodes:
        if first not in done:
            open_[first] = iter(out.get(first, ()))
        while open_:
            name, left = next(reversed(open_.items()))
            if (n := next(left, None)) is None:
                del open_[name]
                done.add(name)
            elif (target := arrows[n].target) in open_:
                back.add(n)
            elif target not in done:
                open_[target] = iter(out.get(target, ()))
    return back


def _layers(
    nodes: Sequence[str], arrows: Sequence[Arrow], back: set[int], long: set[int]
) -> dict[str, int]:
    """Each node below all that lead to it, and where it may choose, as near as it can to most."""
    into: dict[str, list[tuple[str, int, int]]] = {name: [] for name in nodes}
    out: dict[str, list[tuple[str, int, int]]] = {name: [] for name in nodes}
    for n, (a, b, _, weight) in enumerate(arrows):
        if a != b:
            top, bottom = (b, a) if n in back else (a, b)
            out[top].append((bottom, weight, 1 + (n in long)))
            into[bottom].append((top, weight, 1 + (n in long)))
    layer = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for name in nodes:
            layer[name] = max((layer[other] + far for other, _, far in into[name]), default=0)
    for _ in range(ROUNDS):
        for name in nodes:
            least = max((layer[other] + far for other, _, far in into[name]), default=0)
            most = min((layer[other] - far for other, _, far in out[name]), default=least)
            pull = sum(w for _, w, _ in out[name]) - sum(w for _, w, _ in into[name])
            layer[name] = most if pull > 0 else least if pull < 0 else layer[name]
    return layer


def _links(
    graph: Layers, arrows: Iterable[Arrow], back: set[int], long: set[int]
) -> Iterator[Link]:
    """The edges, with a bend in each layer that they pass."""
    for n, arrow in enumerate(arrows):
        up = n in back
        top, bottom = (arrow.target, arrow.source) if up else (arrow.source, arrow.target)
        stops = [top]
        for layer in range(graph.layer[top] + 1, graph.layer[bottom]):
            stops.append(f"\n{n}.{layer}")
            graph.layer[stops[-1]] = layer
            wide = text_width(arrow.label) if n in long and len(stops) == 2 else 0.0
            graph.sizes[stops[-1]] = (LANE + wide, 0.0)
        yield Link(arrow, (*stops, bottom), up)


def ordered(graph: Layers) -> Rows:
    """The layers from left to right: each node is moved to the middle of those it is near."""
    above, below = graph.near(above=True), graph.near(above=False)
    rows: list[list[str]] = [[] for _ in range(max(graph.layer.values(), default=0) + 1)]
    for name, layer in graph.layer.items():
        rows[layer].append(name)
    best, fewest = [[*row] for row in rows], _crossings(rows, below)
    for turn in range(2 * ROUNDS):
        down = turn % 2 == 0
        at: dict[str, float] = {}
        for row in rows if down else reversed(rows):
            for n, name in enumerate(row):
                some = [at[other] for other, _ in (above if down else below)[name]]
                at[name] = sum(some) / len(some) if some else float(n)
            row.sort(key=at.__getitem__)
            at.update((name, float(n)) for n, name in enumerate(row))
        if (count := _crossings(rows, below)) < fewest:
            best, fewest = [[*row] for row in rows], count
    return best


def _crossings(rows: Iterable[Sequence[str]], below: Mapping[str, list[tuple[str, int]]]) -> int:
    at = {name: n for row in rows for n, name in enumerate(row)}
    total = 0
    for row in rows:
        ends = [end for name in row for end in sorted(at[other] for other, _ in below[name])]
        total += sum(a > b for n, a in enumerate(ends) for b in ends[n + 1 :])
    return total
