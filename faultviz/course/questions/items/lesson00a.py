"""The questions of lesson 00a, what a fault is."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Key
from faultviz.course.toy import Machine, RwLock
from faultviz.engine.run import run


def _minor_store() -> str:
    machine = first_store(4)
    first = machine.minor
    machine.store(4, 8)
    return {(1, 1): "one", (1, 2): "two"}[first, machine.minor]


def _second_reader() -> str:
    return "gets" if two_readers().holds == 2 else "waits"


def _third_reader() -> str:
    lock = RwLock()
    lock.read("A")
    lock.write("W")
    lock.read("C")
    return "gets" if lock.count("C") else "waits"


def _private() -> str:
    machine = Machine()
    machine.map(2, 2, shared=False)
    machine.store(2, 5)
    return "no" if machine.cache["shm", 2] == 0 else "yes"


def first_store(page: int) -> Machine:
    """The machine after a first store, where only page 4 has a VMA."""
    machine = Machine()
    machine.map(4, 4)
    machine.store(page, 7)
    return machine


def _majors(*, on_disk: bool) -> int:
    machine = Machine()
    machine.map(1, 1, on_disk=on_disk)
    machine.load(1)
    return machine.major


def two_readers() -> RwLock:
    """Two readers."""
    lock = RwLock()
    lock.read("A")
    lock.read("B")
    return lock


KEYS: dict[str, Key] = {
    "00a-1": lambda: "same" if first_store(4).begun == 2 else "next",
    "00a-2": _minor_store,
    "00a-3": lambda: (
        "unfilled"
        if (first_store(4).killed, first_store(9).killed) == (False, True)
        else "forbidden"
    ),
    "00a-4": _private,
    "00a-5": lambda: (
        "storage" if (_majors(on_disk=True), _majors(on_disk=False)) == (1, 0) else "long"
    ),
    "00a-6": _third_reader,
    "00a-M1": lambda: "yes" if first_store(4).killed else "no",
    "00a-M2": lambda: "no" if run("mips", "before").counters["major"] else "yes",
    "00a-M10": _second_reader,
    "00a-M11": lambda: {1: "one", 2: "two"}[two_readers().count("A")],
}
