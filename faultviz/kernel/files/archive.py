"""Reading a few files out of a large archive: .tar, .tar.xz, .tar.gz, .deb.

Here: one pass through the archive as a stream, nothing is ever unpacked to a path. Not here: which
files are wanted and what is made of them (`tree`).
"""

from __future__ import annotations

import io
import lzma
import queue
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import opened

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer  # it exists for type checkers only

CHUNK = 1 << 20
BLOCK = 1 << 13  # tarfile copies what is left of a block at each of its many small reads
LARGEST = 16 << 20
"""No C file is larger; what claims to be is not read into memory."""
LARGEST_PACKED = 256 << 20
"""Nor is anything that a package holds beyond this; a kernel has 10 to 60 MB."""

_BROKEN = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError)


class Stream(Protocol):
    """What bytes can be read of."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class Member(NamedTuple):
    """A file's path below the archive's one top folder, and its bytes; or why it was left."""

    path: str
    data: bytes = b""
    skipped: str = ""


def members(
    archive: Path, wanted: Callable[[str], bool], seen: Callable[[int], None]
) -> Iterator[Member]:
    """The wanted files of an archive, in its order. `seen` hears how many bytes were read.

    Raises BadInput for what is no archive, ends early or holds no folder of sources.
    """
    try:
        with opened(archive) as raw:
            stream = _buffered(raw, seen)
            yield from (_deb if _is_deb(stream) else _tar)(stream, wanted)
    except _BROKEN as problem:
        said = str(problem) or type(problem).__name__
        raise BadInput(
            f"{archive} cannot be read as an archive ({said}). Is it whole? A directory, .tar, "
            ".tar.xz, .tar.gz or .deb of kernel source will do."
        ) from problem


def _is_deb(stream: io.BufferedReader) -> bool:
    return stream.peek(8)[:8] == b"!<arch>\n"


class _Counted(io.RawIOBase):
    """A stream that tells how many bytes were read of it."""

    def __init__(self, raw: Stream, seen: Callable[[int], None]) -> None:
        self.raw, self.seen = raw, seen

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """As much as there is, up to the buffer's size."""
        data = self.raw.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(data)] = data
        self.seen(len(data))
        return len(data)


class _Ahead(io.RawIOBase):
    """A decompressed stream, read ahead by a thread: unpacking and looking go side by side."""

    def __init__(self, stream: Stream) -> None:
        self.queue: queue.Queue[bytes | BaseException] = queue.Queue(4)
        self.over = threading.Event()
        self.rest = b""
        threading.Thread(target=self.fill, args=(stream,), daemon=True).start()

    def fill(self, stream: Stream) -> None:
        """What the thread does: unpack, until the end or until nobody listens."""
        last: bytes | BaseException = b""
        try:
            while data := stream.read(CHUNK):
                if not self.put(data):
                    return
        except (*_BROKEN, MemoryError) as problem:
            last = problem
        self.put(last)

    def put(self, data: bytes | BaseException) -> bool:
        """Hand on; false when the reader has gone."""
        while not self.over.is_set():
            try:
                self.queue.put(data, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """What the thread has unpacked; its error where it had one."""
        if not self.rest:
            data = self.queue.get()
            if isinstance(data, BaseException):
                self.queue.put(data)
                raise data
            if not data:
                self.queue.put(data)
            self.rest = data
        size = min(len(memoryview(buffer)), len(self.rest))
        memoryview(buffer)[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size

    def close(self) -> None:
        """Let the thread end."""
        self.over.set()
        super().close()


def _buffered(raw: Stream, seen: Callable[[int], None]) -> io.BufferedReader:
    return io.BufferedReader(_Counted(raw, seen), CHUNK)


def _deb(stream: io.BufferedReader, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """A Debian package holds data.tar.*, and that the sources as a tar of their own."""
    with _data(stream) as outer:
        for info in outer:
            if info.isfile() and _is_source(info.name):
                inner = outer.extractfile(info)
                if inner is not None:
                    yield from _tar(_buffered(inner, lambda _: None), wanted)
                    return
    raise tarfile.ReadError("the package holds no linux-source archive")


@contextmanager
def _data(stream: io.BufferedReader) -> Iterator[tarfile.TarFile]:
    """The archive of files within a Debian package."""
    stream.read(8)
    while header := stream.read(60):
        name = header[:16].split(b"/")[0].strip().decode("ascii", "replace")
        size = int(header[48:58])
        if name.startswith("data.tar"):
            with _opened(stream) as files:
                yield files
            return
        _skip(stream, size + size % 2)
    raise tarfile.ReadError("the package holds no data.tar")


def packed_file(package: Path, wanted: Callable[[str], bool]) -> tuple[str, bytes] | None:
    """The path and the bytes of the first wanted file of a Debian package; None if it has none.

    Raises BadInput for what cannot be read as one.
    """
    try:
        with opened(package) as raw, _data(_buffered(raw, lambda _: None)) as files:
            for info in files:
                name = info.name.removeprefix("./")
                if info.isfile() and info.size <= LARGEST_PACKED and wanted(name):
                    file = files.extractfile(info)
                    return name, file.read() if file else b""
    except _BROKEN as problem:
        said = str(problem) or type(problem).__name__
        raise BadInput(
            f"{package} cannot be read as a Debian package ({said}). Is it whole? What dpkg-deb "
            "has unpacked may be named by itself."
        ) from problem
    return None


def _is_source(name: str) -> bool:
    return PurePosixPath(name).name.startswith("linux-source") and ".tar" in name


def _tar(stream: io.BufferedReader, wanted: Callable[[str], bool]) -> Iterator[Member]:
    with _opened(stream) as archive:
        while (info := archive.next()) is not None:
            # The list of all 80,000 would stay in memory.
            archive.members = []  # type: ignore[attr-defined]
            path = _below_top(info.name)
            if path is None or not wanted(path):
                continue
            if not info.isfile():
                link = info.islnk() or info.issym()
                yield Member(path, skipped="it is a link" if link else "it is no file")
            elif info.size > LARGEST:
                yield Member(path, skipped=f"{info.size} bytes are too many for C")
            else:
                file = archive.extractfile(info)
                yield Member(path, file.read() if file else b"")


def _below_top(name: str) -> str | None:
    """The path without its first folder; None for a path that leaves the archive."""
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts:
        return None
    return "/".join(parts[1:])


@contextmanager
def _opened(stream: io.BufferedReader) -> Iterator[tarfile.TarFile]:
    magic = stream.peek(6)[:6]
    if magic.startswith(b"\xfd7zXZ"):
        with (
            _Ahead(lzma.LZMAFile(stream)) as ahead,
            tarfile.open(
                fileobj=io.BufferedReader(ahead, CHUNK), mode="r|", bufsize=BLOCK
            ) as archive,
        ):
            yield archive
    elif magic.startswith(b"\x28\xb5\x2f\xfd"):
        raise tarfile.ReadError("it is packed with zstd, which this Python cannot unpack")
    elif magic.startswith(b"\x1f\x8b"):
        with tarfile.open(fileobj=stream, mode="r|gz", bufsize=BLOCK) as archive:
            yield archive
    else:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=BLOCK) as archive:
            yield archive


def _skip(stream: io.BufferedReader, size: int) -> None:
    while size > 0 and (got := stream.read(min(size, CHUNK))):
        size -= len(got)
