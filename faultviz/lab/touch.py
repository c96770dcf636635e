"""What lays hands on memory: fresh pages, the loops that reach them, the counts of one pass.

The memory is a memfd, which is a tmpfs file without a name: the same kind of file as in the
recorded rows, it can be mapped privately and mapped again, and it is gone as soon as it is closed.
No loop here runs in Python, page by page, but that of /proc/self/mem: one assignment to a slice
with a step, one call of the C library or one system call reaches many pages.
Which modes there are lives in `measure_modes`, what the counts mean in `measure`.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import tempfile
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from time import perf_counter_ns
from typing import IO, NamedTuple

from faultviz.lab.measure_machine import MB, SHM, check_room, system_counters
from faultviz.lab.measure_modes import MODES, Case, Mode
from faultviz.lab.signals import postponed

PAGE = mmap.PAGESIZE
PIECE = 4096  # pages; Ctrl-C is heard between two such pieces
SMALL = 256  # pages; slices this small come from Python's own pools, so they do not fault
VECTOR = 1024  # pages; what one process_vm_writev takes (IOV_MAX)
MADV_POPULATE_WRITE = 23
NONE = 255  # a byte that no page holds
FAILED = ctypes.c_void_p(-1).value

Piece = Callable[[], object]


class Counts(NamedTuple):
    """What one pass added: the touching threads' own faults, the system's counters, seconds.

    The system's are None where they are absent. The mapper's turns and its slowest one, in seconds,
    are 0 where none ran.
    """

    minor: int
    major: int
    pgfault: int | None
    vma_lock_retry: int | None
    seconds: float
    mapper_ops: int = 0
    worst_mmap: float = 0.0


class Area(NamedTuple):
    """A mapping and where it begins."""

    memory: mmap.mmap
    address: int


def touch(case: Case, pages: int, folder: Path | None = None, *, fill: bool = False) -> Counts:
    """Make fresh pages, reach each of them as `case` says, and give them back; what was counted.

    With `fill` a page is written whole, by a call during which other threads may run; without it
    one byte of a page is, and no other thread of this Python runs meanwhile, so more than one
    thread needs `fill`. OSError where the kernel refuses.

    >>> touch(Case("private"), 64).major
    0
    """
    mode = MODES[case.mode]
    fill = fill or case.threads > 1 or case.mapper
    collecting = gc.isenabled()
    gc.disable()  # nothing but the touching may fault
    try:
        with _file(mode, pages, folder) as file:
            _before(mode, file, pages)
            with _mapped(file, pages, private=mode.private) as area:
                if mode.before == "read":
                    _run(_read(area, 0, pages, fill))
                with _pieces(mode.by, area, pages, case.threads, fill) as shares:
                    return _counted(shares, mapper=case.mapper)
    finally:
        if collecting:
            gc.enable()


@contextmanager
def _file(mode: Mode, pages: int, folder: Path | None) -> Iterator[int]:
    if mode.memory == "anonymous":
        yield -1
        return
    disk = mode.memory == "disk"
    with closing(_on_disk(folder or Path()) if disk else _in_memory(pages)) as file:
        file.truncate(pages * PAGE)
        yield file.fileno()


def _in_memory(pages: int) -> IO[bytes]:
    try:
        return os.fdopen(os.memfd_create("faultviz"), "w+b", buffering=0)
    except OSError:
        # Some sandboxes have no memfd. A place that may be too small is asked before.
        check_room(-(-pages * PAGE // MB), SHM)
        return _on_disk(SHM)


def _on_disk(folder: Path) -> IO[bytes]:
    return tempfile.TemporaryFile("w+b", buffering=0, prefix="faultviz-", dir=folder)


def _before(mode: Mode, file: int, pages: int) -> None:
    if mode.before == "mapped":
        with _mapped(file, pages) as area:
            _run(_write(area, 0, pages, fill=True))
    if mode.before in ("written", "written-out"):
        # Page by page: what is written in one call may become one large page to the kernel.
        for n in range(pages):
            os.pwrite(file, b"\1" * PAGE, n * PAGE)
    if mode.before == "written-out":
        os.fsync(file)


@contextmanager
def _mapped(file: int, pages: int, *, private: bool = False) -> Iterator[Area]:
    flags = mmap.MAP_PRIVATE if private else mmap.MAP_SHARED
    with mmap.mmap(file, pages * PAGE, flags=flags) as memory:
        with suppress(OSError):  # a kernel without huge pages does not know the advice
            memory.madvise(mmap.MADV_NOHUGEPAGE)
        first = ctypes.c_char.from_buffer(memory)
        try:
            yield Area(memory, ctypes.addressof(first))
        finally:
            del first  # a mapping that is looked into cannot be closed


@contextmanager
def _pieces(
    by: str, area: Area, pages: int, threads: int, fill: bool
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
        make = partial(_write if by == "store" else _read, fill=fill)
    else:
        make = partial(_by_vector if by == "process_vm_writev" else _by_advice)
    yield [make(area, *part) for part in parts]


def _cut(first: int, count: int, size: int) -> Iterator[tuple[int, int]]:
    for start in range(first, first + count, size):
        yield start, min(size, first + count - start)


def _write(area: Area, first: int, count: int, fill: bool) -> list[Piece]:
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


def _read(area: Area, first: int, count: int, fill: bool) -> list[Piece]:
    if fill:
        find = _library().memchr
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


def _by_vector(area: Area, first: int, count: int) -> list[Piece]:
    """One byte to each page, by a call that writes to the memory of a process: our own."""
    word = "Q" if ctypes.sizeof(ctypes.c_void_p) == 8 else "I"
    call = _library().process_vm_writev
    source = ctypes.create_string_buffer(b"\1" * VECTOR, VECTOR)

    def write(remote: array[int]) -> None:
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
        pieces.append(partial(write, remote))
    return pieces


def _through_mem(file: int, area: Area, first: int, count: int) -> list[Piece]:
    """One byte to each page: the one loop that is Python's, as each page is a system call."""

    def write(start: int, some: int) -> None:
        begin = area.address + start * PAGE
        for address in range(begin, begin + some * PAGE, PAGE):
            os.pwrite(file, b"\1", address)

    return [partial(write, *part) for part in _cut(first, count, VECTOR)]


def _by_advice(area: Area, first: int, count: int) -> list[Piece]:
    call = _library().madvise

    def advise(start: int, some: int) -> None:
        if call(area.address + start * PAGE, some * PAGE, MADV_POPULATE_WRITE):
            _refused("madvise")

    return [partial(advise, *part) for part in _cut(first, count, PIECE)]


def _refused(what: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, f"{what}: {os.strerror(number) if number else 'not all was written'}")


def _run(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        piece()


class _Turn(NamedTuple):
    """What one thread counted, and when."""

    minor: int
    major: int
    begun: int
    ended: int


def _turn(pieces: Sequence[Piece], stop: threading.Event, ready: threading.Barrier) -> _Turn:
    import resource  # Windows has none, and is to get a sentence, not an ImportError

    resource.getrusage(resource.RUSAGE_THREAD)
    ready.wait()
    before = resource.getrusage(resource.RUSAGE_THREAD)
    begun = perf_counter_ns()
    for piece in pieces:
        if stop.is_set():
            break
        piece()
    ended = perf_counter_ns()
    after = resource.getrusage(resource.RUSAGE_THREAD)
    return _Turn(
        after.ru_minflt - before.ru_minflt, after.ru_majflt - before.ru_majflt, begun, ended
    )


def _counted(shares: Sequence[Sequence[Piece]], *, mapper: bool) -> Counts:
    system = system_counters()
    stop = threading.Event()
    ready = threading.Barrier(len(shares))
    if len(shares) == 1 and not mapper:
        mapped, turns = _Mapper(), [_turn(shares[0], stop, ready)]
    else:
        with postponed(stop.set), _mapper(mapper) as mapped:
            turns = _threads(shares, stop, ready)
    added = {name: value - system[name] for name, value in system_counters().items()}
    return Counts(
        minor=sum(turn.minor for turn in turns),
        major=sum(turn.major for turn in turns),
        pgfault=added.get("pgfault"),
        vma_lock_retry=added.get("vma_lock_retry"),
        seconds=(max(turn.ended for turn in turns) - min(turn.begun for turn in turns)) / 1e9,
        mapper_ops=mapped.turns,
        worst_mmap=mapped.worst / 1e9,
    )


def _threads(
    shares: Sequence[Sequence[Piece]], stop: threading.Event, ready: threading.Barrier
) -> list[_Turn]:
    with ThreadPoolExecutor(len(shares), "faultviz") as pool:
        try:
            asked = [pool.submit(_turn, share, stop, ready) for share in shares]
            return [one.result() for one in asked]
        finally:
            # One has failed, or could not be started: the others are not to wait for it.
            stop.set()
            ready.abort()


class _Mapper(threading.Thread):
    """Maps a page and unmaps it, over and over: each is mmap_lock taken for write."""

    def __init__(self) -> None:
        super().__init__(name="faultviz-mapper", daemon=True)
        self.turns = self.worst = 0
        self.over = threading.Event()
        self.running = threading.Event()

    def run(self) -> None:
        """Until it is told to stop."""
        library = _library()
        kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        while not self.over.is_set():
            begun = perf_counter_ns()
            page = library.mmap(None, PAGE, mmap.PROT_READ | mmap.PROT_WRITE, kind, -1, 0)
            if page == FAILED:
                break
            library.munmap(page, PAGE)
            self.worst = max(self.worst, perf_counter_ns() - begun)
            self.turns += 1
            self.running.set()
        self.running.set()


@contextmanager
def _mapper(wanted: bool) -> Iterator[_Mapper]:
    mapper = _Mapper()
    if not wanted:
        yield mapper
        return
    mapper.start()
    try:
        mapper.running.wait()
        mapper.turns = mapper.worst = 0
        yield mapper
    finally:
        mapper.over.set()
        mapper.join()


def _library() -> ctypes.CDLL:
    """The C library of this Python; a call of it lets other threads run."""
    library = ctypes.CDLL(None, use_errno=True)
    size, address, number = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int
    library.memchr.argtypes = (address, number, size)
    library.memchr.restype = address
    library.madvise.argtypes = (address, size, number)
    library.mmap.argtypes = (address, size, number, number, number, ctypes.c_long)
    library.mmap.restype = address
    library.munmap.argtypes = (address, size)
    library.process_vm_writev.argtypes = (
        number, address, ctypes.c_ulong, address, ctypes.c_ulong, ctypes.c_ulong,
    )  # fmt: skip
    library.process_vm_writev.restype = ctypes.c_ssize_t
    return library
