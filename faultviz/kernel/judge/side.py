"""A program, model or source, that is asked what it does after an answer of handle_mm_fault.

Here: the cases that are asked of it, and what it tells of each. Not here: two of them compared
(`conform`), or how a program moves (`transitions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from faultviz import ir
from faultviz.engine.states import State, start
from faultviz.engine.transitions import Choices, Transition, successors
from faultviz.ir.bits import ERROR_BITS, Result
from faultviz.ir.outcomes import ERRORS, Outcome
from faultviz.ir.reach import reachable
from faultviz.kernel.judge.search import Alive

FAR = 3


class FaultCase(NamedTuple):
    """An answer of handle_mm_fault, in one mode, with or without a fatal signal."""

    outcome: str
    kernel: bool
    signal: bool

    def __str__(self) -> str:
        signal = " with a signal" if self.signal else ""
        return f"{self.outcome}{signal}, {'kernel' if self.kernel else 'user'}"

    @property
    def facts(self) -> dict[str, bool]:
        """The words that the case settles."""
        return {"kernel": self.kernel, "fatal": self.signal, "signal": self.signal}


CASES: tuple[FaultCase, ...] = tuple(
    FaultCase(outcome, kernel, signal)
    for outcome, signal in (
        ("OK", False), ("COMPLETED", False), ("RETRY", False), ("RETRY", True),
        *((kind, False) for kind in ERRORS),
    )
    for kernel in (False, True)
)  # fmt: skip
FIXED = "fix-up, or the kernel stops"
"""Models have one node for both: what a fix-up finds is not decided there."""


class Done(NamedTuple):
    """What one way from the answer to the end did."""

    locks: int
    unlocks: int
    under_lock: int
    end: str
    result: str

    def __str__(self) -> str:
        did = [f"{self.locks} lock"] if self.locks else []
        did += [f"{self.unlocks} unlock"] if self.unlocks else []
        did += [f"{self.under_lock} call under the lock"] if self.under_lock else []
        return (
            f"{', '.join(did) or 'nothing'}; {self.end}{f' ({self.result})' if self.result else ''}"
        )


class Side:
    """A program, model or source, that can be asked what it does after an answer."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        root = program.function
        self.alive = Alive(root) if len(program.functions) == 1 else None
        self.earlier = _earlier(program)
        self.flags = {n.op.flags for n in program.nodes.values() if isinstance(n.op, ir.Fault)}
        self.calls = list(self.reached())

    def pruned(self, state: State) -> State:
        """The state without what cannot matter any more."""
        return self.alive.of(state) if self.alive and state.frames else state

    def reached(self) -> Iterator[State]:
        """The states in which handle_mm_fault is called for the first time."""
        choices = Open()
        first = self.pruned(start(self.program, {}))
        todo, seen = [first], {first}
        while todo:
            state = todo.pop()
            if isinstance(self.program.nodes[state.frames[-1].node].op, ir.Fault):
                yield state
                continue
            for move in successors(self.program, state, choices):
                if move.after.frames and abs(move.after.count()) <= FAR:
                    after = self.pruned(move.after)
                    if after not in seen:
                        seen.add(after)
                        todo.append(after)

    def called(self, case: FaultCase) -> Iterator[State]:
        """The states of the call in which a case is possible, with the words that it settles."""
        for state in self.calls:
            facts = dict(state.facts)
            if all(facts.get(word, value) == value for word, value in case.facts.items()):
                yield state._replace(facts=tuple(sorted({**facts, **case.facts}.items())))

    def does(self, case: FaultCase) -> set[Done]:
        """All that can happen after the case's answer."""
        found: set[Done] = set()
        choices = Open(case.outcome)
        todo: list[tuple[State, Done]] = []
        for call in self.called(case):
            moves = successors(self.program, call, choices)
            todo += [(self.pruned(move.after), Done(0, 0, 0, "", "")) for move in moves]
        seen = set(todo)
        while todo:
            state, done = todo.pop()
            node = self.program.nodes[state.frames[-1].node]
            if self.again(node):
                found.add(done._replace(end="again"))
                continue
            for move in successors(self.program, state, choices):
                now = self.noted(case, done, node, state, move)
                if not move.after.frames:
                    found.add(now if now.end else self.ended(case, now, state, move, node))
                    continue
                pair = (self.pruned(move.after), now)
                if pair not in seen and max(now[:3]) <= FAR:
                    seen.add(pair)
                    todo.append(pair)
        return found

    def ended(
        self, case: FaultCase, done: Done, state: State, move: Transition, node: ir.Node
    ) -> Done:
        """How a way ends. Kernel code that dies for want of a fix-up ends like one with it."""
        dies = dict(state.facts).get("no-extable", False) or not node.text.startswith("BUG")
        real = bool(node.cite.line)
        if (
            move.event == "bug"
            and case.kernel
            and (dies if real else dict(state.facts).get("no-extable"))
        ):
            return done._replace(end=FIXED)
        return done._replace(end=move.event, result=self.read(move))

    def again(self, node: ir.Node) -> bool:
        """Whether a new round begins here."""
        return isinstance(node.op, ir.Goto | ir.Fault) or node.id in self.earlier

    def noted(
        self, case: FaultCase, done: Done, node: ir.Node, state: State, move: Transition
    ) -> Done:
        """What a move adds."""
        change = move.after.count() - state.count() if move.event in ("acquire", "release") else 0
        needs = isinstance(node.op, ir.Call) and node.op.needs_lock
        fixed = case.kernel and node.effect in (
            ir.FIXUP,
            ir.Effect("fixup", "signal"),
            ir.Effect(kernel="fixup"),
        )
        return Done(
            done.locks + max(change, 0), done.unlocks + max(-change, 0), done.under_lock + needs,
            FIXED if fixed else done.end, "",
        )  # fmt: skip

    def read(self, move: Transition) -> str:
        """How the caller reads what is returned."""
        result = self.program.function.result
        if move.event != "leave" or not result:
            return ""
        return result.get(move.value or 0, ir.FAILED)

    def path(self, call: State, choices: Open) -> Iterator[tuple[ir.Node, Transition]]:
        """One path from a call until a new round begins: each node, and the move that it makes."""
        state, seen = call, set[State]()
        while state.frames and state not in seen:
            node = self.program.nodes[state.frames[-1].node]
            move = next(successors(self.program, state, choices), None)
            if move is None or (seen and self.again(node)):
                return
            yield node, move
            seen.add(state)
            state = move.after

    def story(self, case: FaultCase, first: bool = False) -> list[tuple[str, ir.Node]]:
        """What happens on one path of a case, each with its node: for laying two sides together.

        `first` is how every open word is answered.
        """
        for call in self.called(case):
            told: dict[tuple[str, str], ir.Node] = {}
            for node, move in self.path(call, Open(case.outcome, first)):
                what = self.kind(node)
                if move.event in ("acquire", "release"):
                    what = move.event
                if not move.after.frames:
                    what = "end"
                if not told:
                    what = "fault"
                if what:
                    told.setdefault((what, node.id), node)
            if told:
                return [(what, node) for (what, _), node in told.items()]
        return []

    def order(self) -> list[str]:
        """The order in which the first tests for a signal and for each result stand, with OK."""
        cases = (FaultCase("OK", kernel, False) for kernel in (False, True))
        paths = (self.path(call, Open("OK")) for case in cases for call in self.called(case))
        kinds = (list(dict.fromkeys(self.kind(node) for node, _ in path)) for path in paths)
        return max(([kind for kind in some if kind] for some in kinds), key=len, default=[])

    def kind(self, node: ir.Node) -> str:
        """What a test asks of the result: "signal", "COMPLETED", "ERROR", "RETRY" or nothing."""
        if not isinstance(node.op, ir.Test):
            return ""
        asked = 0
        for name, mask in ir.masks_of(node.op.expr):
            asked |= mask if name not in self.flags else 0
        words = set(ir.words_of(node.op.expr))
        if words & {"fatal", "signal"}:
            return "signal"
        if asked & Result.RETRY and asked & ERROR_BITS:
            return "ERROR or RETRY"
        if asked == Result.RETRY:
            ways = self.program.functions[node.function].out_edges[node.id]
            after = [self.program.nodes[e.target] for e in ways if e.when is True]
            asks = any(set(ir.node_words(n)) & {"fatal", "signal"} for n in after)
            return "signal" if asks else "RETRY"
        if asked == Result.COMPLETED:
            return "COMPLETED"
        return "ERROR" if asked & ERROR_BITS else ""


class Open(Choices):
    """Every word both ways; one answer of handle_mm_fault where it is possible."""

    def __init__(self, outcome: str = "OK", first: bool = False) -> None:
        self.outcome, self.first = outcome, first

    def word(self, word: str) -> Sequence[bool]:
        """Both, the one that is asked for first."""
        return (self.first, not self.first)

    def answers(self, node: ir.Node, flags: int) -> Sequence[Outcome]:
        """The one answer, or nothing."""
        return [o for o in super().answers(node, flags) if o.kind == self.outcome]


def _earlier(program: ir.Program) -> frozenset[str]:
    """Nodes of real source that stand before the call in the file and lead to it: a new round.

    Models draw their jumps back; in C a label further up is where a round begins. (Graphs alone
    do not say it: sparc64 jumps into a block, so its loop has two ways in.)
    """
    root = program.function
    fault = next((n for n in root.nodes.values() if isinstance(n.op, ir.Fault)), None)
    if fault is None or not fault.cite.line:
        return frozenset()
    back: dict[str, list[str]] = {id_: [] for id_ in root.nodes}
    for edge in root.edges:
        back[edge.target].append(edge.source)
    towards = reachable([fault.id], back.__getitem__)
    return frozenset(n for n in towards if root.nodes[n].cite.at < fault.cite.at)
