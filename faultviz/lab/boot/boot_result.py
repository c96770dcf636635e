"""What one booted kernel counted: passes, rows, instructions, and how they are shown.

Here: the result, as text, CSV and JSON. Not here: how a kernel is booted (`booted`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median
from typing import NamedTuple

from faultviz.lab.measure.meaning import MERGED, era
from faultviz.lab.recorded.records import FaultRates, middle
from faultviz.lab.recorded.verdict import BY_GUP, NEAR, verdict

CAVEAT = (
    "The counts are exact: nothing else runs on that machine, and the program goes before whatever "
    "the kernel does by itself. Compare kernels by their counts only; between two versions much "
    "more has changed than this patch."
)
CAVEATS = {
    "instructions": (
        "An instruction is one that QEMU carried out under -icount, in kernel or program, whatever "
        "it would cost on a real processor; on another --cpu the kernel clears pages otherwise."
    ),
    "seconds": "The times are those of an emulator, not of a real machine.",
}
UM = (
    "COMPLETED, and two traps: The handler of user-mode Linux 6.1 returns on VM_FAULT_COMPLETED "
    "before the TLB flush that installs the page in the host's mapping, so the program faults once "
    "more, which is a whole second trap, and minor as well. The recorded 6.1.176 reads the same "
    "(uml.csv); the cause was read in its source."
)


class BootPass(NamedTuple):
    """One line of the counting program: one pass of one mode over `pages` fresh pages."""

    mode: str
    repetition: int
    pages: int
    nanoseconds: int
    ticks: int
    minor: int
    major: int
    pgfault: int


@dataclass(frozen=True, slots=True, repr=False)
class Booted:
    """What one kernel counted: all passes, and why a mode is missing.

    `counted` says that instructions were; they are not on user-mode Linux, nor without -icount.
    `seconds` is how long the machine ran.

    >>> passes = (BootPass("shared", 0, 8, 900, 44000, 8, 0, 8),)
    >>> Booted("6.1.0", "qemu", "vmlinuz", passes, {}, True, 3.1)
    Booted(6.1.0, 8 pages, shared: minor 1.000, major 0.000)
    """

    kernel: str
    target: str
    image: str
    passes: tuple[BootPass, ...]
    without: dict[str, str]
    counted: bool
    seconds: float

    def __repr__(self) -> str:
        row = self.rows[0]
        return (
            f"Booted({self.name}, {row.pages} pages, {row.mode}: minor {row.minor_per_page:.3f}, "
            f"major {row.major_per_page:.3f})"
        )

    @property
    def name(self) -> str:
        """The kernel's release; user-mode Linux says so."""
        return f"{self.kernel} (um)" if self.target == "um" else self.kernel

    @property
    def rows(self) -> tuple[FaultRates, ...]:
        """Faults per page of each mode, the medians over its passes."""
        return tuple(middle([self._row(one) for one in some]) for some in self._modes().values())

    @property
    def instructions(self) -> dict[str, float]:
        """Instructions per page of each mode; nothing where they were not counted."""
        modes = self._modes() if self.counted else {}
        return {mode: median(one.ticks / one.pages for one in some) for mode, some in modes.items()}

    def _modes(self) -> dict[str, list[BootPass]]:
        modes: dict[str, list[BootPass]] = {}
        for one in self.passes:
            modes.setdefault(one.mode, []).append(one)
        return modes

    def _row(self, one: BootPass) -> FaultRates:
        return FaultRates(
            kernel=self.name,
            mode=one.mode,
            pages=one.pages,
            minor_per_page=one.minor / one.pages,
            major_per_page=one.major / one.pages,
            pgfault_per_page=one.pgfault / one.pages if one.pgfault >= 0 else None,
            seconds=None if self.counted else one.nanoseconds / 1e9,
            source="booted here",
        )

    @property
    def verdict(self) -> str:
        """What the faults of the mode `shared`, and those by GUP, prove on this kernel."""
        rows = {row.mode: row for row in self.rows}
        row, gup = rows["shared"], rows.get(BY_GUP)
        two = abs(row.minor_per_page - 2) <= NEAR and abs(row.major_per_page) <= NEAR
        if self.target == "um" and two and era(self.kernel) == MERGED:
            return UM
        told = None if gup is None else gup.minor_per_page
        return verdict(self.kernel, row.minor_per_page, row.major_per_page, gup=told)

    def csv(self) -> str:
        """All passes, one a line, in the columns of the recorded files, without their names.

        The nanoseconds are instructions where these were counted, and the tag is uml or qemu.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        tag = "uml" if self.target == "um" else "qemu-icount" if self.counted else "qemu"
        for one in self.passes:
            took = one.ticks if self.counted else one.nanoseconds
            who = (tag, self.kernel, one.mode, -1, 1, 0, one.repetition, one.pages)
            what = (took, one.minor, one.major, one.pgfault, f"{one.pgfault / one.pages:.3f}")
            writer.writerow((*who, *what, 0, 0))
        return out.getvalue()

    def as_dict(self) -> dict[str, object]:
        """Give the same as plain values for JSON, with what has to be said beside them."""
        plain = asdict(self)
        plain["passes"] = [one._asdict() for one in self.passes]
        plain["rows"] = [asdict(row) for row in self.rows]
        plain["instructions"] = self.instructions
        plain["verdict"] = self.verdict
        plain["caveat"] = f"{CAVEAT} {CAVEATS['instructions' if self.counted else 'seconds']}"
        return plain


def table(kernels: Iterable[Booted]) -> str:
    """Faults per page, mode by mode, the kernels of one mode below each other.

    >>> passes = (BootPass("shared", 0, 8, 900, 44000, 8, 0, 8),)
    >>> print(table([Booted("6.1.0", "qemu", "vmlinuz", passes, {}, True, 3.1)]))
    mode                  kernel           pgfault  minor  major  instructions
    shared                6.1.0              1.000  1.000  0.000          5500
    """
    shown = tuple(kernels)
    wide = max([15, *(len(one.name) for one in shown)])
    lines = [f"{'mode':20}  {'kernel':{wide}}  pgfault  minor  major  instructions"]
    for mode in dict.fromkeys(row.mode for one in shown for row in one.rows):
        name = mode
        for one in shown:
            row = next((row for row in one.rows if row.mode == mode), None)
            said = one.without.get(mode, "not measured") if row is None else _numbers(one, row)
            lines.append(f"{name:20}  {one.name:{wide}}  {said}")
            name = ""
    return "\n".join(lines)


def _numbers(one: Booted, row: FaultRates) -> str:
    pgfault = "unknown" if row.pgfault_per_page is None else f"{row.pgfault_per_page:.3f}"
    counted = one.instructions.get(row.mode)
    instructions = "-" if counted is None else f"{counted:.0f}"
    minor, major = row.minor_per_page, row.major_per_page
    return f"{pgfault:>7}  {minor:.3f}  {major:.3f}  {instructions:>12}"
