"""The questions of lesson 10, after 2022."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Item
from faultviz.engine.check import check
from faultviz.engine.run import run
from faultviz.lab.recorded.records import recorded
from faultviz.models.mm.memory import PAGE_EVENTS


def _went_well() -> str:
    """Whether the page events that end well say anything of the one that does not."""
    broken = {event for event in PAGE_EVENTS if run("loongarch", context=event).violations}
    return "nothing" if {"fresh"} <= broken < set(PAGE_EVENTS) else "that it ends well, too"


def _killed() -> str:
    verdicts = {row.invariant: row for row in check("alpha", "merged")}
    broken = verdicts["kernel-fixup"]
    if verdicts["lock-balance"].verdict == "holds" and "for ever" in broken.reason:
        return "it meets the same fault again, for ever"
    return "its caller gets -EFAULT"


def _gone() -> str:
    """Which of the two locks the answer COMPLETED took away, on the short way of 6.12."""
    steps = run("x86-6.12", outcomes="COMPLETED", accounting="6.4").steps
    at = next(n for n, step in enumerate(steps) if step.event == "fault")
    locks = ("mmap_lock", "vma_lock")
    gone = [lock for lock in locks if steps[at].holds(lock) < steps[at - 1].holds(lock)]
    return {("mmap_lock",): "mmap_lock", ("vma_lock",): "the VMA's", locks: "both"}[tuple(gone)]


def _calls() -> str:
    counters = run("x86-6.12", "before", "RETRY,OK", accounting="6.4").counters
    return f"{counters['calls']} calls, {counters['minor']} minor, {counters['major']} major"


def _um() -> str:
    """Two calls of one trap would be major; what was recorded on 6.1.176 is minor."""
    shared = {row.kernel: row for row in recorded("uml.csv") if row.mode == "shared"}
    with_it, without = shared["6.1.176 (um)"], shared["5.10.46 (um)"]
    if without.major_per_page == 1 and with_it.major_per_page == 0:
        return "major is 0: no call carried TRIED"
    return "none does"


def _again() -> str:
    """What KVM's helper does with a page that is there already."""
    trace = run("kvm", outcomes="COMPLETED")
    done = trace.counters["minor"] == 1 and trace.counters["calls"] == 1
    return "one more look-up" if done and trace.result == -11 else "one more page fault"


ITEMS: dict[str, Item] = {
    "10-M15": Item(
        "loongarch had no test of COMPLETED when the patch was merged. Reads, private writes and "
        "writes to pages that were dirty already ended well, day after day. What does that prove "
        "for the first write to a shared page?",
        (
            ("that it ends well, too", "It gets another answer, and goes another way."),
            ("nothing", "Only such a write is answered COMPLETED; the others never come there."),
        ),
        _went_well,
        "M15",
    ),
    "10-M14": Item(
        "alpha in 6.1 gives the lock up right on every way out. Kernel code reads a program's "
        "page; the answer is RETRY, SIGKILL is pending, and the handler returns. What does that "
        "kernel code do?",
        (
            ("it dies, since SIGKILL is pending", "A signal is looked at on the way to user mode."),
            ("its caller gets -EFAULT", "It would, had the handler gone to the fix-up."),
            (
                "it meets the same fault again, for ever",
                "It goes back to its access, and SIGKILL ends each wait for the page at once.",
            ),
        ),
        _killed,
        "M14",
    ),
    "10-vma": Item(
        "On 6.12 a program writes to a fresh shared page. The fault runs under the per-VMA lock "
        "and is answered COMPLETED. Which lock is gone?",
        (
            ("mmap_lock", "It was never taken."),
            ("the VMA's", "The lock that the fault ran under: that is what COMPLETED says."),
            ("both", "Only one was held."),
        ),
        _gone,
    ),
    "10-books": Item(
        "The same write, with COMPLETED turned back to RETRY: the first call runs under the VMA's "
        "lock, the second under mmap_lock and without TRIED. What do the books say?",
        (
            ("2 calls, 2 minor, 0 major", "A call that ends in RETRY is booked as nothing."),
            ("2 calls, 0 minor, 1 major", "Major comes from MAJOR or TRIED; neither is there."),
            ("2 calls, 1 minor, 0 major", "As if there had been one call: nothing to see."),
        ),
        _calls,
    ),
    "10-um": Item(
        "um 6.1.176 reads 2.000 faults for each first write to a shared page. “So it lacks the "
        "patch”, says a colleague. Which number contradicts?",
        (
            ("major is 0: no call carried TRIED", "So there were two whole traps, one call each."),
            ("pgfault is 2: it counts each call", "It would be 2 either way."),
            ("none does", "Two calls in one trap would be booked as major."),
        ),
        _um,
        "M16",
    ),
    "10-again": Item(
        "KVM's helper learns that mmap_lock was given up meanwhile, and answers -EAGAIN. The page "
        "is in place. What does its caller's next round cost?",
        (
            ("one more page fault", "The entry is there now: nothing has to be faulted in."),
            ("one more look-up", "It finds the VMA and the entry again, and is done."),
            ("nothing", "The address has to be looked up again: it may mean something else now."),
        ),
        _again,
    ),
}
