"""The questions of lesson 00a, what a fault is."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Item
from faultviz.course.toy import Machine, RwLock
from faultviz.engine.run import run


def _minor_store() -> str:
    machine = Machine()
    machine.map(4, 4)
    machine.store(4, 7)
    first = machine.minor
    machine.store(4, 8)
    return {(1, 1): "one", (1, 2): "two"}[first, machine.minor]


def _second_reader() -> str:
    lock = RwLock()
    lock.read("A")
    said = str(lock.read("B")[0])
    return "it gets the lock at once" if "holds 2" in said else "it waits until A is done"


def _third_reader() -> str:
    lock = RwLock()
    lock.read("A")
    lock.write("W")
    return "it waits" if "waits" in lock.read("C")[0] else "it gets the lock at once"


def _private() -> str:
    machine = Machine()
    machine.map(2, 2, shared=False)
    machine.store(2, 5)
    return "no" if machine.cache["shm", 2] == 0 else "yes"


def _store(page: int) -> tuple[str, ...]:
    """What a first store tells, where only page 4 has a VMA."""
    machine = Machine()
    machine.map(4, 4)
    return machine.store(page, 7)


def _majors(*, on_disk: bool) -> int:
    machine = Machine()
    machine.map(1, 1, on_disk=on_disk)
    machine.load(1)
    return machine.major


def _two() -> RwLock:
    """Two readers."""
    lock = RwLock()
    lock.read("A")
    lock.read("B")
    return lock


ITEMS: dict[str, Item] = {
    "00a-1": Item(
        "A store traps because its page has no PTE. What runs after the handler has returned?",
        (
            ("the same store again", "The trap came before it; with the PTE in place it succeeds."),
            ("the next instruction", "The store has not happened yet: nothing would be written."),
            ("the program, from its start", "A trap keeps the place: the program never notices."),
        ),
        lambda: "the same store again" if "again" in _store(4)[-1] else "the next instruction",
        where="1",
    ),
    "00a-2": Item(
        "Two stores to one fresh page, one after the other: how many page faults?",
        (
            ("one", "The first leaves a writable entry; the second finds it."),
            ("two", "The second finds the entry of the first: no trap."),
            ("none", "A fresh page has no entry, so the first store traps."),
        ),
        _minor_store,
        where="1",
    ),
    "00a-3": Item(
        "A program has a VMA for a page, but no PTE. What does that mean?",
        (
            ("the access is forbidden", "The VMA permits it; only the entry is not made yet."),
            (
                "the page may be used and will be filled in",
                "VMA: what is allowed. PTE: what is there.",
            ),
            ("the kernel has lost the page", "Nothing is lost: it was never touched."),
        ),
        lambda: (
            "the page may be used and will be filled in"
            if _store(4)[-1].endswith("done") and "SIGSEGV" in _store(9)[-1]
            else "the access is forbidden"
        ),
        where="2",
    ),
    "00a-4": Item(
        "A store to a private mapping of a file: does the page in the page cache change?",
        (
            ("yes", "Private means a copy of one's own at the first store."),
            ("no", "The store goes to a copy that is this program's alone."),
        ),
        _private,
        where="3",
    ),
    "00a-5": Item(
        "What makes a fault a major one, in the meaning of the word?",
        (
            ("it took long", "Nobody takes the time; the word is about where the page came from."),
            ("the page had to be read from storage", "No storage, no major fault: minor."),
            ("it ended in a signal", "A signal is a failed fault, not a major one."),
        ),
        lambda: (
            "the page had to be read from storage"
            if (_majors(on_disk=True), _majors(on_disk=False)) == (1, 0)
            else "it took long"
        ),
        where="4",
    ),
    "00a-6": Item(
        "Task A reads under a reader-writer lock, writer W waits, now reader C comes. And C?",
        (
            ("it waits", "Readers share, but not past a writer that waits."),
            ("it gets the lock at once", "A waiting writer stops new readers, or it would starve."),
            ("it takes A's place", "A's hold stays A's until A gives it up."),
        ),
        _third_reader,
        where="5",
    ),
    "00a-M1": Item(
        "A page fault happened. Has the program done something wrong?",
        (
            (
                "no, the kernel fills pages in when they are first used",
                "Most faults end like this.",
            ),
            ("yes, a fault is an error", "Only without a VMA that permits it; here it ends well."),
        ),
        lambda: (
            "no, the kernel fills pages in when they are first used"
            if _store(4)[-1].endswith("done")
            else "yes, a fault is an error"
        ),
        "M1",
        "1",
    ),
    "00a-M2": Item(
        "The kernel counted a fault as major. Was something read from a disk?",
        (
            ("yes, always", "Before the patch a write to memory alone was booked as major."),
            ("not always", "The books follow a rule, and what the rule counts need not be a disk."),
        ),
        lambda: "not always" if run("mips", "before").counters["major"] else "yes, always",
        "M2",
        "4",
    ),
    "00a-M10": Item(
        "Task A holds a reader-writer lock for reading. Task B wants to read, too. What happens?",
        (
            ("it waits until A is done", "Only writers need to be alone."),
            ("it gets the lock at once", "Readers share; the lock counts two holds."),
        ),
        _second_reader,
        "M10",
        "5",
    ),
    "00a-M11": Item(
        "A and B both read. In this course, what is “the count” of task A?",
        (
            ("one: what A itself took", "So 0 never means that nobody holds it."),
            ("two: all that the lock has", "The lock has two holds; A took one of them."),
        ),
        lambda: {1: "one: what A itself took", 2: "two: all that the lock has"}[_two().count("A")],
        "M11",
        "5",
    ),
}
