"""Which models there are, by name, and where each stands.

Not here: how a name becomes a program (`models`).
"""

from __future__ import annotations

HANDLERS: tuple[str, ...] = (
    "alpha", "arc", "arm", "arm64", "csky", "hexagon", "ia64", "loongarch", "m68k", "microblaze",
    "mips", "nios2", "openrisc", "parisc", "powerpc", "powerpc-copro", "riscv", "s390", "sh",
    "sparc32", "sparc64", "um", "x86", "xtensa",
)  # fmt: skip
"""The functions that own mmap_lock around handle_mm_fault, by their names here."""

ENTRIES: tuple[str, ...] = ("gup", "fixup-user-fault", "futex", "vfio", "kvm", "hmm", "ksm")
"""The other callers, accepted wherever a handler is."""

LATER: tuple[str, ...] = ("x86-6.12",)
"""Handlers of later kernels, had by name only: what is done for all handlers leaves them out."""

GENERIC = "handle_mm_fault"
"""The generic code, which every handler may be stepped into."""

MODULES = {name: name.replace("-", "_") for name in HANDLERS}
MODULES |= {
    "gup": "mm.gup",
    "fixup-user-fault": "mm.fixup",
    "futex": "mm.fixup",
    "vfio": "mm.fixup",
    "kvm": "mm.fixup",
    "hmm": "mm.hmm_ksm",
    "ksm": "mm.hmm_ksm",
    GENERIC: "mm.memory",
    "x86-6.12": "x86_vma_lock",
}
"""Where each of them stands, below this folder."""
