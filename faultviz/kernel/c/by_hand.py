"""What is said by hand about the kernel's functions, each with its reason; all else is inferred.

Here: one short table. Not here: how it is used (`inline`, `lowering`).
"""

from __future__ import annotations

from typing import NamedTuple

# --- macros that are read through ------------------------------------------------------------

TRANSPARENT = frozenset(("likely", "unlikely", "READ_ONCE", "__builtin_expect", "ACCESS_ONCE"))
"""The value is the first argument's."""

WARNS = frozenset(("WARN_ON", "WARN_ON_ONCE", "WARN", "WARN_ONCE", "VM_WARN_ON", "VM_WARN_ON_ONCE"))
"""They tell, and go on with the value of their condition."""

STOPS_IF = frozenset(("BUG_ON", "VM_BUG_ON", "VM_BUG_ON_PAGE", "VM_BUG_ON_VMA", "VM_BUG_ON_MM"))
"""The kernel stops where the condition is true."""

NEVER_RETURN = frozenset(
    ("BUG", "panic", "die", "do_exit", "make_task_dead", "unreachable", "parisc_terminate",
     "UML_LONGJMP", "die_kernel_fault", "page_fault_oops", "nmi_panic", "__builtin_unreachable",
     "unhandled_fault")
)  # fmt: skip
"""Ends of a path, beside what a file itself declares as __noreturn. (unhandled_fault is
sparc64's, which calls it for kernel mode alone: there die_if_kernel does not return.)"""


# --- the lock --------------------------------------------------------------------------------


class Primitive(NamedTuple):
    """What a lock operation does to this task's count, and what it returns when it fails."""

    by: int
    fails: int | None = None
    succeeds: int = 0


PRIMITIVES: dict[str, Primitive] = {
    "mmap_read_lock": Primitive(1),
    "mmap_write_lock": Primitive(1),
    "mmap_read_lock_killable": Primitive(1, fails=-4),
    "mmap_write_lock_killable": Primitive(1, fails=-4),
    "mmap_read_trylock": Primitive(1, fails=0, succeeds=1),
    "mmap_write_trylock": Primitive(1, fails=0, succeeds=1),
    "mmap_read_unlock": Primitive(-1),
    "mmap_write_unlock": Primitive(-1),
    "mmap_read_unlock_non_owner": Primitive(-1),
}
"""include/linux/mmap_lock.h. Reading and writing are one count: a change between them (downgrade,
upgrade) keeps it."""

FAULT = "handle_mm_fault"

NEED_LOCK: dict[str, str] = {
    "find_vma": "walks the tree of VMAs",
    "find_vma_prev": "walks the tree of VMAs",
    "find_extend_vma": "walks the tree of VMAs",
    "find_vma_intersection": "walks the tree of VMAs",
    "vma_lookup": "walks the tree of VMAs",
    "gup_vma_lookup": "walks the tree of VMAs",
    "follow_page_mask": "reads page tables below a VMA",
    "expand_stack_locked": "changes a VMA",
    "__gmap_link": "s390: links a guest page; the reviewer's finding",
    "__gmap_translate": "s390: reads the guest's address map",
}
"""Callees that are safe only under mmap_lock, and why."""

NEED_LOCK_IN: dict[str, dict[str, str]] = {
    "arch/um/kernel/trap.c": {
        "pte_offset_kernel": "reads page tables below the VMA",
        "flush_tlb_page": "looks at the VMA",
    }
}
"""The same, for names that elsewhere stand for other things."""


def need_lock(file: str) -> frozenset[str]:
    """The callees that need the lock, in one file."""
    return frozenset((*NEED_LOCK, *NEED_LOCK_IN.get(file, {})))


NEVER_GOT: dict[str, str] = {
    "lock_vma_under_rcu": "the per-VMA lock of 6.4 and later; what runs under it is not judged"
}
"""Calls that are answered NULL, and what that leaves out."""

LEFT_OUT: dict[str, str] = {
    "print_vma_addr": "takes the lock only if it is free and gives it up itself, to print a name"
}
"""Functions that touch the lock, but not so that a caller could tell."""

# --- kernel mode and its fix-up --------------------------------------------------------------

FIX_UPS: dict[str, str] = {
    "fixup_exception": "looks the instruction up and goes to its fix-up",
    "search_exception_tables": "looks the instruction up; the caller goes there",
    "search_extables_range": "sparc32's own look-up",
    "ia64_done_with_exception": "ia64's own look-up",
}
"""Where kernel code that faulted is sent to its fix-up."""

FIXED_IF: dict[str, str] = {
    "is_spurious_el1_translation_fault": "arm64: the entry is there by now",
    "is_el1_mte_sync_tag_check_fault": "arm64: tags are then no longer checked",
    "kfence_handle_page_fault": "kfence: its guard page is opened, so the access will succeed",
    "efi_runtime_fixup_exception": "the firmware's call is given up and its caller goes on",
    "spurious_fault": "the entry is there by now, so the access will succeed",
    "mapped_kernel_page_is_present": "ia64: the entry is there by now, so the access will succeed",
    "(asi & 0xf2) == 0x82": "sparc64: a load that must not fault is told to go on with 0",
    "isr & IA64_ISR_SP": "ia64: a speculative load is told to go on without its value",
    "(isr & IA64_ISR_CODE_MASK) == IA64_ISR_CODE_LFETCH": "ia64: a prefetch is told to go on",
}
"""Conditions (a text, or a call's name) after which kernel code does not fault again."""

SAME_WORD: dict[str, str] = {
    "user_mode(regs)": "!kernel",
    "fault_from_user_mode(regs)": "!kernel",
    "is_user": "!kernel",
    "user_mode": "!kernel",
    "regs->tstate & TSTATE_PRIV": "kernel",
    "regs->psr & PSR_PS": "kernel",
    "fatal_signal_pending(current)": "fatal",
    "signal_pending(current)": "signal",
    "locked": "locked",
    "unlocked": "unlocked",
}
"""Conditions with a name of their own in the models."""

HELPERS: tuple[str, ...] = (
    "include/linux/sched/signal.h", "include/linux/mmap_lock.h", "mm/memory.c", "mm/mmap.c",
)  # fmt: skip
"""Files whose functions any handler may call; each is read for what it does."""

CONSTANTS: tuple[str, ...] = (
    "include/uapi/asm-generic/errno-base.h", "include/uapi/asm-generic/errno.h",
    "include/uapi/asm-generic/signal.h", "include/linux/mm_types.h", "include/linux/mm.h",
)  # fmt: skip
"""Where flags, results and errno come from."""
