"""Formulas: the shortest one for what is known, by sympy, and how it is put into words.

Here: `simplest` and `in_words`. Not here: what a formula is about (`reachability`, `theorems`,
`course.exercises.truth_tables`). Of the forms that sympy finds the one with the fewest names is
taken, then the first by alphabet, so a formula has one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from faultviz.ir.outcomes import ERRORS

Words = Mapping[str, bool]
ANSWERS: tuple[str, ...] = ("called", "OK", "ERROR", *ERRORS, "RETRY", "COMPLETED")
"""The names that speak of an answer, in the order in which a formula has them; words follow."""

Cube = tuple[int, int]
"""Some words and what they are: one number for which, one for those that are on; bit by bit."""


def simplest(on: Iterable[Words], off: Iterable[Words]) -> Any:
    """The shortest formula found that holds in `on` and not in `off`; elsewhere it is left open.

    A name that a row does not give may be either.

    >>> simplest([{"a": True, "b": False}], [{"a": True, "b": True}])
    ~b
    """
    yes, no = list(on), list(off)
    names = sorted({word for words in (*yes, *no) for word in words})
    return _formula(tuple(names), _cubes(yes, names), _cubes(no, names))


def _cubes(all_: Sequence[Words], names: Sequence[str]) -> frozenset[Cube]:
    def number(words: Words, *, which: bool) -> int:
        return sum(
            1 << i for i, name in enumerate(names) if name in words and (which or words[name])
        )

    return frozenset((number(one, which=True), number(one, which=False)) for one in all_)


@cache
def _formula(names: tuple[str, ...], on: frozenset[Cube], off: frozenset[Cube]) -> Any:
    from faultviz.analysis.symbols import POSform, SOPform, Symbol, false, true

    if not on:
        return false
    needed = (1 << len(names)) - 1
    for i in range(len(names)):
        rest = needed & ~(1 << i)
        if not _touch(on, off, rest):
            needed, on, off = rest, _on(on, rest), _on(off, rest)
    if not needed:
        return true
    bits = [i for i in range(len(names)) if needed >> i & 1]
    yes, either = [], []
    for row in range(1 << len(bits)):
        values = [row >> at & 1 for at in range(len(bits))]
        here = frozenset({(needed, sum(value << i for i, value in zip(bits, values, strict=True)))})
        if _touch(here, on, needed):
            yes.append(values)
        elif not _touch(here, off, needed):
            either.append(values)
    symbols = [Symbol(names[i]) for i in bits]
    forms = [form(symbols, yes, either) for form in (SOPform, POSform)]
    return min(forms, key=lambda form: (len(_literals(form)), in_words(form)))


def _on(cubes: frozenset[Cube], words: int) -> frozenset[Cube]:
    return frozenset((which & words, values & words) for which, values in cubes)


def _touch(some: frozenset[Cube], others: frozenset[Cube], words: int) -> bool:
    """Whether two of them can be so at once, as far as these words go."""
    return any(not (a ^ b) & which & also & words for which, a in some for also, b in others)


def _literals(expr: Any) -> list[Any]:
    return [part for arg in expr.args for part in _literals(arg)] or [expr]


def in_words(expr: Any) -> str:
    """A formula in words: not before and before or; answers first, then words by alphabet.

    >>> from sympy import symbols
    >>> a, b, c = symbols("a b RETRY")
    >>> in_words(~(a & b) & c)
    'RETRY and not (a and b)'
    """
    from faultviz.analysis.symbols import And, Not, Or, false, true

    if expr is true or expr is false:
        return "always" if expr is true else "never"
    if isinstance(expr, Not):
        inner = in_words(expr.args[0])
        return f"not ({inner})" if expr.args[0].args else f"not {inner}"
    if isinstance(expr, And | Or):
        parts = sorted(expr.args, key=_place)
        joined = " and " if isinstance(expr, And) else " or "
        inside = isinstance(expr, And)
        return joined.join(
            f"({in_words(p)})" if inside and isinstance(p, Or) else in_words(p) for p in parts
        )
    return str(expr)


def _place(expr: Any) -> tuple[int, int, str]:
    """Where a part stands: single names before what is made of several."""
    text = in_words(expr)
    name = text.removeprefix("not ")
    rank = ANSWERS.index(name) if name in ANSWERS else len(ANSWERS)
    firsts = [
        ANSWERS.index(n) for n in ANSWERS if n in text.replace("(", "").replace(")", "").split()
    ]
    simple = " " not in name
    return (0 if simple else 1, rank if simple else min(firsts, default=len(ANSWERS)), name + text)
