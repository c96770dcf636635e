"""Real kernels side by side: each boots with the counting program, and tells faults per page.

Here: what is asked of a kernel, what its lines mean, and what they prove. Not here: the program
and its archive (`kernels_init`), files and packages (`kernels_image`), processes (`kernels_run`).
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from os import strerror
from pathlib import Path
from statistics import median
from typing import NamedTuple

from faultviz.errors import BadInput
from faultviz.lab import kernels_init
from faultviz.lab.kernels_image import Image, image
from faultviz.lab.kernels_run import Machine, Said, command, run
from faultviz.lab.measure_machine import MB, available_bytes
from faultviz.lab.measure_meaning import MERGED, era
from faultviz.lab.recorded import Row, middle
from faultviz.lab.verdict import BY_GUP, NEAR, verdict

# So few that the program is done before 6.12 lets others run, a second after it has begun.
PAGES, REPEAT, LIMIT = 2048, 3, 120
MODES = 10
"""Lines that the program prints for each repetition."""

PAGE = 4096  # bytes, of every x86-64 kernel
MOST = 1 << 17
"""Pages; half a gigabyte of them, of which the private control holds each twice."""

BASE = 256  # MB that a booted kernel has for itself

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

_ROW = re.compile(r"faultviz row (\w+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (-?\d+)")
_WITHOUT = re.compile(r"faultviz without (\w+) (\d+)")
_KERNEL = re.compile(r"faultviz kernel (\S+)")


class Pass(NamedTuple):
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

    >>> passes = (Pass("shared", 0, 8, 900, 44000, 8, 0, 8),)
    >>> Booted("6.1.0", "qemu", "vmlinuz", passes, {}, True, 3.1)
    Booted(6.1.0, 8 pages, shared: minor 1.000, major 0.000)
    """

    kernel: str
    target: str
    image: str
    passes: tuple[Pass, ...]
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
    def rows(self) -> tuple[Row, ...]:
        """Faults per page of each mode, the medians over its passes."""
        return tuple(middle([self._row(one) for one in some]) for some in self._modes().values())

    @property
    def instructions(self) -> dict[str, float]:
        """Instructions per page of each mode; nothing where they were not counted."""
        modes = self._modes() if self.counted else {}
        return {mode: median(one.ticks / one.pages for one in some) for mode, some in modes.items()}

    def _modes(self) -> dict[str, list[Pass]]:
        modes: dict[str, list[Pass]] = {}
        for one in self.passes:
            modes.setdefault(one.mode, []).append(one)
        return modes

    def _row(self, one: Pass) -> Row:
        return Row(
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


def boot(
    files: Iterable[Path] = (),
    *,
    debs: Iterable[Path] = (),
    umls: Iterable[Path] = (),
    pages: int = PAGES,
    repeat: int = REPEAT,
    limit: float = LIMIT,
    machine: Machine | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> Iterator[Booted]:
    """Boot each kernel, count, and switch it off; `limit` is in seconds, for one kernel.

    `files` are kernel images or Debian packages of one, `debs` packages, `umls` programs of
    user-mode Linux or packages of one. `tell` hears the kernel's name, the lines so far and how
    many there will be. BadInput for a file that holds no kernel, before anything is booted, and for
    a kernel that does not boot, hangs, or counts nothing; no process is left in any case.
    """  # fmt: skip
    machine = _machine(pages, repeat, limit, machine or Machine())
    with tempfile.TemporaryDirectory(prefix="faultviz-kernels-") as name:
        folder = Path(name)
        images = [
            *(image(file, folder) for file in files),
            *(image(file, folder, deb=True) for file in debs),
            *(image(file, folder, "um") for file in umls),
        ]
        archive = folder / "initramfs"
        archive.write_bytes(kernels_init.initramfs(kernels_init.build(folder)))
        words = [str(pages), str(repeat)]
        commands = [(one, command(one, archive, words, machine)) for one in images]
        for one, line in commands:
            told = partial(tell, one.version or one.name)
            said = run(line, folder, limit, _counter(told, MODES * repeat + 2))
            yield _booted(one, said, limit, icount=machine.icount)


def _counter(told: Callable[[int, int], None], of: int) -> Callable[[str], None]:
    done = count(1)
    told(0, of)
    return lambda _line: told(next(done), of)


def _machine(pages: int, repeat: int, limit: float, machine: Machine) -> Machine:
    if not 1 <= pages <= MOST:
        raise BadInput(f"pages is {pages}: give a number from 1 to {MOST}.")
    if repeat < 1:
        raise BadInput(f"repeat is {repeat}: give 1 or more.")
    if limit <= 0:
        raise BadInput(f"limit is {limit:g}: give the seconds that one kernel may take.")
    memory = BASE + 3 * pages * PAGE // MB
    free = available_bytes()
    if free is not None and memory * MB > free:
        raise BadInput(
            f"A machine for {pages} pages has {memory} MB, and {free // MB} MB are available: "
            "free some memory first, or give fewer --pages."
        )
    return machine._replace(memory=memory)


def _booted(one: Image, said: Said, limit: float, *, icount: bool) -> Booted:
    passes: list[Pass] = []
    without: dict[str, str] = {}
    kernel = ""
    for line in said.lines:
        if found := _ROW.fullmatch(line):
            mode, *numbers = found.groups()
            passes.append(Pass(mode, *map(int, numbers)))
        elif found := _WITHOUT.fullmatch(line):
            without[found[1]] = f"refused ({strerror(int(found[2]))})"
        elif found := _KERNEL.fullmatch(line):
            kernel = found[1]
    if said.ended != "end" or not kernel or "shared" not in {row.mode for row in passes}:
        raise BadInput(_why(one, said, limit, kernel))
    counted = icount and one.target == "qemu"
    return Booted(kernel, one.target, one.name, tuple(passes), without, counted, said.seconds)


def _why(one: Image, said: Said, limit: float, kernel: str) -> str:
    words = [*said.last, *(line for line in said.lines[-1:] if line.startswith("faultviz cannot"))]
    last = f" Its last words: {' / '.join(words)}" if words else " It said nothing at all."
    if said.ended == "limit":
        done = f"{kernel} was still counting" if kernel else "it did not reach the counting program"
        return (
            f"{one.name} was ended after {limit:g} s: {done}. Give a longer --limit, or another "
            f"kernel.{last}"
        )
    stopped = "stopped before it had counted" if kernel else "did not boot"
    return f"{one.name} {stopped}.{last}"


def table(kernels: Iterable[Booted]) -> str:
    """Faults per page, mode by mode, the kernels of one mode below each other.

    >>> passes = (Pass("shared", 0, 8, 900, 44000, 8, 0, 8),)
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


def _numbers(one: Booted, row: Row) -> str:
    pgfault = "unknown" if row.pgfault_per_page is None else f"{row.pgfault_per_page:.3f}"
    counted = one.instructions.get(row.mode)
    instructions = "-" if counted is None else f"{counted:.0f}"
    minor, major = row.minor_per_page, row.major_per_page
    return f"{pgfault:>7}  {minor:.3f}  {major:.3f}  {instructions:>12}"
