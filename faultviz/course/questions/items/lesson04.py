"""The questions of lesson 04, nine handlers in families."""

from __future__ import annotations

from faultviz import models
from faultviz.analysis.classification import bare_return, family
from faultviz.analysis.theorems import theorem
from faultviz.course.banks import FIRST, bank
from faultviz.course.questions.items.lesson_question import Key
from faultviz.engine.check import check
from faultviz.engine.run import run
from faultviz.ir.bits import Result
from faultviz.ir.outcomes import Outcome
from faultviz.models.mm import memory


def _broken(name: str, drop: str | None = None) -> set[tuple[str, str | None]]:
    """The rules that a merged handler breaks, and where."""
    rows = check(name, "merged", drop)
    return {(row.invariant, row.node) for row in rows if row.verdict == "violated"}


def _unharmed() -> int:
    """Handlers that lose their test of COMPLETED and break no more rules than before."""
    tested = [
        name
        for name in bank(FIRST).handlers  # the 23 of which the question speaks
        if any(n.role == "completed-check" for n in models.load(name, "merged").nodes.values())
    ]
    return sum(_broken(name, "completed-check") <= _broken(name) for name in tested)


def _bare() -> str:
    """Which of three breaks a rule when COMPLETED leads to a plain return."""
    harmed = [
        name
        for name in ("mips", "powerpc", "sparc64")
        if {(r.invariant, r.node) for r in check(bare_return(name)) if r.verdict == "violated"}
        - _broken(name)
    ]
    return ", ".join(harmed)


def _compared_whole() -> str:
    """What the result of a first write is equal to, and which bit it has."""
    result = Outcome("COMPLETED").bits
    same = result == Result.COMPLETED
    return "taken" if same else "missed"


def _asks_twice() -> str:
    """Which of three would take the lock twice, were the lock taken at its label, too."""
    return next(name for name in ("mips", "s390", "x86") if family(name).label == "before")


def _both_right() -> str:
    orders = {family(name).order for name in ("x86", "sh")}
    proved = theorem("orders").verdict == "proved"
    return "both" if len(orders) == 2 and proved else "x86"


def _loongarch() -> str:
    """On which page events it breaks a rule: where COMPLETED is the answer, and nowhere else."""
    traces = [run("loongarch", context=event) for event in memory.PAGE_EVENTS]
    as_told = all(bool(trace.violations) is ("COMPLETED" in trace.used) for trace in traces)
    some = 0 < sum(bool(trace.violations) for trace in traces) < len(traces)
    return "no" if as_told and some else ""


KEYS: dict[str, Key] = {
    "04-order": _both_right,
    "04-mask": _compared_whole,
    "04-label": _asks_twice,
    "04-bare": _bare,
    "04-anywhere": lambda: {0: "none", 2: "two"}.get(_unharmed(), "half"),
    "04-M15": _loongarch,
}
