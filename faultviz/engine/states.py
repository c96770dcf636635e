"""States of a program, and what an operation makes of one: locks, variables, words, frames.

Here: pure changes of one state. States are immutable, so going back is as cheap as going on. Not
here: which of them a node makes (`transitions`), or what is right or wrong (`invariants`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from faultviz import ir
from faultviz.engine import invariants
from faultviz.engine.invariants import MMAP_LOCK, Memory, Violation
from faultviz.ir.bits import Flag
from faultviz.ir.expr import Undecided, Value
from faultviz.ir.outcomes import Outcome

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


def start(program: ir.Program, facts: Mapping[str, bool]) -> State:
    """The state in which the root is entered."""
    root = program.function
    cells = tuple(sorted(program.cells.items()))
    locks: Pairs = ((MMAP_LOCK, root.held),) if root.held else ()
    frame = Frame(root.name, root.entry, tuple(root.locals.items()))
    return State((frame,), locks, cells, tuple(sorted(facts.items())), Memory.begin(program))


def number(expr: ir.Expr, state: State) -> Value:
    """The value of an expression that asks for no word."""
    value = ir.evaluate(expr, state.look, {})
    if isinstance(value, Undecided):
        raise TypeError(f"an assigned value may not depend on the word {value.word!r}")
    return value


def change_lock(
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


def assign(program: ir.Program, state: State, name: str, value: Value) -> State:
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


def fill_pte(program: ir.Program, state: State, outcome: Outcome, flags: int) -> State:
    """The page-table entry after an answer: a handled fault left one behind."""
    if outcome.kind not in ("OK", "COMPLETED"):
        return state
    return assign(program, state, "pte", WRITABLE if flags & Flag.WRITE else READ_ONLY)


def settle(
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
            known[word] = value if isinstance(value, bool) else bool(number(value, state))
    for name, new in [(name, number(expr, state)) for name, expr in lets]:
        state = assign(program, state, name, new)
    return state._replace(facts=tuple(sorted(known.items())))


def note_effect(state: State, node: ir.Node) -> State:
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


def enter(program: ir.Program, state: State, name: str) -> State:
    """Push a frame: the callee starts behind its entry node, with its parameters copied."""
    callee = program.functions[name]
    env: dict[str, Value] = {p: state.look(p) for p in callee.params}
    env.update(callee.locals)
    (first,) = callee.out_edges[callee.entry]
    frame = Frame(name, first.target, tuple(sorted(env.items())))
    return state._replace(frames=(*state.frames, frame))


def step_on(program: ir.Program, state: State, node: ir.Node, when: ir.When) -> State:
    """Move the innermost function along the edge for an answer."""
    frame = state.frames[-1]
    for edge in program.functions[frame.function].out_edges[node.id]:
        if edge.when is when or (edge.when == when and type(edge.when) is type(when)):
            moved = Frame(frame.function, edge.target, frame.env)
            return state._replace(frames=(*state.frames[:-1], moved))
    raise AssertionError(f"{program.name}: {node.id} has no edge for {when!r}")
