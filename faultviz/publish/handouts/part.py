"""A part of a handler's picture: the nodes that some traces come to, from one of them on.

A whole graph does not fit beside a lane on paper. Here: what is left of the graph. Not here: how it
is drawn (`svg`); its layout is made when it is asked for (`layout`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from faultviz.engine.run import Step, Trace
from faultviz.ir.graph import Program


def own(trace: Trace) -> list[Step]:
    """The steps of the handler's own function, each call of handle_mm_fault once, as it returns.

    >>> from faultviz.engine.run import run
    >>> len(own(run("mips", "merged", "COMPLETED")))
    12
    """
    root = [step for step in trace.steps if step.function == trace.program.root]
    return [
        replace(step, label=step.label.partition(".")[0])
        for step, then in zip(root, [*root[1:], None], strict=True)
        if not (then and then.node == step.node and step.event == "call")
    ]


def part(traces: Sequence[Trace], first: str = "") -> Program:
    """The program of the first trace, with only what the traces meet, from the node `first` on.

    >>> from faultviz.engine.run import run
    >>> part([run("mips", "merged", "COMPLETED")], "handle_mm_fault")
    Program(mips merged, 1 functions, 4 nodes)
    """
    program = traces[0].program
    root = program.function
    met: set[str] = set()
    ways: set[tuple[str, str]] = set()
    for trace in traces:
        ids = [step.node for step in own(trace)]
        ids = ids[ids.index(first) :] if first else ids
        met.update(ids)
        ways.update(pairwise(ids))
    function = replace(
        root,
        entry=first or root.entry,
        nodes={id_: node for id_, node in root.nodes.items() if id_ in met},
        edges=tuple(edge for edge in root.edges if (edge.source, edge.target) in ways),
    )
    return replace(program, functions={root.name: function})
