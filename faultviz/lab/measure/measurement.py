"""Faults per page on this machine, beside the recorded kernels, and what the numbers prove.

Here: which passes are made, in which order, and what is kept of them. Not here: the touching
(`touch`), the modes (`modes`), what is free (`machine`), what the numbers prove
(`verdict`, `meaning`), what is shown of it (`passes`).
"""

from __future__ import annotations

import mmap
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from faultviz.base.errors import BadInput
from faultviz.lab.measure.machine import (
    MB,
    available_bytes,
    check_disk,
    check_huge_pages,
    check_machine,
    huge_page_setting,
)
from faultviz.lab.measure.modes import MODES, RECORDED_AS, USUAL, ModeCase, chosen
from faultviz.lab.measure.passes import CAVEAT, Measurement, Pass
from faultviz.lab.measure.touch import touch
from faultviz.lab.measure.touch_loops import SMALL
from faultviz.lab.recorded.records import FaultRates, middle, recorded
from faultviz.lab.recorded.verdict import BY_GUP, verdict

FILLED = (
    "With more than one thread, or a mapper, each page is written whole, so these times are not "
    "those of one byte to a page."
)
FILES = ("debian_plain.csv", "gup.csv", "ext4.csv")
MOST_THREADS = 64


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

    The memory is a memfd, that is tmpfs; `modes` are those of `modes`, files on disk are
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


def _cases(modes: Iterable[str], threads: int | Sequence[int], *, mapper: bool) -> list[ModeCase]:
    many = [threads] if isinstance(threads, int) else list(threads)
    for one in many:
        if not isinstance(one, int) or isinstance(one, bool) or not 1 <= one <= MOST_THREADS:
            raise BadInput(f"threads is {one!r}: give numbers from 1 to {MOST_THREADS}.")
    beside = (False, True) if mapper else (False,)
    return [
        ModeCase(mode, n, also) for mode in modes for n in dict.fromkeys(many) for also in beside
    ]


def _times(repeat: int) -> int:
    if not isinstance(repeat, int) or isinstance(repeat, bool) or repeat < 1:
        raise BadInput(f"repeat is {repeat!r}: give a whole number from 1 up.")
    return repeat


def _measured(
    mb: int, cases: Sequence[ModeCase], repeat: int, folder: Path | None,
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


def _order(cases: Sequence[ModeCase], repetition: int) -> Sequence[ModeCase]:
    """Backwards every second time, so that what grows or shrinks meanwhile falls on all alike."""
    return cases[::-1] if repetition > 0 and repetition % 2 else cases


def _refusal(case: ModeCase, mb: int, folder: Path | None, fill: bool) -> str:
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
    kernel: str, cases: Sequence[ModeCase], passes: Sequence[Pass], left_out: dict[str, str], *,
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


def _row(kernel: str, one: Pass) -> FaultRates:
    counts, pages = one.counts, one.pages
    pgfault = None if counts.pgfault is None else counts.pgfault / pages
    return FaultRates(
        kernel, str(one.case), pages, counts.minor / pages, counts.major / pages, pgfault,
        counts.seconds,
    )  # fmt: skip
