"""A path entered by hand, node after node, held against what the program can do.

Here: `replay`, which finds the scenario of a path, or the first step that no edge allows. Not here:
how a path is entered (`player.bench`), or what it is worth (`seeded`).
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
"""How many states are kept at a step: beyond that the path is refused as too long."""


class Replayed(NamedTuple):
    """A path as the program goes it: the scenario that leads along it, and its trace to the end.

    `steps` is how far the path was given; the trace goes on from there.
    """

    outcomes: str
    context: str
    steps: int
    trace: Trace


class _Candidate(NamedTuple):
    """A state that the path can have led to, and the answers of handle_mm_fault so far."""

    state: State
    outcomes: tuple[str, ...]


def replay(program: Program, path: Sequence[str]) -> Replayed:
    """The scenario with the fewest words that leads along the nodes of `path`, from the entry.

    Nodes are ids; the entry may be left out. Raises BadInput at the first node that cannot come
    there, and says which can.

    >>> from faultviz.models import load
    >>> path = ["no_mm_or_faults_off", "add_USER", "retry", "find_vma"]
    >>> replay(load("mips", "merged"), path).trace
    Trace(mips merged, OK, none: 15 steps, leave, calls 1, pgfault 1, minor 1, major 0)
    >>> replay(load("mips", "merged"), [*path, "handle_mm_fault"])
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
    candidates = [_Candidate(start(program, {}), ())]
    for n, node in enumerate(nodes, start=1):
        if node not in program.nodes:
            raise BadInput(f"At step {n} “{node}” is no node of {program.name}.")
        here = [one for one in candidates if one.state.frames and one.state.frames[-1].node == node]
        if not here:
            raise BadInput(_nowhere(program, n, node, candidates))
        candidates = list(_moved(program, here, choices))
        if len(candidates) > MOST:
            raise BadInput(f"The way is too long to follow: after {n} steps too much is open.")
    best = min(candidates, key=_plainness)
    words = sorted(word for word, on in best.state.facts if on)
    outcomes, context = ",".join(best.outcomes) or "OK", joined(words)
    return Replayed(outcomes, context, len(nodes), run(program, outcomes=outcomes, context=context))


def _moved(
    program: Program, here: Iterable[_Candidate], choices: Everything
) -> Iterable[_Candidate]:
    seen = set()
    for one in here:
        for transition in successors(program, one.state, choices):
            script = (
                (*one.outcomes, str(transition.outcome)) if transition.outcome else one.outcomes
            )
            after = _Candidate(transition.after, script)
            if after not in seen and all(abs(count) <= FAR for _, count in transition.after.locks):
                seen.add(after)
                yield after


def _plainness(one: _Candidate) -> tuple[int, int, tuple[str, ...]]:
    on = sum(value for _, value in one.state.facts)
    return on, len(one.outcomes), one.outcomes


def _nowhere(program: Program, n: int, node: str, candidates: Iterable[_Candidate]) -> str:
    if not candidates:
        return f"At step {n} the way has broken what it can: a lock count is beyond {FAR}. End it."
    there = sorted({one.state.frames[-1].node for one in candidates if one.state.frames})
    if not there:
        return f"At step {n} “{node}” cannot come: the function has returned before it."
    said = " or ".join(f"“{one}”" for one in there)
    fault = any(isinstance(program.nodes[one].op, ir.Fault) for one in there)
    tail = " (its answer decides how it goes on)" if fault else ""
    return f"At step {n} “{node}” cannot come: {said} comes there{tail}."
