"""What was measured here: passes, rows, times, and how they are shown.

Here: the result, as text, picture, CSV and JSON. Not here: which passes are made (`measurement`).
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from faultviz.base.errors import BadInput
from faultviz.lab.measure import timing
from faultviz.lab.measure.meaning import meaning
from faultviz.lab.measure.modes import RECORDED_AS, ModeCase
from faultviz.lab.measure.timing import Timing, timings
from faultviz.lab.measure.touch import Counts
from faultviz.lab.recorded.plot import Dots, dots
from faultviz.lab.recorded.records import CAVEATS, FaultRates, table

CAVEAT = (
    "minor and major are from getrusage for the touching thread alone, and exact; pgfault is "
    "the difference of the system-wide /proc/vmstat, so whatever else runs adds to it; seconds is "
    "one run and no benchmark."
)
COLUMNS = (
    "tag", "kernel", "mode", "knob_retry", "threads", "mapper", "rep", "pages", "elapsed_ns",
    "minflt", "majflt", "pgfault", "faults_per_page", "mapper_ops", "worst_mmap_ns",
)  # fmt: skip
"""Those of the recorded files."""


class Pass(NamedTuple):
    """One pass over fresh pages; repetition -1 warms up and does not count."""

    case: ModeCase
    repetition: int
    pages: int
    counts: Counts


@dataclass(frozen=True, slots=True, repr=False)
class Measurement:
    """What `measure` found: rows of this machine, recorded rows to hold beside them, a verdict.

    `vma_lock_retry_per_page` is of the mode `shared`, and None where the kernel does not count it.
    `passes` are all single passes; `left_out` says why a mode that was asked for has no row.

    >>> row = FaultRates("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1)
    >>> Measurement("6.1.176", 4096, (row,), (), None, "COMPLETED: ...")
    Measurement(6.1.176, 2048 pages of 4096 bytes, shared: minor 1.000, major 0.000)
    """

    kernel: str
    page_size: int
    rows: tuple[FaultRates, ...]
    recorded: tuple[FaultRates, ...]
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
        return table(rows)

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
        return "\n".join([timing.table(rows), *said])

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

        >>> row = FaultRates("6.1.176", "shared", 2048, 1.0, 0.0, 1.0, 0.1)
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
