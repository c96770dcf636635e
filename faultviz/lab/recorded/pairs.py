"""Recorded times, in pairs: the same kernel with the one return as COMPLETED and as RETRY.

A time under emulation on a shared machine means nothing alone; beside its twin, taken right before
or after, it gives a ratio. Here: the single runs of a file and their pairs. Not here: exact counts
(`records`), or what a set of ratios proves.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from faultviz.base.errors import BadInput
from faultviz.lab.recorded.records import CAVEATS, put_back, records

PAIRED = (
    "ab400.csv", "tog400.csv", "tog400_qemu64.csv", "tog400_max.csv", "mt.csv", "ext4.csv",
    "icount400.csv", "icount_erms.csv",
)  # fmt: skip
"""The files that hold each run twice, with COMPLETED and with RETRY."""


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over fresh pages, or over `pages` pages of another mode.

    `series` is the boot, or the switched kernel; `retry` says that the return was turned back;
    `mapper` that a further thread ran mmap and munmap, `mapper_ops` times, the slowest of them
    `worst_mmap` seconds. Under -icount a nanosecond of `seconds` is one instruction.
    """

    series: str
    mode: str
    retry: bool
    threads: int
    mapper: bool
    pages: int
    seconds: float
    minor_per_page: float
    major_per_page: float
    mapper_ops: int
    worst_mmap: float
    source: str


@dataclass(frozen=True, slots=True, repr=False)
class TimedPair:
    """Seconds of the two members of a pair; `ratio` below 1 says that COMPLETED was faster.

    >>> TimedPair("toggle", "shared", 1, False, 0.602, 0.686, "tog400.csv")
    Pair(toggle shared, 1 thread: 0.878, tog400.csv)
    """

    series: str
    mode: str
    threads: int
    mapper: bool
    completed: float
    retry: float
    source: str

    @property
    def ratio(self) -> float:
        """The time with COMPLETED over the time with RETRY."""
        return self.completed / self.retry

    def __repr__(self) -> str:
        who = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        with_mapper = " and a mapper" if self.mapper else ""
        return (
            f"Pair({self.series} {self.mode}, {who}{with_mapper}: {self.ratio:.3f}, {self.source})"
        )


def runs(file: str) -> tuple[Run, ...]:
    """All runs of one file of PAIRED, in the order in which they were made, without warm-ups.

    BadInput if the file is not shipped or holds no pairs.

    >>> len(runs("tog400.csv")), runs("tog400.csv")[1].retry
    (52, True)
    """
    if file in CAVEATS and file not in PAIRED:
        raise BadInput(
            f"{file} holds no pairs: read it with faultviz.lab.recorded.records.recorded."
        )
    return tuple(_run(record, file) for record in records(file))


def _run(record: dict[str, str], file: str) -> Run:
    pages = int(record["pages"])
    return Run(
        series=record["tag"],
        mode=record["mode"].removeprefix("tmpfs_").removeprefix("shared_"),
        retry=put_back(record),
        threads=int(record["threads"]),
        mapper=record["mapper"] == "1",
        pages=pages,
        seconds=int(record["elapsed_ns"]) / 1e9,
        minor_per_page=int(record["minflt"]) / pages,
        major_per_page=int(record["majflt"]) / pages,
        mapper_ops=int(record["mapper_ops"]),
        worst_mmap=int(record["worst_mmap_ns"]) / 1e9,
        source=file,
    )


def pairs(file: str) -> tuple[TimedPair, ...]:
    """The pairs of one file of PAIRED.

    Where the return was switched at run time, the n-th run of one kind belongs to the n-th of the
    other; where each boot had its own kernel, the two medians of a pair of boots do.

    >>> from statistics import median
    >>> ratios = [pair.ratio for pair in pairs("ab400.csv")]
    >>> len(ratios), round(median(ratios), 3), sum(ratio < 1 for ratio in ratios)
    (12, 0.87, 11)
    """
    times: dict[tuple[str, str, int, bool], tuple[list[float], list[float]]] = {}
    switched = True
    for run in runs(file):
        # The two kernels of a pair of boots differ in their first word: completed-p3, retry-p3.
        kind, _, series = run.series.partition("-")
        if kind in ("completed", "retry"):
            switched = False
        else:
            series = run.series
        both = times.setdefault((series, run.mode, run.threads, run.mapper), ([], []))
        both[run.retry].append(run.seconds)
    return tuple(
        TimedPair(*key, completed, retry, file)
        for key, (left, right) in times.items()
        for completed, retry in (
            zip(left, right, strict=True) if switched else [(median(left), median(right))]
        )
    )
