"""The loops that reach pages: each in C, in pieces between which Ctrl-C is heard.

No loop here runs in Python, page by page, but that of /proc/self/mem: one assignment to a slice
with a step, one call of the C library or one system call reaches many pages. Not here: where the
pages are from, and what is counted (`touch`).
"""

from __future__ import annotations

import ctypes
import mmap
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

PAGE = mmap.PAGESIZE
PIECE = 4096  # pages; Ctrl-C is heard between two such pieces
SMALL = 256  # pages; slices this small come from Python's own pools, so they do not fault
VECTOR = 1024  # pages; what one process_vm_writev takes (IOV_MAX)
MADV_POPULATE_WRITE = 23
NONE = 255  # a byte that no page holds

Piece = Callable[[], object]


class MappedArea(NamedTuple):
    """A mapping and where it begins."""

    memory: mmap.mmap
    address: int


@contextmanager
def shares(
    by: str, area: MappedArea, pages: int, threads: int, fill: bool
) -> Iterator[list[list[Piece]]]:
    """For each thread what it is to call, one after the other; all that it needs is there."""
    share = -(-pages // threads)
    parts = [(n, min(share, pages - n)) for n in range(0, pages, share)]
    if by == "proc_self_mem":
        file = os.open("/proc/self/mem", os.O_RDWR)
        try:
            yield [_through_mem(file, area, *part) for part in parts]
        finally:
            os.close(file)
        return
    if by in ("store", "read"):
        make = partial(write if by == "store" else read, fill=fill)
    else:
        make = partial(_by_vector if by == "process_vm_writev" else _by_advice)
    yield [make(area, *part) for part in parts]


def _cut(first: int, count: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(first, first + count, size):
        yield start, min(size, first + count - start)


def write(area: MappedArea, first: int, count: int, fill: bool) -> list[Piece]:
    """Stores: one byte to a page, or with `fill` the whole page."""
    if fill:
        return [
            partial(ctypes.memset, area.address + start * PAGE, 1, some * PAGE)
            for start, some in _cut(first, count, PIECE)
        ]
    marks = b"\1" * min(count, PIECE)
    return [
        # One loop in C, one byte to a page.
        partial(area.memory.__setitem__, _each(start, some), marks[:some])
        for start, some in _cut(first, count, PIECE)
    ]


def read(area: MappedArea, first: int, count: int, fill: bool) -> list[Piece]:
    """The same for loads."""
    if fill:
        find = library().memchr
        return [
            partial(find, area.address + start * PAGE, NONE, some * PAGE)
            for start, some in _cut(first, count, PIECE)
        ]
    return [
        partial(area.memory.__getitem__, _each(start, some))
        for start, some in _cut(first, count, SMALL)
    ]


def _each(start: int, some: int) -> slice:
    """The first byte of each of `some` pages."""
    return slice(start * PAGE, (start + some) * PAGE, PAGE)


def _by_vector(area: MappedArea, first: int, count: int) -> list[Piece]:
    """One byte to each page, by a call that writes to the memory of a process: our own."""
    word = "Q" if ctypes.sizeof(ctypes.c_void_p) == 8 else "I"
    call = library().process_vm_writev
    source = ctypes.create_string_buffer(b"\1" * VECTOR, VECTOR)

    def call_once(remote: array[int]) -> None:
        many = len(remote) // 2
        local = array(word, (ctypes.addressof(source), many))
        done = call(os.getpid(), local.buffer_info()[0], 1, remote.buffer_info()[0], many, 0)
        if done != many:
            _refused("process_vm_writev")

    pieces: list[Piece] = []
    for start, some in _cut(first, count, VECTOR):
        remote = array(word, [1]) * (2 * some)
        begin = area.address + start * PAGE
        remote[::2] = array(word, range(begin, begin + some * PAGE, PAGE))
        pieces.append(partial(call_once, remote))
    return pieces


def _through_mem(file: int, area: MappedArea, first: int, count: int) -> list[Piece]:
    """One byte to each page: the one loop that is Python's, as each page is a system call."""

    def write_each(start: int, some: int) -> None:
        begin = area.address + start * PAGE
        for address in range(begin, begin + some * PAGE, PAGE):
            os.pwrite(file, b"\1", address)

    return [partial(write_each, *part) for part in _cut(first, count, VECTOR)]


def _by_advice(area: MappedArea, first: int, count: int) -> list[Piece]:
    call = library().madvise

    def advise(start: int, some: int) -> None:
        if call(area.address + start * PAGE, some * PAGE, MADV_POPULATE_WRITE):
            _refused("madvise")

    return [partial(advise, *part) for part in _cut(first, count, PIECE)]


def _refused(what: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number) if number else 'not all was written'}")


def run(pieces: Sequence[Piece]) -> None:
    """All of them, one after the other."""
    for piece in pieces:
        piece()


def library() -> ctypes.CDLL:
    """The C library of this Python; a call of it lets other threads run."""
    found = ctypes.CDLL(None, use_errno=True)
    size, address, number = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int
    found.memchr.argtypes = (address, number, size)
    found.memchr.restype = address
    found.madvise.argtypes = (address, size, number)
    found.mmap.argtypes = (address, size, number, number, number, ctypes.c_long)
    found.mmap.restype = address
    found.munmap.argtypes = (address, size)
    found.process_vm_writev.argtypes = (
        number, address, ctypes.c_ulong, address, ctypes.c_ulong, ctypes.c_ulong,
    )  # fmt: skip
    found.process_vm_writev.restype = ctypes.c_ssize_t
    return found
