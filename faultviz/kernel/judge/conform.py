"""Model against source: from handle_mm_fault's answer to the end, do both do the same?

Here: the cases, what is compared of each and the rows. What precedes handle_mm_fault is not
compared. Not here: how the source became a program (`extract`) or how the two move (`transitions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine.states import State, start
from faultviz.engine.transitions import Choices, Move, successors
from faultviz.ir.bits import ERROR_BITS, Result
from faultviz.ir.outcomes import ERRORS, Outcome
from faultviz.ir.reach import reachable
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.judge.expected import Explained, explained
from faultviz.kernel.judge.search import Alive
from faultviz.kernel.lower.extract import CALLERS, Place, places, program

FAR = 3


class Case(NamedTuple):
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


CASES: tuple[Case, ...] = tuple(
    Case(outcome, kernel, signal)
    for outcome, signal in (
        ("OK", False), ("COMPLETED", False), ("RETRY", False), ("RETRY", True),
        *((kind, False) for kind in ERRORS),
    )
    for kernel in (False, True)
)  # fmt: skip
ORDER = "order of the tests"
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


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison; `model` and `source` say what either does."""

    handler: str
    case: str
    verdict: str
    model: str
    source: str
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What --json prints."""
        return {name: getattr(self, name) for name in self.__slots__}


class Rows(tuple[Row, ...]):
    """Rows with a text form: what is not equal, and how many are."""

    __slots__ = ()

    def __repr__(self) -> str:
        said: list[str] = []
        for row in self:
            if row.verdict != "equal":
                said.append(f"{row.handler}, {row.case}: {row.verdict}")
                said += [f"  model   {row.model}", f"  source  {row.source}"]
                said += [f"  why     {row.reason}"] if row.reason else []
        equal = sum(row.verdict == "equal" for row in self)
        return "\n".join([*said, f"{equal} of {len(self)} cases equal"])


def conform(tree: Tree, handlers: tuple[str, ...] = ()) -> Iterator[list[Row]]:
    """The rows of one handler after the other. Raises BadInput for a handler the tree has not."""
    reasons = explained()
    for place in places(tree, handlers):
        if place.handler in CALLERS:
            continue
        yield [_judged(row, tree.version, reasons) for row in compared(tree, place)]


def compared(tree: Tree, place: Place) -> list[Row]:
    """A handler's cases, before any difference is explained."""
    try:
        real = Side(program(tree, place))
    except BadInput as problem:
        return [
            Row(place.handler, str(case), "not-compared", "", "", str(problem)) for case in CASES
        ]
    model = Side(place.model)
    rows = []
    for case in CASES:
        ours, theirs = model.does(case), real.does(case)
        rows.append(_row(place.handler, str(case), _said(ours), _said(theirs)))
    rows.append(_row(place.handler, ORDER, ", ".join(model.order()), ", ".join(real.order())))
    return rows


def _row(handler: str, case: str, model: str, source: str) -> Row:
    if not model and not source:
        return Row(handler, case, "equal", "cannot happen", "cannot happen")
    return Row(
        handler,
        case,
        "equal" if model == source else "differs",
        model or "cannot happen",
        source or "cannot happen",
    )


def _said(ways: Iterable[Done]) -> str:
    return " | ".join(sorted(map(str, set(ways))))


def _judged(row: Row, version: str, reasons: Sequence[Explained]) -> Row:
    """A difference that the data file has a reason for."""
    if row.verdict != "differs":
        return row
    for one in reasons:
        if one.handler == row.handler and one.covers(row.case) and one.of(version):
            return Row(row.handler, row.case, "explained", row.model, row.source, one.reason)
    return row


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

    def does(self, case: Case) -> set[Done]:
        """All that can happen after the case's answer."""
        found: set[Done] = set()
        choices = Open(case.outcome)
        todo: list[tuple[State, Done]] = []
        for state in self.calls:
            facts = dict(state.facts)
            if any(facts.get(word, value) != value for word, value in case.facts.items()):
                continue
            settled = tuple(sorted({**facts, **case.facts}.items()))
            moves = successors(self.program, state._replace(facts=settled), choices)
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

    def ended(self, case: Case, done: Done, state: State, move: Move, node: ir.Node) -> Done:
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

    def noted(self, case: Case, done: Done, node: ir.Node, state: State, move: Move) -> Done:
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

    def read(self, move: Move) -> str:
        """How the caller reads what is returned."""
        result = self.program.function.result
        if move.event != "leave" or not result:
            return ""
        return result.get(move.value or 0, ir.FAILED)

    def story(self, case: Case, first: bool = False) -> list[tuple[str, ir.Node]]:
        """What happens on one way of a case, each with its node: for laying two sides together.

        `first` is how every open word is answered.
        """
        choices = Open(case.outcome, first)
        for state in self.calls:
            facts = dict(state.facts)
            if any(facts.get(word, value) != value for word, value in case.facts.items()):
                continue
            settled = state._replace(facts=tuple(sorted({**facts, **case.facts}.items())))
            told: list[tuple[str, ir.Node]] = []
            move = next(successors(self.program, settled, choices), None)
            if move is None:
                continue
            told.append(("fault", self.program.nodes[move.node]))
            seen: set[State] = set()
            while move.after.frames and move.after not in seen:
                seen.add(move.after)
                node = self.program.nodes[move.after.frames[-1].node]
                if self.again(node):
                    break
                following = next(successors(self.program, move.after, choices), None)
                if following is None:
                    break
                what = (
                    following.event
                    if following.event in ("acquire", "release")
                    else self.kind(node)
                )
                if not following.after.frames:
                    what = "end"
                if what and (what, node.id) not in [(w, n.id) for w, n in told]:
                    told.append((what, node))
                move = following
            return told
        return []

    def order(self) -> list[str]:
        """The order in which the first tests for a signal and for each result stand, with OK."""
        met: list[str] = []
        for case in (Case("OK", False, False), Case("OK", True, False)):
            for state in self.calls:
                facts = dict(state.facts)
                if any(facts.get(word, value) != value for word, value in case.facts.items()):
                    continue
                settled = state._replace(facts=tuple(sorted({**facts, **case.facts}.items())))
                one = self.tests(settled)
                met = one if len(one) > len(met) else met
        return met

    def tests(self, state: State) -> list[str]:
        """The kinds of tests on one way from OK to the end."""
        choices = Open("OK")
        met: list[str] = []
        seen: set[State] = set()
        move = next(successors(self.program, state, choices), None)
        while move is not None and move.after.frames and move.after not in seen:
            seen.add(move.after)
            node = self.program.nodes[move.after.frames[-1].node]
            kind = self.kind(node)
            if self.again(node):
                break
            if kind and kind not in met:
                met.append(kind)
            move = next(successors(self.program, move.after, choices), None)
        return met

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
            ways = self.program.functions[node.function].ways[node.id]
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
