"""Where the answers stand: each beside the start of its own edge, clear of everything else.

Graphviz keeps room for a label, but says nothing of which edge it then lies nearest to. Here: for
each answer the first place along its own edge where no node, no other answer and no other edge is
as near. Not here: where nodes and edges are (`layout`), and how an answer is written (`svg`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise, product
from math import dist, hypot
from typing import NamedTuple

from faultviz.picture.shape import HEAD, PAD, PER_INCH, TOKEN, Boxes, text_width

Point = tuple[float, float]
Curve = Sequence[Point]
Curves = Sequence[tuple[str, str, Curve]]
Spots = list[Point | None]

HIGH = 14  # px, a line of an answer
SMALL = 12 / 13  # an answer's letters, beside those that `text_width` measures
APART = 3.0  # px from an answer to what it does not belong to
BESIDE = 3.0  # px from an answer to its own edge
EVERY = 4.0  # px from one looked-at point of an edge to the next
AWAY = 30.0  # px that an answer goes on along its edge to leave a place that is not so good
ENOUGH = 8  # good places are enough to choose from
CELL = 32  # px; what is near is looked for in squares


class Rect(NamedTuple):
    """A box by its centre and half its size."""

    x: float
    y: float
    wide: float
    high: float

    def far(self, x: float, y: float) -> float:
        """How far a point is; 0 within."""
        dx, dy = abs(x - self.x) - self.wide, abs(y - self.y) - self.high
        return hypot(max(dx, 0.0), max(dy, 0.0))

    def meets(self, other: Rect, apart: float = 0.0) -> bool:
        """Whether two boxes overlap, or are nearer than `apart`."""
        return (
            abs(self.x - other.x) < self.wide + other.wide + apart
            and abs(self.y - other.y) < self.high + other.high + apart
        )


def label_box(text: str, at: Point) -> Rect:
    """The room of an answer whose middle is at a point."""
    return Rect(*at, text_width(text) * SMALL / 2, HIGH / 2)


def sampled(points: Sequence[Point], every: float = EVERY) -> Curve:
    """Points on a Bezier curve, at most `every` apart, and on to the tip of its arrow."""
    found = [points[0]]
    for i in range(0, len(points) - 1, 3):
        hull = points[i : i + 4]
        many = int(sum(dist(p, q) for p, q in pairwise(hull)) / every) + 1
        for t in (n / many for n in range(1, many + 1)):
            s = 1 - t
            weights = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            x, y = (sum(w * p[i] for w, p in zip(weights, hull, strict=True)) for i in (0, 1))
            found.append((x, y))
    (px, py), (x, y) = points[-2], points[-1]
    long = dist((x, y), (px, py)) or 1.0
    ux, uy = (x - px) / long, (y - py) / long
    return [*found, *((x + way * ux, y + way * uy) for way in (HEAD / 2, HEAD))]


def places(boxes: Boxes, nodes: Mapping[str, Point], curves: Curves, size: Point) -> Spots:
    """The middle of each edge's answer, in the order of the edges; None where nothing is said.

    Parallel edges come in the order of the function, as Graphviz keeps it.

    >>> from faultviz.picture.shape import Arrow
    >>> down = [(50.0, 20.0), (50.0, 30.0), (50.0, 40.0), (50.0, 50.0)]
    >>> graph = Boxes({"a": (1, 0.3), "b": (1, 0.3)}, (Arrow("a", "b", "yes", 1),))
    >>> places(graph, {"a": (50, 9), "b": (50, 71)}, [("a", "b", down)], (100, 80))
    [(63.6, 31.2)]
    """
    texts: dict[tuple[str, str], list[str]] = {}
    for source, target, text, _ in boxes.arrows:
        texts.setdefault((source, target), []).append(text)
    said = [texts[a, b].pop(0) for a, b, _ in curves]
    rects = [
        Rect(*nodes[name], wide * PER_INCH / 2, high * PER_INCH / 2)
        for name, (wide, high) in boxes.sizes.items()
    ]
    return _Search(said, [sampled(points) for _, _, points in curves], rects, size).found()


class _Search:
    """Everything in a picture, and where its answers may stand."""

    def __init__(
        self, said: Sequence[str], curves: Sequence[Curve], nodes: Sequence[Rect], size: Point
    ) -> None:
        """`nodes` are the boxes, and `curves` the looked-at points of each edge."""
        self.said, self.curves, self.nodes, self.size = said, curves, nodes, size
        self.points: dict[tuple[int, int], list[tuple[int, float, float]]] = {}
        for n, curve in enumerate(curves):
            for x, y in curve:
                self.points.setdefault((int(x // CELL), int(y // CELL)), []).append((n, x, y))

    def found(self) -> Spots:
        """Whoever has the least choice chooses first; in a crowd it is its own edge, or halfway."""
        todo = [n for n, text in enumerate(self.said) if text]
        choice = {n: sorted(self.rated(n, (1, -1))) for n in todo}
        taken: dict[int, Rect] = {}
        for n in sorted(todo, key=lambda n: len(choice[n])):
            halfway = (0.0, self.curves[n][len(self.curves[n]) // 2])
            for _, at in chain(choice[n], self.rated(n, (0,)), [halfway]):
                taken[n] = label_box(self.said[n], at)
                if not any(taken[n].meets(b, APART) for m, b in taken.items() if m != n):
                    break
        return [(taken[n].x, taken[n].y) if n in taken else None for n in range(len(self.said))]

    def rated(self, n: int, sides: Sequence[int]) -> Iterator[tuple[float, Point]]:
        """The places on some sides of an edge that are clear of all else, each with its price."""
        best: list[float] = []
        for along, at in beside(self.said[n], self.curves[n], sides):
            if len(best) >= ENOUGH and along > min(best) + 2 * AWAY:
                break
            box = label_box(self.said[n], at)
            if not self.within(box) or any(box.meets(node, APART) for node in self.nodes):
                continue
            own, other = self.nearest(n, box)
            if other >= own + APART:
                worse = (own < BESIDE - 1 and sides != (0,)) + self.on_a_mark(box)
                best.append(along + AWAY * worse)
                yield best[-1], at

    def nearest(self, n: int, box: Rect) -> Point:
        """How far an edge is from a box, and the nearest of the others; at most half a square."""
        own = other = CELL / 2
        left, right = (int((box.x + s * (box.wide + CELL / 2)) // CELL) for s in (-1, 1))
        top, bottom = (int((box.y + s * (box.high + CELL / 2)) // CELL) for s in (-1, 1))
        for column, row in product(range(left, right + 1), range(top, bottom + 1)):
            for m, x, y in self.points.get((column, row), ()):
                if m == n:
                    own = min(own, box.far(x, y))
                else:
                    other = min(other, box.far(x, y))
        return own, other

    def within(self, box: Rect) -> bool:
        """Whether a box is in the picture."""
        wide, high = self.size
        return (
            2 - PAD <= box.x - box.wide <= box.x + box.wide <= wide + PAD - 2
            and 2 - PAD <= box.y - box.high <= box.y + box.high <= high + PAD - 2
        )

    def on_a_mark(self, box: Rect) -> bool:
        """Whether the token or a tag will stand there, beside some node."""
        return any(
            box.meets(Rect(node.x - node.wide - TOKEN, node.y, 13, 13))
            or box.meets(Rect(node.x + node.wide - 4, node.y - node.high - 1, 18, 7))
            for node in self.nodes
        )


def beside(text: str, curve: Curve, sides: Sequence[int]) -> Iterator[tuple[float, Point]]:
    """The right and the left of a curve, 1 and -1, or itself, 0; with how far along each is.

    From its start on, and not at its head.
    """
    half = text_width(text) * SMALL / 2
    along = 0.0
    for (px, py), (x, y) in pairwise(curve[:-2]):
        if long := dist((x, y), (px, py)):
            along += long
            right, down = (y - py) / long, (px - x) / long
            reach = half * abs(right) + HIGH / 2 * abs(down) + BESIDE
            for side in sides:
                at = x + side * reach * right, y + side * reach * down
                yield along + (side < 0), (round(at[0], 1), round(at[1], 1))
