"""The questions of lesson 06, fixup_user_fault."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product

from faultviz.analysis.theorems import theorem
from faultviz.course.questions.items.lesson_question import Item
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
        (True, True): "both, as in the handlers",
        (True, False): "only the second call",
        (False, True): "only a round trip of the lock",
        (False, False): "neither",
    }[calls, locks]


def _who() -> str:
    """Who gives up the hold that is taken after COMPLETED: it is there at the exit."""
    trace = run("fixup-user-fault", outcomes="COMPLETED", context=WRITE)
    if trace.mmap_lock_at_exit == 1 and not trace.violations:
        return "its caller, who does not know of it"
    return "fixup_user_fault, which took it"


def _null() -> str:
    """Whether a store through NULL can be reached, by proof and by the caller that passes NULL."""
    held = [row.verdict for row in check("futex", "merged") if row.invariant == "null-pointer"]
    if theorem("no-pointer").verdict == "proved" and held == ["holds"]:
        return "no: without the pointer the store is never reached"
    return "yes: futex passes NULL, and its next first write stops the kernel"


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
        return "no: the rules judge the lock, not what was learnt under it"
    return "yes: every rule holds" if quiet else "no: the count is wrong at the end"


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
    return {frozenset({"larger"}): "clearly larger", frozenset({"smaller"}): "clearly smaller"}.get(
        frozenset(told), "these pairs do not tell"
    )


ITEMS: dict[str, Item] = {
    "06-M12": Item(
        "fixup_user_fault must return with mmap_lock held. What does the patch save there?",
        (
            (
                "both, as in the handlers",
                "After COMPLETED the lock is taken again, as often as before: count the takings.",
            ),
            (
                "only the second call",
                "The second walk falls away; the lock makes the same round trip as before.",
            ),
            (
                "only a round trip of the lock",
                "The other way round: that is the one thing that stays.",
            ),
            ("neither", "Before, RETRY sent it back to handle_mm_fault, a second time."),
        ),
        _saved,
        "M12",
    ),
    "06-M8": Item(
        "COMPLETED came, and fixup_user_fault took mmap_lock anew. Who gives that hold up?",
        (
            (
                "fixup_user_fault, which took it",
                "It returns with the lock held, whatever came: that is what it promises.",
            ),
            (
                "nobody: handle_mm_fault gave it up already",
                "That was the first hold; this one is new.",
            ),
            (
                "its caller, who does not know of it",
                "The caller unlocks as it always did, and the count comes out right.",
            ),
        ),
        _who,
        "M8",
    ),
    "06-null": Item(
        "The report says: `unlocked` may be NULL, and a store goes through it untested. futex does "
        "pass NULL. Is it a real bug?",
        (
            (
                "no: without the pointer the store is never reached",
                "No pointer, no ALLOW_RETRY; no ALLOW_RETRY, neither RETRY nor COMPLETED.",
            ),
            (
                "yes: futex passes NULL, and its next first write stops the kernel",
                "Ask which answers a call without ALLOW_RETRY can get.",
            ),
            (
                "only after COMPLETED; after RETRY there is a test",
                "Neither store has a test: see both branches.",
            ),
        ),
        _null,
    ),
    "06-flags": Item(
        "WRITE, ALLOW_RETRY, TRIED, RETRY_NOWAIT: each may be set or not. How many of these 16 "
        "sets permit COMPLETED?",
        (
            ("one", "Two must be set and two must not be: nothing is left to choose."),
            ("two", "Each of the four decides: none of them may be chosen freely."),
            ("four", "Two of the flags forbid it, and they count as well."),
        ),
        _flags,
    ),
    "06-M14": Item(
        "vfio says -EAGAIN whenever the lock was lost. Let it go on instead, under the lock that "
        "was taken again: the search finds no broken rule. Is it right?",
        (
            ("yes: every rule holds", "Every rule that it knows. None of them speaks of the VMA."),
            (
                "no: the rules judge the lock, not what was learnt under it",
                "The VMA that vfio was given may be gone by now.",
            ),
            ("no: the count is wrong at the end", "It is right: that is why nothing is found."),
        ),
        _going_on,
        "M14",
    ),
    "06-crowd": Item(
        "Two series of 12 pairs, without and with a thread that keeps taking mmap_lock to write. "
        "Is the relative gain larger beside that thread?",
        (
            ("clearly larger", "For one writing thread the median says the opposite."),
            ("clearly smaller", "For two writing threads the median says the opposite."),
            ("these pairs do not tell", "The intervals overlap, and the medians point both ways."),
        ),
        _crowd,
    ),
}
