"""A way entered by hand, node after node, held against what the program can do.

Here: `follow`, which finds the scenario of a way, or the first step that no edge allows. Not here:
how a way is entered (`player.bench`), or what it is worth (`seeded`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine.check import FAR, Everything
from faultviz.engine.context import joined
from faultviz.engine.run import Trace, run
from faultviz.engine.states import State, start
from faultviz.engine.transitions import successors
from faultviz.ir.graph import Program

MOST = 4000
"""How many states are kept at a step: beyond that the way is refused as too long to follow."""


class Followed(NamedTuple):
    """A way as the program goes it: the scenario that leads along it, and its trace to the end.

    `steps` is how far the way was given; the trace goes on from there.
    """

    outcomes: str
    context: str
    steps: int
    trace: Trace


class _Way(NamedTuple):
    """A state that the way can have led to, and the answers of handle_mm_fault so far."""

    state: State
    outcomes: tuple[str, ...]


def follow(program: Program, path: Sequence[str]) -> Followed:
    """The scenario with the fewest words that leads along the nodes of `path`, from the entry.

    Nodes are ids; the entry may be left out. Raises BadInput at the first node that cannot come
    there, and says which can.

    >>> from faultviz.models import load
    >>> way = ["no_mm_or_faults_off", "add_USER", "retry", "find_vma"]
    >>> follow(load("mips", "merged"), way).trace
    Trace(mips merged, OK, none: 15 steps, leave, calls 1, pgfault 1, minor 1, major 0)
    >>> follow(load("mips", "merged"), [*way, "handle_mm_fault"])
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: At step 6 “handle_mm_fault” cannot come: “no_VMA_here” comes \
    there.
    """
    nodes = list(path)
    if not nodes:
        raise BadInput("The way is empty: name its nodes, from the first one after the entry.")
    entry = program.function.entry
    if nodes[0] != entry:
        nodes = [entry, *nodes]
    choices = Everything(program)
    ways = [_Way(start(program, {}), ())]
    for n, node in enumerate(nodes, start=1):
        if node not in program.nodes:
            raise BadInput(f"At step {n} “{node}” is no node of {program.name}.")
        here = [way for way in ways if way.state.frames and way.state.frames[-1].node == node]
        if not here:
            raise BadInput(_nowhere(program, n, node, ways))
        ways = list(_moved(program, here, choices))
        if len(ways) > MOST:
            raise BadInput(f"The way is too long to follow: after {n} steps too much is open.")
    best = min(ways, key=_plainness)
    words = sorted(word for word, on in best.state.facts if on)
    outcomes, context = ",".join(best.outcomes) or "OK", joined(words)
    return Followed(outcomes, context, len(nodes), run(program, outcomes=outcomes, context=context))


def _moved(program: Program, here: Iterable[_Way], choices: Everything) -> Iterable[_Way]:
    seen = set()
    for way in here:
        for move in successors(program, way.state, choices):
            script = (*way.outcomes, str(move.outcome)) if move.outcome else way.outcomes
            after = _Way(move.after, script)
            if after not in seen and all(abs(count) <= FAR for _, count in move.after.locks):
                seen.add(after)
                yield after


def _plainness(way: _Way) -> tuple[int, int, tuple[str, ...]]:
    on = sum(value for _, value in way.state.facts)
    return on, len(way.outcomes), way.outcomes


def _nowhere(program: Program, n: int, node: str, ways: Iterable[_Way]) -> str:
    if not ways:
        return f"At step {n} the way has broken what it can: a lock count is beyond {FAR}. End it."
    there = sorted({way.state.frames[-1].node for way in ways if way.state.frames})
    if not there:
        return f"At step {n} “{node}” cannot come: the function has returned before it."
    said = " or ".join(f"“{one}”" for one in there)
    fault = any(isinstance(program.nodes[one].op, ir.Fault) for one in there)
    tail = " (its answer decides how it goes on)" if fault else ""
    return f"At step {n} “{node}” cannot come: {said} comes there{tail}."
