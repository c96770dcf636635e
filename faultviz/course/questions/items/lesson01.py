"""The questions of lesson 01, the fault path."""

from __future__ import annotations

from itertools import pairwise

from faultviz.course.questions.items.lesson_question import Key
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
        return "fresh"
    return "same" if more > 0.5 else "dirty"


KEYS: dict[str, Key] = {
    "01-M8": lambda: "below" if _lock_events() == (("maybe_unlock_mmap_for_io", 6),) else "handler",
    "01-why": lambda: "sleeps" if _held_at("throttle the writer") == 0 else "throttle",
    "01-M13": _slower,
    "01-M4": lambda: "unfinished" if not Result.RETRY & ERROR_BITS else "failed",
}
