"""The usual path through a real function: to handle_mm_fault, and out again after OK.

Here: two short searches. Not here: the search for what breaks (`search`).
"""

from __future__ import annotations

from faultviz import ir
from faultviz.engine.states import State, start
from faultviz.engine.transitions import Choices, successors
from faultviz.ir.bits import Flag
from faultviz.kernel.judge.search import Alive, SearchPath
from faultviz.kernel.judge.side import Open


def path_in(real: ir.Program) -> SearchPath | None:
    """The shortest path to handle_mm_fault, in user mode, with a store where there can be one."""
    keep = Alive(real.function)
    first = keep.of(start(real, {"kernel": False}))
    layer: list[tuple[State, SearchPath | None]] = [(first, None)]
    seen, found = {first}, list[SearchPath]()
    choices = Choices()
    while layer and not found:
        following: list[tuple[State, SearchPath | None]] = []
        for state, path in layer:
            for move in successors(real, state, choices):
                if not move.after.frames or (move.event == "test" and _fails(real, move.node)):
                    continue
                # Words stay: what they were on this path says which answer is the usual one.
                after = move.after
                small = keep.of(after)
                if small in seen:
                    continue
                seen.add(small)
                here = SearchPath(path, after, move)
                op = real.nodes[after.frames[-1].node].op
                if isinstance(op, ir.Fault):
                    flags = after.look(op.flags) or 0
                    if flags & Flag.WRITE or not _writes(real):
                        found.append(here)
                        continue
                following.append((after, here))
        layer = following
    return found[0] if found else None


def _fails(real: ir.Program, node: str) -> bool:
    return isinstance(real.nodes[node].op, ir.Lock)


def _writes(real: ir.Program) -> bool:
    """Whether some step adds WRITE to the flags."""
    return any(_adds(n) & Flag.WRITE for n in real.nodes.values())


def _adds(node: ir.Node) -> int:
    match node.op:
        case ir.Let(_, ir.With(_, mask)):
            return mask
    return 0


def usual_words(real: ir.Program, at_call: State) -> dict[str, bool]:
    """The words on the path to the call, and on the shortest path out after OK."""
    layer = [at_call]
    seen = set(layer)
    choices = Open("OK")
    while layer:
        following: list[State] = []
        for state in layer:
            for move in successors(real, state, choices):
                if not move.after.frames:
                    return dict(state.facts)
                if move.after not in seen:
                    seen.add(move.after)
                    following.append(move.after)
        layer = following
    return {}
