"""The one program that a booted kernel runs: built from `init.c`, packed as an initramfs.

Here: the compiler and what it is told, and the archive, written byte by byte. Not here: kernels
(`image`) and machines (`guest`).
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from faultviz.base.errors import BadInput

X86 = ("x86_64", "AMD64")
NATIVE, CROSS = ("cc", "gcc", "clang"), ("x86_64-linux-gnu-gcc",)
OPTIONS = ("-O2", "-static", "-s", "-w")
SECONDS = 60  # for the compiler; it takes one
_X86_64 = b"\x3e\x00"  # e_machine of an ELF file

FOLDER, PROGRAM, CHARACTERS = 0o040755, 0o100755, 0o020600


class ArchiveEntry(NamedTuple):
    """One entry of the archive; `device` is major and minor number."""

    name: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)


def compiler(given: str, machine: str) -> list[str]:
    """The words that call a C compiler for x86-64: those given, or the first that `machine` has.

    >>> compiler("gcc -m64", "x86_64")
    ['gcc', '-m64']
    """
    if words := shlex.split(given):
        return words
    native = machine in X86
    names = NATIVE if native else CROSS
    if found := next((path for name in names if (path := shutil.which(name))), None):
        return [found]
    package = "gcc and libc6-dev" if native else "gcc-x86-64-linux-gnu"
    raise BadInput(
        f"The counting program is built on this machine, and there is no C compiler for x86-64 "
        f"({', '.join(names)}): install one (on Debian and Ubuntu: {package}), or name it in CC."
    )


def build(folder: Path) -> bytes:
    """Compile `init.c` in `folder` into one file that needs no other, and give its bytes.

    Raises BadInput where there is no compiler, and where the compiler refuses, with its words.
    """
    made = folder / "init"
    with as_file(files(__package__) / "init.c") as source:
        named = compiler(os.environ.get("CC", ""), platform.machine())
        command = [*named, *OPTIONS, "-o", str(made), str(source)]
        try:
            done = subprocess.run(  # noqa: S603
                command, capture_output=True, stdin=subprocess.DEVNULL, text=True,
                errors="replace", timeout=SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise BadInput(f"The C compiler cannot be used: {problem}.") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise BadInput(
            f"{command[0]} cannot build the counting program ({said[-1] if said else 'no reason'})"
            ": it needs the static C library and the kernel's headers (Debian: libc6-dev; Fedora: "
            "glibc-static)."
        )
    data = made.read_bytes()
    if data[18:20] != _X86_64:
        raise BadInput(f"{command[0]} builds no programs for x86-64: name one that does in CC.")
    return data


def initramfs(program: bytes) -> bytes:
    """What the kernel unpacks at boot: /init, a place for /proc, and the console.

    >>> initramfs(b"program")[:6]
    b'070701'
    """
    return cpio(
        [
            ArchiveEntry("proc", FOLDER),
            ArchiveEntry("dev", FOLDER),
            # Without it the kernel starts the program with nothing to print to.
            ArchiveEntry("dev/console", CHARACTERS, device=(5, 1)),
            ArchiveEntry("init", PROGRAM, program),
        ]
    )


def cpio(entries: Iterable[ArchiveEntry]) -> bytes:
    """An archive in the format "newc": headers of 13 hexadecimal numbers, all padded to 4 bytes.

    >>> cpio([])[110:120]
    b'TRAILER!!!'
    """
    out = bytearray()
    for number, entry in enumerate([*entries, ArchiveEntry("TRAILER!!!", 0)], start=1):
        name = entry.name.encode("ascii") + b"\0"
        links = 2 if entry.mode == FOLDER else 1
        header = (
            number, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, *entry.device, len(name), 0,
        )  # fmt: skip
        out += b"070701" + b"".join(b"%08x" % field for field in header) + name
        out += bytes(-len(out) % 4) + entry.data
        out += bytes(-len(out) % 4)
    return bytes(out)
