"""Faults per page on this machine, beside the recorded kernels, and what the numbers prove.

Here are the judgements: what input and which machine are refused, and the verdict. The touching and
the counters live in `touch`, the rows of other kernels in `recorded`, the command in `cli`.
"""

from __future__ import annotations

import mmap
import platform
import re
import sys
from dataclasses import asdict, dataclass

from faultviz.errors import BadInput
from faultviz.lab.recorded import CAVEATS, Row, recorded
from faultviz.lab.touch import Counts, available_bytes, huge_page_setting, touch_all

MB = 1 << 20
SPARE = 64 * MB  # left to everything else while the pages are held
NEAR = 0.02  # faults per page by which a stray fault or two may miss a whole number
SETTING = "/sys/kernel/mm/transparent_hugepage/shmem_enabled"

CAVEAT = (
    "minor and major are from getrusage for the touching thread alone, and exact; pgfault is "
    "the difference of the system-wide /proc/vmstat, so whatever else runs adds to it; seconds is "
    "one run and no benchmark."
)
BACKPORTS = (
    "The case was chosen by the version number, and a distribution may have moved the patch to an "
    "older one."
)


@dataclass(frozen=True, slots=True, repr=False)
class Measurement:
    """What `measure` found: rows of this machine, recorded rows to hold beside them, a verdict.

    `vma_lock_retry_per_page` is of the mode `shared`, and None where the kernel does not count it.

    >>> row = Row("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1)
    >>> Measurement("6.1.176", 4096, (row,), (), None, "COMPLETED: ...")
    Measurement(6.1.176, 2048 pages of 4096 bytes, shared: minor 1.000, major 0.000)
    """

    kernel: str
    page_size: int
    rows: tuple[Row, ...]
    recorded: tuple[Row, ...]
    vma_lock_retry_per_page: float | None
    verdict: str
    caveat: str = CAVEAT

    def __repr__(self) -> str:
        row = self.rows[0]
        return (
            f"Measurement({self.kernel}, {row.pages} pages of {self.page_size} bytes, {row.mode}: "
            f"minor {row.minor_per_page:.3f}, major {row.major_per_page:.3f})"
        )

    def as_dict(self) -> dict[str, object]:
        """Give the same as plain values for JSON, with the caveat of each recorded file.

        >>> row = Row("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1)
        >>> sorted(Measurement("6.1.176", 4096, (row,), (), None, "COMPLETED: ...").as_dict())
        ['caveats', 'kernel', 'page_size', 'recorded', 'rows', 'verdict', 'vma_lock_retry_per_page']
        """
        plain = asdict(self)
        sources = {row.source for row in self.recorded}
        plain["caveats"] = {"this machine": plain.pop("caveat")} | {
            file: text for file, text in CAVEATS.items() if file in sources
        }
        return plain


def measure(mb: int = 64) -> Measurement:
    """Dirty `mb` MB of fresh shared memory page by page, then run the controls.

    The memory is a memfd, that is tmpfs; the modes are `touch.MODES`. The most it holds at once is
    twice `mb`, and it is given back on return, on an error and on Ctrl-C. BadInput if `mb` or this
    machine will not do; a kernel that reports no faults is no error but the verdict "Unknown".

    >>> [row.mode for row in measure(mb=1).rows]
    ['shared', 'private', 'read_pass', 'read_first', 'already_dirty']
    """
    check_machine(mb, sys.platform, available_bytes())
    pages = mb * MB // mmap.PAGESIZE
    kernel = platform.release()
    try:
        counts = touch_all(pages)
    except (OSError, OverflowError, MemoryError) as refused:
        raise BadInput(
            f"The kernel refused {mb} MB of shared memory ({refused}); "
            "try a smaller --mb, or outside this sandbox."
        ) from refused
    rows = tuple(_row(kernel, mode, pages, count) for mode, count in counts.items())
    shared, retries = rows[0], counts["shared"].vma_lock_retry
    check_huge_pages(shared.minor_per_page + shared.major_per_page, huge_page_setting())
    retry = None if retries is None else retries / pages
    return Measurement(
        kernel=kernel,
        page_size=mmap.PAGESIZE,
        rows=rows,
        recorded=recorded("debian_plain.csv"),
        vma_lock_retry_per_page=retry,
        verdict=verdict(kernel, shared.minor_per_page, shared.major_per_page, retry),
    )


def _row(kernel: str, mode: str, pages: int, count: Counts) -> Row:
    pgfault = None if count.pgfault is None else count.pgfault / pages
    return Row(
        kernel, mode, pages, count.minor / pages, count.major / pages, pgfault, count.seconds
    )


def check_machine(mb: int, system: str, available: int | None) -> None:
    """BadInput unless `mb` MB can be measured on `system` with `available` bytes (None: unknown).

    >>> check_machine(64, "linux", 10**9)
    >>> check_machine(0, "linux", 10**9)
    Traceback (most recent call last):
    faultviz.errors.BadInput: mb is 0: give a whole number of MB from 1 up, for example --mb 64.
    """
    if not isinstance(mb, int) or isinstance(mb, bool) or mb < 1:
        raise BadInput(f"mb is {mb!r}: give a whole number of MB from 1 up, for example --mb 64.")
    if system != "linux":
        raise BadInput(
            f"Faults are counted on Linux only, and this is {system}: use a Linux machine or "
            "container, or look at the recorded rows."
        )
    if available is not None and 2 * mb * MB + SPARE > available:
        most = max(0, (available - SPARE) // (2 * MB))
        remedy = f"give --mb {most} or less" if most else "free some memory first"
        raise BadInput(
            f"mb {mb} needs {2 * mb + SPARE // MB} MB of free memory (the private control holds "
            f"each page twice), and {available // MB} MB are available: {remedy}."
        )


def check_huge_pages(faults_per_page: float, setting: str) -> None:
    """BadInput if one fault covered several pages; `setting` is what shmem_enabled says.

    >>> check_huge_pages(1.0, "always")
    >>> check_huge_pages(1 / 512, "force")
    Traceback (most recent call last):
    faultviz.errors.BadInput: One fault covered about 512 pages, as huge pages are in use for \
shared memory although advised against (/sys/kernel/mm/transparent_hugepage/shmem_enabled says \
force): have an administrator write never to that file, then measure again.
    """
    if not 0 < faults_per_page < 0.9:
        return
    where = f"{SETTING} says {setting}"
    remedy = "write never to that file"
    if setting in ("never", "absent"):
        remedy = "write never to shmem_enabled in each hugepages-* directory beside it"
    raise BadInput(
        f"One fault covered about {1 / faults_per_page:.0f} pages, as huge pages are in use for "
        f"shared memory although advised against ({where}): have an administrator {remedy}, "
        "then measure again."
    )


def verdict(release: str, minor: float, major: float, vma_lock_retry: float | None = None) -> str:
    """Say what the faults per page of the mode `shared` prove on this kernel version, and what not.

    The first word is the answer: Two rounds, COMPLETED, Undecided or Unknown.

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
    text = _case((int(found[1]), int(found[2])), minor, major, vma_lock_retry)
    answer, rest = text.split(": ", 1)
    return f"{answer}: {read}. {rest} {BACKPORTS}"


def _case(version: tuple[int, int], minor: float, major: float, retry: float | None) -> str:
    if _near(minor, 1, major, 0):
        if version < (6, 0):
            return _ONE_TOO_EARLY
        return _COMPLETED if version < (6, 4) else _undecided(version, retry)
    if _near(minor, 0, major, 1):
        if version < (6, 0):
            return _TWO_ROUNDS
        return _TWO_TOO_LATE if version < (6, 4) else _RETRY_COUNTED
    if _near(minor, 2, major, 0) and (6, 0) <= version < (6, 4):
        return _UML
    return _ODD


def _near(minor: float, wanted_minor: int, major: float, wanted_major: int) -> bool:
    return abs(minor - wanted_minor) <= NEAR and abs(major - wanted_major) <= NEAR


def _undecided(version: tuple[int, int], vma_lock_retry: float | None) -> str:
    text = (
        "Undecided: On 6.4 and later these counts do not prove VM_FAULT_COMPLETED: PGFAULT is "
        "counted after results with RETRY have been filtered out, and 6.12.117 with its one return "
        "turned back to RETRY reads the same 1.000 everywhere while it executes 13 % more "
        "instructions (bytepatch_debian.csv). "
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
