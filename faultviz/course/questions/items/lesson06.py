"""The questions of lesson 06, fixup_user_fault."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product

from faultviz.analysis.theorems import theorem
from faultviz.course.questions.items.lesson_question import Key
from faultviz.course.toy import RwLock
from faultviz.edit import listing
from faultviz.edit.edits import edited
from faultviz.engine.check import check
from faultviz.engine.run import Trace, run
from faultviz.ir.bits import Flag
from faultviz.ir.outcomes import refusal
from faultviz.lab.recorded.intervals import Interval, bootstrap
from faultviz.lab.recorded.pairs import pairs
from faultviz.models import load

WRITE = "write,unlocked"


def _took(trace: Trace) -> int:
    return sum(b.mmap_lock > a.mmap_lock for a, b in pairwise(trace.steps))


def _saved() -> str:
    """What the merged function does less often than the one before."""
    old, new = (
        run("fixup-user-fault", revision, context=WRITE) for revision in ("before", "merged")
    )
    calls = new.counters["calls"] < old.counters["calls"]
    locks = _took(new) < _took(old)
    return {
        (True, True): "both",
        (True, False): "call",
        (False, True): "lock",
        (False, False): "neither",
    }[calls, locks]


def _who() -> str:
    """Who gives up the hold that is taken after COMPLETED: it is there at the exit."""
    trace = run("fixup-user-fault", outcomes="COMPLETED", context=WRITE)
    if trace.mmap_lock_at_exit == 1 and not trace.violations:
        return "caller"
    return "itself"


def _null() -> str:
    """Whether a store through NULL can be reached, by proof and by the caller that passes NULL."""
    held = [row.verdict for row in check("futex", "merged") if row.invariant == "null-pointer"]
    if theorem("no-pointer").verdict == "proved" and held == ["holds"]:
        return "no"
    return "yes"


def _flags() -> str:
    """Of all sets of four flags, those under which COMPLETED may come."""
    four = (Flag.WRITE, Flag.ALLOW_RETRY, Flag.TRIED, Flag.RETRY_NOWAIT)
    sets = [sum(int(f) for f, on in zip(four, row, strict=True) if on)
            for row in product((False, True), repeat=4)]  # fmt: skip
    able = sum(refusal("COMPLETED", flags, completed=True) is None for flags in sets)
    return {1: "one", 2: "two", 4: "four"}[able]


def _in_between() -> bool:
    """Whether a writer may hold the lock between a reader's two holds."""
    lock = RwLock()
    lock.read("A")
    lock.write("W")
    lock.unlock("A")
    return lock.writer == "W"


def _going_on() -> str:
    """vfio without its -EAGAIN: no rule breaks, and yet a writer may have come in between."""
    vfio = load("vfio", "merged")
    (line,) = (one for one in listing.lines(vfio) if one.text == "return -EAGAIN")
    quiet = all(row.verdict == "holds" for row in check(edited(vfio, f"{line.number} off")))
    if quiet and _in_between():
        return "no"
    return "yes" if quiet else "count"


@cache
def intervals(threads: int) -> tuple[Interval, Interval]:
    """The recorded ratios of some writing threads, alone and beside a mapper.

    >>> intervals(1)
    (0.901 (0.886 to 0.933), 0.928 (0.866 to 0.959))
    """
    alone, beside = (
        bootstrap([
            pair.ratio for pair in pairs("mt.csv")
            if (pair.threads, pair.mapper) == (threads, mapper)
        ])
        for mapper in (False, True)
    )  # fmt: skip
    return alone, beside


def _crowd() -> str:
    """Whether the intervals tell the two apart."""
    told = set()
    for threads in (1, 2):
        alone, beside = intervals(threads)
        apart = beside.high < alone.low or alone.high < beside.low
        told.add("larger" if beside.high < alone.low else "smaller" if apart else "open")
    return {frozenset({"larger"}): "larger", frozenset({"smaller"}): "smaller"}.get(
        frozenset(told), "open"
    )


KEYS: dict[str, Key] = {
    "06-M12": _saved,
    "06-M8": _who,
    "06-null": _null,
    "06-flags": _flags,
    "06-M14": _going_on,
    "06-crowd": _crowd,
}
