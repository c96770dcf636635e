"""Files of others, and files of one's own: only plain ones are opened, and private stays private.

Here: how every file that somebody else may have made is opened, the lock beside a file, what lies
outside the clone (0700 and 0600, whatever the umask), and results, which are whole or not there.
Not here: what stands in a file.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from faultviz.base.errors import BadInput
from faultviz.start.ending import beside, held

PATIENCE = 5.0
"""Seconds that a lock is waited for: whoever holds one is done in milliseconds, or is stopped."""
BUSY = "another process holds {}; if it is stopped, let it go on or end it"

OWN = re.compile(r"/dev/(stdin|stdout|stderr|null|fd/\d+)|/proc/self/fd/\d+")
"""What the shell has opened for this process, as `<(git diff)` does; and nowhere."""

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


def _refused(kind: str) -> OSError:
    return OSError(errno.EINVAL, f"it is {kind}, no plain file")


def _plain(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise _refused(_KINDS.get(stat.S_IFMT(mode), "something else"))


def refuse_special(file: Path) -> None:
    """Raise OSError, whose strerror says why, for what is there and is no plain file."""
    try:
        _plain(file.stat().st_mode)
    except FileNotFoundError:
        if file.is_symlink():
            raise _refused("a link to nothing") from None


def opened(file: Path, mode: Literal["rb", "ab"] = "rb") -> IO[bytes]:
    """Open a plain file, or what a link to one leads to; OSError for all else, and never a wait.

    It is looked at before, for opening a device may do something, and again when it is open, for
    it may have been exchanged.
    """
    refuse_special(file)
    at_once = getattr(os, "O_NONBLOCK", 0)  # where a pipe came in its place
    found = open(file, mode, opener=lambda name, how: os.open(name, how | at_once, 0o600))  # noqa: SIM115
    try:
        _plain(os.fstat(found.fileno()).st_mode)
    except OSError:
        found.close()
        raise
    return found


def contents(file: Path) -> bytes:
    """All of a plain file. Raises OSError, as `opened`."""
    with opened(file) as found:
        return found.read()


def given(file: Path) -> bytes:
    """All of a file that a reader named; also of a pipe that the shell has opened for us.

    Raises BadInput with one sentence.

    >>> given(Path("/"))
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: / cannot be read: it is a folder, no plain file.
    """
    try:
        return file.read_bytes() if OWN.fullmatch(str(file)) else contents(file)
    except OSError as problem:
        raise BadInput(f"{file} cannot be read: {problem.strerror}.") from None
    except ValueError as problem:  # a null byte in its name
        raise BadInput(f"{str(file)!r} cannot be read: {problem}.") from None


# --- what is written -----------------------------------------------------------------------------


def put(file: Path, data: bytes) -> Path:
    """A result, whole or not there, open to whom the user's umask lets in. Raises BadInput."""
    try:
        if OWN.fullmatch(str(file)):
            file.write_bytes(data)
        else:
            refuse_special(file)
            _replace(file.resolve(), data, 0o666)  # what a link leads to, and not the link
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise BadInput(f"{file} cannot be written: {reason}.") from None
    return file


def put_all(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Results in a folder, by their paths below it: all or none; others there stay.

    Raises BadInput where they cannot be written.
    """
    home = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    try:
        with beside(home / "faultviz") as half:
            for name, data in files.items():
                (half / name).parent.mkdir(parents=True, exist_ok=True)
                (half / name).write_bytes(data)
            with held():
                for name in files:
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (half / name).replace(folder / name)
    except OSError as problem:
        raise BadInput(f"{folder} cannot be written: {problem.strerror}.") from None
    return [folder / name for name in files]


def folder_for_results(folder: Path) -> None:
    """Make a folder that a reader named, where there is none. Raises BadInput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(f"{folder} cannot be written: {problem.strerror}.") from None


def to_make_anew(folder: Path, mark: str) -> Path:
    """A folder that a reader named for a tree of ours, with its links followed.

    Raises BadInput where it is no folder, or holds what is not ours: it is neither missing nor
    empty, and has no file `mark`.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is no folder: name one, or one that does not exist.")
    if folder.is_symlink() and not folder.exists():
        raise BadInput(f"{folder} is a link to nothing: name a folder.")
    folder = folder.resolve()
    if folder.exists() and not (folder / mark).is_file() and any(folder.iterdir()):
        raise BadInput(
            f"{folder} holds other things than a site of ours (no {mark}), and the site is made "
            "anew: name an empty folder, or one that does not exist."
        )
    return folder


def keep(file: Path, data: bytes) -> None:
    """A private file, whole or not there. Raises OSError."""
    _replace(file, data, 0o600)


def _replace(file: Path, data: bytes, mode: int) -> None:
    refuse_special(file)
    with beside(file) as part:
        with open(part, "xb", opener=lambda name, how: os.open(name, how, mode)) as out:
            out.write(data)
        part.replace(file)


def private(folder: Path) -> Path:
    """A folder that only its owner enters, with those above it that are missing. Raises OSError.

    One that is there stays as it is: it may be anybody's.
    """
    missing = [one for one in (folder, *folder.parents) if not os.path.lexists(one)]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is no folder")
    return folder


def cache(room: str) -> Path:
    """The private folder of one kind of kept files. Raises OSError where it cannot be made.

    What an earlier version left open to others is closed.
    """
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    top = Path(home) / "faultviz"
    folder = private(top / room)
    for one in (top, folder):
        if stat.S_IMODE(one.stat().st_mode) & 0o077:
            one.chmod(0o700)
    return folder


# --- one at a time -------------------------------------------------------------------------------


@contextmanager
def alone(lock: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Nobody else is in here meanwhile, where the system can say so; it cannot in a browser.

    Raises TimeoutError, with a sentence, if somebody else stays longer than `patience`.
    """
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # Windows has no such module, and a browser's Python an empty one
        yield
        return
    with opened(lock, "ab") as held:
        end = time.monotonic() + patience
        while True:
            try:
                flock(held, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise TimeoutError(errno.ETIMEDOUT, BUSY.format(lock.name)) from None
                time.sleep(0.01)
                continue
            except OSError:  # some network file systems know no locks: then there are none
                pass
            break
        yield
