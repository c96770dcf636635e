"""The questions of lesson 05, GUP."""

from __future__ import annotations

from itertools import pairwise

from faultviz.course.questions.items.lesson_question import Key
from faultviz.edit import listing
from faultviz.edit.ablate import without
from faultviz.edit.edits import edited
from faultviz.engine.check import CheckRow, check
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.lab.recorded.records import recorded
from faultviz.models import load
from faultviz.models.mm.gup import WRITEV

WRITE = "write,locked"


def _returns_zero() -> Program:
    """GUP whose faultin_page says 0 in place of -EAGAIN: its last return, met without that one."""
    gup = load("gup", "merged")
    (line,) = (one for one in listing.lines(gup) if one.text == "return -EAGAIN")
    return edited(gup, f"{line.number} off")


def _took(trace: Trace) -> int:
    return sum(b.mmap_lock > a.mmap_lock for a, b in pairwise(trace.steps))


def _saved() -> str:
    """What the merged GUP does less often than the one before."""
    old, new = (run("gup", revision, context=WRITE) for revision in ("before", "merged"))
    calls = new.counters["calls"] < old.counters["calls"]
    locks = _took(new) < _took(old)
    return {
        (True, True): "both",
        (True, False): "call",
        (False, True): "lock",
        (False, False): "neither",
    }[calls, locks]


def _second() -> str:
    """What the second round does, from where the lock was taken again."""
    steps = run("gup", "before", context=WRITE).steps
    taken = [b.n for a, b in pairwise(steps) if b.mmap_lock > a.mmap_lock]
    again = [step.text for step in steps[taken[0] :]] if taken else []
    if "handle_mm_fault" in again:
        return "calls"
    found = "look the page up" in again and "take the page" in again
    return "looks" if found else "gives-up"


def _counted() -> str:
    """The task's own counters of 5.10 after process_vm_writev, as recorded."""
    (row,) = (
        one
        for one in recorded("gup.csv")
        if (one.kernel, one.mode) == ("5.10.223", "process_vm_writev")
    )
    booked = round(row.minor_per_page), round(row.major_per_page)
    return {(1, 0): "minor", (0, 1): "major", (0, 0): "neither"}[booked]


def _broken(rows: list[CheckRow]) -> set[str]:
    return {row.invariant for row in rows if row.verdict == "violated"}


def _caller() -> str:
    """What the caller of GUP does when *locked was not cleared."""
    if "lock-underflow" in _broken(check(WRITEV, "merged", "locked-clear")):
        return "unlocks"
    return "held"


def _no_case() -> str:
    cut = without(load("gup", "merged"), "eagain-case")
    end = run(cut, outcomes="COMPLETED", context=WRITE).end if cut else ""
    return "bug" if end == "bug" else "look-up"


def _zero() -> str:
    trace = run(_returns_zero(), outcomes="COMPLETED", context=WRITE)
    if trace.result == 1 and [b.invariant for b in trace.violations][:1] == ["lock-required"]:
        return "unlocked"
    return "well" if trace.result == 1 else "missing"


def _nowait() -> str:
    trace = run("gup", outcomes="RETRY", context="write,locked,nowait")
    return "yes" if trace.mmap_lock_at_exit else "no"


KEYS: dict[str, Key] = {
    "05-second": _second,
    "05-M12": _saved,
    "05-counted": _counted,
    "05-M8": _caller,
    "05-eagain": _no_case,
    "05-M15": _zero,
    "05-nowait": _nowait,
}
