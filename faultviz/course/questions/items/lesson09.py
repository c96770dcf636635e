"""The questions of lesson 09, many threads at one lock.

What computes the keys is imported with them: in a browser that takes seconds, and the questions of
the other lessons need none of it.
"""

from __future__ import annotations

from functools import cache
from math import isclose

from faultviz.course.questions.items.lesson_question import Item


def _later_reader() -> str:
    from faultviz.lab.contention.cost_model import PER_STEP
    from faultviz.lab.contention.lock_queue import Setting, crowd

    what = Setting("merged", 2, 1, 4, "handler", 6000, 3000, 0.0, 900.0)
    done = crowd(what, PER_STEP, spans=True)
    writer = next(s for s in done.spans if s.who == "writer 1" and s.state == "waits")
    beside = [s for s in done.spans if s.who == "thread 1" and s.state == "waits"]
    stopped = any(writer.start < s.start < writer.end for s in beside)
    return "it waits behind the writer" if stopped else "it shares the lock with the other reader"


def _readers_only() -> str:
    from faultviz.lab.contention.simulation import simulate

    alone, crowded = simulate(["before"], [1, 8], [0], 80, spread=0.0, replications=1)
    same = isclose(alone.p99.value, crowded.p99.value)  # sums of times differ in the last digit
    return "nothing" if same else "each waits for the others"


@cache
def _with_hog() -> float:
    from faultviz.lab.contention.simulation import gain, simulate

    rows = simulate(threads=[8], writers=[1], faults=400, hold=10_000.0, think=0.0, replications=2)
    return gain(rows)[8, 1].value


def _hog() -> str:
    near = 1.6 < _with_hog() < 2
    return "nearly two" if near else "about the same as without a writer"


def _trips() -> str:
    from faultviz.lab.contention.lock_queue import trips

    saved = trips("merged", "fixup-user-fault") - trips("no-relock", "fixup-user-fault")
    return {0: "none", 1: "one of two", 2: "both"}[saved]


ITEMS: dict[str, Item] = {
    "09-readers": Item(
        "Eight threads fault at the same time, each on its own page; nobody maps or unmaps. What "
        "do they wait for at mmap_lock?",
        (
            ("each waits for the others", "They all read: readers share."),
            ("nothing", "In this model the lock costs a reader the same, alone or among eight."),
            ("the first one", "It reads, too, and readers share."),
        ),
        _readers_only,
        "M10",
    ),
    "09-later": Item(
        "Thread 1 holds mmap_lock to read, a writer waits. Now thread 2 wants to read. What does "
        "it do?",
        (
            (
                "it waits behind the writer",
                "Or a stream of readers would keep the writer out for ever.",
            ),
            ("it shares the lock with the other reader", "Not past a writer that waits."),
        ),
        _later_reader,
    ),
    "09-hog": Item(
        "A writer comes back to the lock at once, again and again. In the simulation, how many "
        "times as many faults are done with COMPLETED as with RETRY?",
        (
            ("about the same as without a writer", "Each taking of the lock waits for the writer."),
            ("nearly two", "RETRY queues twice for a fault, COMPLETED once, and queueing is all."),
        ),
        _hog,
    ),
    "09-relock": Item(
        "fixup_user_fault without the re-lock at its end: how many of its round trips at mmap_lock "
        "would be saved?",
        (
            ("none", "The re-lock is a taking, and its caller's unlock goes with it."),
            ("one of two", "Only the caller's own taking is left."),
            ("both", "handle_mm_fault must still be called with the lock held."),
        ),
        _trips,
    ),
}
