"""Recorded measurements: the shipped CSV files, read into one row per kernel and mode.

The files in `data/` are this project's own measurements, copied with every column. What is measured
here and now lives in `measure`; the Row that both share lives here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from statistics import median

from faultviz.errors import BadInput, nearest

CAVEATS = {
    "debian_plain.csv": (
        "Unmodified Debian kernels on x86-64 under QEMU (TCG emulation): "
        "the counts are exact, the times are not those of a real machine."
    ),
    "bytepatch_debian.csv": (
        "The same Debian kernels, two of them with the one return of COMPLETED turned back to "
        "RETRY, under QEMU -icount: the counts are exact, the seconds are executed instructions "
        "and comparable within this file only."
    ),
    "uml.csv": (
        "User-mode Linux (arch/um) as Debian packages it: "
        "the counts are exact, the times are not those of a real machine."
    ),
    "gup.csv": (
        "Who makes the first write (a store, or the kernel by GUP), 4096 pages: counts only, no "
        "times; its pgfault is system-wide and may be too high; calls that failed are left out."
    ),
}
"""Each shipped file and what has to be said beside its numbers."""

# Debian's `uname -r` carries an ABI number; the version is the one of the package.
VERSIONS = {
    "5.10.0-32-cloud-amd64": "5.10.223",
    "6.1.0-50-cloud-amd64": "6.1.176",
    "6.12.117+deb13-cloud-amd64": "6.12.117",
}


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """Faults per page of one mode on one kernel.

    `minor_per_page` and `major_per_page` come from getrusage and are the toucher's own;
    `pgfault_per_page` is the difference of the system-wide pgfault in /proc/vmstat (None where that
    cannot be read); `seconds` is None where no time was taken; `source` is the file, or
    "this machine".

    >>> Row("6.1.176", "shared", 16384, 1.0, 0.0, 1.0, 0.62, "debian_plain.csv")
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


def recorded(file: str | None = None) -> tuple[Row, ...]:
    """Read the recorded rows of one file, or of all: the median over the repetitions.

    The tmpfs modes bear the names that `measure` uses. BadInput if no such file is shipped.

    >>> for row in recorded("debian_plain.csv"):
    ...     if row.mode == "shared":
    ...         print(row)
    Row(5.10.223 shared: minor 0.000, major 1.000, pgfault 2.000, debian_plain.csv)
    Row(6.1.176 shared: minor 1.000, major 0.000, pgfault 1.000, debian_plain.csv)
    Row(6.12.117 shared: minor 1.000, major 0.000, pgfault 1.000, debian_plain.csv)
    """
    if file is not None and file not in CAVEATS:
        raise BadInput(f"No recorded file is called {file!r}.{nearest(str(file), CAVEATS)}")
    return tuple(row for name in ([file] if file else CAVEATS) for row in _medians(name))


def _medians(file: str) -> list[Row]:
    groups: dict[tuple[str, str], list[Row]] = {}
    text = files("faultviz.lab").joinpath("data", file).read_text(encoding="ascii")
    for record in csv.DictReader(text.splitlines()):
        if record.get("ok") == "0" or record["rep"] == "-1":
            continue  # a call that failed, a warm-up
        row = _from_gup(record, file) if "how" in record else _from_touch(record, file)
        groups.setdefault((row.kernel, row.mode), []).append(row)
    return [_median(rows) for rows in groups.values()]


def _from_touch(record: dict[str, str], file: str) -> Row:
    pages, elapsed = int(record["pages"]), int(record["elapsed_ns"])
    kernel = VERSIONS.get(record["kernel"], record["kernel"])
    if record["tag"] == "uml":
        kernel += " (um)"
    elif "-retry" in record["tag"]:
        kernel += " with RETRY put back"
    return Row(
        kernel=kernel,
        mode=record["mode"].removeprefix("tmpfs_").removeprefix("shared_"),
        pages=pages,
        minor_per_page=int(record["minflt"]) / pages,
        major_per_page=int(record["majflt"]) / pages,
        pgfault_per_page=int(record["pgfault"]) / pages,
        seconds=elapsed / 1e9 if elapsed else None,
        source=file,
    )


def _from_gup(record: dict[str, str], file: str) -> Row:
    return Row(
        kernel=VERSIONS.get(record["kernel"], record["kernel"]),
        mode=record["how"],
        pages=int(record["pages"]),
        minor_per_page=float(record["minor_per_page"]),
        major_per_page=float(record["major_per_page"]),
        pgfault_per_page=float(record["pgfault_per_page"]),
        seconds=None,
        source=file,
    )


def _median(rows: list[Row]) -> Row:
    first = rows[0]
    pgfaults = [row.pgfault_per_page for row in rows if row.pgfault_per_page is not None]
    times = [row.seconds for row in rows if row.seconds is not None]
    return Row(
        kernel=first.kernel,
        mode=first.mode,
        pages=first.pages,
        minor_per_page=median(row.minor_per_page for row in rows),
        major_per_page=median(row.major_per_page for row in rows),
        pgfault_per_page=median(pgfaults) if pgfaults else None,
        seconds=median(times) if times else None,
        source=first.source,
    )


def table(rows: Iterable[Row]) -> str:
    """Rows as text, one a line, faults per page to three digits.

    >>> print(table([Row("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1, "debian_plain.csv")]))
    kernel              mode           minor  major  pgfault  from
    6.1.176             shared         1.000  0.000    1.000  debian_plain.csv
    """
    lines = [f"{'kernel':18}  {'mode':13}  {'minor':>5}  {'major':>5}  {'pgfault':>7}  from"]
    for row in rows:
        pgfault = "unknown" if row.pgfault_per_page is None else f"{row.pgfault_per_page:.3f}"
        lines.append(
            f"{row.kernel:18}  {row.mode:13}  {row.minor_per_page:.3f}  "
            f"{row.major_per_page:.3f}  {pgfault:>7}  {row.source}"
        )
    return "\n".join(lines)
