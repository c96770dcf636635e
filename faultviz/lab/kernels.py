"""Real kernels side by side: each boots with the counting program, and tells faults per page.

Here: what is asked of a kernel, what its lines mean, and what they prove. Not here: the program
and its archive (`kernels_init`), files and packages (`kernels_image`), processes (`kernels_run`).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from os import strerror
from pathlib import Path
from statistics import median

from faultviz.errors import BadInput
from faultviz.lab import kernels_init
from faultviz.lab.kernels_image import Image, image
from faultviz.lab.kernels_run import Machine, Said, command, run
from faultviz.lab.measure_machine import MB, available_bytes
from faultviz.lab.recorded import Row, middle
from faultviz.lab.verdict import NEAR, verdict

PAGES, REPEAT, LIMIT = 2048, 2, 120
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

_ROW = re.compile(r"faultviz row (\w+) \d+ (\d+) (\d+) (\d+) (\d+) (\d+) (-?\d+)")
_WITHOUT = re.compile(r"faultviz without (\w+) (\d+)")
_KERNEL = re.compile(r"faultviz kernel (\S+)")


@dataclass(frozen=True, slots=True, repr=False)
class Booted:
    """What one kernel counted: a row per mode, and why a mode is missing.

    `instructions` is per page and by mode, empty where they were not counted (user-mode Linux, or
    without -icount); `seconds` is how long the machine ran.
    """

    kernel: str
    target: str
    image: str
    rows: tuple[Row, ...]
    instructions: dict[str, float]
    without: dict[str, str]
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
    def verdict(self) -> str:
        """What the faults of the mode `shared` prove on this kernel."""
        row = next(row for row in self.rows if row.mode == "shared")
        said = verdict(self.kernel, row.minor_per_page, row.major_per_page)
        two = abs(row.minor_per_page - 2) <= NEAR
        return UM if self.target == "um" and two and said.startswith("Unknown") else said

    def as_dict(self) -> dict[str, object]:
        """Give the same as plain values for JSON, with what has to be said beside them."""
        kinds = ("instructions", "seconds") if self.instructions else ("seconds",)
        caveat = " ".join([CAVEAT, *(CAVEATS[kind] for kind in kinds)])
        return asdict(self) | {"verdict": self.verdict, "caveat": caveat}


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
            told = partial(tell, one.name)
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
    counted = icount and one.target == "qemu"
    groups: dict[str, list[Row]] = {}
    ticks: dict[str, list[float]] = {}
    without: dict[str, str] = {}
    kernel = ""
    for line in said.lines:
        if found := _ROW.fullmatch(line):
            pages, nanoseconds, ticked, minor, major, pgfault = map(int, found.groups()[1:])
            groups.setdefault(found[1], []).append(
                Row(
                    kernel=kernel,
                    mode=found[1],
                    pages=pages,
                    minor_per_page=minor / pages,
                    major_per_page=major / pages,
                    pgfault_per_page=pgfault / pages if pgfault >= 0 else None,
                    seconds=None if counted else nanoseconds / 1e9,
                    source="booted here",
                )
            )
            ticks.setdefault(found[1], []).append(ticked / pages)
        elif found := _WITHOUT.fullmatch(line):
            without[found[1]] = f"refused ({strerror(int(found[2]))})"
        elif found := _KERNEL.fullmatch(line):
            kernel = found[1]
    if said.ended != "end" or not kernel or "shared" not in groups:
        raise BadInput(_why(one, said, limit, kernel))
    return Booted(
        kernel=kernel, target=one.target, image=one.name,
        rows=tuple(middle(rows) for rows in groups.values()),
        instructions={mode: median(some) for mode, some in ticks.items()} if counted else {},
        without=without, seconds=said.seconds,
    )  # fmt: skip


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

    >>> row = Row("6.1.0", "shared", 2048, 1.0, 0.0, 1.0, None, "booted here")
    >>> print(table([Booted("6.1.0", "qemu", "vmlinuz", (row,), {"shared": 5503.4}, {}, 3.1)]))
    mode                  kernel           pgfault  minor  major  instructions
    shared                6.1.0              1.000  1.000  0.000          5503
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
