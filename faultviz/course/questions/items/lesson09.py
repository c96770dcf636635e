"""The questions of lesson 09, many threads at one lock.

What computes the keys is imported with them: in a browser that takes seconds, and the questions of
the other lessons need none of it.
"""

from __future__ import annotations

from functools import cache
from math import isclose

from faultviz.course.questions.items.lesson_question import Key


def _later_reader() -> str:
    from faultviz.lab.contention.cost_model import PER_STEP
    from faultviz.lab.contention.lock_queue import Setting, contend

    what = Setting("merged", 2, 1, 4, "handler", 6000, 3000, 0.0, 900.0)
    done = contend(what, PER_STEP, spans=True)
    writer = next(s for s in done.spans if s.who == "writer 1" and s.state == "waits")
    beside = [s for s in done.spans if s.who == "thread 1" and s.state == "waits"]
    stopped = any(writer.start < s.start < writer.end for s in beside)
    return "waits" if stopped else "shares"


def _readers_only() -> str:
    from faultviz.lab.contention.simulation import simulate

    alone, crowded = simulate(["before"], [1, 8], [0], 80, spread=0.0, replications=1)
    same = isclose(alone.p99.value, crowded.p99.value)  # sums of times differ in the last digit
    return "nothing" if same else "others"


@cache
def _with_hog() -> float:
    from faultviz.lab.contention.simulation import gain, simulate

    rows = simulate(threads=[8], writers=[1], faults=400, hold=10_000.0, think=0.0, replications=2)
    return gain(rows)[8, 1].value


def _hog() -> str:
    near = 1.6 < _with_hog() < 2
    return "two" if near else "same"


def _trips() -> str:
    from faultviz.lab.contention.lock_queue import trips

    saved = trips("merged", "fixup-user-fault") - trips("no-relock", "fixup-user-fault")
    return {0: "none", 1: "one", 2: "both"}[saved]


KEYS: dict[str, Key] = {
    "09-readers": _readers_only,
    "09-later": _later_reader,
    "09-hog": _hog,
    "09-relock": _trips,
}
