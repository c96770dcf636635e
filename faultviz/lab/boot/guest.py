"""A machine as a process: started, listened to, and gone when we leave, whatever happens.

Here: the command lines of QEMU and of user-mode Linux, the time limit, Ctrl-C. Not here: what the
lines mean (`booted`).
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import IO, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.lab.boot.image import Image
from faultviz.lab.measure.signals import postponed

QEMU = "qemu-system-x86_64"
WORD, END = "faultviz ", "faultviz end"
LISTEN = 0.1  # seconds; a signal is answered after at most so many
LONGEST = 1 << 12  # bytes of a line that are kept
LAST = 3  # lines that an error cites
MARGIN = 10  # seconds after which a machine is ended that nobody watches any more


class EmulatedMachine(NamedTuple):
    """What the machine has, beside its kernel: megabytes, a CPU model, and counted instructions."""

    memory: int = 512
    cpu: str = "qemu64"
    icount: bool = True


class GuestOutput(NamedTuple):
    """The counting program's lines, the machine's last other lines, and how it came to an end.

    `ended` is "end" where the program finished, "limit" where the time was over, "exit" where the
    machine stopped by itself before.
    """

    lines: tuple[str, ...]
    last: tuple[str, ...]
    ended: str
    seconds: float


def command(
    image: Image, initramfs: Path, words: Sequence[str], machine: EmulatedMachine | None = None
) -> list[str]:
    """The command line that boots `image`; `words` are the counting program's arguments.

    Raises BadInput where QEMU is missing. A kernel gets no disk, no network and no display.
    """
    machine = machine or EmulatedMachine()
    told = ["quiet", "panic=-1", "--", *words]
    if image.target == "um":
        own = [f"mem={machine.memory}M", f"initrd={initramfs}", "con=null", "con0=fd:0,fd:1"]
        return [str(image.path), *own, *told]
    qemu = shutil.which(QEMU)
    if qemu is None:
        raise BadInput(
            f"{QEMU} is not on the PATH: install it (Debian and Ubuntu: qemu-system-x86; Fedora: "
            "qemu-system-x86-core), or look at faultviz measure --recorded."
        )
    # One CPU that is emulated by software: it needs no rights, and counts alike everywhere.
    return [
        qemu, "-accel", "tcg", "-cpu", machine.cpu, "-smp", "1", "-m", str(machine.memory),
        *(["-icount", "shift=0,sleep=off"] if machine.icount else []),
        "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-monitor", "none",
        "-serial", "stdio", "-kernel", str(image.path), "-initrd", str(initramfs),
        "-append", " ".join(["console=ttyS0", *told]),
    ]  # fmt: skip


def run(
    words: Sequence[str],
    folder: Path,
    limit: float,
    heard: Callable[[str], None] = lambda _: None,
    keep: int = LAST,
) -> GuestOutput:
    """Start the command and listen until the counting program has ended, or `limit` seconds.

    `heard` is told the program's lines, and of all others the last `keep` are in the answer.

    On return and on every exception no process of it is left. Ctrl-C and SIGTERM are answered once
    that is so, with KeyboardInterrupt and SystemExit. BadInput where it cannot be started.
    """
    lines: list[str] = []
    last: deque[str] = deque(maxlen=keep)
    ended = "exit"
    start = monotonic()
    with postponed() as noted, _started(words, folder, limit) as output:
        for line in _lines(output, start + limit, noted):
            if line is None:
                ended = "limit"
                break
            text = line.decode("utf-8", "replace").strip()
            if text.startswith(WORD):
                lines.append(text)
                heard(text)
            elif text:
                last.append(text)
            if text == END:
                ended = "end"
                break
    return GuestOutput(tuple(lines), tuple(last), ended, monotonic() - start)


@contextmanager
def _started(words: Sequence[str], folder: Path, limit: float) -> Iterator[IO[bytes]]:
    """The output of a command that has a process group of its own; at the end all of it is gone."""
    # Should this Python be killed, somebody else ends the machine.
    watch = shutil.which("timeout")
    before = [watch, "-s", "KILL", str(int(limit) + MARGIN)] if watch else []
    # User-mode Linux keeps its memory and its sockets where these say.
    around = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}
    try:
        child = subprocess.Popen(  # noqa: S603
            [*before, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, cwd=folder, env=around, start_new_session=True,
        )  # fmt: skip
    except OSError as problem:
        raise BadInput(f"{words[0]} cannot be started: {problem.strerror}.") from None
    try:
        assert child.stdout is not None
        yield child.stdout
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if child.stdout:
            child.stdout.close()


def _lines(output: IO[bytes], deadline: float, noted: list[int]) -> Iterator[bytes | None]:
    """Whole lines as they come, then the rest; None where the time is over."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while not noted:
            left = deadline - monotonic()
            if left <= 0:
                yield None
                return
            if not selector.select(min(left, LISTEN)):
                continue
            data = os.read(output.fileno(), 1 << 16)
            if not data:
                yield rest
                return
            *whole, rest = (rest + data).split(b"\n")
            yield from whole
            rest = rest[-LONGEST:]
