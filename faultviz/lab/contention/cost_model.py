"""What each part of a fault is taken to cost, in ns, and where the numbers come from.

Recorded are two sums: instructions per page with COMPLETED and with RETRY (icount400.csv), and the
author's time per page. How they are shared out among the parts is an assumption, and said so: the
shares that nobody measured are round numbers, the rest follows from the sums. Here: that sharing
out, and its scale for a machine. Not here: the formulas (`cost_formula`), or the runs
(`lock_queue`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from faultviz.base.errors import BadInput
from faultviz.engine.run import run
from faultviz.lab.recorded.cost_formula import PARTS, formula, put, saving
from faultviz.lab.recorded.intervals import AUTHOR, rounds

ASSUMED: Mapping[str, float] = {
    "trap": 300, "lock": 25, "vma": 60, "install": 60, "throttle": 40, "books": 5, "step": 5,
}  # fmt: skip
"""Instructions of the parts that nobody measured one by one; `walk` and `page` follow from the two
recorded sums."""

PAGES = 102400
"""Of 4 KiB, in the author's 400 MB."""


@cache
def instructions() -> Mapping[str, float]:
    """Instructions for each part, so that one write before and merged cost what was counted.

    >>> round(instructions()["walk"]), round(instructions()["page"])
    (308, 2157)
    """
    counted = rounds("icount400.csv")
    costs = dict(ASSUMED)
    costs["walk"] = float(counted.second - put(saving(), {**costs, "walk": 0}))
    merged = formula(run("mips", "merged"))
    costs["page"] = float(counted.once - put(merged, {**costs, "page": 0}))
    assert costs.keys() == PARTS.keys()
    return costs


def scaled(merged_ns: float) -> dict[str, float]:
    """The costs in ns on a machine where one merged write takes `merged_ns`.

    Raises BadInput for a time that is none.

    >>> round(sum(scaled(3215.0).values()) / sum(instructions().values()), 3)
    1.0
    """
    if not merged_ns > 0:
        raise BadInput(f"A write of {merged_ns} ns is none: give what a page took, in ns.")
    whole = float(put(formula(run("mips", "merged")), instructions()))
    return {part: cost * merged_ns / whole for part, cost in instructions().items()}


PER_STEP = scaled(AUTHOR[1].value * 1e6 / PAGES)
"""The costs in ns at the author's time: 569.396 ms for 400 MB, so 5560 ns for a page."""
