"""Questions about mmap_lock: how often it is taken, who holds it, what a missing test does to it.

Here: three kinds of question, each with what it is drawn from and a key that a run gives. Not here:
what is counted (`books`), which way a handler goes (`paths`), or how cases are drawn (`forms`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.course.quiz.question import Answer, Question, question
from faultviz.course.toy import RwLock
from faultviz.edit.ablate import without
from faultviz.engine.compare import own_steps
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.models.mm import memory

Case = tuple[str, ...]

WHEN = {"before": "before the patch", "merged": "with the patch"}
TIMES = ("not at all", "once", "twice", "three times")
LATER = ("OK", "OOM", "SIGBUS", "SIGSEGV")
"""What may come after a RETRY."""


EVENTS = ("fresh", "wp", "dirty", "private", "read")
"""The page events that the lessons speak of."""


def possible(program: Program, outcomes: str) -> bool:
    """Whether a handler can meet this scenario."""
    try:
        run(program, outcomes=outcomes)
    except BadInput:
        return False
    return True


@cache
def ran(name: str, revision: str, outcomes: str = "auto", context: str = "write") -> Trace:
    """A run that may be asked for again."""
    return run(name, revision, outcomes, context)


def answers_completed(name: str, event: str) -> bool:
    """Whether this page event ends in COMPLETED in a merged handler."""
    return ran(name, "merged", context=event).used == ("COMPLETED",)


# --- how often it is taken ---------------------------------------------------------------------


def rounds_cases() -> Iterator[Case]:
    """Each handler, before and after the patch, and what the second call answers."""
    return product(models.HANDLERS, WHEN, LATER)


def may_retry(case: Case) -> bool:
    """Whether the first answer to a store can be RETRY."""
    return _may_retry(case[0])


@cache
def _may_retry(name: str) -> bool:
    return possible(models.load(name, "before"), "RETRY,OK")


def rounds(case: Case, draw: Draw) -> Question:
    """How often one fault takes mmap_lock, where the first answer is RETRY."""
    name, revision, later = case
    trace = ran(name, revision, f"RETRY,{later}")
    right, calls = _taken(trace), trace.counters["calls"]
    low, high = draw.choice([(0, 2), (1, 3), (0, 3)])

    def answer(times: int) -> Answer:
        if times == right:
            said = f"Once before each call of handle_mm_fault, and there are {calls}."
            return Answer(TIMES[times], said)
        if times > right:
            said = f"There are {calls} calls of handle_mm_fault, with one taking before each."
            return Answer(TIMES[times], said)
        if times:
            said = "RETRY says that it was given up inside, so the next call needs it again."
            return Answer(TIMES[times], said, "M4")
        return Answer(TIMES[times], "Already the look-up of the VMA needs it held.")

    return question(
        "rounds",
        "rounds",
        f"{name}, {WHEN[revision]}: a program's store faults, and handle_mm_fault answers RETRY, "
        f"then {later}. How often does this fault take mmap_lock?",
        [answer(times) for times in range(low, high + 1)],
        TIMES[right],
        case,
    )


def _taken(trace: Trace) -> int:
    held = [0, *(step.mmap_lock for step in own_steps(trace))]
    return sum(now > was for was, now in pairwise(held))


# --- who holds it ------------------------------------------------------------------------------


def holders_cases() -> Iterator[Case]:
    """Each handler and page event."""
    return product(models.HANDLERS, EVENTS)


def completes(case: Case) -> bool:
    """Whether a handler and a page event give COMPLETED together."""
    return answers_completed(case[0], case[1])


def holders(case: Case, draw: Draw) -> Question:
    """This task's count after COMPLETED, and whether others may hold the lock."""
    name, event = case
    trace = ran(name, "merged", context=event)
    back = next(step for step in own_steps(trace) if step.event == "fault")
    held = back.mmap_lock
    text = "{}, and another task may hold it" if _others_may() else "{}, and no other task holds it"
    return question(
        "holders",
        "holders",
        f"{name}, with the patch, and the page event “{memory.PAGE_EVENTS[event][0]}”: "
        "handle_mm_fault has returned COMPLETED. How often does this task hold mmap_lock now, and "
        "what of the other tasks?",
        [
            Answer(
                text.format(held),
                "It was given up inside, and whoever wants it may have it: readers, or a writer.",
            ),
            Answer(
                "1, and another task may hold it",
                "This task's hold was given up inside: that is what COMPLETED tells its caller.",
                "M8",
            ),
            Answer(
                "0, and no other task holds it",
                "0 is this task's own count, and says nothing of the others.",
                "M9",
            ),
            Answer(
                "1, and no other task holds it",
                "Other readers may be in at any time, and this task's hold is gone.",
                "M10",
            ),
        ],
        text.format(held),
        case,
        draw,
    )


def _others_may() -> bool:
    """Whether the lock can be held while this task's own count is 0."""
    lock = RwLock()
    lock.read("this task")
    lock.read("another")
    lock.unlock("this task")
    return lock.count("this task") == 0 < lock.holds


# --- a test that is not there ------------------------------------------------------------------


def missing_cases() -> Iterator[Case]:
    """Each handler; loongarch had no test when the patch was merged."""
    return product(models.HANDLERS)


def reached(case: Case) -> bool:
    """Whether COMPLETED reaches a handler."""
    return _reached(case[0])


@cache
def _reached(name: str) -> bool:
    return possible(without_test(name), "COMPLETED")


def missing(case: Case, draw: Draw) -> Question:
    """The count at the exit of a handler without the test of COMPLETED, and whose hold is lost."""
    (name,) = case
    program = without_test(name)
    left = _left(name)
    lost = "the hold of another task is lost" if _used_up() else "nobody's hold is lost"
    had = (
        "its test of COMPLETED taken out" if program.dropped else "no test of COMPLETED, as it was"
    )
    return question(
        "missing",
        "missing",
        f"{name}, as merged, with {had}: a store is answered with COMPLETED. What is this task's "
        "count of mmap_lock when it leaves, and whose hold is lost?",
        [
            Answer(
                f"{left}, and {lost}",
                "The unlock for OK runs without a hold of its own, and uses up that of a reader.",
            ),
            Answer(
                "0, and nobody's hold is lost",
                "The hold that it took was given up inside; the unlock at the end is one more.",
                "M8",
            ),
            Answer(
                "-1, and nobody's hold is lost",
                "The lock counts holds, not owners: where another task reads, its hold goes.",
                "M9",
            ),
            Answer(
                "1, and nobody's hold is lost",
                "Nothing is left over: COMPLETED goes the way of OK, which gives the lock up.",
            ),
        ],
        f"{left}, and {lost}",
        case,
        draw,
    )


@cache
def without_test(name: str) -> Program:
    """A merged handler without its test of COMPLETED, if it has one."""
    program = models.load(name, "merged")
    return without(program, "completed-check") or program


@cache
def _left(name: str) -> int:
    """The count at the exit of a handler without its test."""
    return run(without_test(name), "merged", "COMPLETED").mmap_lock_at_exit


def _used_up() -> bool:
    """Whether an unlock too many costs a reader its hold."""
    lock = RwLock()
    lock.read("another")
    lock.unlock("this task")
    return lock.holds == 0
