"""Exam items about the ground: what a fault is, and a lock with readers.

Here: four items whose keys the toy machine and the toy lock give. Not here: handlers (`exam_runs`).
"""

from __future__ import annotations

from faultviz.base.seeds import Draw
from faultviz.course.banks import Bank
from faultviz.course.quiz.exam_item import ExamItem, number, truth
from faultviz.course.quiz.question import Wording
from faultviz.course.toy import Machine, RwLock


def error(draw: Draw, _: Bank) -> ExamItem:
    """M1: a fault where a VMA permits it, or where none does."""
    covered = draw.chance(0.5)
    machine = Machine()
    machine.map(4, 5)
    page = 4 if covered else 9
    machine.store(page, 7)
    told = Wording("exam", "error")
    ask = told.say("ask", page=page, where=told.say("permitted" if covered else "uncovered"))
    return truth("error", "ground", machine.killed, ask, told.say("reason"), str(page))


def again(draw: Draw, _: Bank) -> ExamItem:
    """M3: how often the CPU begins a store that faults."""
    page, value = 1 + draw.below(8), 1 + draw.below(9)
    machine = Machine()
    machine.map(page, page)
    machine.store(page, value)
    told = Wording("exam", "again")
    ask = told.say("ask", page=page, value=value)
    return number("again", "ground", machine.begun, ask, told.say("reason"), str(page))


def readers(draw: Draw, _: Bank) -> ExamItem:
    """M10: whether a second reader waits."""
    writer = draw.chance(0.5)
    lock = RwLock()
    lock.read("A")
    if writer:
        lock.write("W")
    lock.read("B")
    told = Wording("exam", "readers")
    ask, case = ("ask-writer", "writer") if writer else ("ask", "none")
    waits = not lock.count("B")
    return truth("readers", "ground", waits, told.say(ask), told.say("reason"), case)


def count(draw: Draw, _: Bank) -> ExamItem:
    """M11 and M9: the count of one task among several readers."""
    names = ["A", "B", "C", "D", "E"][: 3 + draw.below(3)]
    gone = draw.choice(names)
    asked = draw.choice(names)
    lock = RwLock()
    for name in names:
        lock.read(name)
    lock.unlock(gone)
    told = Wording("exam", "count")
    state = {"names": ", ".join(names[:-1]), "last": names[-1], "gone": gone, "asked": asked}
    reason = told.say("reason", holds=lock.holds)
    key = lock.count(asked)
    return number("count", "ground", key, told.say("ask", **state), reason, asked, gone)
