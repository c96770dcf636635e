"""Expressions: what a node asks or assigns, and their value when not everything is decided yet.

Here: pure data, `evaluate`, and the two passes over an expression's parts that serve all others,
`walk` and `rewrite`. Not here: nodes and graphs (`graph`), which re-export all of this.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

Value = int | None
"""What a variable holds; None is a C NULL or "not assigned"."""


@dataclass(frozen=True, slots=True)
class Const:
    """A number known when the model is written."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a local variable or of a cell; true when it is not zero."""

    name: str


@dataclass(frozen=True, slots=True)
class Bits:
    """True when a variable has at least one bit of a mask: results are never compared with ==."""

    name: str
    mask: int


@dataclass(frozen=True, slots=True)
class Equals:
    """True when a variable has exactly this value (errno codes, page-table states)."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Expr


@dataclass(frozen=True, slots=True)
class And:
    """True when all parts are; asked from left to right, like C's &&."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True when one part is; asked from left to right, like C's ||."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Free:
    """A condition that no variable decides: a context word (`kernel`) or a build option."""

    word: str


@dataclass(frozen=True, slots=True)
class With:
    """A variable's value with the bits of a mask added."""

    name: str
    mask: int


@dataclass(frozen=True, slots=True)
class Without:
    """A variable's value with the bits of a mask removed."""

    name: str
    mask: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Two variables' values with their bits joined (`ret |= other`)."""

    name: str
    other: str


@dataclass(frozen=True, slots=True)
class Math:
    """A C operator on two values; real source has more of them than a model needs.

    `op` is one of | & ^ + - * << >> == <. A comparison is 1 or 0.
    """

    op: str
    left: Expr
    right: Expr


Expr = Const | Name | Bits | Equals | Not | And | Or | Free | With | Without | Merge | Math

_MATH: Mapping[str, Callable[[int, int], int]] = {
    "|": operator.or_, "&": operator.and_, "^": operator.xor, "+": operator.add,
    "-": operator.sub, "*": operator.mul, "<<": lambda a, b: a << b, ">>": lambda a, b: a >> b,
    "==": lambda a, b: int(a == b), "<": lambda a, b: int(a < b),
}  # fmt: skip


class Undecided(NamedTuple):
    """The answer of an expression that needs a word nobody has decided yet."""

    word: str


def evaluate(
    expr: Expr, look: Callable[[str], Value], facts: Mapping[str, bool]
) -> Value | Undecided:
    """The value of `expr`, or the first word that must be decided before it has one.

    >>> both = And((Free("kernel"), Bits("result", 0x400)))
    >>> evaluate(both, {"result": 0x600}.get, {"kernel": True})
    1
    >>> evaluate(both, {"result": 0x600}.get, {})
    Undecided(word='kernel')
    """
    match expr:
        case Bits(name, mask):
            return int(bool((look(name) or 0) & mask))
        case Free(word):
            return int(facts[word]) if word in facts else Undecided(word)
        case And(parts) | Or(parts):
            settles = isinstance(expr, Or)
            for part in parts:
                answer = evaluate(part, look, facts)
                if isinstance(answer, Undecided) or bool(answer) is settles:
                    return answer if isinstance(answer, Undecided) else int(settles)
            return int(not settles)
        case Not(part):
            answer = evaluate(part, look, facts)
            return answer if isinstance(answer, Undecided) else int(not answer)
        case Const(value):
            return value
        case Name(name):
            return look(name)
        case Equals(name, value):
            return int(look(name) == value)
        case With(name, mask):
            return (look(name) or 0) | mask
        case Without(name, mask):
            return (look(name) or 0) & ~mask
        case Merge(name, other):
            return (look(name) or 0) | (look(other) or 0)
        case Math(op, left, right):
            a, b = evaluate(left, look, facts), evaluate(right, look, facts)
            if isinstance(a, Undecided):
                return a
            return b if isinstance(b, Undecided) else _MATH[op](a or 0, b or 0)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and every part of it, the whole first, then from left to right.

    >>> [type(part).__name__ for part in walk(Not(And((Free("kernel"), Name("ret")))))]
    ['Not', 'And', 'Free', 'Name']
    """
    yield expr
    match expr:
        case Not(part):
            yield from walk(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from walk(part)
        case Math(_, left, right):
            yield from walk(left)
            yield from walk(right)


def rewrite(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """The same expression with what `change` gives in place of a part; None looks into the part.

    >>> rewrite(Not(Free("kernel")), lambda part: Const(1) if part == Free("kernel") else None)
    Not(part=Const(value=1))
    """
    new = change(expr)
    if new is not None:
        return new
    match expr:
        case Not(part):
            return Not(rewrite(part, change))
        case And(parts):
            return And(tuple(rewrite(part, change) for part in parts))
        case Or(parts):
            return Or(tuple(rewrite(part, change) for part in parts))
        case Math(op, left, right):
            return Math(op, rewrite(left, change), rewrite(right, change))
    return expr


def renamed(expr: Expr, name: Callable[[str], str]) -> Expr:
    """The same expression about other variables."""

    def change(part: Expr) -> Expr | None:
        match part:
            case Merge(one, other):
                return Merge(name(one), name(other))
            case Name() | Bits() | Equals() | With() | Without():
                return replace(part, name=name(part.name))
        return None

    return rewrite(expr, change)


def masks_of(expr: Expr) -> Iterator[tuple[str, int]]:
    """Every variable whose bits an expression may ask for, with the mask."""
    return ((part.name, part.mask) for part in walk(expr) if isinstance(part, Bits))


def words_of(expr: Expr) -> Iterator[str]:
    """Every free word that an expression may ask for, from left to right."""
    return (part.word for part in walk(expr) if isinstance(part, Free))


def names_of(expr: Expr) -> Iterator[str]:
    """Every variable that an expression looks at, from left to right."""
    for part in walk(expr):
        match part:
            case Merge(name, other):
                yield from (name, other)
            case Name(name) | Bits(name) | Equals(name) | With(name) | Without(name):
                yield name
