"""What handle_mm_fault may answer, and when: the outcomes, their bits, their legality.

Here: the seven outcomes and the one place that says which can happen under which flags, what an
outcome does to mmap_lock and to the counters. Not here: how the generic code arrives at an
outcome (`models.mm.memory`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.ir.bits import Flag, Result

KINDS: tuple[str, ...] = ("OK", "RETRY", "COMPLETED", "OOM", "SIGBUS", "SIGSEGV", "HWPOISON")
ERRORS: tuple[str, ...] = ("OOM", "SIGBUS", "SIGSEGV", "HWPOISON")

# Plain numbers: an IntFlag's & costs more than all the rest of a move of the search.
_ALLOW_RETRY, _NOWAIT = int(Flag.ALLOW_RETRY), int(Flag.RETRY_NOWAIT)
_WRITE, _TRIED = int(Flag.WRITE), int(Flag.TRIED)
_RETRY, _COMPLETED, _MAJOR = int(Result.RETRY), int(Result.COMPLETED), int(Result.MAJOR)
_BITS = {
    "OK": 0,
    "RETRY": _RETRY,
    # do_shared_fault brings COMPLETED together with LOCKED: tests must mask, never compare.
    "COMPLETED": int(Result.COMPLETED | Result.LOCKED),
    "OOM": int(Result.OOM),
    "SIGBUS": int(Result.SIGBUS),
    "SIGSEGV": int(Result.SIGSEGV),
    "HWPOISON": int(Result.HWPOISON),
}
_TELLS = tuple((kind, bits & ~int(Result.LOCKED)) for kind, bits in _BITS.items() if bits)


class Outcome(NamedTuple):
    """One answer of handle_mm_fault.

    >>> Outcome.parse("COMPLETED+MAJOR").bits == 0x4204
    True
    """

    kind: str
    major: bool = False

    @classmethod
    def parse(cls, text: str) -> Outcome:
        """Read "RETRY" or "OK+MAJOR"; raises BadInput with the nearest names."""
        kind, plus, extra = text.strip().upper().partition("+")
        if kind not in KINDS:
            raise BadInput(f"There is no outcome {text!r}.{nearest(kind, KINDS)}")
        if plus and extra != "MAJOR":
            raise BadInput(f"In {text!r} only +MAJOR may follow the outcome.")
        return cls(kind, bool(plus))

    @property
    def bits(self) -> int:
        """The result value that the handler sees."""
        return _BITS[self.kind] | (_MAJOR if self.major else 0)

    def __str__(self) -> str:
        return self.kind + ("+MAJOR" if self.major else "")


def kind_of(result: int) -> str:
    """The outcome that a result value stands for.

    >>> kind_of(0x4008), kind_of(0x200)
    ('COMPLETED', 'OK')
    """
    for kind, bits in _TELLS:
        if bits & result:
            return kind
    return "OK"


def refusal(kind: str, flags: int, *, completed: bool) -> str | None:
    """Why this outcome cannot be the answer to a call with these flags; None when it can.

    `completed` says whether the revision has VM_FAULT_COMPLETED at all. Rules as read in
    mm/internal.h (maybe_unlock_mmap_for_io) and mm/memory.c of 6.1.

    >>> refusal("COMPLETED", Flag.WRITE, completed=True)
    'handle_mm_fault was called without ALLOW_RETRY, so it must not give up mmap_lock'
    """
    if kind not in ("RETRY", "COMPLETED"):
        return None
    if kind == "COMPLETED" and not completed:
        return "this revision has no COMPLETED: there the same event arrives as RETRY"
    if not flags & _ALLOW_RETRY:
        return "handle_mm_fault was called without ALLOW_RETRY, so it must not give up mmap_lock"
    if kind == "RETRY":
        return None
    if not flags & _WRITE:
        return "only a write that dirties a shared page ends in COMPLETED, and WRITE is not set"
    if flags & _TRIED:
        return "after a RETRY the call carries TRIED, and then the lock is kept"
    if flags & _NOWAIT:
        return "RETRY_NOWAIT forbids giving up mmap_lock"
    return None


def legal(flags: int, *, completed: bool, major: bool) -> Iterator[Outcome]:
    """All outcomes possible under these flags; with `major`, each also with the MAJOR bit."""
    for kind in KINDS:
        if refusal(kind, flags, completed=completed) is None:
            yield Outcome(kind)
            if major:
                yield Outcome(kind, major=True)


def keeps_lock(result: int, flags: int) -> bool:
    """Whether mmap_lock is still held when handle_mm_fault returns this result."""
    if result & _COMPLETED:
        return False
    return not result & _RETRY or bool(flags & _NOWAIT)


def counted(result: int, flags: int, accounting: str) -> tuple[str, ...]:
    """Which counters one call of handle_mm_fault raises.

    Up to 6.3 ("6.0") pgfault counts every call; from 6.4 it is counted after RETRY was sorted
    out. A fault with TRIED counts as major, I/O or not (mm_account_fault).

    >>> counted(0, Flag.TRIED, "6.0")
    ('pgfault', 'major')
    """
    retry = bool(result & _RETRY)
    pgfault = () if retry and accounting == "6.4" else ("pgfault",)
    if retry or kind_of(result) in ERRORS:
        return pgfault
    return (*pgfault, "major" if result & _MAJOR or flags & _TRIED else "minor")
