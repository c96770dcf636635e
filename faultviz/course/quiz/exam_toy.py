"""Exam items about the ground: what a fault is, and a lock with readers.

Here: four items whose keys the toy machine and the toy lock give. Not here: handlers (`exam_runs`).
"""

from __future__ import annotations

from faultviz.base.seeds import Draw
from faultviz.course.quiz.exam_item import ExamItem, number, truth
from faultviz.course.toy import Machine, RwLock


def error(draw: Draw) -> ExamItem:
    """M1: a fault where a VMA permits it, or where none does."""
    covered = draw.chance(0.5)
    machine = Machine()
    machine.map(4, 5)
    page = 4 if covered else 9
    told = machine.store(page, 7)
    ends = any("SIGSEGV" in line for line in told)
    where = f"page {page}, and " + ("a VMA permits it" if covered else "no VMA covers it")
    return truth(
        "error",
        "ground",
        f"A program stores to {where}; the page has no PTE. The page fault that follows is an "
        "error: the program gets SIGSEGV.",
        ends,
        "Whether a fault is an error the VMAs say: what they permit is filled in.",
        "M1",
        str(page),
    )


def again(draw: Draw) -> ExamItem:
    """M3: how often the CPU begins a store that faults."""
    page, value = 1 + draw.below(8), 1 + draw.below(9)
    machine = Machine()
    machine.map(page, page)
    begun = sum(line.startswith("store") for line in machine.store(page, value))
    return number(
        "again",
        "ground",
        f"A program stores {value} once to fresh page {page} of a shared mapping. How often does "
        "the CPU begin this store instruction?",
        begun,
        "Once it traps, and after the fault was handled the same store runs again.",
        "M3",
        str(page),
    )


def readers(draw: Draw) -> ExamItem:
    """M10: whether a second reader waits."""
    writer = draw.chance(0.5)
    lock = RwLock()
    lock.read("A")
    if writer:
        lock.write("W")
    waits = "B waits" in lock.read("B")[0]
    waiting = ", and a writer waits for it" if writer else ""
    return truth(
        "readers",
        "ground",
        f"Task A holds a reader-writer lock for reading{waiting}. Task B, which wants to read, has "
        "to wait.",
        waits,
        "Readers share the lock; only a writer that has it or waits for it stops a new one.",
        "M10",
        "writer" if writer else "none",
    )


def count(draw: Draw) -> ExamItem:
    """M11 and M9: the count of one task among several readers."""
    names = ["A", "B", "C", "D", "E"][: 3 + draw.below(3)]
    gone = draw.choice(names)
    asked = draw.choice(names)
    lock = RwLock()
    for name in names:
        lock.read(name)
    lock.unlock(gone)
    return number(
        "count",
        "ground",
        f"Tasks {', '.join(names[:-1])} and {names[-1]} take mmap_lock for reading, once each; "
        f"then {gone} gives it up. In this course's words: what is the count of task {asked}?",
        lock.count(asked),
        f"The count is what one task took and has not given up; the lock has {lock.holds} holds.",
        "M11",
        asked,
        gone,
    )
