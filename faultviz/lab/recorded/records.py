"""Recorded measurements: the shipped CSV files, read into one row per kernel and mode.

The files in `data/` are this project's own measurements, copied with every column. What is measured
here and now lives in `measurement`; the row that both share lives here. Times come in pairs, and
`pairs` reads those.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from statistics import median

from faultviz.base.errors import BadInput, nearest

CAVEATS = {
    "debian_plain.csv": (
        "Unmodified Debian kernels on x86-64 under QEMU (TCG emulation): "
        "the counts are exact, the times are not those of a real machine."
    ),
    "bytepatch_debian.csv": (
        "The same Debian kernels, two of them with the one return of COMPLETED turned back to "
        "RETRY, under QEMU -icount: the counts are exact, the seconds are executed instructions "
        "and comparable within this file only; beside 6.12 another thread of the kernel ran, which "
        "about doubles its instructions (kernels.csv has them alone)."
    ),
    "kernels.csv": (
        "Debian's 5.10.262, 6.1.192 and 6.12.117, the last two also with the one return of "
        "COMPLETED turned back to RETRY, booted by faultviz kernels under QEMU -icount, alone: the "
        "counts are exact, the seconds are executed instructions (a nanosecond is one), no time."
    ),
    "uml.csv": (
        "User-mode Linux (arch/um) as Debian packages it: "
        "the counts are exact, the times are not those of a real machine."
    ),
    "gup.csv": (
        "Who makes the first write (a store, or the kernel by GUP), 4096 pages: counts only, no "
        "times; its pgfault is system-wide and may be too high; calls that failed are left out."
    ),
    "ext4.csv": (
        "ext4 on a virtual disk under QEMU (TCG emulation): the counts are exact; the times are "
        "not those of a real machine, and with six pairs they say little."
    ),
    "icount400.csv": (
        "A 6.1.176 of our own build, with and without the one return of COMPLETED turned back to "
        "RETRY, under QEMU -icount: a nanosecond is one executed instruction, no time."
    ),
    "icount_erms.csv": (
        "The same two builds on a CPU model with ERMS, where more instructions go into clearing a "
        "page, under QEMU -icount: a nanosecond is one executed instruction, no time."
    ),
    "ab400.csv": (
        "12 pairs of separate boots of two 6.1.176 of our own build that differ in the one return, "
        "under QEMU (TCG emulation) on a shared machine: ratios only, and one pair proves nothing."
    ),
    "tog400.csv": (
        "One boot of a 6.1.176 of our own build whose one return is switched at run time, under "
        "QEMU (TCG emulation) on a shared machine: ratios only, and one pair proves nothing."
    ),
    "tog400_qemu64.csv": (
        "As tog400.csv, with -cpu qemu64: ratios only, not to be mixed with other CPU models."
    ),
    "tog400_max.csv": (
        "As tog400.csv, with -cpu max: ratios only, not to be mixed with other CPU models."
    ),
    "mt.csv": (
        "One or two writing threads, without and with a thread in mmap and munmap, on 2 (mt-smp2) "
        "and 3 (mt-smp3) virtual CPUs under QEMU (TCG emulation) on 2 shared cores: ratios only; "
        "it cannot settle what contention does on a real machine."
    ),
}
"""Each shipped file and what has to be said beside its numbers."""

COUNTS = (
    "debian_plain.csv", "bytepatch_debian.csv", "uml.csv", "gup.csv", "ext4.csv", "icount400.csv",
    "icount_erms.csv", "kernels.csv",
)  # fmt: skip
"""The files whose counts, or instructions, are exact, so that a median says all."""

# Debian's `uname -r` carries an ABI number; the version is the one of the package.
VERSIONS = {
    "5.10.0-32-cloud-amd64": "5.10.223",
    "5.10.0-46-cloud-amd64": "5.10.262",
    "6.1.0-50-cloud-amd64": "6.1.176",
    "6.1.0-56-cloud-amd64": "6.1.192",
    "6.12.117+deb12-cloud-amd64": "6.12.117",
    "6.12.117+deb13-cloud-amd64": "6.12.117",
}


@dataclass(frozen=True, slots=True, repr=False)
class FaultRates:
    """Faults per page of one mode on one kernel; a row of what a lesson prints.

    `minor_per_page` and `major_per_page` come from getrusage and are the toucher's own;
    `pgfault_per_page` is the difference of the system-wide pgfault in /proc/vmstat (None where that
    cannot be read); `seconds` is None where no time was taken; `source` is the file, or
    "this machine".

    >>> FaultRates("6.1.176", "shared", 16384, 1.0, 0.0, 1.0, 0.62, "debian_plain.csv")
    Row(6.1.176 shared: minor 1.000, major 0.000, pgfault 1.000, debian_plain.csv)
    """

    kernel: str
    mode: str
    pages: int
    minor_per_page: float
    major_per_page: float
    pgfault_per_page: float | None
    seconds: float | None
    source: str = "this machine"

    def __repr__(self) -> str:
        pgfault = "none" if self.pgfault_per_page is None else f"{self.pgfault_per_page:.3f}"
        return (
            f"Row({self.kernel} {self.mode}: minor {self.minor_per_page:.3f}, "
            f"major {self.major_per_page:.3f}, pgfault {pgfault}, {self.source})"
        )


def recorded(file: str | None = None) -> tuple[FaultRates, ...]:
    """Read the recorded rows of one file of COUNTS, or of all: the median over the repetitions.

    The tmpfs modes bear the names that `measure` uses. BadInput if no such file is shipped, and
    for a file of times, which `pairs` reads.

    >>> for row in recorded("debian_plain.csv"):
    ...     if row.mode == "shared":
    ...         print(row)
    Row(5.10.223 shared: minor 0.000, major 1.000, pgfault 2.000, debian_plain.csv)
    Row(6.1.176 shared: minor 1.000, major 0.000, pgfault 1.000, debian_plain.csv)
    Row(6.12.117 shared: minor 1.000, major 0.000, pgfault 1.000, debian_plain.csv)
    """
    if file is not None and file in CAVEATS and file not in COUNTS:
        raise BadInput(
            f"{file} holds times: read it with faultviz.lab.recorded.pairs.pairs({file!r})."
        )
    return tuple(row for name in ([file] if file else COUNTS) for row in _medians(name))


def records(file: str) -> list[dict[str, str]]:
    """Give the lines of a shipped file, without warm-ups and without calls that failed.

    >>> len(records("icount400.csv")), records("ab400.csv")[0]["mode"]
    (8, 'tmpfs_shared')
    """
    if file not in CAVEATS:
        raise BadInput(f"No recorded file is called {file!r}.{nearest(str(file), CAVEATS)}")
    text = files(__package__).joinpath("data", file).read_text(encoding="ascii")
    lines = csv.DictReader(text.splitlines())
    return [line for line in lines if line.get("ok") != "0" and line["rep"] != "-1"]


def put_back(record: dict[str, str]) -> bool:
    """Whether the kernel of this line had the one return of COMPLETED turned back to RETRY."""
    return record["knob_retry"] == "1" or "retry" in record["tag"].split("-")


def _medians(file: str) -> list[FaultRates]:
    groups: dict[tuple[str, str], list[FaultRates]] = {}
    for record in records(file):
        row = _from_gup(record, file) if "how" in record else _from_touch(record, file)
        groups.setdefault((row.kernel, row.mode), []).append(row)
    return [middle(rows) for rows in groups.values()]


def _from_touch(record: dict[str, str], file: str) -> FaultRates:
    pages, elapsed = int(record["pages"]), int(record["elapsed_ns"])
    kernel = VERSIONS.get(record["kernel"], record["kernel"])
    if record["tag"] == "uml":
        kernel += " (um)"
    elif put_back(record):
        kernel += " with RETRY put back"
    return FaultRates(
        kernel=kernel,
        mode=record["mode"].removeprefix("tmpfs_").removeprefix("shared_"),
        pages=pages,
        minor_per_page=int(record["minflt"]) / pages,
        major_per_page=int(record["majflt"]) / pages,
        pgfault_per_page=int(record["pgfault"]) / pages,
        seconds=elapsed / 1e9 if elapsed else None,
        source=file,
    )


def _from_gup(record: dict[str, str], file: str) -> FaultRates:
    return FaultRates(
        kernel=VERSIONS.get(record["kernel"], record["kernel"]),
        mode=record["how"],
        pages=int(record["pages"]),
        minor_per_page=float(record["minor_per_page"]),
        major_per_page=float(record["major_per_page"]),
        pgfault_per_page=float(record["pgfault_per_page"]),
        seconds=None,
        source=file,
    )


def middle(rows: Sequence[FaultRates]) -> FaultRates:
    """One row for the repetitions of one mode: the median of each number.

    >>> rows = [FaultRates("6.1.176", "shared", 8, n, 0.0, n, None) for n in (1.0, 1.5, 1.0)]
    >>> middle(rows)
    Row(6.1.176 shared: minor 1.000, major 0.000, pgfault 1.000, this machine)
    """
    first = rows[0]
    pgfaults = [row.pgfault_per_page for row in rows if row.pgfault_per_page is not None]
    times = [row.seconds for row in rows if row.seconds is not None]
    return FaultRates(
        kernel=first.kernel,
        mode=first.mode,
        pages=first.pages,
        minor_per_page=median(row.minor_per_page for row in rows),
        major_per_page=median(row.major_per_page for row in rows),
        pgfault_per_page=median(pgfaults) if pgfaults else None,
        seconds=median(times) if times else None,
        source=first.source,
    )


def table(rows: Iterable[FaultRates], kernel: int = 18) -> str:
    """Rows as text, one a line, faults per page to three digits; `kernel`: a least width.

    >>> row = FaultRates("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1, "debian_plain.csv")
    >>> print(table([row]))
    kernel              mode           minor  major  pgfault  from
    6.1.176             shared         1.000  0.000    1.000  debian_plain.csv
    """
    shown = tuple(rows)
    kernel = max([kernel, *(len(row.kernel) for row in shown)])
    wide = max([13, *(len(row.mode) for row in shown)])
    head = f"{'kernel':{kernel}}  {'mode':{wide}}"
    lines = [f"{head}  {'minor':>5}  {'major':>5}  {'pgfault':>7}  from"]
    for row in shown:
        pgfault = "unknown" if row.pgfault_per_page is None else f"{row.pgfault_per_page:.3f}"
        lines.append(
            f"{row.kernel:{kernel}}  {row.mode:{wide}}  {row.minor_per_page:.3f}  "
            f"{row.major_per_page:.3f}  {pgfault:>7}  {row.source}"
        )
    return "\n".join(lines)
