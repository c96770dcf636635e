"""Faults per page on this machine, beside the recorded kernels, and what the numbers prove.

Here: which passes are made, in which order, and what is kept of them. Not here: the touching
(`touch`), the modes (`measure_modes`), what is free (`measure_machine`), what the numbers prove
(`verdict`, `measure_meaning`), times (`measure_timing`), the rows of other kernels (`recorded`).
"""

from __future__ import annotations

import csv
import io
import mmap
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from faultviz.errors import BadInput
from faultviz.lab import measure_timing
from faultviz.lab.measure_machine import (
    MB,
    available_bytes,
    check_disk,
    check_huge_pages,
    check_machine,
    huge_page_setting,
)
from faultviz.lab.measure_meaning import meaning
from faultviz.lab.measure_modes import MODES, RECORDED_AS, USUAL, Case, chosen
from faultviz.lab.measure_timing import Timing, timings
from faultviz.lab.plot import Dots, dots
from faultviz.lab.recorded import CAVEATS, Row, middle, recorded, table
from faultviz.lab.touch import SMALL, Counts, touch
from faultviz.lab.verdict import BY_GUP, verdict

CAVEAT = (
    "minor and major are from getrusage for the touching thread alone, and exact; pgfault is "
    "the difference of the system-wide /proc/vmstat, so whatever else runs adds to it; seconds is "
    "one run and no benchmark."
)
FILLED = (
    "With more than one thread, or a mapper, each page is written whole, so these times are not "
    "those of one byte to a page."
)
COLUMNS = (
    "tag", "kernel", "mode", "knob_retry", "threads", "mapper", "rep", "pages", "elapsed_ns",
    "minflt", "majflt", "pgfault", "faults_per_page", "mapper_ops", "worst_mmap_ns",
)  # fmt: skip
"""Those of the recorded files."""
FILES = ("debian_plain.csv", "gup.csv", "ext4.csv")
MOST_THREADS = 64


class Pass(NamedTuple):
    """One pass over fresh pages; repetition -1 warms up and does not count."""

    case: Case
    repetition: int
    pages: int
    counts: Counts


@dataclass(frozen=True, slots=True, repr=False)
class Measurement:
    """What `measure` found: rows of this machine, recorded rows to hold beside them, a verdict.

    `vma_lock_retry_per_page` is of the mode `shared`, and None where the kernel does not count it.
    `passes` are all single passes; `left_out` says why a mode that was asked for has no row.

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
    passes: tuple[Pass, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)

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
        modes = {one.case.mode for one in self.passes} or {row.mode for row in self.rows}
        modes = {RECORDED_AS.get(mode, mode) for mode in modes} or {"shared", "private"}
        rows = (*self.rows, *(row for row in self.recorded if row.mode in modes))
        return table(rows, max([18, *(len(row.kernel) for row in rows)]))

    @property
    def meanings(self) -> tuple[str, ...]:
        """What the number of each row means on this kernel version, one sentence each."""
        rows = {row.mode: row for row in self.rows}
        first = {one.case.mode: rows[str(one.case)] for one in reversed(self.passes)}
        return tuple(
            meaning(mode, self.kernel, row.minor_per_page, row.major_per_page)
            for mode, row in reversed(first.items())
        )

    @property
    def timings(self) -> tuple[Timing, ...]:
        """The times of each case, in pairs with the first one."""
        return timings(
            [
                (str(one.case), one.counts.seconds * 1e9 / one.pages)
                for one in self.passes
                if one.repetition >= 0
            ]
        )

    def times(self) -> str:
        """Those as a table, and below it what may be concluded from each series of pairs."""
        rows = self.timings
        said = [row.conclusion for row in rows if row.ratios]
        return "\n".join([measure_timing.table(rows), *said])

    def picture(self) -> Dots:
        """The ratios as dots, with their intervals. BadInput where no two cases were measured."""
        rows = [(row.case, row.ratios, row.interval) for row in self.timings if row.ratios]
        if not rows:
            raise BadInput(
                "Ratios need two cases: name two modes, two numbers of --threads, or --mapper."
            )
        return dots(rows)

    def csv(self) -> str:
        """All passes as CSV, with the columns of the recorded files, also those that warmed up."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in self.passes:
            (mode, threads, mapper), n, pages, counts = one
            pgfault = "" if counts.pgfault is None else counts.pgfault
            per_page = "" if counts.pgfault is None else f"{counts.pgfault / pages:.3f}"
            who = ("here", self.kernel, mode, -1, threads, int(mapper), n, pages)
            what = (round(counts.seconds * 1e9), counts.minor, counts.major, pgfault, per_page)
            beside = (counts.mapper_ops, round(counts.worst_mmap * 1e9))
            writer.writerow((*who, *what, *beside))
        return out.getvalue()

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
        plain["passes"] = [
            one.case._asdict() | {"repetition": one.repetition} | one.counts._asdict()
            for one in self.passes
        ]
        plain["meanings"] = list(self.meanings)
        plain["timings"] = [
            row._asdict() | {"median": row.middle, "interval": row.interval}
            | {"conclusion": row.conclusion if row.ratios else None}
            for row in self.timings
        ]  # fmt: skip
        sources = {row.source for row in self.recorded}
        plain["caveats"] = {"this machine": plain.pop("caveat")} | {
            file: text for file, text in CAVEATS.items() if file in sources
        }
        return plain


def measure(
    mb: int = 64,
    *,
    modes: str | Iterable[str] = USUAL,
    repeat: int = 1,
    threads: int | Sequence[int] = 1,
    mapper: bool = False,
    folder: Path | None = None,
    or_recorded: bool = False,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> Measurement:
    """Dirty `mb` MB of fresh shared memory page by page, then run the controls.

    The memory is a memfd, that is tmpfs; `modes` are those of `measure_modes`, files on disk are
    made in `folder` (or here) without a name. Each mode is run by each number of `threads`, with
    `mapper` also beside a thread in mmap and munmap, and all of that `repeat` times, forwards and
    backwards in turn, after one pass to warm up. The most it holds at once is twice `mb`, and it is
    given back on return, on an error and on Ctrl-C. `tell` hears what is run, the passes done and
    how many there will be. BadInput if what is asked or this machine will not do, or, with
    `or_recorded`, the recorded rows alone and a verdict that says why; a kernel that reports no
    faults is no error but the verdict "Unknown".

    >>> [row.mode for row in measure(mb=1).rows]
    ['shared', 'private', 'read_pass', 'read_first', 'already_dirty']
    """  # fmt: skip
    try:
        cases = _cases(chosen(modes), threads, mapper=mapper)
        return _measured(mb, cases, _times(repeat), folder, tell)
    except BadInput as refused:
        if not or_recorded:
            raise
        kernel, old = platform.release(), recorded("debian_plain.csv")
        return Measurement(kernel, mmap.PAGESIZE, (), old, None, f"Not measured: {refused}")


def _cases(modes: Iterable[str], threads: int | Sequence[int], *, mapper: bool) -> list[Case]:
    many = [threads] if isinstance(threads, int) else list(threads)
    for one in many:
        if not isinstance(one, int) or isinstance(one, bool) or not 1 <= one <= MOST_THREADS:
            raise BadInput(f"threads is {one!r}: give numbers from 1 to {MOST_THREADS}.")
    beside = (False, True) if mapper else (False,)
    return [Case(mode, n, also) for mode in modes for n in dict.fromkeys(many) for also in beside]


def _times(repeat: int) -> int:
    if not isinstance(repeat, int) or isinstance(repeat, bool) or repeat < 1:
        raise BadInput(f"repeat is {repeat!r}: give a whole number from 1 up.")
    return repeat


def _measured(
    mb: int, cases: Sequence[Case], repeat: int, folder: Path | None,
    tell: Callable[[str, int, int], None],
) -> Measurement:  # fmt: skip
    check_machine(mb, sys.platform, available_bytes())
    kernel, pages = platform.release(), mb * MB // mmap.PAGESIZE
    left_out: dict[str, str] = {}
    fill = any(case.threads > 1 or case.mapper for case in cases)
    # In small and unseen first: each code path has run once, and what is refused is known.
    for case in cases:
        if case.mode not in left_out and (why := _refusal(case, mb, folder, fill)):
            left_out[case.mode] = why
    kept = [case for case in cases if case.mode not in left_out]
    if not kept:
        raise BadInput(next(iter(left_out.values())))
    turns = [(n, case) for n in range(-1 if repeat > 1 else 0, repeat) for case in _order(kept, n)]
    passes = []
    for done, (n, case) in enumerate(turns):
        tell(str(case), done, len(turns))
        try:
            passes.append(Pass(case, n, pages, touch(case, pages, folder, fill=fill)))
        except (OSError, OverflowError, MemoryError) as refused:
            raise BadInput(_no(mb, refused)) from refused
    return _judged(kernel, kept, passes, left_out, fill=fill)


def _order(cases: Sequence[Case], repetition: int) -> Sequence[Case]:
    """Backwards every second time, so that what grows or shrinks meanwhile falls on all alike."""
    return cases[::-1] if repetition > 0 and repetition % 2 else cases


def _refusal(case: Case, mb: int, folder: Path | None, fill: bool) -> str:
    if MODES[case.mode].memory == "disk":
        try:
            check_disk(mb, folder or Path.cwd())
        except BadInput as refused:
            return str(refused)
    try:
        touch(case, SMALL, folder, fill=fill)
    except (OSError, MemoryError) as refused:
        if MODES[case.mode].by in ("store", "read"):
            return _no(mb, refused)
        return f"This kernel, or a sandbox around us, refuses {case.mode}: {refused}."
    return ""


def _no(mb: int, refused: Exception) -> str:
    return (
        f"The kernel refused {mb} MB of shared memory ({refused}); "
        "try a smaller --mb, or outside this sandbox."
    )


def _judged(
    kernel: str, cases: Sequence[Case], passes: Sequence[Pass], left_out: dict[str, str], *,
    fill: bool,
) -> Measurement:  # fmt: skip
    by_case = {
        case: [one for one in passes if one.case == case and one.repetition >= 0] for case in cases
    }
    rows = {case: middle([_row(kernel, one) for one in some]) for case, some in by_case.items()}
    shared = next((case for case in cases if case.mode == "shared"), None)
    said, retry = "Not judged: the verdict is on the mode shared, which was not measured.", None
    if shared is not None:
        row = rows[shared]
        check_huge_pages(row.minor_per_page + row.major_per_page, huge_page_setting())
        first = by_case[shared][0]
        retries = first.counts.vma_lock_retry
        retry = None if retries is None else retries / first.pages
        by_gup = next((rows[case].minor_per_page for case in cases if case.mode == BY_GUP), None)
        said = verdict(kernel, row.minor_per_page, row.major_per_page, retry, by_gup)
    modes = {RECORDED_AS.get(case.mode, case.mode) for case in cases}
    old = [
        row for file in FILES for row in recorded(file)
        if file == "debian_plain.csv" or row.mode in modes
    ]  # fmt: skip
    return Measurement(
        kernel=kernel, page_size=mmap.PAGESIZE, rows=tuple(rows.values()), recorded=tuple(old),
        vma_lock_retry_per_page=retry, verdict=said,
        caveat=f"{CAVEAT} {FILLED}" if fill else CAVEAT,
        passes=tuple(passes), left_out=left_out,
    )  # fmt: skip


def _row(kernel: str, one: Pass) -> Row:
    counts, pages = one.counts, one.pages
    pgfault = None if counts.pgfault is None else counts.pgfault / pages
    return Row(
        kernel, str(one.case), pages, counts.minor / pages, counts.major / pages, pgfault,
        counts.seconds,
    )  # fmt: skip
