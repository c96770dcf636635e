"""C expressions and a function's graph of statements, as plain immutable data.

Here: the expressions, their text and constant value; `Statement` and `Body`. Not here: how they
are made of source (`parse`) or what they come to mean (`inline`, `lowering`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Id:
    """A name: a variable, a parameter, a constant of the preprocessor."""

    name: str


@dataclass(frozen=True, slots=True)
class Num:
    """A number."""

    value: int


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call by name; what is called through a pointer has the pointer's text for a name."""

    name: str
    args: tuple[C, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`! ~ - & *` before an operand."""

    op: str
    part: C


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what stands between them."""

    op: str
    left: C
    right: C


@dataclass(frozen=True, slots=True)
class Assign:
    """`op` is =, |=, &= and so on; x++ is x += 1."""

    op: str
    target: C
    value: C


@dataclass(frozen=True, slots=True)
class Choice:
    """`test ? yes : no`."""

    test: C
    yes: C
    no: C


@dataclass(frozen=True, slots=True)
class Comma:
    """`first, then`."""

    first: C
    then: C


@dataclass(frozen=True, slots=True)
class Field:
    """`of->name` or `of.name`."""

    of: C
    arrow: str
    name: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Anything else, by its text."""

    text: str
    parts: tuple[C, ...] = ()


C = Id | Num | FunctionCall | Unary | Binary | Assign | Choice | Comma | Field | Raw

ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "|": int.__or__, "&": int.__and__, "^": int.__xor__, "+": int.__add__, "-": int.__sub__,
    "*": int.__mul__,
    "<<": lambda a, b: a << b if 0 <= b < 64 else 0,
    ">>": lambda a, b: a >> b if 0 <= b < 64 else 0,
}  # fmt: skip
COMPARES: Mapping[str, Callable[[int, int], bool]] = {
    "==": int.__eq__, "!=": int.__ne__, "<": int.__lt__, ">": int.__gt__, "<=": int.__le__,
    ">=": int.__ge__,
}  # fmt: skip


def text(e: C) -> str:
    """As C would write it, with one spelling for each expression.

    >>> text(Binary("&", Id("fault"), Unary("~", Id("X"))))
    'fault & ~X'
    """
    match e:
        case Id(name):
            return name.rpartition("#")[2]
        case Num(value):
            return str(value) if abs(value) < 10 else hex(value)
        case FunctionCall(name, args):
            return f"{name}({', '.join(map(text, args))})"
        case Unary(op, part):
            return op + _inner(part)
        case Binary(op, left, right):
            return f"{_inner(left)} {op} {_inner(right)}"
        case Assign(op, target, value):
            return f"{text(target)} {op} {text(value)}"
        case Choice(test, yes, no):
            return f"{_inner(test)} ? {_inner(yes)} : {_inner(no)}"
        case Comma(first, then):
            return f"{text(first)}, {text(then)}"
        case Field(of, arrow, name):
            return f"{_inner(of)}{arrow}{name}"
        case Raw(said):
            return said


def key(e: C) -> str:
    """Like `text`, but with the names of inlined functions' variables told apart."""
    match e:
        case Id(name):
            return name
        case FunctionCall(name, args):
            return f"{name}({', '.join(map(key, args))})"
        case Unary(op, part):
            return f"{op}({key(part)})" if isinstance(part, Binary | Choice) else op + key(part)
        case Binary(op, left, right):
            return f"({key(left)} {op} {key(right)})"
        case Field(of, arrow, name):
            return f"{key(of)}{arrow}{name}"
        case Choice(test, yes, no):
            return f"({key(test)} ? {key(yes)} : {key(no)})"
        case _:
            return text(e)


def _inner(e: C) -> str:
    return f"({text(e)})" if isinstance(e, Binary | Assign | Choice | Comma) else text(e)


def parts(e: C) -> tuple[C, ...]:
    """The operands of an expression."""
    match e:
        case Id() | Num():
            return ()
        case FunctionCall(_, args):
            return args
        case Unary(_, part):
            return (part,)
        case Binary(_, left, right) | Comma(left, right):
            return (left, right)
        case Assign(_, target, value):
            return (target, value)
        case Choice(test, yes, no):
            return (test, yes, no)
        case Field(of):
            return (of,)
        case Raw(_, inner):
            return inner


def walk(e: C) -> Iterator[C]:
    """An expression and all within it."""
    yield e
    for part in parts(e):
        yield from walk(part)


def calls(e: C) -> Iterator[FunctionCall]:
    """The calls within an expression."""
    return (part for part in walk(e) if isinstance(part, FunctionCall))


def rewritten(e: C, change: Callable[[C], C | None]) -> C:
    """The expression with every part that `change` has something for replaced, outside in."""
    new = change(e)
    if new is not None:
        return new

    def again(part: C) -> C:
        return rewritten(part, change)

    match e:
        case FunctionCall(name, args):
            return FunctionCall(name, tuple(map(again, args)))
        case Unary(op, part):
            return Unary(op, again(part))
        case Binary(op, left, right):
            return Binary(op, again(left), again(right))
        case Assign(op, target, value):
            return Assign(op, again(target), again(value))
        case Choice(test, yes, no):
            return Choice(again(test), again(yes), again(no))
        case Comma(first, then):
            return Comma(again(first), again(then))
        case Field(of, arrow, name):
            return Field(again(of), arrow, name)
        case Raw(said, inner) if inner:
            return Raw(said, tuple(map(again, inner)))
        case _:
            return e


def constant(e: C, known: Mapping[str, int]) -> int | None:
    """The value of a constant expression; None for one that is not.

    >>> constant(Binary("<<", Num(1), Id("N")), {"N": 3})
    8
    """
    match e:
        case Num(value):
            return value
        case Id("NULL" | "false"):
            return 0
        case Id("true"):
            return 1
        case Id(name):
            return known.get(name)
        case Unary("-" | "~" | "!" as op, part):
            value_of = constant(part, known)
            if value_of is None:
                return None
            return {"-": -value_of, "~": ~value_of, "!": int(not value_of)}[op]
        case Binary(op, left, right):
            a, b = constant(left, known), constant(right, known)
            if a is None or b is None:
                return None
            if op in ARITHMETIC:
                return ARITHMETIC[op](a, b)
            return int(COMPARES[op](a, b)) if op in COMPARES else None
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Statement:
    """A vertex of a function's graph.

    `kind` is entry, do, ask, switch, return or stop (no way on). `ways` maps an answer (True, False
    of an ask; a case's text or "default" of a switch; None otherwise) to the next step.
    """

    kind: str
    line: int
    function: str
    expr: C | None = None
    ways: Mapping[bool | str | None, int] = field(default_factory=dict)
    said: str = ""
    label: str = ""
    file: str = ""
    at: int = 0
    """The line of the outermost function at which it stands, or its caller's call."""

    def to(self, change: Callable[[int], int]) -> Statement:
        """The same step with its ways led elsewhere."""
        return replace(self, ways={answer: change(n) for answer, n in self.ways.items()})


@dataclass(frozen=True, eq=False)
class Body:
    """A C function as a graph: `steps` by number, from `entry`."""

    name: str
    file: str
    line: int
    params: tuple[str, ...]
    locals: frozenset[str]
    steps: Mapping[int, Statement]
    entry: int
    errors: int = 0
    """Places in it that the parser could not read."""

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of all that it calls."""
        return frozenset(c.name for s in self.steps.values() if s.expr for c in calls(s.expr))
