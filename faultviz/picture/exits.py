"""The error exits of a handler: the nodes after which the fault is a signal, a fix-up or a bug.

Here: which nodes are on no path to a return without one of these. Not here: which scenario takes
them (`reachability`), and how they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from faultviz.ir import Bug, Leave
from faultviz.ir.graph import Effect, Function


def error_exits(function: Function) -> frozenset[str]:
    """The nodes that only lead to an error, and what comes after it.

    An error that is a value handed to the caller is none here: the caller deals with it.

    >>> from faultviz.models import load
    >>> sorted(error_exits(load("riscv", "merged").function))
    ['no_context', 'return']
    """
    nodes = function.nodes
    ends = {id_ for id_, n in nodes.items() if isinstance(n.op, Bug) or n.effect != Effect()}
    after: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for edge in function.edges:
        if not {edge.source, edge.target} & ends:
            after.setdefault(edge.source, []).append(edge.target)
            before.setdefault(edge.target, []).append(edge.source)
    met = _reached({function.entry} - ends, after)
    returns = {id_ for id_ in met if isinstance(nodes[id_].op, Leave)}
    return frozenset(nodes.keys() - _reached(returns, before))


def _reached(start: Iterable[str], after: Mapping[str, list[str]]) -> set[str]:
    seen, todo = set(start), [*start]
    while todo:
        new = set(after.get(todo.pop(), ())) - seen
        seen |= new
        todo += new
    return seen
