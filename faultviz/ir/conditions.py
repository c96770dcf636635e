"""What a model asks and how it changes bits: the conditions of `when`, the values of `let`.

Here: conditions with their question and reason, and bit changes. Not here: statements
(`statements`) or the kernel's own conditions (`models.words`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from faultviz.ir.bits import Flag, Result, names
from faultviz.ir.expr import (
    And,
    Bits,
    Const,
    Equals,
    Expr,
    Free,
    Name,
    Not,
    Or,
    Value,
    With,
    Without,
)


class Condition(NamedTuple):
    """What a test asks: the expression, the question on the node, and why it is asked."""

    expr: Expr
    text: str
    why: str = ""


def free(word: str, text: str = "", why: str = "") -> Condition:
    """A condition that only a context word decides."""
    return Condition(Free(word), text or f"{word}?", why)


def bits(mask: Result, text: str = "", why: str = "", of: str = "result") -> Condition:
    """Has the result at least one of these bits?"""
    return Condition(Bits(of, int(mask)), text or f"{names(int(mask), Result)}?", why)


def flag(mask: Flag, text: str = "", why: str = "", of: str = "flags") -> Condition:
    """Do the fault flags have at least one of these bits?"""
    return Condition(Bits(of, int(mask)), text or f"{names(int(mask), Flag)} passed?", why)


def local(name: str, text: str = "", why: str = "") -> Condition:
    """Is a variable or cell not zero?"""
    return Condition(Name(name), text or f"{name}?", why)


def equals(name: str, value: Value, text: str = "", why: str = "") -> Condition:
    """Has a variable exactly this value?"""
    return Condition(Equals(name, value), text or f"{name} == {value}?", why)


def not_(part: Condition, text: str = "", why: str = "") -> Condition:
    """The opposite question."""
    return Condition(Not(part.expr), text or f"not {part.text}", why or part.why)


def all_of(*parts: Condition, text: str = "", why: str = "") -> Condition:
    """All of them, asked from left to right."""
    said = " and ".join(p.text.rstrip("?") for p in parts) + "?"
    return Condition(And(tuple(p.expr for p in parts)), text or said, why or parts[0].why)


def any_of(*parts: Condition, text: str = "", why: str = "") -> Condition:
    """At least one of them."""
    said = " or ".join(p.text.rstrip("?") for p in parts) + "?"
    return Condition(Or(tuple(p.expr for p in parts)), text or said, why or parts[0].why)


@dataclass(frozen=True, slots=True)
class BitChange:
    """A change of a variable's bits: `add`, `remove` or `exactly`."""

    how: str
    mask: int

    def on(self, name: str) -> Expr:
        """The expression that gives the variable its new value."""
        if self.how == "exactly":
            return Const(self.mask)
        return (With if self.how == "add" else Without)(name, self.mask)


def add(mask: Flag | Result) -> BitChange:
    """`flags |= mask`."""
    return BitChange("add", int(mask))


def remove(mask: Flag | Result) -> BitChange:
    """`flags &= ~mask`."""
    return BitChange("remove", int(mask))


def exactly(mask: Flag | Result) -> BitChange:
    """`flags = mask`, with which every other bit is lost."""
    return BitChange("exactly", int(mask))
