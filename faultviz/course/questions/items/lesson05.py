"""The questions of lesson 05, GUP."""

from __future__ import annotations

from itertools import pairwise

from faultviz.course.questions.items.lesson_question import Item
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
        (True, True): "a call of handle_mm_fault and a round trip of the lock",
        (True, False): "a call of handle_mm_fault",
        (False, True): "a round trip of the lock",
        (False, False): "neither",
    }[calls, locks]


def _second() -> str:
    """What the second round does, from where the lock was taken again."""
    steps = run("gup", "before", context=WRITE).steps
    taken = [b.n for a, b in pairwise(steps) if b.mmap_lock > a.mmap_lock]
    again = [step.text for step in steps[taken[0] :]] if taken else []
    if "handle_mm_fault" in again:
        return "it calls handle_mm_fault again, with TRIED"
    found = "look the page up" in again and "take the page" in again
    return "it looks the page up, and finds it" if found else "it gives up: no page this time"


def _counted() -> str:
    """The task's own counters of 5.10 after process_vm_writev, as recorded."""
    (row,) = (
        one
        for one in recorded("gup.csv")
        if (one.kernel, one.mode) == ("5.10.223", "process_vm_writev")
    )
    booked = round(row.minor_per_page), round(row.major_per_page)
    return {
        (1, 0): "minor: one for each page",
        (0, 1): "major: one for each page",
        (0, 0): "neither",
    }[booked]


def _broken(rows: list[CheckRow]) -> set[str]:
    return {row.invariant for row in rows if row.verdict == "violated"}


def _caller() -> str:
    """What the caller of GUP does when *locked was not cleared."""
    if "lock-underflow" in _broken(check(WRITEV, "merged", "locked-clear")):
        return "it gives mmap_lock up, which it does not hold"
    return "it leaves, and the lock stays held"


def _no_case() -> str:
    cut = without(load("gup", "merged"), "eagain-case")
    end = run(cut, outcomes="COMPLETED", context=WRITE).end if cut else ""
    return "it reaches BUG()" if end == "bug" else "it looks the page up again"


def _zero() -> str:
    trace = run(_returns_zero(), outcomes="COMPLETED", context=WRITE)
    if trace.result == 1 and [b.invariant for b in trace.violations][:1] == ["lock-required"]:
        return "the page is found, by a look-up without the lock"
    return "the page is found, and all is well" if trace.result == 1 else "no page is found"


def _nowait() -> str:
    trace = run("gup", outcomes="RETRY", context="write,locked,nowait")
    return "yes: it was never given up" if trace.mmap_lock_at_exit else "no: RETRY gave it up"


ITEMS: dict[str, Item] = {
    "05-second": Item(
        "Before the patch: RETRY came back, GUP took mmap_lock again. What does it do now?",
        (
            (
                "it calls handle_mm_fault again, with TRIED",
                "Only if the look-up finds nothing; each round begins with a look-up.",
            ),
            (
                "it looks the page up, and finds it",
                "The first round had installed the entry before the lock was given up.",
            ),
            (
                "it gives up: no page this time",
                "That is what the inner function said; the outer one goes round again.",
            ),
        ),
        _second,
    ),
    "05-M12": Item(
        "In the handlers the patch saved a call and a round trip of the lock. What does it save "
        "in GUP?",
        (
            (
                "a call of handle_mm_fault and a round trip of the lock",
                "Neither was made twice for nothing: count the calls before the patch.",
            ),
            (
                "a call of handle_mm_fault",
                "There was only one before: the second round finds the page by looking it up.",
            ),
            (
                "a round trip of the lock",
                "After COMPLETED the page is not in hand yet: the look-up needs the lock again.",
            ),
            ("neither", "The same calls, the same lock operations; what changes is what is said."),
        ),
        _saved,
        "M12",
    ),
    "05-counted": Item(
        "Linux 5.10: process_vm_writev makes the first write to fresh shared pages. Which count of "
        "getrusage shows it?",
        (
            (
                "minor: one for each page",
                "It would if a call ended in OK; the only one ended in RETRY.",
            ),
            (
                "major: one for each page",
                "A second call carries TRIED and is booked as major; here there is none.",
            ),
            (
                "neither",
                "The one call ended in RETRY, which is not booked, and no other call came.",
            ),
        ),
        _counted,
    ),
    "05-M8": Item(
        "A caller of GUP took mmap_lock. COMPLETED came, and faultin_page forgot to clear *locked. "
        "What will the caller do?",
        (
            (
                "it gives up just what it took, and all is well",
                "Its hold was given up inside handle_mm_fault: it has nothing left to give.",
            ),
            (
                "it gives mmap_lock up, which it does not hold",
                "It took the lock, and *locked tells it that it still has it.",
            ),
            (
                "it leaves, and the lock stays held",
                "The lock went inside handle_mm_fault: there is nothing left to stay.",
            ),
        ),
        _caller,
        "M8",
    ),
    "05-eagain": Item(
        "faultin_page returns -EAGAIN, but nobody gave the switch a case for it. What happens to "
        "this fault, which was handled?",
        (
            ("it is reported as a failure", "No errno is returned: an unknown value ends worse."),
            ("it reaches BUG()", "What the switch does not know ends there."),
            ("it looks the page up again", "Only 0 leads back to the look-up."),
        ),
        _no_case,
    ),
    "05-M15": Item(
        "Why a new errno at all? Let faultin_page return 0 after COMPLETED, as after OK. What "
        "happens?",
        (
            (
                "the page is found, and all is well",
                "It is found. But look at the count when it is looked up.",
            ),
            (
                "the page is found, by a look-up without the lock",
                "It works on nearly every day, and that is no proof.",
            ),
            ("no page is found", "The entry is there: the fault was handled."),
        ),
        _zero,
        "M15",
    ),
    "05-nowait": Item(
        "GUP with FOLL_NOWAIT, and RETRY comes back. Does this task still hold mmap_lock?",
        (
            (
                "no: RETRY gave it up",
                "Not with RETRY_NOWAIT: who does not want to wait keeps the lock.",
            ),
            ("yes: it was never given up", "That is the fine print in the row of RETRY."),
        ),
        _nowait,
    ),
}
