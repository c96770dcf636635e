"""What a control-flow graph is: expressions, operations, nodes, edges, functions, programs.

Here: plain immutable data; the expressions themselves are in `expr` and are had from here too. Not
here: how a model is written (`statements`), how a program moves (`transitions`), how it is judged
(`invariants`, `check`) or drawn (`svg`).

A model and, later, a real C function both become a `Program`; everything above this module
works alike on either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, NamedTuple

from faultviz.ir.expr import Expr, Value, words_of
from faultviz.ir.origin import Origin
from faultviz.ir.reach import reachable

REVISIONS: tuple[str, ...] = ("before", "v3", "v4", "merged", "fixed")
"""Oldest first. `fixed` exists for loongarch alone, whose check came with a later patch."""

Revisions = frozenset[str]
EVERY: Revisions = frozenset(REVISIONS)

# --- operations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enter:
    """The way in. An inner call passes it by: its `call` step is the entering."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Take (`by` = 1) or give up (`by` = -1) a counted resource; may fail where `fails` is true."""

    resource: str
    by: int
    fails: Expr | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Call handle_mm_fault with the flags in one variable; its result goes to another.

    `under` is the lock that it runs under, and that RETRY and COMPLETED say is gone.
    """

    flags: str = "flags"
    into: str = "result"
    under: str = "mmap_lock"


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function: one of the program's, which is stepped into, or one that is only named."""

    function: str
    needs_lock: bool = False
    into: str | None = None


@dataclass(frozen=True, slots=True)
class Let:
    """Assign to a variable or cell, only where `given` is true when there is one.

    `through` says, of a store that nothing guards, whether the pointer it goes through was passed.
    """

    name: str
    value: Expr
    given: Expr | None = None
    through: Expr | None = None


Known = bool | str | None | Expr
"""What a word becomes; see Settle."""


@dataclass(frozen=True, slots=True)
class Settle:
    """Assign, and change what is known of words: real source assigns to what it asked before.

    `lets` are assignments. Each of `words` becomes true, false, open (None), what another word
    is, or what an expression without words says.
    """

    lets: tuple[tuple[str, Expr], ...] = ()
    words: tuple[tuple[str, Known], ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """Ask; leave by the edge whose `when` is the answer."""

    __test__: ClassVar[bool] = False  # the name is the kernel reader's word, not a test of pytest's
    expr: Expr


@dataclass(frozen=True, slots=True)
class Choose:
    """A switch: leave by the edge whose `when` is the variable's value, else by the default."""

    name: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Return, with a value where the function has one."""

    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Bug:
    """BUG(), panic or a kernel that dies: no way on."""


@dataclass(frozen=True, slots=True)
class Goto:
    """A jump back, drawn because the second round starts here."""


@dataclass(frozen=True, slots=True)
class Count:
    """Add one to a counter: pgfault, minor or major."""

    counter: str


@dataclass(frozen=True, slots=True)
class Do:
    """A statement that changes nothing the model keeps track of."""


Op = Enter | Lock | Fault | Call | Let | Settle | Test | Choose | Leave | Bug | Goto | Count | Do


class Effect(NamedTuple):
    """What a step does for the interrupted code, by mode: "fixup", "signal" or "undone"."""

    kernel: str | None = None
    user: str | None = None


FIXUP = Effect("fixup", "fixup")
UNDONE = Effect("undone", "undone")
"""What handle_mm_fault had handled comes to nothing after all: a failure is then in order."""
SIGNAL = Effect("signal", "signal")


# --- graphs ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a node is from, and how we know.

    `known` is "read" (in the source named by `source`), "derived" (follows from what was read)
    or "unverified" (from memory).
    """

    file: str
    function: str
    known: str = "read"
    source: str = ""
    line: int = 0
    """Its line in the file, where a reader's own tree was read; 0 in the models."""
    at: int = 0
    """The line of the outermost function to which it belongs, by way of calls."""

    def __str__(self) -> str:
        tail = f"; {self.source}" if self.source else ""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}, {self.function} ({self.known}{tail})"


@dataclass(frozen=True, slots=True)
class Node:
    """A vertex: one operation, what it says, why it is there and where it is from.

    `id` is unique in its program: the nodes of the root function have plain ids, those of inner
    functions carry the function's name and a dot in front.
    """

    id: str
    function: str
    op: Op
    text: str
    why: str
    cite: Cite
    labels: tuple[str, ...] = ()
    role: str | None = None
    effect: Effect = Effect()
    revisions: Revisions = EVERY
    synthetic: bool = False
    """Where one line of real source became several nodes: another of them tells the line."""


When = bool | int | str | None
"""Which answer an edge is for: a test's True or False, a switch's value or "default", or None."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another, for one answer, in some revisions."""

    source: str
    target: str
    when: When = None
    role: str | None = None
    revisions: Revisions = EVERY


HANDLED, FAILED, AGAIN, KILLED = "handled", "failed", "again", "killed"
"""How a caller may read a result; AGAIN and KILLED say "not done", but call it no failure."""


@dataclass(frozen=True)
class Function:
    """One function's graph and its contract.

    `held` is the mmap_lock count that the caller must bring; `exit_held` the count it gets back,
    or the name of the cell that says so (`*locked`). `result` maps each returned value to how
    the caller reads it; empty for void.
    """

    name: str
    cite: Cite
    entry: str
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    params: tuple[str, ...] = ()
    locals: Mapping[str, Value] = field(default_factory=dict)
    result: Mapping[int, str] = field(default_factory=dict)
    held: int = 0
    exit_held: int | str = 0

    @cached_property
    def out_edges(self) -> Mapping[str, tuple[Edge, ...]]:
        """By node: the edges that lead from it."""
        out: dict[str, list[Edge]] = {id_: [] for id_ in self.nodes}
        for edge in self.edges:
            out[edge.source].append(edge)
        return {id_: tuple(edges) for id_, edges in out.items()}

    def reachable(self, starts: Iterable[str]) -> Iterator[str]:
        """The nodes that paths from some nodes meet, these included."""
        return reachable(starts, lambda id_: (edge.target for edge in self.out_edges[id_]))

    def at(self, revision: str) -> Function:
        """This function as one revision has it."""
        nodes = {i: n for i, n in self.nodes.items() if revision in n.revisions}
        edges = (e for e in self.edges if revision in e.revisions and e.source in nodes)
        return replace(self, nodes=nodes, edges=tuple(edges))


@dataclass(frozen=True)
class Program:
    """A handler or entry with every function that it steps into.

    `kind` is "handler" (an architecture's), "entry" (another caller of the fault path) or
    "generic". `revision` is None while the program still holds all its revisions.
    """

    name: str
    kind: str
    about: str
    root: str
    functions: Mapping[str, Function]
    revisions: tuple[str, ...]
    cells: Mapping[str, Value] = field(default_factory=dict)
    revision: str | None = None
    dropped: str | None = None
    origin: Origin = Origin()
    """What it was made of."""

    def at(self, revision: str) -> Program:
        """This program as one revision has it; what no way leads to is left out."""
        functions = {name: f.at(revision) for name, f in self.functions.items()}
        return replace(self, functions=pruned(functions), revision=revision)

    @cached_property
    def function(self) -> Function:
        """The root: the function that a fault or a caller enters."""
        return self.functions[self.root]

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """All nodes of all functions, by id."""
        return {i: n for f in self.functions.values() for i, n in f.nodes.items()}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The context words that some node asks for, sorted."""
        return tuple(sorted({w for n in self.nodes.values() for w in node_words(n)}))

    @cached_property
    def flags(self) -> int:
        """The fault flags that the root sets before anything is asked."""
        return self.function.locals.get("flags") or 0

    def __repr__(self) -> str:
        size = f"{len(self.functions)} functions, {len(self.nodes)} nodes"
        return f"Program({self.name} {self.revision or 'all revisions'}, {size})"


def expressions(op: Op) -> Iterator[Expr]:
    """Every expression that an operation holds: what it asks first, then what it assigns."""
    match op:
        case Test(expr) | Lock(fails=expr) | Leave(expr) if expr is not None:
            yield expr
        case Let(_, value, given, through):
            yield from (expr for expr in (given, through, value) if expr is not None)
        case Settle(lets, words):
            yield from (expr for _, expr in lets)
            for _, known in words:
                if known is not None and not isinstance(known, bool | str):
                    yield known


def rewritten(
    op: Op, expr: Callable[[Expr], Expr], name: Callable[[str], str] = lambda name: name
) -> Op:
    """The operation with other expressions, and other variables where it names one itself."""

    def asked(part: Expr | None) -> Expr | None:
        return None if part is None else expr(part)

    match op:
        case Test(part):
            return Test(expr(part))
        case Lock(fails=part):
            return replace(op, fails=asked(part))
        case Leave(part):
            return Leave(asked(part))
        case Let(target, value, given, through):
            return Let(name(target), expr(value), asked(given), asked(through))
        case Settle(lets, words):
            return Settle(
                tuple((name(target), expr(value)) for target, value in lets),
                tuple(
                    (word, k if k is None or isinstance(k, bool | str) else expr(k))
                    for word, k in words
                ),
            )
        case Fault(flags, into):
            return replace(op, flags=name(flags), into=name(into))
        case Call(into=str(into)):
            return replace(op, into=name(into))
        case Choose(target):
            return Choose(name(target))
    return op


def node_words(node: Node) -> Iterator[str]:
    """The free words that one node may ask for."""
    for expr in expressions(node.op):
        yield from words_of(expr)
    if node.effect.kernel != node.effect.user:
        yield "kernel"


def pruned(functions: Mapping[str, Function]) -> dict[str, Function]:
    """The same functions without the nodes that no path from their entry meets."""
    kept: dict[str, Function] = {}
    for name, function in functions.items():
        seen = set(function.reachable([function.entry]))
        kept[name] = replace(
            function,
            nodes={i: n for i, n in function.nodes.items() if i in seen},
            edges=tuple(e for e in function.edges if e.source in seen),
        )
    return kept
