"""How a program moves: states and the one successor function.

Here: `successors`, which serves the run of a scenario (a script picks) and the search (everything
is tried) alike. Not here: scenarios and traces (`run`), what is right or wrong (`invariants`), the
search (`check`). States are immutable, so going back is as cheap as going on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from faultviz.engine import invariants
from faultviz.engine.invariants import MMAP_LOCK, Memory, Violation
from faultviz.ir import graph as ir
from faultviz.ir.bits import Flag, Result
from faultviz.ir.graph import Undecided, Value
from faultviz.ir.outcomes import Outcome, counted, keeps_lock, kind_of

GENERIC = "handle_mm_fault"
"""The function that a Fault enters when the generic code is stepped into."""

NO_ENTRY, READ_ONLY, WRITABLE = 0, 1, 2
"""What the cell `pte` holds: the state of the page-table entry of the address."""

_NO_EFFECT = ir.Effect()
Pairs = tuple[tuple[str, int], ...]
Values = tuple[tuple[str, Value], ...]


class Frame(NamedTuple):
    """One function under way: its place, its variables, and whether a callee just returned."""

    function: str
    node: str
    env: Values
    back: bool = False


class State(NamedTuple):
    """Everything that decides what can come next; hashable, and never changed."""

    frames: tuple[Frame, ...]
    locks: Pairs
    cells: Values
    facts: tuple[tuple[str, bool], ...]
    memory: Memory

    def count(self, resource: str = MMAP_LOCK) -> int:
        """How often this task holds a resource."""
        return dict(self.locks).get(resource, 0)

    def look(self, name: str) -> Value:
        """A variable of the innermost function, or a cell."""
        for known, value in self.frames[-1].env:
            if known == name:
                return value
        return dict(self.cells).get(name)


class Move(NamedTuple):
    """One change of state: what happened at which node."""

    after: State
    node: str
    event: str
    answer: bool | None = None
    outcome: Outcome | None = None
    counted: tuple[str, ...] = ()
    value: Value = None
    broken: tuple[Violation, ...] = ()


class Choices(Protocol):
    """Who decides what the program leaves open."""

    @property
    def accounting(self) -> str:
        """When pgfault is counted: "6.0" or "6.4"."""

    @property
    def inside(self) -> bool:
        """Whether handle_mm_fault is stepped into (auto) or answered (scripted)."""

    def word(self, word: str) -> Sequence[bool]:
        """The values that a context word may take."""

    def answers(self, node: ir.Node, flags: int) -> Sequence[Outcome]:
        """What handle_mm_fault may answer to a call with these flags."""


def start(program: ir.Program, facts: Mapping[str, bool]) -> State:
    """The state in which the root is entered."""
    root = program.function
    cells = tuple(sorted(program.cells.items()))
    locks: Pairs = ((MMAP_LOCK, root.held),) if root.held else ()
    frame = Frame(root.name, root.entry, tuple(root.locals.items()))
    return State((frame,), locks, cells, tuple(sorted(facts.items())), Memory.begin(program))


def successors(program: ir.Program, state: State, choices: Choices) -> Iterator[Move]:
    """Every move that is possible from a state; none after the end.

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
            yield Move(state._replace(frames=()), node.id, "bug", broken=broken)
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


def _plain(program: ir.Program, state: State, node: ir.Node, value: Value) -> Move:
    """A node that has one way on once its question is answered."""
    event = "let"
    answer: bool | None = None
    broken: tuple[Violation, ...] = ()
    counts: tuple[str, ...] = ()
    way: ir.When = None
    after = state
    match node.op:
        case ir.Enter():
            event = "enter"
        case ir.Goto():
            event = "goto"
        case ir.Test():
            event, answer = "test", bool(value)
            way = answer
        case ir.Choose():
            event = "test"
            taken = {e.when for e in program.functions[node.function].ways[node.id]}
            way = value if value in taken else "default"
        case ir.Lock(resource, by, fails):
            event = "acquire" if by > 0 else "release"
            if fails is not None:
                answer = way = not value
            if fails is not None and value:
                event = "test"  # the try failed: nothing changed hands
            else:
                after, broken = _counted(state, node, resource, by)
        case ir.Let(name, expr, given):
            if value:
                after = _assign(program, state, name, _number(expr, state))
            elif given is None:
                broken = tuple(invariants.on_store(node, name))
        case ir.Settle(lets, words):
            after = _settled(program, state, lets, words)
        case ir.Call(function, needs_lock, _):
            event = "call"
            if needs_lock:
                broken = tuple(invariants.on_callee(node, node.text, state.count()))
            if function in program.functions:
                return Move(
                    _enter(program, _noted(after, node), function), node.id, event, broken=broken
                )
        case ir.Count(counter):
            counts = (counter,)
        case ir.Do() if node.effect == ir.SIGNAL:
            event = "call"
    after = _step_on(program, _noted(after, node), node, way)
    return Move(after, node.id, event, answer, counted=counts, broken=broken)


def _fault(
    program: ir.Program, state: State, node: ir.Node, op: ir.Fault, choices: Choices
) -> Iterator[Move]:
    """handle_mm_fault: answered at once, or stepped into and then returned from."""
    frame = state.frames[-1]
    flags = state.look(op.flags) or 0
    if frame.back:
        result = state.look(op.into) or 0
        known = state._replace(memory=state.memory.after_fault(result))
        outcome = Outcome(kind_of(result), bool(result & int(Result.MAJOR)))
        after = _step_on(program, known, node, None)
        broken = tuple(invariants.on_completed(node.id, result, flags))
        yield Move(after, node.id, "fault", outcome=outcome, broken=broken)
        return
    broken = tuple(
        invariants.on_callee(node, GENERIC, state.count(op.under))
        + invariants.on_fault_flags(node.id, flags, state.memory)
    )
    if choices.inside:
        yield Move(_enter(program, state, GENERIC), node.id, "call", broken=broken)
        return
    for outcome in choices.answers(node, flags):
        result = outcome.bits
        after = state._replace(memory=state.memory.after_fault(result))
        if not keeps_lock(result, flags):
            after, more = _counted(after, node, op.under, -1)
            if state.count(op.under) < 1:
                more = ()  # the fault is the callee's own: lock-required has said it already
            broken_here = broken + more
        else:
            broken_here = broken
        after = _assign(program, _filled(program, after, outcome, flags), op.into, result)
        after = _step_on(program, after, node, None)
        counts = counted(result, flags, choices.accounting)
        yield Move(after, node.id, "fault", None, outcome, counts, broken=broken_here)


def _filled(program: ir.Program, state: State, outcome: Outcome, flags: int) -> State:
    """The page-table entry after an answer: a handled fault left one behind."""
    if outcome.kind not in ("OK", "COMPLETED"):
        return state
    return _assign(program, state, "pte", WRITABLE if flags & Flag.WRITE else READ_ONLY)


def _leave(
    program: ir.Program, state: State, node: ir.Node, expr: ir.Expr | None, choices: Choices
) -> Iterator[Move]:
    """Return: to the caller's next node, or out of the root, where the rules are asked."""
    value = _number(expr, state) if expr is not None else None
    if len(state.frames) > 1:
        after = state._replace(frames=state.frames[:-1])
        caller = after.frames[-1]
        at = program.nodes[caller.node]
        match at.op:
            case ir.Fault(into=into):
                after = _assign(program, after, into, value)
                back = after.frames[-1]._replace(back=True)
                after = after._replace(frames=(*after.frames[:-1], back))
            case ir.Call(into=into):
                if into is not None:
                    after = _assign(program, after, into, value)
                after = _step_on(program, after, at, None)
        yield Move(after, node.id, "leave", value=value)
        return
    asks = program.kind == "handler" and "kernel" in program.words
    for ready, kernel in decide(ir.Free("kernel"), state, choices) if asks else [(state, 0)]:
        broken = invariants.on_leave(
            program, ready.memory, _exit(program, ready, node, value, kernel)
        )
        yield Move(ready._replace(frames=()), node.id, "leave", value=value, broken=tuple(broken))


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


def _number(expr: ir.Expr, state: State) -> Value:
    """The value of an expression that asks for no word."""
    value = ir.evaluate(expr, state.look, {})
    if isinstance(value, Undecided):
        raise TypeError(f"an assigned value may not depend on the word {value.word!r}")
    return value


def _counted(
    state: State, node: ir.Node, resource: str, by: int
) -> tuple[State, tuple[Violation, ...]]:
    """Take or give up a resource."""
    locks = dict(state.locks)
    locks[resource] = locks.get(resource, 0) + by
    broken: list[Violation] = []
    memory = state.memory
    if resource == MMAP_LOCK and by < 0:
        broken = invariants.on_release(node.id, locks[resource])
        memory = memory._replace(underflow=memory.underflow or bool(broken))
    kept = tuple(sorted((r, n) for r, n in locks.items() if n))
    return state._replace(locks=kept, memory=memory), tuple(broken)


def _assign(program: ir.Program, state: State, name: str, value: Value) -> State:
    """Set a cell of the program, or else a variable of the innermost function."""
    memory = state.memory
    if name == "flags":
        memory = memory.after_flags(value or 0)
    if name in program.cells:
        cells = tuple((n, value if n == name else v) for n, v in state.cells)
        return state._replace(cells=cells, memory=memory)
    frame = state.frames[-1]
    env = (*((n, v) for n, v in frame.env if n != name), (name, value))
    return state._replace(
        frames=(*state.frames[:-1], frame._replace(env=tuple(sorted(env)))), memory=memory
    )


def _settled(
    program: ir.Program,
    state: State,
    lets: tuple[tuple[str, ir.Expr], ...],
    words: tuple[tuple[str, ir.Known], ...],
) -> State:
    """Assign, then let words be what the assignments made of them."""
    known = dict(state.facts)
    before = dict(known)
    for word, said in words:
        known.pop(word, None)
        value = before.get(said) if isinstance(said, str) else said
        if value is not None:
            known[word] = value if isinstance(value, bool) else bool(_number(value, state))
    for name, number in [(name, _number(expr, state)) for name, expr in lets]:
        state = _assign(program, state, name, number)
    return state._replace(facts=tuple(sorted(known.items())))


def _noted(state: State, node: ir.Node) -> State:
    """The state in which the rules know of the node's effect."""
    if node.effect == _NO_EFFECT:
        return state
    kernel = dict(state.facts).get("kernel", False)
    effect = node.effect.kernel if kernel else node.effect.user
    if effect == "fixup":
        return state._replace(memory=state.memory._replace(fixed=True))
    if effect == "undone":
        return state._replace(memory=state.memory._replace(last=None))
    return state


def _enter(program: ir.Program, state: State, name: str) -> State:
    """Push a frame: the callee starts behind its entry node, with its parameters copied."""
    callee = program.functions[name]
    env: dict[str, Value] = {p: state.look(p) for p in callee.params}
    env.update(callee.locals)
    (first,) = callee.ways[callee.entry]
    frame = Frame(name, first.target, tuple(sorted(env.items())))
    return state._replace(frames=(*state.frames, frame))


def _step_on(program: ir.Program, state: State, node: ir.Node, way: ir.When) -> State:
    """Move the innermost function along the edge for an answer."""
    frame = state.frames[-1]
    for edge in program.functions[frame.function].ways[node.id]:
        if edge.when is way or (edge.when == way and type(edge.when) is type(way)):
            moved = Frame(frame.function, edge.target, frame.env)
            return state._replace(frames=(*state.frames[:-1], moved))
    raise AssertionError(f"{program.name}: {node.id} has no way for {way!r}")
