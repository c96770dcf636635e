"""Small theorems about answers, flags and the order of tests: proved, or refuted with a witness.

Here: `theorem` by name, with and without its assumption. Each is decided by all of its cases: with
sympy, or by running the generic code or a model. Not here: truth tables to be filled in by hand
(`truth_tables`), or the rules that must hold on every trace (`check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Any

from faultviz import models
from faultviz.analysis.formula import in_words, simplest
from faultviz.analysis.reachability import first_rounds
from faultviz.base.errors import BadInput, nearest
from faultviz.engine.run import run
from faultviz.ir.bits import Flag
from faultviz.ir.outcomes import refusal
from faultviz.models.mm import memory

TESTS = {"C": "COMPLETED", "E": "ERROR", "R": "RETRY"}
"""What a handler asks of a result, by the letters that an order is written with."""

PAST = "the way past all"
DECIDING = (Flag.ALLOW_RETRY, Flag.RETRY_NOWAIT, Flag.TRIED, Flag.WRITE)
"""The flags that decide whether mmap_lock may be given up, and WRITE."""


@dataclass(frozen=True, slots=True)
class Theorem:
    """What is claimed, what became of it, and how: what was tried, or the witness."""

    name: str
    says: str
    verdict: str
    how: str

    def __repr__(self) -> str:
        return f"{self.says}\n{self.verdict}: {self.how}"


def theorem(name: str, *, assume: bool = True) -> Theorem:
    """One of `orders`, `completed-flags`, `no-pointer`, decided anew.

    With `assume=False` its assumption is left out, to see what it is for. Raises BadInput for an
    unknown name, and where nothing is assumed.

    >>> theorem("completed-flags")
    COMPLETED can come exactly when ALLOW_RETRY and not RETRY_NOWAIT and not TRIED and WRITE.
    proved: the generic code was run with 16 sets of flags on 6 page events.
    >>> theorem("orders", assume=False).verdict
    'refuted'
    """
    if name not in THEOREMS:
        close = nearest(name, THEOREMS)
        raise BadInput(f"There is no theorem {name!r}.{close} All: {', '.join(THEOREMS)}.")
    decide, assumes = THEOREMS[name]
    if not assume and not assumes:
        raise BadInput(f"The theorem {name!r} assumes nothing that could be left out.")
    return decide(name, assume)


# --- every order of the three tests --------------------------------------------------------------


def taken(order: str, bits: Mapping[str, bool]) -> str:
    """Which test says yes first; the way past all of them where none does.

    >>> taken("CER", {"COMPLETED": False, "ERROR": True, "RETRY": True})
    'ERROR'
    """
    return next((TESTS[letter] for letter in order if bits[TESTS[letter]]), PAST)


def _orders(name: str, assume: bool) -> Theorem:
    """Two orders differ where a way is taken in one and not in the other: can that ever be?"""
    from faultviz.analysis.symbols import And, Not, Or, Symbol, Xor, satisfiable

    bits = {letter: Symbol(test) for letter, test in TESTS.items()}
    pairs = [(a, b) for a in TESTS for b in TESTS if a < b]
    exclusive = And(*(Not(And(bits[a], bits[b])) for a, b in pairs))
    first, *others = ("".join(order) for order in permutations(TESTS))

    def taken_by(order: str, letter: str) -> Any:
        """When this order takes the way of this test: it says yes, and none before it."""
        before = order[: order.index(letter)]
        return And(bits[letter], *(Not(bits[other]) for other in before))

    differ = Or(*(Xor(taken_by(first, x), taken_by(other, x)) for other in others for x in TESTS))
    orders = f"all {1 + len(others)} orders of their tests take the same way"
    says = f"If at most one of COMPLETED, ERROR and RETRY holds, {orders}."
    if assume and not satisfiable(And(exclusive, differ)):
        return Theorem(
            name,
            says,
            "proved",
            f"no case in which one of {', '.join(others)} differs from {first}.",
        )
    says = says if assume else f"Whatever of COMPLETED, ERROR and RETRY holds, {orders}."
    return Theorem(name, says, "refuted", _parting(first, others))


def _parting(first: str, others: Iterable[str]) -> str:
    """The case with the fewest bits in which another order takes another way."""
    rows = [dict(zip(TESTS.values(), row, strict=True)) for row in product((False, True), repeat=3)]
    rows.sort(key=lambda row: sum(row.values()))
    row, other = next(
        (row, other) for row in rows for other in others if taken(first, row) != taken(other, row)
    )
    on = " and ".join(test for test in row if row[test])
    one, two = taken(first, row), taken(other, row)
    return f"with {on} the order {first} takes the way of {one}, {other} that of {two}."


# --- which flags make COMPLETED possible ---------------------------------------------------------


def _flags(name: str, _assume: bool) -> Theorem:
    """The generic code is run with every set of the flags, and must agree with the rule."""
    came: dict[bool, list[dict[str, bool]]] = {True: [], False: []}
    for row in product((False, True), repeat=len(DECIDING)):
        flags = sum(int(flag) for flag, on in zip(DECIDING, row, strict=True) if on)
        real = any(
            "COMPLETED" in run(memory.caller(flags), context=event).used
            for event in memory.PAGE_EVENTS
        )
        if real is not (refusal("COMPLETED", flags, completed=True) is None):
            return Theorem(
                name, "COMPLETED comes when `outcomes.refusal` says so.", "refuted",
                f"with the flags {flags:#x} they disagree.",
            )  # fmt: skip
        came[real].append({f.name or "": on for f, on in zip(DECIDING, row, strict=True)})
    tried = f"{len(came[True]) + len(came[False])} sets of flags"
    return Theorem(
        name, f"COMPLETED can come exactly when {in_words(simplest(came[True], came[False]))}.",
        "proved",
        f"the generic code was run with {tried} on {len(memory.PAGE_EVENTS)} page events.",
    )  # fmt: skip


# --- unlocked == NULL ----------------------------------------------------------------------------


def _pointer(name: str, assume: bool) -> Theorem:
    """All ways through fixup_user_fault; without the assumption its caller passes ALLOW_RETRY."""
    program = models.load("fixup-user-fault", "merged")
    says = "Without the pointer `unlocked` fixup_user_fault gets neither RETRY nor COMPLETED"
    if not assume:
        root = program.function
        flags = {**root.locals, "flags": int(Flag.ALLOW_RETRY)}
        program = replace(
            program, functions={**program.functions, program.root: replace(root, locals=flags)}
        )
    else:
        says += ", if its caller passes no ALLOW_RETRY"
    without = [one for one in first_rounds(program) if not one.words.get("unlocked")]
    lost = sorted(one.answer for one in without if one.answer in ("RETRY", "COMPLETED"))
    if not lost:
        return Theorem(name, f"{says}.", "proved", f"so it is on all {len(without)} ways.")
    return Theorem(
        name, f"{says}.", "refuted",
        f"a caller passes ALLOW_RETRY itself, {lost[0]} comes, and *unlocked is set through NULL.",
    )  # fmt: skip


THEOREMS: dict[str, tuple[Callable[[str, bool], Theorem], bool]] = {
    "orders": (_orders, True),
    "completed-flags": (_flags, False),
    "no-pointer": (_pointer, True),
}
"""How each is decided, and whether it assumes something."""
