"""The kernel's conditions and calls that many handlers share, each with its sentence.

Here: what RETRY?, no_context or find_vma mean wherever they stand, so that a model only says what
is special to it; and, in `__all__`, the whole vocabulary (that of `statements` too), so that a
model file begins with one import. Not here: any handler's own order (its own file has that).
"""

from __future__ import annotations

from faultviz.ir.bits import DEFAULT_FLAGS, ERROR_BITS, Flag, Result
from faultviz.ir.build import program
from faultviz.ir.conditions import (
    Condition,
    add,
    all_of,
    any_of,
    bits,
    equals,
    exactly,
    flag,
    free,
    local,
    not_,
    remove,
)
from faultviz.ir.graph import AGAIN, FAILED, FIXUP, HANDLED, KILLED, SIGNAL, UNDONE, Cite, Effect
from faultviz.ir.statements import (
    Branch,
    Statement,
    acquire,
    bug,
    call,
    case,
    choose,
    count,
    do,
    falls_off_end,
    fault,
    from_on,
    function,
    give,
    goto,
    label,
    leave,
    let,
    merge,
    only,
    put,
    release,
    repeat,
    signal,
    since,
    take,
    try_acquire,
    when,
)

DEFAULT = int(DEFAULT_FLAGS)
"""FAULT_FLAG_DEFAULT, the first value of `flags` in nearly every handler."""

V3, V4, MERGED, FIXED = "v3", "v4", "merged", "fixed"

# --- context words ---------------------------------------------------------------------------

MEANING: dict[str, str] = {
    "kernel": "the fault came from kernel mode (else user mode)",
    "write": "the access is a store",
    "signal": "an ordinary signal is pending from the start",
    "fatal": "SIGKILL is pending from the start",
    "gmap": "s390: the fault came from a KVM guest",
    "nowait": "whoever asked does not want to wait (s390 guest with pfault; FOLL_NOWAIT)",
    "locked": "the caller passes the pointer `locked` (else NULL)",
    "unlocked": "the caller passes the pointer `unlocked` (else NULL)",
    "contended": "the first try for mmap_lock fails",
    "no-extable": "the kernel instruction has no entry in the exception table",
    "no-vma": "no VMA covers the address",
    "no-access": "the VMA does not permit this access",
    "no-mm": "no address space, or faults are switched off",
}
"""What each word means; all are off unless named. Models with words of their own add to this."""


def word(name: str, meaning: str, text: str = "", why: str = "") -> Condition:
    """A handler's own context word, entered into the list that `show` prints."""
    if MEANING.setdefault(name, meaning) != meaning:
        raise ValueError(f"the word {name!r} has two meanings")
    return free(name, text, why)


KERNEL = free("kernel", "kernel mode?", "A signal helps a program; the kernel needs a fix-up.")
USER = not_(KERNEL, "user mode?", "A program can be told by a signal; the kernel cannot.")
WRITE = free("write", "a store?", "What is asked of the page depends on the access.")
FATAL = free("fatal", "SIGKILL pending?", "A task about to die need not wait for its page.")
ANY_SIGNAL = free("signal", "signal pending?", "An ordinary signal may end a wait in user mode.")
NO_VMA = free("no-vma", "no VMA here?", "An address that no VMA covers belongs to nobody.")
NO_ACCESS = free(
    "no-access", "access not permitted?", "The VMA says what may be done with its pages."
)
NO_MM = free(
    "no-mm", "no mm, or faults off?", "Without an address space there is no lock to take."
)
NOWAIT = free("nowait", "nowait?", "Who does not want to wait must not lose the lock either.")
NO_EXTABLE = free(
    "no-extable",
    "no exception-table entry?",
    "Kernel code may fault on user memory only where a fix-up is written down for it.",
)

NO_FIX_UP = all_of(
    KERNEL, NO_EXTABLE, text="kernel mode, and no exception-table entry?",
    why="Code that must not fault may hold mmap_lock already: to wait would hang.",
)
KILLED_IN_KERNEL = all_of(
    FATAL, KERNEL, text="SIGKILL pending, and kernel mode?",
    why="A task about to die needs no further signal, whatever the error was.",
)

# --- what came back --------------------------------------------------------------------------

RETRY = bits(
    Result.RETRY, "RETRY?", "RETRY: not handled yet, and mmap_lock is gone. Do it all again."
)
COMPLETED = bits(
    Result.COMPLETED,
    "COMPLETED?",
    "COMPLETED: handled, and mmap_lock is gone. It must not be given up a second time.",
)
ERROR = bits(ERROR_BITS, "ERROR?", "An error bit: not handled, and mmap_lock is still held.")
OOM = bits(Result.OOM, "OOM?", "No memory: the task may be sacrificed, or told.")
SIGBUS = bits(Result.SIGBUS, "SIGBUS?", "Nothing backs the address.")
SIGSEGV = bits(Result.SIGSEGV, "SIGSEGV?", "The access is not permitted after all.")
HWPOISON = bits(
    Result.HWPOISON | Result.HWPOISON_LARGE, "HWPOISON?", "The memory behind the page is broken."
)
MAJOR = bits(Result.MAJOR, "MAJOR?", "The page had to be read from storage.")

SIGNAL_PENDING = all_of(
    RETRY,
    any_of(FATAL, all_of(USER, ANY_SIGNAL)),
    text="RETRY and a signal pending?",
    why="fault_signal_pending: only an unfinished fault is given up for a signal; in kernel mode "
    "only for SIGKILL. RETRY says that mmap_lock is gone already.",
)

# --- steps that stand in many handlers -------------------------------------------------------

LOOK_UP = call(
    "find_vma",
    text="find the VMA",
    needs_lock=True,
    why="The VMA that covers the address says what the access may do; it may change without "
    "mmap_lock.",
)
MARK_USER = let(
    flags=add(Flag.USER), if_=USER, text="USER, if from user mode",
    why="The generic code charges and waits differently for a program than for the kernel.",
)
MARK_WRITE = let(
    flags=add(Flag.WRITE), if_=WRITE, text="WRITE, if a store",
    why="A store needs a writable page; only a store can end in COMPLETED.",
)
MARK_TRIED = let(
    flags=add(Flag.TRIED), text="mark TRIED",
    why="The next call is not the first: it must finish, and it is counted as major.",
)
FIX_UP = call(
    "fixup_exception",
    text="fix up, or oops",
    effect=FIXUP,
    why="The exception table says where kernel code goes on after a failed access.",
)
OUT_OF_MEMORY = call(
    "pagefault_out_of_memory",
    effect=SIGNAL,
    why="The OOM killer may make room; then the program runs into the same fault again.",
)

BAD_PAGE_FAULT = call(
    "bad_page_fault", text="bad_page_fault: fix up, or die", effect=FIXUP, why=FIX_UP.why
)
SIGBUS_IN_BOTH_MODES = signal(
    "SIGBUS", why="Nothing backs the address. The signal is sent in both modes."
)

RELEASE_BAD_AREA = release(
    why="The address is bad and the lock still held, so this exit gives it up."
)
RELEASE_ON_ERROR = release(why="An error keeps the lock held, so the error exit gives it up.")
RELEASE_ONCE = release(why="Handled or failed, the lock is still held: one unlock serves both.")
LEAVE_HANDLED = leave(why="Handled: the same instruction runs again and now succeeds.")
LEAVE_COMPLETED = leave(why="Handled, and the lock is gone: nothing is left to do.")
LEAVE_SIGNAL = leave(why="The signal is delivered on the way back to user mode.")
LEAVE_EITHER_MODE = leave(
    why="A program gets its signal on the way back; the mode is not asked, so kernel code goes "
    "back to the instruction that faulted."
)
LEAVE_DEALT = leave(why="The program has been told, or the kernel code goes on at its fix-up.")
LEAVE_FIXED = leave(why="The kernel code goes on at its fix-up.")
LEAVE_TOLD = leave(why="The program has been told.")
LEAVE_OOM = leave(why="Room was made, or the task is dying.")


def by_mode(*, kernel: Effect, user: Effect) -> Effect:
    """An effect that depends on where the fault came from."""
    return Effect(kernel.kernel, user.user)


def completed(*body: Statement, cite: Cite | None = None, why: str = "") -> Branch:
    """The test that the patch adds, with what it does."""
    return when(COMPLETED, *body, role="completed-check", cite=cite, why=why)


def errors(*cases: tuple[Condition, Statement], otherwise: Statement) -> list[Statement]:
    """The ladder of error bits: each condition with where it goes, then the rest."""
    ladder: list[Statement] = [when(condition, then) for condition, then in cases]
    return [*ladder, otherwise]



__all__ = [
    "acquire", "add", "AGAIN", "all_of", "any_of", "ANY_SIGNAL", "BAD_PAGE_FAULT", "bits", "bug",
    "by_mode", "call", "case", "choose", "Cite", "COMPLETED", "completed", "count", "DEFAULT", "do",
    "Effect", "equals", "ERROR", "errors", "exactly", "FAILED", "falls_off_end", "FATAL", "fault",
    "FIX_UP", "FIXED", "FIXUP", "Flag", "flag", "free", "from_on", "function", "give", "goto",
    "HANDLED", "HWPOISON", "KERNEL", "KILLED", "KILLED_IN_KERNEL", "label", "leave",
    "LEAVE_COMPLETED", "LEAVE_DEALT", "LEAVE_EITHER_MODE", "LEAVE_FIXED", "LEAVE_HANDLED",
    "LEAVE_OOM", "LEAVE_SIGNAL", "LEAVE_TOLD", "let", "local", "LOOK_UP", "MAJOR", "MARK_TRIED",
    "MARK_USER", "MARK_WRITE", "MEANING", "merge", "MERGED", "NO_ACCESS", "NO_EXTABLE", "NO_FIX_UP",
    "NO_MM", "NO_VMA", "not_", "NOWAIT", "only", "OOM", "OUT_OF_MEMORY", "program", "put",
    "release", "RELEASE_BAD_AREA", "RELEASE_ON_ERROR", "RELEASE_ONCE", "remove", "repeat", "Result",
    "RETRY", "SIGBUS", "SIGBUS_IN_BOTH_MODES", "SIGNAL", "signal", "SIGNAL_PENDING", "SIGSEGV",
    "since", "Statement", "take", "try_acquire", "UNDONE", "USER", "V3", "V4", "when", "word",
    "WRITE",
]  # fmt: skip
