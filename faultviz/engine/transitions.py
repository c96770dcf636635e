"""How a program moves: the one successor function, and who decides what a program leaves open.

Here: `successors`, which serves the run of a scenario (a script picks) and the search (everything
is tried) alike. Not here: states and how one is changed (`states`), scenarios and traces (`run`),
what is right or wrong (`invariants`), the search (`check`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from faultviz import ir
from faultviz.engine import invariants
from faultviz.engine.invariants import Violation
from faultviz.engine.states import (
    State,
    assign,
    change_lock,
    enter,
    fill_pte,
    note_effect,
    number,
    settle,
    step_on,
)
from faultviz.ir.bits import Result
from faultviz.ir.expr import Undecided, Value
from faultviz.ir.outcomes import Outcome, counted, keeps_lock, kind_of, legal

GENERIC = "handle_mm_fault"
"""The function that a Fault enters when the generic code is stepped into."""


class Transition(NamedTuple):
    """One change of state: what happened at which node."""

    after: State
    node: str
    event: str
    answer: bool | None = None
    outcome: Outcome | None = None
    counted: tuple[str, ...] = ()
    value: Value = None
    broken: tuple[Violation, ...] = ()


class Choices:
    """Who decides what a program leaves open; as it stands here, everything is tried."""

    accounting = "6.0"
    """When pgfault is counted: "6.0" or "6.4"."""
    completed = True
    """Whether the revision has VM_FAULT_COMPLETED."""
    major = False
    """Whether answers come with the MAJOR bit, too."""

    @property
    def inside(self) -> bool:
        """Whether handle_mm_fault is stepped into (auto) or answered (scripted)."""
        return False

    def word(self, word: str) -> Sequence[bool]:
        """The values that a context word may take: off first, so that ties go to fewest words."""
        return (False, True)

    def answers(self, node: ir.Node, flags: int) -> Sequence[Outcome]:
        """What handle_mm_fault may answer to a call with these flags."""
        return tuple(legal(flags, completed=self.completed, major=self.major))


def successors(program: ir.Program, state: State, choices: Choices) -> Iterator[Transition]:
    """Every transition that is possible from a state; none after the end.

    `choices` decides words that the state has not settled yet and what handle_mm_fault answers.
    """
    if not state.frames:
        return
    frame = state.frames[-1]
    node = program.nodes[frame.node]
    match node.op:
        case ir.Fault():
            yield from _fault(program, state, node, node.op, choices)
            return
        case ir.Leave(expr):
            yield from _leave(program, state, node, expr, choices)
            return
        case ir.Bug():
            broken = tuple(invariants.on_bug(node.id, state.memory))
            yield Transition(state._replace(frames=()), node.id, "bug", broken=broken)
            return
    for ready, value in _asked(node, state, choices):
        yield _plain(program, ready, node, value)


def _asked(node: ir.Node, state: State, choices: Choices) -> Iterator[tuple[State, Value]]:
    """The states in which the node's question is decided, each with its answer."""
    match node.op:
        case ir.Test(expr) | ir.Lock(fails=expr) | ir.Let(given=expr) if expr is not None:
            yield from decide(expr, state, choices)
        case ir.Let(given=None, through=expr) if expr is not None:
            yield from decide(expr, state, choices)
        case ir.Choose(name):
            yield state, state.look(name)
        case _ if node.effect.kernel != node.effect.user:
            yield from decide(ir.Free("kernel"), state, choices)
        case _:
            yield state, 1


def decide(expr: ir.Expr, state: State, choices: Choices) -> Iterator[tuple[State, Value]]:
    """The value of an expression, in as many states as its open words have values."""
    answer = ir.evaluate(expr, state.look, dict(state.facts))
    if not isinstance(answer, Undecided):
        yield state, answer
        return
    for value in choices.word(answer.word):
        facts = tuple(sorted((*state.facts, (answer.word, value))))
        yield from decide(expr, state._replace(facts=facts), choices)


def _plain(program: ir.Program, state: State, node: ir.Node, value: Value) -> Transition:
    """A node that has one edge to take once its question is answered."""
    event = "let"
    answer: bool | None = None
    broken: tuple[Violation, ...] = ()
    counts: tuple[str, ...] = ()
    when: ir.When = None
    after = state
    match node.op:
        case ir.Enter():
            event = "enter"
        case ir.Goto():
            event = "goto"
        case ir.Test():
            event, answer = "test", bool(value)
            when = answer
        case ir.Choose():
            event = "test"
            taken = {e.when for e in program.functions[node.function].out_edges[node.id]}
            when = value if value in taken else "default"
        case ir.Lock(resource, by, fails):
            event = "acquire" if by > 0 else "release"
            if fails is not None:
                answer = when = not value
            if fails is not None and value:
                event = "test"  # the try failed: nothing changed hands
            else:
                after, broken = change_lock(state, node, resource, by)
        case ir.Let(name, expr, given):
            if value:
                after = assign(program, state, name, number(expr, state))
            elif given is None:
                broken = tuple(invariants.on_store(node, name))
        case ir.Settle(lets, words):
            after = settle(program, state, lets, words)
        case ir.Call(function, needs_lock, _):
            event = "call"
            if needs_lock:
                broken = tuple(invariants.on_callee(node, node.text, state.count()))
            if function in program.functions:
                return Transition(
                    enter(program, note_effect(after, node), function),
                    node.id,
                    event,
                    broken=broken,
                )
        case ir.Count(counter):
            counts = (counter,)
        case ir.Do() if node.effect == ir.SIGNAL:
            event = "call"
    after = step_on(program, note_effect(after, node), node, when)
    return Transition(after, node.id, event, answer, counted=counts, broken=broken)


def _fault(
    program: ir.Program, state: State, node: ir.Node, op: ir.Fault, choices: Choices
) -> Iterator[Transition]:
    """handle_mm_fault: answered at once, or stepped into and then returned from."""
    frame = state.frames[-1]
    flags = state.look(op.flags) or 0
    if frame.back:
        result = state.look(op.into) or 0
        known = state._replace(memory=state.memory.after_fault(result))
        outcome = Outcome(kind_of(result), bool(result & int(Result.MAJOR)))
        after = step_on(program, known, node, None)
        broken = tuple(invariants.on_completed(node.id, result, flags))
        yield Transition(after, node.id, "fault", outcome=outcome, broken=broken)
        return
    broken = tuple(
        invariants.on_callee(node, GENERIC, state.count(op.under))
        + invariants.on_fault_flags(node.id, flags, state.memory)
    )
    if choices.inside:
        yield Transition(enter(program, state, GENERIC), node.id, "call", broken=broken)
        return
    for outcome in choices.answers(node, flags):
        result = outcome.bits
        after = state._replace(memory=state.memory.after_fault(result))
        if not keeps_lock(result, flags):
            after, more = change_lock(after, node, op.under, -1)
            if state.count(op.under) < 1:
                more = ()  # the fault is the callee's own: lock-required has said it already
            broken_here = broken + more
        else:
            broken_here = broken
        after = assign(program, fill_pte(program, after, outcome, flags), op.into, result)
        after = step_on(program, after, node, None)
        counts = counted(result, flags, choices.accounting)
        yield Transition(after, node.id, "fault", None, outcome, counts, broken=broken_here)


def _leave(
    program: ir.Program, state: State, node: ir.Node, expr: ir.Expr | None, choices: Choices
) -> Iterator[Transition]:
    """Return: to the caller's next node, or out of the root, where the rules are asked."""
    value = number(expr, state) if expr is not None else None
    if len(state.frames) > 1:
        after = state._replace(frames=state.frames[:-1])
        caller = after.frames[-1]
        at = program.nodes[caller.node]
        match at.op:
            case ir.Fault(into=into):
                after = assign(program, after, into, value)
                back = after.frames[-1]._replace(back=True)
                after = after._replace(frames=(*after.frames[:-1], back))
            case ir.Call(into=into):
                if into is not None:
                    after = assign(program, after, into, value)
                after = step_on(program, after, at, None)
        yield Transition(after, node.id, "leave", value=value)
        return
    asks = program.kind == "handler" and "kernel" in program.words
    for ready, kernel in decide(ir.Free("kernel"), state, choices) if asks else [(state, 0)]:
        broken = invariants.on_leave(
            program, ready.memory, _exit(program, ready, node, value, kernel)
        )
        yield Transition(
            ready._replace(frames=()), node.id, "leave", value=value, broken=tuple(broken)
        )


def _exit(
    program: ir.Program, state: State, node: ir.Node, value: Value, kernel: Value
) -> invariants.Exit:
    facts = dict(state.facts)
    cell = program.function.exit_held
    by_pointer = isinstance(cell, str) and facts.get(cell.lstrip("*"), False)
    return invariants.Exit(
        node.id,
        value,
        dict(state.locks),
        state.look(cell) if by_pointer and isinstance(cell, str) else None,
        bool(kernel),
        facts.get("fatal", False),
    )
