"""The questions of lesson 01, the fault path."""

from __future__ import annotations

from itertools import pairwise

from faultviz.course.questions.items.lesson_question import Item
from faultviz.engine.compare import own_steps
from faultviz.engine.run import run
from faultviz.ir.bits import ERROR_BITS, Result
from faultviz.lab.recorded.records import recorded


def _lock_events() -> tuple[tuple[str, int], ...]:
    """The functions in which the lock count of the merged mips handler falls, and how deep."""
    steps = run("mips").steps
    return tuple((b.function, b.depth) for a, b in pairwise(steps) if b.mmap_lock < a.mmap_lock)


def _held_at(text: str) -> int:
    return next(step.mmap_lock for step in run("mips").steps if step.text == text)


def _slower() -> str:
    """Which write takes longer, as recorded; the lane of the faster one is the longer one."""
    taken = {
        row.mode: row.seconds or 0
        for row in recorded("debian_plain.csv")
        if row.kernel == "6.1.176"
    }
    cells = {event: len(own_steps(run("mips", context=event))) for event in ("fresh", "dirty")}
    more = taken["shared"] / taken["already_dirty"]
    if cells == {"fresh": 13, "dirty": 16} and more > 2:
        return "the one on the fresh page"
    return "about the same" if more > 0.5 else "the one on the dirty page: more cells"


ITEMS: dict[str, Item] = {
    "01-M8": Item(
        "The handler takes mmap_lock. Who gives it up in this fault?",
        (
            ("the handler, because it took it", "Look where the count falls: below it."),
            (
                "maybe_unlock_mmap_for_io, six calls below",
                "And it answers so that the handler knows.",
            ),
            ("the program's next store", "A store knows no locks."),
        ),
        lambda: (
            "maybe_unlock_mmap_for_io, six calls below"
            if _lock_events() == (("maybe_unlock_mmap_for_io", 6),)
            else "the handler, because it took it"
        ),
        "M8",
    ),
    "01-why": Item(
        "Why is mmap_lock given up before the writer is throttled?",
        (
            (
                "throttling may sleep, and others want the lock",
                "A sleeper with a lock stops everyone.",
            ),
            ("the throttle needs the lock itself", "It runs after the lock is given up."),
            (
                "the file might go away",
                "The lock protects nothing any more: a reference holds the file (fpin).",
            ),
        ),
        lambda: (
            "throttling may sleep, and others want the lock"
            if _held_at("throttle the writer") == 0
            else "the throttle needs the lock itself"
        ),
    ),
    "01-M13": Item(
        "Merged, a write to shared memory: on a fresh page the lane has 13 cells, on a page that "
        "is dirty already 16. Which write takes longer?",
        (
            ("the one on the dirty page: more cells", "A cell is a step, not a time."),
            (
                "the one on the fresh page",
                "Its page must be made and cleared, within two cells: handle_mm_fault.",
            ),
            ("about the same", "Inside handle_mm_fault they differ: one has to clear a page."),
        ),
        _slower,
        "M13",
    ),
    "01-M4": Item(
        "handle_mm_fault returned RETRY. Which is true?",
        (
            ("the fault has failed", "No error bit is set: it is not finished, that is all."),
            ("it could not get the lock", "It had the lock, and gave it up."),
            ("not finished, and the lock was given up", "So take it and call again."),
        ),
        lambda: (
            "not finished, and the lock was given up"
            if not Result.RETRY & ERROR_BITS
            else "the fault has failed"
        ),
        "M4",
    ),
}
