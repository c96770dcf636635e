"""The small vocabulary in which a model is written, and how it becomes a graph.

A model is data: a `function` holds statements, a statement may hold statements. Read it beside
the kernel's own file; the order is the same. Here: the statements. Not here: how they become a
graph (`build`), and the kernel's own conditions and calls with their sentences (`models.words`).

A statement becomes a node; a forward jump becomes an edge; a jump back is a node of its own,
because there the second round starts. A node's id comes from what it says, so it stays the same
from one revision to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from faultviz.ir import graph
from faultviz.ir.bits import Flag, Result, errno_text, names
from faultviz.ir.conditions import BitChange, Condition, free
from faultviz.ir.expr import Const, Expr, Merge, Name, Value
from faultviz.ir.graph import EVERY, Effect, Revisions


@dataclass(frozen=True, slots=True)
class SimpleStep:
    """A statement that becomes one node."""

    op: graph.Op
    text: str
    why: str
    slug: str
    role: str | None = None
    effect: Effect = Effect()
    cite: graph.Cite | None = None
    calls: FunctionModel | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """`when`: a test and its two ways."""

    test: SimpleStep
    yes: Sequence[Statement]
    no: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Try:
    """`try_acquire`: a lock operation that answers, and its two ways."""

    lock: SimpleStep
    failed: Sequence[Statement]
    taken: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Loop:
    """`repeat`: a body, then a test that leads back to its start."""

    body: Sequence[Statement]
    test: SimpleStep


@dataclass(frozen=True, slots=True)
class SwitchCase:
    """One value of a switch."""

    value: int
    body: Sequence[Statement]
    role: str | None = None
    revisions: Revisions = EVERY


@dataclass(frozen=True, slots=True)
class Switch:
    """`choose`: a switch over a variable."""

    step: SimpleStep
    cases: Sequence[SwitchCase]
    default: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Some:
    """`since` and `only`: statements that just these revisions have."""

    revisions: Revisions
    body: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Label:
    """A place to jump to."""

    name: str


@dataclass(frozen=True, slots=True)
class Jump:
    """`goto`."""

    label: str
    why: str = ""


Statement = SimpleStep | Branch | Try | Loop | Switch | Some | Label | Jump


@dataclass(frozen=True)
class FunctionModel:
    """A function as it is written; `program` turns it, and those it calls, into graphs."""

    name: str
    cite: graph.Cite | None
    body: Sequence[Statement]
    params: tuple[str, ...] = ()
    locals: Mapping[str, Value] = field(default_factory=dict)
    result: Mapping[int, str] = field(default_factory=dict)
    held: int = 0
    exit_held: int | str = 0
    why: str = ""
    patch: graph.Cite | None = None


def label(name: str) -> Label:
    """A place that `goto` names; it may stand inside a block."""
    return Label(name)


def goto(name: str, why: str = "") -> Jump:
    """Go on at a label of the same function, before or after, outside or inside a block."""
    return Jump(name, why)


def acquire(
    resource: str = "mmap_lock", *, why: str = "", text: str = "", role: str | None = None
) -> SimpleStep:
    """Take mmap_lock for reading, waiting as long as it takes."""
    return SimpleStep(
        graph.Lock(resource, 1),
        text or f"take {resource}",
        why or "The VMAs may only be looked at under mmap_lock.",
        f"take_{resource}",
        role,
    )


def release(
    resource: str = "mmap_lock", *, why: str = "", text: str = "", role: str | None = None
) -> SimpleStep:
    """Give mmap_lock up."""
    return SimpleStep(
        graph.Lock(resource, -1),
        text or f"give up {resource}",
        why or "The work under mmap_lock is done, and whoever took it gives it up.",
        f"give_up_{resource}",
        role,
    )


def try_acquire(
    *,
    failed: Sequence[Statement],
    taken: Sequence[Statement] = (),
    unless: Condition | None = None,
    text: str = "",
    why: str = "",
) -> Try:
    """Try to take mmap_lock; `failed` runs where the word contended (or `unless`) is on."""
    condition = unless or free("contended")
    return Try(
        SimpleStep(
            graph.Lock("mmap_lock", 1, condition.expr),
            text or "try to take mmap_lock",
            why
            or "Waiting here could hang a kernel that faults while it holds the lock: try first.",
            "try_mmap_lock",
        ),
        failed,
        taken,
    )


def take(resource: str, *, text: str = "", why: str) -> SimpleStep:
    """Begin something that must be ended on every way out (exception_enter, a file reference)."""
    return SimpleStep(graph.Lock(resource, 1), text or f"take {resource}", why, f"take_{resource}")


def give(resource: str, *, text: str = "", why: str) -> SimpleStep:
    """End what `take` began."""
    return SimpleStep(
        graph.Lock(resource, -1), text or f"give up {resource}", why, f"give_{resource}"
    )


def fault(*, why: str = "", cite: graph.Cite | None = None, under: str = "mmap_lock") -> SimpleStep:
    """Call handle_mm_fault with `flags`, under a lock; its answer goes to `result`."""
    return SimpleStep(
        graph.Fault(under=under),
        "handle_mm_fault",
        why or "The generic code makes the page present; only it may give mmap_lock up early.",
        "handle_mm_fault",
        cite=cite,
    )


def call(
    target: str | FunctionModel,
    *,
    why: str = "",
    text: str = "",
    into: str | None = None,
    needs_lock: bool = False,
    effect: Effect = Effect(),
    role: str | None = None,
    cite: graph.Cite | None = None,
) -> SimpleStep:
    """Call a function: a modelled one is stepped into, one given by name only is passed over."""
    name = target if isinstance(target, str) else target.name
    return SimpleStep(
        graph.Call(name, needs_lock, into),
        text or name,
        why or (target.why if isinstance(target, FunctionModel) else ""),
        name,
        role,
        effect,
        cite,
        target if isinstance(target, FunctionModel) else None,
    )


def signal(name: str, *, why: str = "") -> SimpleStep:
    """Tell the user program by a signal."""
    return SimpleStep(
        graph.Do(),
        f"send {name}",
        why or f"The access cannot be made good: the program is told by {name}.",
        f"send_{name}",
        effect=graph.SIGNAL,
    )


def do(text: str, *, why: str, slug: str = "", effect: Effect = Effect()) -> SimpleStep:
    """A statement that changes nothing the model keeps track of."""
    return SimpleStep(graph.Do(), text, why, slug or text, effect=effect)


def count(counter: str, *, why: str) -> SimpleStep:
    """Add one to pgfault, minor or major."""
    return SimpleStep(graph.Count(counter), f"count {counter}", why, f"count_{counter}")


def let(
    *,
    if_: Condition | None = None,
    why: str = "",
    text: str = "",
    role: str | None = None,
    **what: BitChange | int | str | None,
) -> SimpleStep:
    """Assign one variable: `let(flags=add(Flag.TRIED))`, `let(ret="result")`."""
    ((name, value),) = what.items()
    return put(name, value, if_=if_, why=why, text=text, role=role)


def put(
    name: str,
    value: BitChange | int | str | None,
    *,
    if_: Condition | None = None,
    through: Condition | None = None,
    why: str,
    text: str = "",
    role: str | None = None,
) -> SimpleStep:
    """Assign a cell whose name is no Python word: `put("*locked", 0, why=...)`.

    `through` is the condition under which the pointer is there; a store that asks first has `if_`.
    """
    given = if_.expr if if_ else None
    suffix = f" if {if_.text.rstrip('?')}" if if_ else ""
    match value:
        case BitChange(how, mask):
            kind = Flag if "flags" in name else Result
            said = {"add": "add {} to {}", "remove": "clear {} in {}", "exactly": "{1} = {0}"}
            text = text or said[how].format(names(mask, kind), name) + suffix
            expr = value.on(name)
            slug = f"{how}_{names(mask, kind)}"
        case str(other):
            text, expr = text or f"{name} = {other}{suffix}", Name(other)
            slug = f"{name}_{other}"
        case _:
            shown = "NULL" if value is None else errno_text(value)
            text, expr, slug = text or f"{name} = {shown}{suffix}", Const(value), f"set_{name}"
    given_by = through.expr if through else None
    return SimpleStep(graph.Let(name, expr, given, given_by), text, why, slug, role)


def merge(name: str, other: str, *, why: str) -> SimpleStep:
    """`name |= other`."""
    return SimpleStep(
        graph.Let(name, Merge(name, other)), f"{name} |= {other}", why, f"join_{other}"
    )


def when(
    condition: Condition,
    *body: Statement,
    else_: Sequence[Statement] = (),
    role: str | None = None,
    text: str = "",
    why: str = "",
    cite: graph.Cite | None = None,
) -> Branch:
    """Ask; where the answer is yes the body runs, else `else_`."""
    said = text or condition.text
    step = SimpleStep(graph.Test(condition.expr), said, why or condition.why, said, role, cite=cite)
    return Branch(step, body, else_)


def repeat(*body: Statement, while_: Condition, why: str = "") -> Loop:
    """do { body } while (condition)."""
    step = SimpleStep(graph.Test(while_.expr), while_.text, why or while_.why, while_.text)
    return Loop(body, step)


def case(
    value: int, *body: Statement, role: str | None = None, revisions: Revisions = EVERY
) -> SwitchCase:
    """One value of a `choose`."""
    return SwitchCase(value, body, role, revisions)


def choose(
    name: str, *cases: SwitchCase, default: Sequence[Statement], why: str, text: str = ""
) -> Switch:
    """switch (name)."""
    said = text or f"which {name}?"
    return Switch(SimpleStep(graph.Choose(name), said, why, said), cases, default)


def since(revision: str, *body: Statement) -> Some:
    """Statements that this revision brought."""
    return Some(from_on(revision), body)


def only(*revisions: str, body: Sequence[Statement]) -> Some:
    """Statements of just these revisions."""
    return Some(frozenset(revisions), body)


def from_on(revision: str) -> Revisions:
    """A revision and all later ones."""
    return frozenset(graph.REVISIONS[graph.REVISIONS.index(revision) :])


def leave(value: int | str | None = None, *, why: str = "", text: str = "") -> SimpleStep:
    """Return."""
    expr: Expr | None = None
    shown = ""
    if isinstance(value, str):
        expr, shown = Name(value), value
    elif value is not None:
        expr, shown = Const(value), errno_text(value)
    said = text or ("return" if value is None else f"return {shown}")
    return SimpleStep(graph.Leave(expr), said, why or "The handler is done.", said)


def falls_off_end(*, why: str) -> SimpleStep:
    """The closing brace, reached by a way that no statement ends."""
    return SimpleStep(graph.Leave(), "end of function", why, "end_of_function")


def bug(text: str = "BUG()", *, why: str = "") -> SimpleStep:
    """The kernel stops here."""
    return SimpleStep(
        graph.Bug(), text, why or "A result that no one expects here stops the kernel.", text
    )


def function(
    name: str,
    cite: graph.Cite | None,
    *body: Statement,
    params: Iterable[str] = (),
    locals: Mapping[str, Value] | None = None,
    result: Mapping[int, str] | None = None,
    held: int = 0,
    exit_held: int | str | None = None,
    why: str = "",
    patch: graph.Cite | None = None,
) -> FunctionModel:
    """A function: its statements, its contract, and (for calls of it) why it is called.

    `patch` cites the nodes that `before` does not have; without it they share `cite`.
    """
    leaves_held = held if exit_held is None else exit_held
    return FunctionModel(
        name, cite, body, tuple(params), locals or {}, result or {}, held, leaves_held, why, patch
    )
