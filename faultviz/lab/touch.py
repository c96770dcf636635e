"""What lays hands on the machine: shared memory, the touching loops, the counters, free memory.

The memory is a memfd, which is a tmpfs file without a name: the same kind of file as in the
recorded rows, it can be mapped privately and mapped again, and it is gone as soon as it is closed.
What the counts mean, and when they are refused, lives in `measure`.
"""

from __future__ import annotations

import gc
import mmap
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

MODES = ("shared", "private", "read_pass", "read_first", "already_dirty")
"""The measured mapping, then its controls, in the order in which they run.

shared: first write to each page of a fresh MAP_SHARED mapping. private: the same of MAP_PRIVATE.
read_pass, read_first: a fresh shared mapping is read page by page, then written. already_dirty:
a shared mapping is written, unmapped, mapped again and written; the second writing counts.
"""

WRITE_AT_ONCE = 16384  # pages; Ctrl-C is heard between two such pieces
READ_AT_ONCE = 256  # pages; slices this small come from Python's own pools, so they do not fault


class Counts(NamedTuple):
    """What one pass added: this thread's faults, the system's counters (None: absent), seconds."""

    minor: int
    major: int
    pgfault: int | None
    vma_lock_retry: int | None
    seconds: float


def touch_all(pages: int) -> dict[str, Counts]:
    """Run every mode on `pages` fresh pages each; the counts by mode. OSError if memory is refused.

    Nothing but the touching may fault, so what a pass needs is allocated before, each code path
    has run once, and the garbage collector is off.

    >>> tuple(touch_all(16)) == MODES
    True
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        _run_modes(READ_AT_ONCE)
        return _run_modes(pages)
    finally:
        if collecting:
            gc.enable()


def _run_modes(pages: int) -> dict[str, Counts]:
    marks = b"\x01" * min(pages, WRITE_AT_ONCE)
    counts = {}
    with _fresh(pages) as fd, _mapped(fd, pages) as area:
        counts["shared"] = _counted(lambda: _write(area, marks))
    with _fresh(pages) as fd, _mapped(fd, pages, private=True) as area:
        counts["private"] = _counted(lambda: _write(area, marks))
    with _fresh(pages) as fd, _mapped(fd, pages) as area:
        counts["read_pass"] = _counted(lambda: _read(area))
        counts["read_first"] = _counted(lambda: _write(area, marks))
    with _fresh(pages) as fd:
        with _mapped(fd, pages) as area:
            _write(area, marks)
        with _mapped(fd, pages) as area:
            counts["already_dirty"] = _counted(lambda: _write(area, marks))
    return counts


def _write(area: mmap.mmap, marks: bytes) -> None:
    step = len(marks) * mmap.PAGESIZE
    for start in range(0, len(area), step):
        rest = (len(area) - start) // mmap.PAGESIZE
        # One loop in C, one byte to a page; a full slice of bytes is no copy.
        area[start : start + step : mmap.PAGESIZE] = marks[:rest]


def _read(area: mmap.mmap) -> None:
    step = READ_AT_ONCE * mmap.PAGESIZE
    for start in range(0, len(area), step):
        area[start : start + step : mmap.PAGESIZE]


@contextmanager
def _fresh(pages: int) -> Iterator[int]:
    with os.fdopen(os.memfd_create("faultviz"), "w+b", buffering=0) as file:
        file.truncate(pages * mmap.PAGESIZE)
        yield file.fileno()


@contextmanager
def _mapped(fd: int, pages: int, *, private: bool = False) -> Iterator[mmap.mmap]:
    flags = mmap.MAP_PRIVATE if private else mmap.MAP_SHARED
    with mmap.mmap(fd, pages * mmap.PAGESIZE, flags=flags) as area:
        with suppress(OSError):  # a kernel without huge pages does not know the advice
            area.madvise(mmap.MADV_NOHUGEPAGE)
        yield area


def _counted(action: Callable[[], None]) -> Counts:
    import resource  # Windows has none, and is to get a sentence, not an ImportError

    system = system_counters()
    before = resource.getrusage(resource.RUSAGE_THREAD)
    start = perf_counter()
    action()
    seconds = perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_THREAD)
    added = {name: value - system[name] for name, value in system_counters().items()}
    return Counts(
        minor=after.ru_minflt - before.ru_minflt,
        major=after.ru_majflt - before.ru_majflt,
        pgfault=added.get("pgfault"),
        vma_lock_retry=added.get("vma_lock_retry"),
        seconds=seconds,
    )


def system_counters(root: Path = Path("/")) -> dict[str, int]:
    """Read the system-wide pgfault of /proc/vmstat, and vma_lock_retry where it is counted.

    >>> set(system_counters()) <= {"pgfault", "vma_lock_retry"}
    True
    """
    text = _text(root / "proc/vmstat")
    found = re.findall(r"^(pgfault|vma_lock_retry) (\d+)$", text, re.MULTILINE)
    return {name: int(value) for name, value in found}


def huge_page_setting(root: Path = Path("/")) -> str:
    """Read what shmem_enabled says: the word in brackets, or "absent".

    >>> huge_page_setting(Path("/nowhere"))
    'absent'
    """
    text = _text(root / "sys/kernel/mm/transparent_hugepage/shmem_enabled")
    chosen = re.search(r"\[(\w+)\]", text)
    return chosen[1] if chosen else "absent"


def available_bytes(root: Path = Path("/")) -> int | None:
    """Find the memory that may still be taken, by /proc/meminfo and this process's control groups.

    None if neither can be read. Exceeding a control group kills the process, so it is asked too.

    >>> available_bytes(Path("/nowhere")) is None
    True
    """
    free = []
    meminfo = _text(root / "proc/meminfo")
    if available := re.search(r"^MemAvailable: +(\d+) kB", meminfo, re.MULTILINE):
        free.append(int(available[1]) * 1024)
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            base, names = root / "sys/fs/cgroup", ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            base = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        # A container may see only its own group, at the base, whatever the path says.
        parts = [part for part in path.split("/") if part not in ("", "..")]
        for depth in range(len(parts) + 1):
            group = base.joinpath(*parts[:depth])
            limit, used = (_text(group / name).strip() for name in names)
            if limit.isdigit() and used.isdigit():
                # Unused file pages count as used, but the kernel drops them when it needs room.
                stat = _text(group / "memory.stat")
                cache = re.search(r"^(?:total_)?inactive_file (\d+)$", stat, re.MULTILINE)
                free.append(max(0, int(limit) - int(used) + (int(cache[1]) if cache else 0)))
    return min(free, default=None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
