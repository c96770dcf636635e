"""Reading a few files out of a large archive: .tar, .tar.xz, .tar.gz, .tar.bz2, .deb.

Here: one pass through the archive as a stream, nothing is ever unpacked to a path. Not here: which
files are wanted and what is made of them (`tree`).
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from faultviz.errors import BadInput

CHUNK = 1 << 20
LARGEST = 16 << 20
"""No C file is larger; what claims to be is not read into memory."""

_BROKEN = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError)


class Member(NamedTuple):
    """A file's path below the archive's one top folder, and its bytes; or why it was left."""

    path: str
    data: bytes = b""
    skipped: str = ""


def members(archive: Path, wanted: Callable[[str], bool], seen: Callable[[int], None]) -> Iterator[Member]:
    """The wanted files of an archive, in its order. `seen` hears how many bytes were read.

    Raises BadInput for what is no archive, ends early or holds no folder of sources.
    """
    try:
        with archive.open("rb") as raw:
            counted = _Counted(raw, seen)
            yield from _deb(counted, wanted) if _is_deb(counted) else _tar(counted, wanted)
    except _BROKEN as problem:
        said = str(problem) or type(problem).__name__
        raise BadInput(
            f"{archive} cannot be read as an archive ({said}). Is it whole? A directory, .tar, .tar.xz, "
            ".tar.gz or .deb of kernel source will do."
        ) from problem


class _Counted(io.RawIOBase):
    """A file that can look a few bytes ahead and tells how far it is."""

    def __init__(self, raw: IO[bytes], seen: Callable[[int], None]) -> None:
        self.raw, self.seen, self.ahead, self.left = raw, seen, b"", -1

    def peek(self, size: int) -> bytes:
        while len(self.ahead) < size and (more := self.raw.read(size - len(self.ahead))):
            self.ahead += more
        return self.ahead[:size]

    def read(self, size: int = -1) -> bytes:  # type: ignore[override]  # never None: it blocks
        if self.ahead:
            got, self.ahead = (self.ahead, b"") if size < 0 else (self.ahead[:size], self.ahead[size:])
        else:
            got = self.raw.read(size)
        self.seen(len(got))
        return got


def _is_deb(stream: _Counted) -> bool:
    return stream.peek(8) == b"!<arch>\n"


def _deb(stream: _Counted, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """A Debian package holds data.tar.*, and that the sources as a tar of their own."""
    stream.read(8)
    while header := stream.read(60):
        name, size = header[:16].split(b"/")[0].strip().decode("ascii", "replace"), int(header[48:58])
        if not name.startswith("data.tar"):
            _skip(stream, size + size % 2)
            continue
        with _opened(stream) as outer:
            for info in outer:
                if info.isfile() and _is_source(info.name):
                    inner = outer.extractfile(info)
                    if inner is not None:
                        yield from _tar(_Counted(inner, lambda _: None), wanted)
                        return
        break
    raise tarfile.ReadError("the package holds no linux-source archive")


def _is_source(name: str) -> bool:
    return PurePosixPath(name).name.startswith("linux-source") and ".tar" in name


def _tar(stream: _Counted, wanted: Callable[[str], bool]) -> Iterator[Member]:
    with _opened(stream) as archive:
        for info in archive:
            path = _below_top(info.name)
            if path is None or not wanted(path):
                continue
            if not info.isfile():
                yield Member(path, skipped="it is a link" if info.islnk() or info.issym() else "no file")
            elif info.size > LARGEST:
                yield Member(path, skipped=f"{info.size} bytes are too many for C")
            else:
                file = archive.extractfile(info)
                yield Member(path, file.read() if file else b"")
            archive.members = []  # the list would hold all 80,000


def _below_top(name: str) -> str | None:
    """The path without its first folder; None for a path that leaves the archive."""
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts:
        return None
    return "/".join(parts[1:])


def _opened(stream: _Counted) -> tarfile.TarFile:
    magic = stream.peek(6)
    if magic.startswith(b"\xfd7zXZ"):
        return tarfile.open(fileobj=lzma.LZMAFile(stream), mode="r|", bufsize=CHUNK)
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        raise tarfile.ReadError("it is packed with zstd, which this Python cannot unpack; unpack it first")
    kind = "gz" if magic.startswith(b"\x1f\x8b") else "bz2" if magic.startswith(b"BZh") else ""
    return tarfile.open(fileobj=stream, mode=f"r|{kind}", bufsize=CHUNK)  # type: ignore[call-overload, no-any-return]  # the mode is one of three


def _skip(stream: _Counted, size: int) -> None:
    while size > 0 and (got := stream.read(min(size, CHUNK))):
        size -= len(got)
