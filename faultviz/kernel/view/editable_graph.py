"""A function's graph that can be changed: nodes, and where the ways out of each lead.

Here: what is asked of such a graph, and how ways are led elsewhere. Not here: what is folded
(`simplify`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from faultviz import ir
from faultviz.ir.reach import reachable

Nodes = dict[str, ir.Node]
Ways = dict[str, dict[ir.When, str]]


class EditableGraph:
    """Nodes, and where the ways out of each lead. `fixed` stay, `made` stand for several others."""

    def __init__(self, function: ir.Function, fixed: Iterable[str]) -> None:
        self.function = function
        self.nodes: Nodes = dict(function.nodes)
        self.ways: Ways = {
            id_: {e.when: e.target for e in es} for id_, es in function.out_edges.items()
        }
        self.fixed = set(fixed)
        self.made: set[str] = set()

    def keep(self, starts: Iterable[str]) -> None:
        """Forget what nothing leads to."""
        seen = self.met(*starts)
        self.nodes = {i: n for i, n in self.nodes.items() if i in seen}
        self.ways = {i: w for i, w in self.ways.items() if i in seen}

    def before(self) -> dict[str, list[str]]:
        """Who leads to whom."""
        found: dict[str, list[str]] = {id_: [] for id_ in self.nodes}
        for id_, ways in self.ways.items():
            for to in ways.values():
                found[to].append(id_)
        return found

    def lead(self, old: str, new: str) -> None:
        """Lead every way to one node to another."""
        for id_, ways in self.ways.items():
            self.ways[id_] = {when: new if to == old else to for when, to in ways.items()}

    def in_order(self, ids: set[str]) -> list[ir.Node]:
        """These nodes as they stand in the source, so that the first of them is always the same."""
        chosen = [node for id_, node in self.nodes.items() if id_ in ids]
        return sorted(chosen, key=lambda node: (node.cite.at, node.cite.line))

    def asks(self, id_: str) -> bool:
        """Whether a node is a test with both its answers."""
        return isinstance(self.nodes[id_].op, ir.Test) and self.ways[id_].keys() == {True, False}

    def met(self, *starts: str) -> set[str]:
        """All that these nodes lead to, and themselves."""
        return set(reachable(starts, lambda id_: self.ways[id_].values()))

    def reaching(self, counts: set[str]) -> set[str]:
        """The nodes from which one of these can be met."""
        return set(reachable(counts, self.before().__getitem__))

    def as_function(self) -> ir.Function:
        """The graph as it is now."""
        edges = tuple(
            ir.Edge(id_, to, when) for id_, ways in self.ways.items() for when, to in ways.items()
        )
        entry = self.function.entry if self.function.entry in self.nodes else next(iter(self.nodes))
        return replace(self.function, nodes=dict(self.nodes), edges=edges, entry=entry)
