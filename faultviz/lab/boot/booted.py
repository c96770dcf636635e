"""Real kernels side by side: each boots with the counting program, and tells faults per page.

Here: what is asked of a kernel, and what its lines mean. Not here: the program and its archive
(`initramfs`), files and packages (`image`), processes (`guest`), what is shown of
it (`boot_result`).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from os import strerror
from pathlib import Path

from faultviz.base.errors import BadInput, CannotHere
from faultviz.lab.boot import initramfs, probe
from faultviz.lab.boot.boot_result import Booted, BootPass
from faultviz.lab.boot.guest import EmulatedMachine, GuestOutput, command, run
from faultviz.lab.boot.image import Image, image
from faultviz.lab.measure.machine import MB, available_bytes

# So few that the program is done before 6.12 lets others run, a second after it has begun.
PAGES, REPEAT, LIMIT = 2048, 3, 120
MODES = 10
"""Lines that the program prints for each repetition."""

PAGE = 4096  # bytes, of every x86-64 kernel
MOST = 1 << 17
"""Pages; half a gigabyte of them, of which the private control holds each twice."""

BASE = 256  # MB that a booted kernel has for itself

_ROW = re.compile(r"faultviz row (\w+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (-?\d+)")
_WITHOUT = re.compile(r"faultviz without (\w+) (\d+)")
_KERNEL = re.compile(r"faultviz kernel (\S+)")


def boot(
    files: Iterable[Path] = (),
    *,
    debs: Iterable[Path] = (),
    umls: Iterable[Path] = (),
    pages: int = PAGES,
    repeat: int = REPEAT,
    limit: float = LIMIT,
    machine: EmulatedMachine | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> Iterator[Booted]:
    """Boot each kernel, count, and switch it off; `limit` is in seconds, for one kernel.

    `files` are kernel images or Debian packages of one, `debs` packages, `umls` programs of
    user-mode Linux or packages of one. `tell` hears the kernel's name, the lines so far and how
    many there will be. BadInput for a file that holds no kernel, before anything is booted, and for
    a kernel that does not boot, hangs, or counts nothing; no process is left in any case.
    """  # fmt: skip
    machine = _machine(pages, repeat, limit, machine or EmulatedMachine())
    with tempfile.TemporaryDirectory(prefix="faultviz-kernels-") as name:
        folder = Path(name)
        images = [
            *(image(file, folder) for file in files),
            *(image(file, folder, deb=True) for file in debs),
            *(image(file, folder, "um") for file in umls),
        ]
        archive = folder / "initramfs"
        archive.write_bytes(initramfs.initramfs(initramfs.build(folder)))
        words = [str(pages), str(repeat)]
        commands = [(one, command(one, archive, words, machine)) for one in images]
        for one, line in commands:
            told = partial(tell, one.version or one.name)
            said = run(line, folder, limit, _counter(told, MODES * repeat + 2))
            unable = one.target == "um" and said.ended == "exit" and not said.lines
            if unable and (why := probe.starts_nothing(one, folder)):
                raise CannotHere(why)
            yield _booted(one, said, limit, icount=machine.icount)


def _counter(told: Callable[[int, int], None], of: int) -> Callable[[str], None]:
    done = count(1)
    told(0, of)
    return lambda _line: told(next(done), of)


def _machine(pages: int, repeat: int, limit: float, machine: EmulatedMachine) -> EmulatedMachine:
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


def _booted(one: Image, said: GuestOutput, limit: float, *, icount: bool) -> Booted:
    passes: list[BootPass] = []
    without: dict[str, str] = {}
    kernel = ""
    for line in said.lines:
        if found := _ROW.fullmatch(line):
            mode, *numbers = found.groups()
            passes.append(BootPass(mode, *map(int, numbers)))
        elif found := _WITHOUT.fullmatch(line):
            without[found[1]] = f"refused ({strerror(int(found[2]))})"
        elif found := _KERNEL.fullmatch(line):
            kernel = found[1]
    if said.ended != "end" or not kernel or "shared" not in {row.mode for row in passes}:
        raise BadInput(_why(one, said, limit, kernel))
    counted = icount and one.target == "qemu"
    return Booted(kernel, one.target, one.name, tuple(passes), without, counted, said.seconds)


def _why(one: Image, said: GuestOutput, limit: float, kernel: str) -> str:
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
