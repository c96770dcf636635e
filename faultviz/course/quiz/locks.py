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
from faultviz.base.texts import texts
from faultviz.course.banks import Bank
from faultviz.course.quiz.question import Answer, Question, Wording, question
from faultviz.course.toy import RwLock
from faultviz.edit.ablate import without
from faultviz.engine.compare import own_steps
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.models.mm import memory

Case = tuple[str, ...]

WHEN: dict[str, str] = texts("faultviz.course.quiz", "quiz")["when"]


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


def rounds_cases(bank: Bank) -> Iterator[Case]:
    """Each handler, before and after the patch, and what the second call answers."""
    return product(bank.handlers, ("before", "merged"), bank.answers_after_retry)


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
    told = Wording("quiz", "rounds")

    def answer(times: int) -> Answer:
        how = "right" if times == right else "many" if times > right else "few" if times else "none"
        return told.answer(how, times=told.told["times"][times], calls=calls)

    return question(
        "rounds",
        "rounds",
        told.say("ask", name=name, when=WHEN[revision], later=later),
        [answer(times) for times in range(low, high + 1)],
        told.told["times"][right],
        case,
    )


def _taken(trace: Trace) -> int:
    held = [0, *(step.mmap_lock for step in own_steps(trace))]
    return sum(now > was for was, now in pairwise(held))


# --- who holds it ------------------------------------------------------------------------------


def holders_cases(bank: Bank) -> Iterator[Case]:
    """Each handler and page event."""
    return product(bank.handlers, bank.page_events)


def completes(case: Case) -> bool:
    """Whether a handler and a page event give COMPLETED together."""
    return answers_completed(case[0], case[1])


def holders(case: Case, draw: Draw) -> Question:
    """This task's count after COMPLETED, and whether others may hold the lock."""
    name, event = case
    trace = ran(name, "merged", context=event)
    back = next(step for step in own_steps(trace) if step.event == "fault")
    told = Wording("quiz", "holders")
    right = told.say("others" if _others_may() else "no-other", count=back.mmap_lock)
    return question(
        "holders",
        "holders",
        told.say("ask", name=name, event=memory.PAGE_EVENTS[event][0]),
        [told.answer(one, right=right) for one in ("right", "kept", "nobody", "alone")],
        right,
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


def missing_cases(bank: Bank) -> Iterator[Case]:
    """Each handler; loongarch had no test when the patch was merged."""
    return product(bank.handlers)


def reached(case: Case) -> bool:
    """Whether COMPLETED reaches a handler."""
    return _reached(case[0])


@cache
def _reached(name: str) -> bool:
    return possible(without_test(name), "COMPLETED")


def missing(case: Case, draw: Draw) -> Question:
    """The count at the exit of a handler without the test of COMPLETED, and whose hold is lost."""
    (name,) = case
    program, told = without_test(name), Wording("quiz", "missing")
    had = told.say("taken-out" if program.dropped else "never-there")
    right = told.say("another" if _used_up() else "nobody", count=_left(name))
    return question(
        "missing",
        "missing",
        told.say("ask", name=name, had=had),
        [told.answer(one, right=right) for one in ("right", "own", "counted", "left-over")],
        right,
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
