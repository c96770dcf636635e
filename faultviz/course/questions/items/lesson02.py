"""The questions of lesson 02, RETRY and COMPLETED."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Item
from faultviz.edit.ablate import without
from faultviz.engine.compare import compare
from faultviz.engine.run import run
from faultviz.lab.recorded.records import recorded
from faultviz.models import load


def _saved() -> str:
    """The part of the executed instructions that the patch saves, on one kernel, as recorded."""
    rows = {row.kernel: row.seconds or 0 for row in recorded("bytepatch_debian.csv")}
    saved = 1 - rows["6.1.176"] / rows["6.1.176 with RETRY put back"]
    return "half" if saved > 0.4 else "about an eighth" if 0.1 < saved < 0.16 else "nothing"


def _answer(event: str) -> str:
    return run("mips", "merged", context=event).used[0]


def _broken() -> str:
    cut = without(load("mips", "merged"), "completed-check")
    return run(cut, outcomes="COMPLETED").violations[0].invariant if cut else ""


ITEMS: dict[str, Item] = {
    "02-first": Item(
        "mips, before and merged, the same write on one clock: at which step do they first differ?",
        (
            ("step 4, where the lock is taken", "Both take it alike."),
            (
                "step 12, right after the first test",
                "One side knows COMPLETED there, the other asks on.",
            ),
            (
                "step 9, where handle_mm_fault is called",
                "The calls are alike; the answers are not.",
            ),
        ),
        lambda: {4: "step 4, where the lock is taken", 12: "step 12, right after the first test"}[
            compare("mips").first or 0
        ],
    ),
    "02-M5": Item(
        "After the patch: can a fault still answer RETRY?",
        (
            (
                "yes, where it is not finished",
                "A page that is locked or must be read: RETRY stays.",
            ),
            ("no, COMPLETED took its place", "Only where the fault was finished in truth."),
        ),
        lambda: (
            "yes, where it is not finished"
            if run("mips", "merged", "RETRY,OK").used[0] == "RETRY"
            else "no, COMPLETED took its place"
        ),
        "M5",
    ),
    "02-M6": Item(
        "Which of these writes ends in COMPLETED after the patch?",
        (
            (
                "every write to shared memory",
                "Only where a page becomes dirty and the lock was dropped.",
            ),
            (
                "the first write to a shared page",
                "It makes the page dirty, so the writer is throttled.",
            ),
            ("a write to a private page", "A private copy is nobody's to write back: OK."),
        ),
        lambda: (
            "the first write to a shared page"
            if (_answer("fresh"), _answer("dirty"), _answer("private")) == ("COMPLETED", "OK", "OK")
            else "every write to shared memory"
        ),
        "M6",
    ),
    "02-M12": Item(
        "Half the calls of handle_mm_fault. How much less work is it for the whole first write?",
        (
            ("about an eighth", "The second walk is saved, and it was the smaller one."),
            ("half", "The second call finds the page there; the clearing is done once either way."),
            ("nothing", "A walk and a round trip of the lock are saved."),
        ),
        _saved,
        "M12",
    ),
    "02-M16": Item(
        "Your kernel is 6.12 and counts 1.000 fault per page. Does that prove COMPLETED?",
        (
            ("yes, one fault means one call", "From 6.4 on a retry is not counted at all."),
            ("no, from 6.4 on a retry is not counted", "With RETRY put back it reads 1.000, too."),
        ),
        lambda: (
            "no, from 6.4 on a retry is not counted"
            if run("mips", "before", accounting="6.4").counters["pgfault"] == 1
            else "yes, one fault means one call"
        ),
        "M16",
    ),
    "02-broken": Item(
        "A handler of the merged kernel has no test of COMPLETED. What breaks?",
        (
            ("it gives the lock up a second time", "Another reader's hold is used up."),
            ("nothing, it is only slower", "It unlocks once more, and has no hold."),
            ("it never gives the lock up", "Once too often, not once too few."),
        ),
        lambda: (
            "it gives the lock up a second time"
            if _broken() == "lock-underflow"
            else "nothing, it is only slower"
        ),
        "M8",
    ),
}
