"""What lays hands on memory: fresh pages, the threads that reach them, the counts of one pass.

The memory is a memfd, which is a tmpfs file without a name: the same kind of file as in the
recorded rows, it can be mapped privately and mapped again, and it is gone as soon as it is closed.
Not here: the loops themselves (`touch_loops`), which modes there are (`modes`), what the
counts mean (`measurement`).
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import perf_counter_ns
from typing import IO, NamedTuple

from faultviz.lab.measure.machine import MB, SHM, check_room, system_counters
from faultviz.lab.measure.modes import MODES, Mode, ModeCase
from faultviz.lab.measure.signals import postponed
from faultviz.lab.measure.touch_loops import (
    PAGE,
    MappedArea,
    Piece,
    library,
    read,
    run,
    shares,
    write,
)

FAILED = ctypes.c_void_p(-1).value


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


def touch(case: ModeCase, pages: int, folder: Path | None = None, *, fill: bool = False) -> Counts:
    """Make fresh pages, reach each of them as `case` says, and give them back; what was counted.

    With `fill` a page is written whole, by a call during which other threads may run; without it
    one byte of a page is, and no other thread of this Python runs meanwhile, so more than one
    thread needs `fill`. OSError where the kernel refuses.

    >>> touch(ModeCase("private"), 64).major
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
                    run(read(area, 0, pages, fill))
                with shares(mode.by, area, pages, case.threads, fill) as parts:
                    return _counted(parts, mapper=case.mapper)
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
            run(write(area, 0, pages, fill=True))
    if mode.before in ("written", "written-out"):
        # Page by page: what is written in one call may become one large page to the kernel.
        for n in range(pages):
            os.pwrite(file, b"\1" * PAGE, n * PAGE)
    if mode.before == "written-out":
        os.fsync(file)


@contextmanager
def _mapped(file: int, pages: int, *, private: bool = False) -> Iterator[MappedArea]:
    flags = mmap.MAP_PRIVATE if private else mmap.MAP_SHARED
    with mmap.mmap(file, pages * PAGE, flags=flags) as memory:
        with suppress(OSError):  # a kernel without huge pages does not know the advice
            memory.madvise(mmap.MADV_NOHUGEPAGE)
        first = ctypes.c_char.from_buffer(memory)
        try:
            yield MappedArea(memory, ctypes.addressof(first))
        finally:
            del first  # a mapping that is looked into cannot be closed


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
        calls = library()
        kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        while not self.over.is_set():
            begun = perf_counter_ns()
            page = calls.mmap(None, PAGE, mmap.PROT_READ | mmap.PROT_WRITE, kind, -1, 0)
            if page == FAILED:
                break
            calls.munmap(page, PAGE)
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
