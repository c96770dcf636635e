"""The questions of lesson 10, after 2022."""

from __future__ import annotations

from faultviz import ir
from faultviz.course.questions.items.lesson_question import Key
from faultviz.engine.check import check
from faultviz.engine.run import run
from faultviz.lab.recorded.records import recorded
from faultviz.models import load
from faultviz.models.mm.memory import PAGE_EVENTS


def _went_well() -> str:
    """Whether the page events that end well say anything of the one that does not."""
    broken = {event for event in PAGE_EVENTS if run("loongarch", context=event).violations}
    return "nothing" if {"fresh"} <= broken < set(PAGE_EVENTS) else "well"


def _killed() -> str:
    verdicts = {row.invariant: row for row in check("alpha", "merged")}
    broken = verdicts["kernel-fixup"]
    # It leaves by a plain return, which leads back to the instruction that faulted.
    leaves = isinstance(load("alpha", "merged").nodes[broken.node or ""].op, ir.Leave)
    if verdicts["lock-balance"].verdict == "holds" and leaves and broken.outcomes == "RETRY":
        return "for-ever"
    return "caller"


def _gone() -> str:
    """Which of the two locks the answer COMPLETED took away, on the short way of 6.12."""
    steps = run("x86-6.12", outcomes="COMPLETED", accounting="6.4").steps
    at = next(n for n, step in enumerate(steps) if step.event == "fault")
    locks = ("mmap_lock", "vma_lock")
    gone = [lock for lock in locks if steps[at].holds(lock) < steps[at - 1].holds(lock)]
    return {("mmap_lock",): "mmap_lock", ("vma_lock",): "vma", locks: "both"}[tuple(gone)]


def _calls() -> str:
    counters = run("x86-6.12", "before", "RETRY,OK", accounting="6.4").counters
    booked = counters["calls"], counters["minor"], counters["major"]
    return {(2, 2, 0): "minor-2", (2, 0, 1): "major", (2, 1, 0): "minor-1"}[booked]


def _um() -> str:
    """Two calls of one trap would be major; what was recorded on 6.1.176 is minor."""
    shared = {row.kernel: row for row in recorded("uml.csv") if row.mode == "shared"}
    with_it, without = shared["6.1.176 (um)"], shared["5.10.46 (um)"]
    if without.major_per_page == 1 and with_it.major_per_page == 0:
        return "major"
    return "none"


def _again() -> str:
    """What KVM's helper does with a page that is there already."""
    trace = run("kvm", outcomes="COMPLETED")
    done = trace.counters["minor"] == 1 and trace.counters["calls"] == 1
    return "look-up" if done and trace.result == -11 else "fault"


KEYS: dict[str, Key] = {
    "10-M15": _went_well,
    "10-M14": _killed,
    "10-vma": _gone,
    "10-books": _calls,
    "10-um": _um,
    "10-again": _again,
}
