"""The questions of the lessons: each with a reason for every answer, and a key that is computed.

Here: plain data; where a trace can say what is right, it does. Not here: how they are asked
(`player.ask`), or the questions of a trace (`gate`).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from faultviz.bits import ERROR_BITS, Result
from faultviz.compare import compare, own_steps
from faultviz.drop import without
from faultviz.errors import BadInput, nearest
from faultviz.lab.recorded import recorded
from faultviz.models import load
from faultviz.models.mm import memory
from faultviz.run import run
from faultviz.toy import Machine, RwLock


class Item(NamedTuple):
    """A question. `answers` are text and reason; `key` gives the text of the right one.

    `about` is the misconception that it provokes (M1 to M16 of the course's list), or nothing;
    `where` names the part of the lesson that explains it.
    """

    ask: str
    answers: tuple[tuple[str, str], ...]
    key: Callable[[], str]
    about: str = ""
    where: str = ""


def item(name: str) -> Item:
    """A question by its name, such as `00-M3`. Raises BadInput for a name that there is not."""
    if name not in ITEMS:
        close = nearest(name, ITEMS)
        raise BadInput(f"There is no question {name!r}.{close} All: {', '.join(ITEMS)}.")
    return ITEMS[name]


def right(one: Item) -> int:
    """The number of the right answer, from 1.

    >>> right(item("00-M4"))
    2
    """
    texts = [text for text, _ in one.answers]
    return texts.index(one.key()) + 1


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


def _saved() -> str:
    """The part of the executed instructions that the patch saves, on one kernel, as recorded."""
    rows = {row.kernel: row.seconds or 0 for row in recorded("bytepatch_debian.csv")}
    saved = 1 - rows["6.1.176"] / rows["6.1.176 with RETRY put back"]
    return "half" if saved > 0.4 else "about an eighth" if 0.1 < saved < 0.16 else "nothing"


def _lock_events() -> tuple[tuple[str, int], ...]:
    """The functions in which the lock count of the merged mips handler falls, and how deep."""
    steps = run("mips").steps
    return tuple((b.function, b.depth) for a, b in pairwise(steps) if b.mmap_lock < a.mmap_lock)


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


def _after_mine() -> RwLock:
    """Two readers, of whom A has given its hold up."""
    lock = _two()
    lock.unlock("A")
    return lock


def _who(text: str) -> str:
    """The function in which the merged mips fault comes to this node."""
    return next(step.function for step in run("mips").steps if step.text == text)


def _held_at(text: str) -> int:
    return next(step.mmap_lock for step in run("mips").steps if step.text == text)


def _slower() -> str:
    """Which write takes longer, as recorded; the lane of the faster one is the longer one."""
    taken = {
        row.mode: row.seconds or 0
        for row in recorded("debian_plain.csv")
        if row.kernel == "6.1.176"
    }
    cells = {event: len(own_steps(run("mips", context=event))) for event in ("fresh", "dirty")}
    more = taken["shared"] / taken["already_dirty"]
    if cells == {"fresh": 13, "dirty": 16} and more > 2:
        return "the one on the fresh page"
    return "about the same" if more > 0.5 else "the one on the dirty page: more cells"


def _taken(revision: str) -> int:
    held = [step.mmap_lock for step in run("mips", revision).steps]
    return sum(b > a for a, b in pairwise(held))


def _answer(event: str) -> str:
    return run("mips", "merged", context=event).used[0]


def _broken() -> str:
    cut = without(load("mips", "merged"), "completed-check")
    return run(cut, outcomes="COMPLETED").violations[0].invariant if cut else ""


ITEMS: dict[str, Item] = {
    # --- 00a: the self-check, and what the lesson provokes ---------------------------------------
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
    # --- 00 --------------------------------------------------------------------------------------
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
    # --- 01 --------------------------------------------------------------------------------------
    "01-M8": Item(
        "The handler takes mmap_lock. Who gives it up in this fault?",
        (
            ("the handler, because it took it", "Look where the count falls: below it."),
            (
                "maybe_unlock_mmap_for_io, six calls below",
                "And it answers so that the handler knows.",
            ),
            ("the program's next store", "A store knows no locks."),
        ),
        lambda: (
            "maybe_unlock_mmap_for_io, six calls below"
            if _lock_events() == (("maybe_unlock_mmap_for_io", 6),)
            else "the handler, because it took it"
        ),
        "M8",
    ),
    "01-why": Item(
        "Why is mmap_lock given up before the writer is throttled?",
        (
            (
                "throttling may sleep, and others want the lock",
                "A sleeper with a lock stops everyone.",
            ),
            ("the throttle needs the lock itself", "It runs after the lock is given up."),
            (
                "the file might go away",
                "The lock protects nothing any more: a reference holds the file (fpin).",
            ),
        ),
        lambda: (
            "throttling may sleep, and others want the lock"
            if _held_at("throttle the writer") == 0
            else "the throttle needs the lock itself"
        ),
    ),
    "01-M13": Item(
        "Merged, a write to shared memory: on a fresh page the lane has 13 cells, on a page that "
        "is dirty already 16. Which write takes longer?",
        (
            ("the one on the dirty page: more cells", "A cell is a step, not a time."),
            (
                "the one on the fresh page",
                "Its page must be made and cleared, within two cells: handle_mm_fault.",
            ),
            ("about the same", "Inside handle_mm_fault they differ: one has to clear a page."),
        ),
        _slower,
        "M13",
    ),
    "01-M4": Item(
        "handle_mm_fault returned RETRY. Which is true?",
        (
            ("the fault has failed", "No error bit is set: it is not finished, that is all."),
            ("it could not get the lock", "It had the lock, and gave it up."),
            ("not finished, and the lock was given up", "So take it and call again."),
        ),
        lambda: (
            "not finished, and the lock was given up"
            if not Result.RETRY & ERROR_BITS
            else "the fault has failed"
        ),
        "M4",
    ),
    # --- 02 --------------------------------------------------------------------------------------
    "02-first": Item(
        "mips, before and merged, the same write on one clock: at which step do they first differ?",
        (
            ("step 4, where the lock is taken", "Both take it alike."),
            (
                "step 12, right after the first test",
                "One side knows COMPLETED there, the other asks on.",
            ),
            (
                "step 9, where handle_mm_fault is called",
                "The calls are alike; the answers are not.",
            ),
        ),
        lambda: {4: "step 4, where the lock is taken", 12: "step 12, right after the first test"}[
            compare("mips").first or 0
        ],
    ),
    "02-M5": Item(
        "After the patch: can a fault still answer RETRY?",
        (
            (
                "yes, where it is not finished",
                "A page that is locked or must be read: RETRY stays.",
            ),
            ("no, COMPLETED took its place", "Only where the fault was finished in truth."),
        ),
        lambda: (
            "yes, where it is not finished"
            if run("mips", "merged", "RETRY,OK").used[0] == "RETRY"
            else "no, COMPLETED took its place"
        ),
        "M5",
    ),
    "02-M6": Item(
        "Which of these writes ends in COMPLETED after the patch?",
        (
            (
                "every write to shared memory",
                "Only where a page becomes dirty and the lock was dropped.",
            ),
            (
                "the first write to a shared page",
                "It makes the page dirty, so the writer is throttled.",
            ),
            ("a write to a private page", "A private copy is nobody's to write back: OK."),
        ),
        lambda: (
            "the first write to a shared page"
            if (_answer("fresh"), _answer("dirty"), _answer("private")) == ("COMPLETED", "OK", "OK")
            else "every write to shared memory"
        ),
        "M6",
    ),
    "02-M12": Item(
        "Half the calls of handle_mm_fault. How much less work is it for the whole first write?",
        (
            ("about an eighth", "The second walk is saved, and it was the smaller one."),
            ("half", "The second call finds the page there; the clearing is done once either way."),
            ("nothing", "A walk and a round trip of the lock are saved."),
        ),
        _saved,
        "M12",
    ),
    "02-M16": Item(
        "Your kernel is 6.12 and counts 1.000 fault per page. Does that prove COMPLETED?",
        (
            ("yes, one fault means one call", "From 6.4 on a retry is not counted at all."),
            ("no, from 6.4 on a retry is not counted", "With RETRY put back it reads 1.000, too."),
        ),
        lambda: (
            "no, from 6.4 on a retry is not counted"
            if run("mips", "before", accounting="6.4").counters["pgfault"] == 1
            else "yes, one fault means one call"
        ),
        "M16",
    ),
    "02-broken": Item(
        "A handler of the merged kernel has no test of COMPLETED. What breaks?",
        (
            ("it gives the lock up a second time", "Another reader's hold is used up."),
            ("nothing, it is only slower", "It unlocks once more, and has no hold."),
            ("it never gives the lock up", "Once too often, not once too few."),
        ),
        lambda: (
            "it gives the lock up a second time"
            if _broken() == "lock-underflow"
            else "nothing, it is only slower"
        ),
        "M8",
    ),
}
"""All of them, by name: the lesson, then what it is about."""

CHECKS: dict[str, tuple[str, ...]] = {"00a-check": tuple(f"00a-{n}" for n in range(1, 7))}
"""Sets that are asked together."""
