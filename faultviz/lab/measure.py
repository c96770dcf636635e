"""Faults per page on this machine, beside the recorded kernels, and what the numbers prove.

Here: what is measured, and which input and machine are refused. Not here: the touching and the
counters (`touch`), what the numbers prove (`verdict`), the rows of other kernels (`recorded`).
"""

from __future__ import annotations

import mmap
import platform
import sys
from dataclasses import asdict, dataclass

from faultviz.errors import BadInput
from faultviz.lab.recorded import CAVEATS, Row, recorded, table
from faultviz.lab.touch import Counts, available_bytes, huge_page_setting, touch_all
from faultviz.lab.verdict import verdict

MB = 1 << 20
SPARE = 64 * MB  # left to everything else while the pages are held
SETTING = "/sys/kernel/mm/transparent_hugepage/shmem_enabled"

CAVEAT = (
    "minor and major are from getrusage for the touching thread alone, and exact; pgfault is "
    "the difference of the system-wide /proc/vmstat, so whatever else runs adds to it; seconds is "
    "one run and no benchmark."
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
        if not self.rows:
            return f"Measurement({self.kernel}: not measured, {len(self.recorded)} recorded rows)"
        row = self.rows[0]
        return (
            f"Measurement({self.kernel}, {row.pages} pages of {self.page_size} bytes, {row.mode}: "
            f"minor {row.minor_per_page:.3f}, major {row.major_per_page:.3f})"
        )

    def table(self) -> str:
        """The rows of this machine, then the recorded ones of the same modes, as text."""
        modes = {row.mode for row in self.rows} or {"shared", "private"}
        return table((*self.rows, *(row for row in self.recorded if row.mode in modes)))

    def as_dict(self) -> dict[str, object]:
        """Give the same as plain values for JSON, with the caveat of each recorded file.

        The numbers of the mode `shared` stand at the top as well, as far as they were measured.

        >>> row = Row("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1)
        >>> plain = Measurement("6.1.176", 4096, (row,), (), None, "COMPLETED: ...").as_dict()
        >>> plain["kernel"], plain["pages"], plain["minor_per_page"]
        ('6.1.176', 2048, 1.0)
        """
        plain = asdict(self)
        plain |= asdict(self.rows[0]) if self.rows else {}
        sources = {row.source for row in self.recorded}
        plain["caveats"] = {"this machine": plain.pop("caveat")} | {
            file: text for file, text in CAVEATS.items() if file in sources
        }
        return plain


def measure(mb: int = 64, *, or_recorded: bool = False) -> Measurement:
    """Dirty `mb` MB of fresh shared memory page by page, then run the controls.

    The memory is a memfd, that is tmpfs; the modes are `touch.MODES`. The most it holds at once is
    twice `mb`, and it is given back on return, on an error and on Ctrl-C. BadInput if `mb` or this
    machine will not do, or, with `or_recorded`, the recorded rows alone and a verdict that says
    why; a kernel that reports no faults is no error but the verdict "Unknown".

    >>> [row.mode for row in measure(mb=1).rows]
    ['shared', 'private', 'read_pass', 'read_first', 'already_dirty']
    """
    try:
        return _measured(mb)
    except BadInput as refused:
        if not or_recorded:
            raise
        kernel, old = platform.release(), recorded("debian_plain.csv")
        return Measurement(kernel, mmap.PAGESIZE, (), old, None, f"Not measured: {refused}")


def _measured(mb: int) -> Measurement:
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
