"""The questions of lesson 04, nine handlers in families."""

from __future__ import annotations

from faultviz import models
from faultviz.analysis.classification import bare_return, family
from faultviz.analysis.theorems import theorem
from faultviz.course.questions.items.lesson_question import Item
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
        for name in models.HANDLERS
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
    return "the case is taken" if same else "the case is not taken, although the bit is set"


def _asks_twice() -> str:
    """Which of three would take the lock twice, were the lock taken at its label, too."""
    return next(name for name in ("mips", "s390", "x86") if family(name).label == "before")


def _both_right() -> str:
    orders = {family(name).order for name in ("x86", "sh")}
    proved = theorem("orders").verdict == "proved"
    return "both: never do two of the bits come together" if len(orders) == 2 and proved else "x86"


def _loongarch() -> str:
    """On which page events it breaks a rule: where COMPLETED is the answer, and nowhere else."""
    ways = [run("loongarch", context=event) for event in memory.PAGE_EVENTS]
    as_told = all(bool(way.violations) is ("COMPLETED" in way.used) for way in ways)
    some = 0 < sum(bool(way.violations) for way in ways) < len(ways)
    return "no, each first write to a shared page goes wrong" if as_told and some else ""


ITEMS: dict[str, Item] = {
    "04-order": Item(
        "x86 asks for COMPLETED before it asks for errors, sh after it. Which of them is right?",
        (
            ("x86", "Were sh wrong, some answer would have to carry an error and COMPLETED."),
            ("sh", "Were x86 wrong, some answer would have to carry an error and COMPLETED."),
            (
                "both: never do two of the bits come together",
                "Then every order of the tests takes the same way; the table shows it.",
            ),
        ),
        _both_right,
    ),
    "04-mask": Item(
        "A handler has switch (result) with a case for COMPLETED. A first write comes. And then?",
        (
            ("the case is taken", "The result has a second bit: it also says LOCKED."),
            (
                "the case is not taken, although the bit is set",
                "A switch compares the whole number: ask for a bit with &.",
            ),
        ),
        _compared_whole,
    ),
    "04-label": Item(
        "A model says for every handler: label retry, then take the lock. Which one does it lock "
        "twice?",
        (
            ("mips", "Its lock stands behind the label: the model is right there."),
            ("s390", "Its way of RETRY takes the lock by itself, and then goes to the label."),
            ("x86", "The label stands in front of the one waiting lock: RETRY takes it once."),
        ),
        _asks_twice,
    ),
    "04-bare": Item(
        "Let COMPLETED lead to a plain return in mips, powerpc and sparc64. Which of them breaks a "
        "rule?",
        (
            ("mips", "Its test leads to a return already."),
            ("powerpc", "It loses a count of major faults, and no rule here is about that count."),
            ("sparc64", "It began something at the entry that has to be ended on every way out."),
        ),
        _bare,
    ),
    "04-anywhere": Item(
        "The test of COMPLETED is taken out of one handler, then of the next, of all 23 that have "
        "it. In how many does nothing break?",
        (
            ("none", "Two of them never let the lock be given up for a store."),
            ("two", "In those COMPLETED cannot come: the test is there to be on the safe side."),
            ("about half", "Nearly all of them come to their unlock without the lock."),
        ),
        lambda: {0: "none", 2: "two"}.get(_unharmed(), "about half"),
    ),
    "04-M15": Item(
        "LoongArch was merged without the test and ran like that until a fix in August 2022. Was "
        "it right, then?",
        (
            (
                "yes, or it would not have run",
                "A count that is wrong stops nothing at once: another task pays, at some time.",
            ),
            (
                "no, each first write to a shared page goes wrong",
                "It gives the lock up a second time, and another task may lose its hold.",
            ),
            ("no, it could not even start", "Reads, private pages and dirty pages all go well."),
        ),
        _loongarch,
        "M15",
    ),
}
