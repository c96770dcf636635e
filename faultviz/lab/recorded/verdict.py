"""What faults per page prove on a kernel version, and what they do not.

Here: the cases and their sentences, a pure function of the numbers. Not here: how the numbers are
got (`measurement`, `touch`).
"""

from __future__ import annotations

import re

NEAR = 0.02  # faults per page by which a stray fault or two may miss a whole number
BY_GUP = "process_vm_writev"
BACKPORTS = (
    "The case was chosen by the version number, and a distribution may have moved the patch to an "
    "older one."
)


def verdict(
    release: str,
    minor: float,
    major: float,
    vma_lock_retry: float | None = None,
    gup: float | None = None,
) -> str:
    """Say what the faults per page of the mode `shared` prove on this kernel version, and what not.

    `gup` are the minor faults per page of the mode BY_GUP, where that was measured: from 6.4 on
    they decide what the others cannot. The first word is the answer: Two rounds, COMPLETED,
    Undecided or Unknown.

    >>> for numbers in [("5.10.0-32-amd64", 0, 1), ("6.1.0-50-amd64", 1, 0), ("6.12.9", 1, 0)]:
    ...     print(verdict(*numbers).split(":")[0])
    Two rounds
    COMPLETED
    Undecided
    """
    found = re.match(r"(\d+)\.(\d+)", release)
    read = f"minor {minor:.3f} and major {major:.3f} per page on {release}"
    if minor == 0 and major == 0:
        return (
            f"Unknown: {release} reports no faults at all for pages that were written for the "
            "first time, as sandbox kernels (gVisor) do, so nothing can be read from it."
        )
    if not found:
        return f"Unknown: {read}, a release without a version number to judge by."
    text = _case((int(found[1]), int(found[2])), minor, major, vma_lock_retry, gup)
    answer, rest = text.split(": ", 1)
    return f"{answer}: {read}. {rest} {BACKPORTS}"


def _case(
    version: tuple[int, int], minor: float, major: float, retry: float | None, gup: float | None
) -> str:
    if _near(minor, 1, major, 0):
        if version < (6, 0):
            return _ONE_TOO_EARLY
        if version < (6, 4):
            return _COMPLETED
        return _by_gup(gup) if gup is not None else _undecided(version, retry)
    if _near(minor, 0, major, 1):
        if version < (6, 0):
            return _TWO_ROUNDS
        return _TWO_TOO_LATE if version < (6, 4) else _RETRY_COUNTED
    if _near(minor, 2, major, 0) and (6, 0) <= version < (6, 4):
        return _UML
    return _ODD


def _near(minor: float, wanted_minor: int, major: float, wanted_major: int) -> bool:
    return abs(minor - wanted_minor) <= NEAR and abs(major - wanted_major) <= NEAR


def _by_gup(minor: float) -> str:
    if abs(minor - 1) <= NEAR:
        return _GUP_COMPLETED
    return _GUP_RETRY if minor <= NEAR else _ODD


def _undecided(version: tuple[int, int], vma_lock_retry: float | None) -> str:
    text = (
        "Undecided: On 6.4 and later these counts do not prove VM_FAULT_COMPLETED: PGFAULT is "
        "counted after results with RETRY have been filtered out, and 6.12.117 with its one return "
        "turned back to RETRY reads the same while it executes 15 % more instructions "
        f"(kernels.csv). The mode {BY_GUP} would tell. "
    )
    if version < (6, 7):
        return text + (
            "Before 6.7 a first write to shared memory does not run under the per-VMA lock, so by "
            "the source a retry would be counted as major; that was not measured."
        )
    if vma_lock_retry is None:
        return text + (
            "The counter that would show the retry, vma_lock_retry in /proc/vmstat, exists only "
            "in kernels built with CONFIG_PER_VMA_LOCK_STATS, and this one has none."
        )
    if vma_lock_retry <= NEAR:
        return text + (
            f"But this kernel counts vma_lock_retry, {vma_lock_retry:.3f} per page: the fault was "
            "not sent back, which by the source leaves COMPLETED."
        )
    return text + (
        f"This kernel counts vma_lock_retry, {vma_lock_retry:.3f} per page over the whole system: "
        "faults were sent back, of this process or of others; measure again on an idle machine."
    )


_TWO_ROUNDS = (
    "Two rounds: Each first write takes two calls of handle_mm_fault: the first gives up mmap_lock "
    "and returns VM_FAULT_RETRY although the page is in place, the second carries FAULT_FLAG_TRIED "
    "and is counted as a major fault with no I/O at all. The recorded 5.10.223 reads the same. The "
    "counts do not say what the second round costs in time."
)
_COMPLETED = (
    "COMPLETED: Each first write takes one call of handle_mm_fault. From 6.0 to 6.3 that is a "
    "proof: a VM_FAULT_RETRY would have brought a second call, counted as major (6.1.176 with "
    "RETRY put back reads major 1.000, gup.csv). The recorded 6.1.176 reads the same. The counts "
    "do not say how much time is saved."
)
_GUP_TOLD = (
    "On 6.4 and later a call that ends in VM_FAULT_RETRY is counted nowhere, so a store that is "
    "done over reads the same. GUP is not done over: its second look finds the page. With "
    f"{BY_GUP} "
)
_GUP_COMPLETED = (
    f"COMPLETED: {_GUP_TOLD}each page is counted here, while 6.12.117 with its one return turned "
    "back to RETRY counts none (kernels.csv). The counts do not say how much time is saved."
)
_GUP_RETRY = (
    f"Two rounds: {_GUP_TOLD}no page is counted here, as in 6.12.117 with its one return turned "
    "back to RETRY (kernels.csv): this kernel was changed."
)
_ONE_TOO_EARLY = (
    "Unknown: The recorded 5.10.223, without the patch, reads major 1.000. Either this kernel has "
    "the patch from a distribution, or it is older than 5.9, where such a fault is counted as one "
    "minor fault, however many rounds it takes."
)
_TWO_TOO_LATE = (
    "Two rounds: This version has the patch, yet the second call of handle_mm_fault is there, as "
    "in 6.1.176 with RETRY put back (gup.csv): the kernel was changed, or the pages were read from "
    "swap, which is major too. The counts do not say which."
)
_UML = (
    "Unknown: User-mode Linux 6.1.176 reads the same (uml.csv): its handler returns on "
    "VM_FAULT_COMPLETED before the TLB flush that installs the page in the host's mapping, so the "
    "page faults once more, as a complete second trap. If this is not user-mode Linux, no recorded "
    "row fits."
)
_RETRY_COUNTED = (
    "Two rounds: No recorded kernel from 6.4 on reads so. Major means that the call which finished "
    "carried FAULT_FLAG_TRIED, hence that one with RETRY came before it (possible without per-VMA "
    "locks), or that the pages were read from swap. The counts do not say which."
)
_ODD = (
    "Unknown: No recorded row fits. Possible causes: swapping (major faults), a debugger or "
    "emulator between program and kernel, or an architecture whose pages fault once more before "
    "they are usable. Measure again on an idle machine and compare with the controls."
)
