"""The defects for `other_tools`, as edits of real files: with each, and without it.

Here: which, and the locks as sparse and clang could be told of them. No kernel line is stored: an
edit says what it looks for. Not here: what tools say of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from faultviz.kernel.judge.mutants import drop_check, mutants


class Defect(NamedTuple):
    """A defect of one file: the text with it, and the text without."""

    name: str
    handler: str
    file: str
    faulty: Callable[[str], str]
    sound: Callable[[str], str]


def _as_shipped(text):
    return text


def _once(pattern, new):
    def edit(text):
        changed, count = re.subn(pattern, new, text, count=0, flags=re.DOTALL)
        if count != 1:
            raise SystemExit(f"An edit looks for {pattern} and finds it {count} times.")
        return changed

    return edit


def _named(handler, name):
    return next(one.edit for one in mutants() if (one.handler, one.name) == (handler, name))


def _plain_return(text):
    """As first posted: no label behind the unlock either, which compilers would call unused."""
    return _once(r"\block_released:", "")(_named("sparc64", "plain return")(text))


SIGNAL = r"(if \(fault_signal_pending\(fault, regs\)\))\s*goto exit_exception;"
"""Where sparc64 leaves on a signal, in kernel mode too."""

DEFECTS = (
    Defect("s390-v3-link", "s390", "arch/s390/mm/fault.c", _named("s390", "as posted in v3"),
           _as_shipped),
    Defect("sh-double-unlock", "sh", "arch/sh/mm/fault.c", _as_shipped,
           _once(r"if \(!\(fault & VM_FAULT_RETRY\)\)(\s*mmap_read_unlock\(current->mm\);)",
                 r"if (!(fault & (VM_FAULT_RETRY | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)))\1")),
    Defect("x86-check-removed", "x86", "arch/x86/mm/fault.c", drop_check, _as_shipped),
    Defect("kernel-livelock", "sparc64", "arch/sparc/mm/fault_64.c", _as_shipped,
           _once(SIGNAL, r"\1 { if (regs->tstate & TSTATE_PRIV) goto intr_or_no_mm; "
                         "goto exit_exception; }")),
    Defect("nios2-lost-flags", "nios2", "arch/nios2/mm/fault.c", _as_shipped,
           _once(r"flags = (FAULT_FLAG_WRITE;)", r"flags |= \1")),
    Defect("sparc64-no-exit", "sparc64", "arch/sparc/mm/fault_64.c",
           _plain_return, _as_shipped),
    Defect("loongarch-forgotten", "loongarch", "arch/loongarch/mm/fault.c", drop_check,
           _as_shipped),
)  # fmt: skip

_HEADER = "include/linux/mmap_lock.h"


def _sparse(text):
    """The lock's functions with sparse's context, in the macros that the tree has for it."""
    void, param = "static inline void mmap_read_", r"(struct mm_struct *mm)"
    for name, told in (("lock", "acquire"), ("unlock", "release")):
        head = f"{void}{name}{param}\n{{"
        assert head in text
        text = text.replace(
            head, f"{void}{name}{param} __{told}s(&mm->mmap_lock)\n{{ __{told}(&mm->mmap_lock);"
        )
    end = "#define mmap_read_trylock(mm) __cond_lock(&(mm)->mmap_lock, (mmap_read_trylock)(mm))\n"
    return re.sub(r"(#endif[^\n]*\s*)\Z", end.replace("\\", "") + r"\1", text)


def _clang(text):
    """The lock's functions with clang's attributes."""
    of, free = "(&mm->mmap_lock)", "no_thread_safety_analysis"
    for kind, name, told in (
        ("void", "lock", "acquire_shared_capability" + of),
        ("void", "unlock", "release_shared_capability" + of),
        ("bool", "trylock", "try_acquire_shared_capability(true, &mm->mmap_lock)"),
    ):
        head = f"static inline {kind} mmap_read_{name}(struct mm_struct *mm)\n"
        assert head in text
        said = (
            f"static inline {kind} mmap_read_{name}(struct mm_struct *mm) __attribute__(({told}))"
        )
        text = text.replace(head, f"{said} __attribute__(({free}));\n{head}")
    return text


def _capability(text):
    new = 'struct __attribute__((capability("rwsem"))) rw_semaphore {'
    return re.sub(r"^struct rw_semaphore \{", new, text, flags=re.MULTILINE)


SPARSE = ((_HEADER, _sparse),)
CLANG = ((_HEADER, _clang), ("include/linux/rwsem.h", _capability))
