"""The search on real source: every path, the shortest one to each violation, and what it was like.

Here: breadth first over states in which only what can still matter is kept. Not here: how one
step is made (`transitions`), which rules there are (`invariants`), or verdicts (`findings`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from faultviz import ir
from faultviz.engine.check import FAR
from faultviz.engine.invariants import Violation
from faultviz.engine.states import State, start
from faultviz.engine.transitions import Choices, Transition, successors

CAP = 400_000
"""States; beyond it a verdict is undecided."""


def counts(violation: Violation, move: Transition) -> bool:
    """Whether source is judged by it: of results, only that no BUG() follows a handled fault."""
    return violation.invariant != "result-code" or move.event == "bug"


def given(program: ir.Program) -> dict[str, bool]:
    """What is so at the entry: a pointer that is never asked for NULL is none."""
    cell = program.function.exit_held
    if not isinstance(cell, str) or cell.lstrip("*") in program.words:
        return {}
    return {cell.lstrip("*"): True}


class SearchPath(NamedTuple):
    """A move, and the path to it."""

    before: SearchPath | None
    state: State
    move: Transition

    def moves(self) -> list[tuple[State, Transition]]:
        """From the entry: the state before each move, and the move."""
        found: list[tuple[State, Transition]] = []
        at: SearchPath | None = self
        while at is not None:
            found.append((at.state, at.move))
            at = at.before
        return found[::-1]


@dataclass
class Searched:
    """What the search found: the shortest path to each (invariant, node)."""

    found: dict[tuple[str, str], tuple[Violation, SearchPath]] = field(default_factory=dict)
    states: int = 0
    whole: bool = True


def search(
    program: ir.Program, choices: Choices, cap: int = CAP, rules: frozenset[str] | None = None
) -> Searched:
    """Every state of a program of one function. `rules` are those looked for; None is all."""
    keep = Alive(program.function)
    done = Searched()
    first = keep.of(start(program, given(program)))
    layer: list[tuple[State, SearchPath | None]] = [(first, None)]
    seen = {first}
    while layer and done.whole:
        following: list[tuple[State, SearchPath | None]] = []
        for state, path in layer:
            for move in successors(program, state, choices):
                here = SearchPath(path, state, move)
                for broken in move.broken:
                    if not counts(broken, move):
                        continue
                    if rules is not None and broken.invariant not in rules:
                        continue
                    done.found.setdefault((broken.invariant, broken.node), (broken, here))
                if not move.after.frames or abs(move.after.count()) > FAR:
                    continue
                after = keep.of(move.after)
                if after not in seen:
                    seen.add(after)
                    following.append((after, here))
        layer = following
        if len(seen) > cap:
            done.whole = False
    done.states = len(seen)
    return done


def merged(program: ir.Program, choices: Choices) -> frozenset[str]:
    """The rules that may be broken, more of them than truly are, and quickly.

    States at one node that agree on locks and numbers are one state, which knows only what both
    knew. What this search does not find cannot happen; what it finds `search` must confirm.
    """
    keep = Alive(program.function)
    first = keep.of(start(program, given(program)))
    exact = {
        word for node in program.nodes.values() if isinstance(node.op, ir.Settle)
        for word, said in node.op.words if isinstance(said, bool) and "==" in word
    }  # fmt: skip
    known: dict[State, frozenset[tuple[str, bool]]] = {}
    todo = [first]
    broken: set[str] = set()
    while todo:
        for move in successors(program, todo.pop(), choices):
            broken |= {v.invariant for v in move.broken if counts(v, move)}
            if not move.after.frames or abs(move.after.count()) > FAR:
                continue
            after = keep.of(move.after)
            place = after._replace(facts=tuple(f for f in after.facts if f[0] in exact))
            facts = frozenset(after.facts)
            before = known.get(place)
            joined = facts if before is None else facts & before
            if joined != before:
                known[place] = joined
                todo.append(place._replace(facts=tuple(sorted(joined))))
    return frozenset(broken)


class Alive:
    """Which words and variables can still matter at each node: states equal in these are one."""

    ALWAYS = frozenset(("kernel", "fatal", "locked", "unlocked"))
    """What the rules look at when the function is left."""

    def __init__(self, function: ir.Function) -> None:
        self.words = _alive(
            function, ir.node_words, lambda op: (w for w, _ in op.words), _words_from
        )
        self.names = _alive(function, _names, lambda op: (n for n, _ in op.lets), _names_from)

    def of(self, state: State) -> State:
        """The state without what no node behind it asks for."""
        frame = state.frames[-1]
        words, names = self.words[frame.node], self.names[frame.node]
        facts = tuple(f for f in state.facts if f[0] in words or f[0] in self.ALWAYS)
        env = tuple((n, v) if n in names else (n, 0) for n, v in frame.env)
        if facts == state.facts and env == frame.env:
            return state
        return state._replace(frames=(frame._replace(env=env),), facts=facts)


def _alive(
    function: ir.Function,
    asked: Callable[[ir.Node], Iterable[str]],
    set_by: Callable[[ir.Settle], Iterable[str]],
    copied: Callable[[ir.Settle, frozenset[str]], Iterable[str]],
) -> Mapping[str, frozenset[str]]:
    """Backwards from the ends, until nothing changes."""
    before: dict[str, list[str]] = {id_: [] for id_ in function.nodes}
    for edge in function.edges:
        before[edge.target].append(edge.source)
    alive: dict[str, frozenset[str]] = {id_: frozenset() for id_ in function.nodes}
    own = {id_: frozenset(asked(node)) for id_, node in function.nodes.items()}
    todo = dict.fromkeys(reversed(list(function.nodes)))
    while todo:
        id_, _ = todo.popitem()
        op = function.nodes[id_].op
        after = frozenset[str]().union(*(alive[e.target] for e in function.out_edges[id_]))
        if isinstance(op, ir.Settle):
            after = (after - frozenset(set_by(op))) | frozenset(copied(op, after))
        elif isinstance(op, ir.Let) and op.given is None and asked is _names:
            after = after - {op.name}
        elif isinstance(op, ir.Fault) and asked is _names:
            after = after - {op.into}
        new = after | own[id_]
        if new != alive[id_]:
            alive[id_] = new
            todo.update(dict.fromkeys(before[id_]))
    return alive


def _words_from(op: ir.Settle, after: frozenset[str]) -> Iterable[str]:
    return (said for word, said in op.words if isinstance(said, str) and word in after)


def _names(node: ir.Node) -> Iterable[str]:
    op = node.op
    if isinstance(op, ir.Fault):
        return [op.flags]
    if isinstance(op, ir.Settle):
        return []  # what it looks at matters only as far as its targets do
    kept = [op.name] if isinstance(op, ir.Let) and op.given is not None else []
    return [*kept, *(name for expr in ir.expressions(op) for name in ir.names_of(expr))]


def _names_from(op: ir.Settle, after: frozenset[str]) -> Iterable[str]:
    used = [name for target, value in op.lets if target in after for name in ir.names_of(value)]
    return used + [
        name for _, said in op.words
        if said is not None and not isinstance(said, str | bool) for name in ir.names_of(said)
    ]  # fmt: skip
