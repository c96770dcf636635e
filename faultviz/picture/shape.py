"""How a node looks and how large it is, and a function's graph as it is laid out.

Here: kinds, labels in lines, sizes from the widths of letters, so that no font is asked for; what
is laid out (`boxes`), also as DOT. Not here: where things are put (`layout`), the picture (`svg`).
"""

from __future__ import annotations

from typing import NamedTuple

import graphviz

from faultviz import ir
from faultviz.ir.graph import Edge, Function, Node

LINE = 17
PER_INCH = 72
PAD = 20  # px around a picture: the token stands at a node's left side, a tag at its right

ADVANCE = {
    letter: width
    for letters, width in (
        ("ijlIJ ,./:;|'", 4.2), ("ft()[]!r-", 5.0), ("szcLFkPTYxyv*?", 7.4), ("CUABEKRSVXZ", 9.0),
        ("wDGHNOQ#+<=>&~", 10.2), ("mMW%@", 12.2),
    )
    for letter in letters
}  # fmt: skip
"""How wide letters are in the widest font of `RULES`, in px; 8.2 where nothing is said."""

CUT = 14  # px; how far the sides of a test's hexagon reach out
HEAD = 10  # px; how long an arrow's head is
TOKEN = 8  # px; how far left of its node the token stands
LOCK = 11  # px; by how much a padlock moves the text aside

KINDS: dict[type, str] = {
    ir.Enter: "enter",
    ir.Fault: "fault",
    ir.Call: "call",
    ir.Let: "let",
    ir.Settle: "let",
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


def text_width(line: str) -> float:
    """How wide a line is at most, in px.

    >>> text_width("COMPLETED?") > text_width("illegible")
    True
    """
    return sum(ADVANCE.get(letter, 8.2) for letter in line)


def size(node: Node) -> tuple[int, int]:
    """Width and height of a node in px."""
    lines = lines_of(node)
    width = max(text_width(line) for line in lines) + 20
    height = len(lines) * LINE + 14
    match kind(node):
        case "test":
            width, height = width + 2 * CUT, height + 6
        case "bug" | "fault" | "call":
            width += 8  # room for the corners and the side bars
        case "acquire" | "release":
            width += 2 * LOCK
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
        from faultviz.ir.bits import errno_text

        return errno_text(edge.when)
    return edge.when


class Arrow(NamedTuple):
    """An edge to be laid out; the more it weighs, the straighter it is."""

    source: str
    target: str
    label: str
    weight: int


class Boxes(NamedTuple):
    """What is to be laid out, in the order of the function.

    Sizes are width and height in inches, to a thousandth: so exactly is Graphviz told.
    """

    sizes: dict[str, tuple[float, float]]
    arrows: tuple[Arrow, ...]


def boxes(function: Function) -> Boxes:
    """The nodes of a function with their sizes, and its edges."""
    sizes = {
        node.id: (round(width / PER_INCH, 3), round(height / PER_INCH, 3))
        for node in function.nodes.values()
        for width, height in [size(node)]
    }
    return Boxes(sizes, tuple(_arrow(edge, function.nodes[edge.source]) for edge in function.edges))


def _arrow(edge: Edge, node: Node) -> Arrow:
    straight = edge.when in (None, False) or isinstance(node.op, ir.Lock)
    weight = 1 if isinstance(node.op, ir.Goto) else 8 if straight else 2
    return Arrow(edge.source, edge.target, answer_text(edge, node), weight)


def dot(function: Function) -> graphviz.Digraph:
    """The graph in DOT, ordered as the function is; sizes are fixed, so no font is asked for."""
    graph = graphviz.Digraph(
        function.name,
        graph_attr={"ranksep": "0.32", "nodesep": "0.3", "margin": "0", "pad": "0"},
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"fontsize": "12"},
    )
    sizes, arrows = boxes(function)
    for name, (width, height) in sizes.items():
        graph.node(name, width=f"{width:.3f}", height=f"{height:.3f}")
    for source, target, label, weight in arrows:
        said = {"label": f" {label} "} if label else {}
        graph.edge(source, target, **said, weight=str(weight))
    return graph
