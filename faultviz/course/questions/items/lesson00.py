"""The questions of lesson 00, one write, two faults."""

from __future__ import annotations

from itertools import pairwise

from faultviz.course.questions.items.lesson00a import first_store, two_readers
from faultviz.course.questions.items.lesson_question import Key
from faultviz.course.toy import RwLock
from faultviz.engine.run import run
from faultviz.models.mm import memory


def _after_mine() -> RwLock:
    """Two readers, of whom A has given its hold up."""
    lock = two_readers()
    lock.unlock("A")
    return lock


def _who(text: str) -> str:
    """The function in which the merged mips fault comes to this node."""
    return next(step.function for step in run("mips").steps if step.text == text)


def _taken(revision: str) -> int:
    held = [step.mmap_lock for step in run("mips", revision).steps]
    return sum(b > a for a, b in pairwise(held))


KEYS: dict[str, Key] = {
    "00-M3": lambda: "no" if first_store(4).begun == 2 else "yes",
    "00-M4": lambda: ("none", "once", "twice", "three")[_taken("before")],
    "00-M7": lambda: "below" if _who("return COMPLETED") in memory.MODEL.functions else "handler",
    "00-M9": lambda: "yes" if _after_mine().count("A") == 0 < _after_mine().holds else "no",
}
