"""VM_FAULT_* and FAULT_FLAG_*: each bit's value, its meaning, and the kernels that have it.

Values and meanings as in include/linux/mm_types.h of 5.10, 6.1 and 6.12 (read). Names here drop
the kernel's prefix: `Result.RETRY` is VM_FAULT_RETRY, `Flag.TRIED` is FAULT_FLAG_TRIED.
Not here: which outcome is legal when (`outcomes`).
"""

from __future__ import annotations

from enum import IntFlag


class Result(IntFlag):
    """The bits that handle_mm_fault returns (vm_fault_t)."""

    OOM = 0x000001
    SIGBUS = 0x000002
    MAJOR = 0x000004
    WRITE = 0x000008
    HWPOISON = 0x000010
    HWPOISON_LARGE = 0x000020
    SIGSEGV = 0x000040
    NOPAGE = 0x000100
    LOCKED = 0x000200
    RETRY = 0x000400
    FALLBACK = 0x000800
    DONE_COW = 0x001000
    NEEDDSYNC = 0x002000
    COMPLETED = 0x004000
    HINDEX_MASK = 0x0F0000


class Flag(IntFlag):
    """The bits that a caller passes to handle_mm_fault (enum fault_flag)."""

    WRITE = 0x0001
    MKWRITE = 0x0002
    ALLOW_RETRY = 0x0004
    RETRY_NOWAIT = 0x0008
    KILLABLE = 0x0010
    TRIED = 0x0020
    USER = 0x0040
    REMOTE = 0x0080
    INSTRUCTION = 0x0100
    INTERRUPTIBLE = 0x0200
    UNSHARE = 0x0400
    ORIG_PTE_VALID = 0x0800
    VMA_LOCK = 0x1000


RESULT_MEANING: dict[Result, tuple[str, str]] = {
    Result.OOM: ("an allocation failed", "all"),
    Result.SIGBUS: ("nothing backs the address, such as beyond the end of a file", "all"),
    Result.MAJOR: ("the page had to be read from storage", "all"),
    Result.WRITE: ("a write was resolved by reusing or copying the page", "up to 6.1"),
    Result.HWPOISON: ("a poisoned small page", "all"),
    Result.HWPOISON_LARGE: ("a poisoned huge page", "all"),
    Result.SIGSEGV: ("the access is not permitted", "all"),
    Result.NOPAGE: ("the PTE is in place already, or a race was lost", "all"),
    Result.LOCKED: ("the page comes back locked", "all"),
    Result.RETRY: ("not finished; lock given up unless RETRY_NOWAIT", "all"),
    Result.FALLBACK: ("a huge attempt failed, go to small pages", "all"),
    Result.DONE_COW: ("the callee made the copy itself", "all"),
    Result.NEEDDSYNC: ("DAX: sync before the mapping may be installed", "all"),
    Result.COMPLETED: ("finished, and the lock is given up", "6.0 and later"),
    Result.HINDEX_MASK: ("which huge-page size was poisoned", "all"),
}
"""Each result bit's meaning and the kernels (of 5.10, 6.1, 6.12) that have it."""

FLAG_MEANING: dict[Flag, tuple[str, str]] = {
    Flag.WRITE: ("the access is a store", "all"),
    Flag.MKWRITE: ("set around the file system's page_mkwrite", "all"),
    Flag.ALLOW_RETRY: ("the callee may give up the lock and answer RETRY or COMPLETED", "all"),
    Flag.RETRY_NOWAIT: ("neither wait nor give up the lock; RETRY comes back locked", "all"),
    Flag.KILLABLE: ("a wait may be ended by SIGKILL", "all"),
    Flag.TRIED: ("not the first round", "all"),
    Flag.USER: ("the fault came from user mode", "all"),
    Flag.REMOTE: ("on behalf of another address space", "all"),
    Flag.INSTRUCTION: ("an instruction fetch", "all"),
    Flag.INTERRUPTIBLE: ("a wait may be ended by an ordinary signal", "all"),
    Flag.UNSHARE: ("break sharing of a read-only anonymous page", "6.1 and later"),
    Flag.ORIG_PTE_VALID: ("the remembered PTE may be used", "6.1 and later"),
    Flag.VMA_LOCK: ("the fault runs under the VMA's own lock", "6.4 and later"),
}
"""Each flag's meaning and the kernels that have it."""


def names(value: int, kind: type[Result | Flag]) -> str:
    """The bits of a value by name, highest first, joined by |.

    >>> names(0x4200, Result)
    'COMPLETED|LOCKED'
    >>> names(0, Flag)
    'no bit'
    """
    found = [bit.name or "" for bit in reversed(kind) if value & bit]
    return "|".join(found) or "no bit"


EPERM, EINTR, EAGAIN, ENOMEM, EACCES, EFAULT, EBUSY, EINVAL, EHWPOISON = (
    1,
    4,
    11,
    12,
    13,
    14,
    16,
    22,
    133,
)
"""Linux's own numbers: the machine that draws the model may be another system."""

_ERRNO = {
    EINTR: "EINTR", EAGAIN: "EAGAIN", ENOMEM: "ENOMEM", EACCES: "EACCES", EFAULT: "EFAULT",
    EBUSY: "EBUSY", EINVAL: "EINVAL", EHWPOISON: "EHWPOISON",
}  # fmt: skip


def errno_text(value: int) -> str:
    """A return value as C would write it.

    >>> errno_text(-14), errno_text(0)
    ('-EFAULT', '0')
    """
    return f"-{_ERRNO[-value]}" if -value in _ERRNO else str(value)


DEFAULT_FLAGS = Flag.ALLOW_RETRY | Flag.KILLABLE | Flag.INTERRUPTIBLE
"""FAULT_FLAG_DEFAULT, with which nearly every handler starts: 0x214."""

ERROR_BITS = (
    Result.OOM
    | Result.SIGBUS
    | Result.SIGSEGV
    | Result.HWPOISON
    | Result.HWPOISON_LARGE
    | Result.FALLBACK
)
"""VM_FAULT_ERROR: the bits that mean "not handled, lock still held": 0x873."""
