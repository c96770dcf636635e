"""How a command ends before its time: at Ctrl-C, at SIGTERM, and when its terminal closes.

Here: one line on stderr, exit code 128 and the signal's number, no process of ours, no temporary
file, and each output whole or not there. The process ends within the signal's handler: an exception
would come between any two steps, also where somebody catches it, and libraries catch a lot. Not
here: what a notebook does at Ctrl-C (`lab.measure.signals`), and programs that answer it themselves
(`child`). Standard library only.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
SAID = "faultviz: Stopped. What was half done is done anew at the next start.\n"
PATIENCE = 5.0
"""Seconds in which a process that was killed is gone; in its place nobody waits for ever."""

PAUSE = 0.02
CLEAN = "\r\x1b[2K\x1b[?25h"
"""To a terminal: the line of a bar is empty again, and the cursor is back."""

_places: set[Path] = set()
_noted: list[int] = []
_holding = 0
_watching: list[str | None] = []
"""When this process is watched: TMPDIR as it was before."""


def watch() -> None:
    """End this process well at a signal, from now on; a second call does nothing more.

    What it and its children keep in the system's folder for temporary files is in one of its own.
    A signal that was ignored, as by nohup, still is.
    """
    if _watching:
        return
    _watching.append(os.environ.get("TMPDIR"))
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _answer)
    if hasattr(signal, "pthread_sigmask"):  # `succeeded` has blocked them
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    with suppress(OSError), held():  # no room, or no such folder: whoever needs it says so
        own = tempfile.mkdtemp(prefix="faultviz-")
        _places.add(Path(own))
        os.environ["TMPDIR"] = tempfile.tempdir = own
    atexit.register(_clear, os.getpid())


def outside(around: Mapping[str, str]) -> dict[str, str]:
    """The environment for what may live longer than this process, such as a learner's browser."""
    before = _watching[0] if _watching else around.get("TMPDIR")
    kept = {name: value for name, value in around.items() if name != "TMPDIR"}
    return kept if before is None else {**kept, "TMPDIR": before}


def succeeded(around: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program that takes the place of this one, and will `watch`.

    A signal that comes between the two is answered by the second.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    _clear(os.getpid())
    return outside(around)


@contextmanager
def held() -> Iterator[None]:
    """A few steps that a signal does not part; it is answered behind them."""
    global _holding  # noqa: PLW0603 (the handler must see it)
    _holding += 1
    try:
        yield
    finally:
        _holding -= 1
        if _noted and not _holding:
            signal.raise_signal(_noted.pop(0))


@contextmanager
def deaf() -> Iterator[None]:
    """Children that are started here do not hear Ctrl-C: they end with this process."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A free name in the same folder, to write to and then to rename; what is left of it goes.

    >>> with beside(Path("a.svg")) as half:
    ...     half.name.startswith(".a.svg.")
    True
    """
    half = path.with_name(f".{path.name[:40]}.{os.urandom(6).hex()}")
    _places.add(half)
    try:
        yield half
    finally:
        _remove(half)
        _places.discard(half)


@contextmanager
def fresh(output: Path) -> Iterator[Path]:
    """A new folder that takes the place of `output` at the end, whole; else that stays as it was.

    A folder that must be made around it is made at the end, too.
    """
    home = next(folder for folder in output.absolute().parents if folder.exists())
    with beside(home / output.name) as half, beside(output.absolute()) as old:
        half.mkdir()
        yield half
        with held():
            output.parent.mkdir(parents=True, exist_ok=True)
            if output.exists():
                output.replace(old)
            half.replace(output)


def finish(number: int) -> None:
    """End now. Other threads of this process start and write nothing more, and are not heard."""
    for one in SIGNALS:
        # Not SIG_IGN: of a second signal that has come already, Python would complain.
        signal.signal(one, _once)
    sys.addaudithook(partial(_stay, threading.get_ident()))
    said, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _end_children()
    if several := sys.modules.get("multiprocessing.util"):
        several._run_finalizers(0)  # noqa: SLF001 (its semaphores have names, and stay)
        _end_children()
    _clear(os.getpid())
    with suppress(OSError):  # the terminal may be gone
        os.write(said, f"{CLEAN if os.isatty(said) else ''}{SAID}".encode())
    os._exit(128 + number)


def _answer(number: int, _frame: FrameType | None) -> None:
    if _holding:
        _noted.append(number)
    else:
        finish(number)


def _once(_number: int, _frame: FrameType | None) -> None:
    """This process is ending already."""


def _stay(but: int, _event: str, _args: tuple[object, ...]) -> None:
    """Before a thread, but for one, opens a file or starts a program: it waits for the end."""
    if threading.get_ident() != but:
        threading.Event().wait()


def _clear(process: int) -> None:
    """Take away what is only for now; a fork of this process leaves it to this one."""
    if process == os.getpid():
        for place in _places:
            _remove(place)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        with suppress(OSError):
            place.unlink(missing_ok=True)


def _end_children() -> None:
    """Kill whatever descends from this process, and see that it is gone."""
    end = time.monotonic() + PATIENCE
    before = {0}
    while ((found := _descendants()) or before) and time.monotonic() < end:
        for one in found:
            with suppress(OSError):
                os.kill(one, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        before = found
        time.sleep(PAUSE)  # another thread may be about to start one, and does it now


def _descendants() -> set[int]:
    """Living processes below this one, or with a folder for temporary files in ours.

    The second finds one whose parent has gone. Where there is no /proc, none are found.
    """
    parents: dict[int, int] = {}
    found = set()
    marks = [f"TMPDIR={place}".encode() for place in _places]
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state not in "ZX":
                parents[int(folder.name)] = int(parent)
                around = (folder / "environ").read_bytes().split(b"\0")
                if any(word.startswith(mark) for word in around for mark in marks):
                    found.add(int(folder.name))
    found.add(os.getpid())
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}
