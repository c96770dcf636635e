"""The questions of lesson 00, one write, two faults."""

from __future__ import annotations

from itertools import pairwise

from faultviz.course.questions.items.lesson_question import Item
from faultviz.course.toy import Machine, RwLock
from faultviz.engine.run import run
from faultviz.models.mm import memory


def _store(page: int) -> tuple[str, ...]:
    """What a first store tells, where only page 4 has a VMA."""
    machine = Machine()
    machine.map(4, 4)
    return machine.store(page, 7)


def _two() -> RwLock:
    """Two readers."""
    lock = RwLock()
    lock.read("A")
    lock.read("B")
    return lock


def _after_mine() -> RwLock:
    """Two readers, of whom A has given its hold up."""
    lock = _two()
    lock.unlock("A")
    return lock


def _who(text: str) -> str:
    """The function in which the merged mips fault comes to this node."""
    return next(step.function for step in run("mips").steps if step.text == text)


def _taken(revision: str) -> int:
    held = [step.mmap_lock for step in run("mips", revision).steps]
    return sum(b > a for a, b in pairwise(held))


ITEMS: dict[str, Item] = {
    "00-M3": Item(
        "handle_mm_fault returned COMPLETED. Has the program's store been executed?",
        (
            ("yes, it is completed", "The fault is completed. The CPU runs the store again."),
            ("no, the CPU will run it again", "It runs again when the handler has returned."),
        ),
        lambda: (
            "no, the CPU will run it again"
            if "still holds 0" in _store(4)[-2]
            else "yes, it is completed"
        ),
        "M3",
    ),
    "00-M4": Item(
        "Before the patch: how often does this one write take mmap_lock?",
        (
            (
                "once",
                "RETRY gave it up and the handler took it again: count the rises in the lane.",
            ),
            ("twice", "Once before each call of handle_mm_fault."),
            ("three times", "Two calls, one taking before each."),
        ),
        lambda: ("never", "once", "twice", "three times")[_taken("before")],
        "M4",
    ),
    "00-M7": Item(
        "Who decides whether the answer is OK, RETRY or COMPLETED?",
        (
            ("the program that writes", "It only stores; it knows no answers."),
            ("the handler of the architecture", "It calls, and must obey what comes back."),
            (
                "the generic code below handle_mm_fault",
                "It gives the lock up, or not, and says so.",
            ),
        ),
        lambda: (
            "the generic code below handle_mm_fault"
            if _who("return COMPLETED") in memory.MODEL.functions
            else "the handler of the architecture"
        ),
        "M7",
    ),
    "00-M9": Item(
        "COMPLETED came back; this task's count is 0. May another task hold mmap_lock now?",
        (
            (
                "yes, any number of readers, or a writer",
                "That is why nobody may unlock a second time.",
            ),
            ("no, 0 means that nobody has it", "0 is this task's own count and says no more."),
        ),
        lambda: (
            "yes, any number of readers, or a writer"
            if _after_mine().count("A") == 0 < _after_mine().holds
            else "no, 0 means that nobody has it"
        ),
        "M9",
    ),
}
