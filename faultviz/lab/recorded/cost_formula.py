"""What a step costs, as formulas: the time of one write as a sum, and what the patch takes off it.

The sum is read off a trace, step by step, so it follows the model of any handler; sympy does the
algebra. Here: the parts of a fault, the formula of a trace, the saving, how much each part matters,
and errors carried through a formula. Not here: measured values (`intervals`), or how long one waits
for a lock that others hold: a formula of one task knows no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from faultviz import ir
from faultviz.base.errors import BadInput, nearest
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.engine.run import Step, Trace, run
from faultviz.lab.recorded.intervals import SPREAD, Interval, Measured
from faultviz.models.words import LOOK_UP

Formula = Any
"""A sympy expression; sympy ships no types."""

PARTS: dict[str, str] = {
    "trap": "into the kernel and back to the instruction",
    "lock": "taking or giving up mmap_lock, once",
    "vma": "finding the VMA",
    "walk": "down the page tables to the entry",
    "page": "finding the page, and clearing it where it is new",
    "install": "writing the entry",
    "throttle": "asking whether the writer must wait",
    "books": "adding one to a counter",
    "step": "any other step: a test, an assignment, a call",
}
"""Each part of a fault's cost, the symbols of the formulas."""

_TEXTS = {
    LOOK_UP.text: "vma",
    "handle_pte_fault": "walk",
    "get the page, locked": "page",
    "install the PTE, writable for a store": "install",
    "throttle the writer": "throttle",
}


def symbol(part: str) -> Formula:
    """The symbol of a part: a cost, so not negative. BadInput for a part that there is not.

    >>> symbol("lock")
    lock
    """
    if part not in PARTS:
        raise BadInput(f"A fault has no part {part!r}.{nearest(part, PARTS)}")
    from faultviz.analysis.symbols import (
        Symbol,  # it takes seconds in a browser: read when a formula is made
    )

    return Symbol(part, nonnegative=True)


def part_of(trace: Trace, step: Step) -> str:
    """To which part of PARTS one step of a trace belongs.

    >>> trace = run("mips")
    >>> [part_of(trace, step) for step in trace.steps[:5]]
    ['trap', 'step', 'step', 'lock', 'vma']
    """
    op = trace.program.nodes[step.node].op
    if isinstance(op, ir.Lock):
        return "lock" if op.resource == MMAP_LOCK and step.answer is not False else "step"
    if isinstance(op, ir.Count):
        return "books"
    if step.event == "enter" and step.depth == 0:
        return "trap"
    return _TEXTS.get(step.text, "step")


def formula(trace: Trace) -> Formula:
    """The time of one fault: each step of its trace, by its part.

    The trace must show the generic code (outcomes `auto`), or BadInput is raised: what lies below
    `handle_mm_fault` is nearly all of the time.

    >>> formula(run("mips", "merged"))
    2*books + install + 2*lock + page + 46*step + throttle + trap + vma + walk
    """
    if trace.outcomes != "auto":
        raise BadInput("A formula needs the steps below handle_mm_fault: run with outcomes auto.")
    from faultviz.analysis.symbols import Add

    return Add(*(symbol(part_of(trace, step)) for step in trace.steps))


def saving(handler: str = "mips", context: str = "write") -> Formula:
    """What the patch takes off one write: the formula before minus the one merged.

    >>> saving()
    books + 2*lock + 21*step + vma + walk
    """
    before, merged = (formula(run(handler, r, context=context)) for r in ("before", "merged"))
    from faultviz.analysis.symbols import expand

    return expand(before - merged)


def put(expression: Formula, costs: Mapping[str, float]) -> Formula:
    """The formula with some parts given a cost; what is not given stays a symbol.

    >>> put(saving(), {"lock": 0, "step": 0, "books": 0})
    vma + walk
    """
    return expression.subs({symbol(part): cost for part, cost in costs.items()})


def sensitivity(expression: Formula, costs: Mapping[str, float]) -> dict[str, float]:
    """By how many per cent the value changes when one cost changes by one per cent.

    Every symbol of the formula must have a cost, or BadInput is raised. The largest comes first.

    >>> from sympy import Symbol
    >>> saved = Symbol("second") / (Symbol("once") + Symbol("second"))
    >>> sensitivity(saved, {"once": 3, "second": 1})
    {'once': -0.75, 'second': 0.75}
    """
    names = sorted(str(one) for one in expression.free_symbols)
    if missing := [name for name in names if name not in costs]:
        raise BadInput(f"No cost is given for {', '.join(missing)}.")
    values = {one: costs[str(one)] for one in expression.free_symbols}
    whole = expression.subs(values)
    by = {
        str(one): float((expression.diff(one) * one).subs(values) / whole)
        for one in expression.free_symbols
    }
    return {name: by[name] for name in sorted(names, key=lambda name: (-abs(by[name]), name))}


def carried(expression: Formula, values: Mapping[str, Measured]) -> Interval:
    """The value of a formula, and its interval from the errors of what stands in it.

    Errors are independent, one standard error each, and small enough for the first derivative.
    BadInput where a symbol has no value.

    >>> from sympy import symbols
    >>> after, before = symbols("after before")
    >>> carried(after / before, {"after": Measured(90, 0.03), "before": Measured(100, 0.04)})
    0.900 (0.812 to 0.988)
    """
    symbols = sorted(expression.free_symbols, key=str)
    if missing := [str(one) for one in symbols if str(one) not in values]:
        raise BadInput(f"No value is given for {', '.join(missing)}.")
    at = {one: values[str(one)].value for one in symbols}
    value = float(expression.subs(at))
    parts = [
        float(expression.diff(one).subs(at)) * values[str(one)].value * values[str(one)].error
        for one in symbols
    ]
    half = SPREAD * sum(part * part for part in parts) ** 0.5
    return Interval(value, value - half, value + half)
