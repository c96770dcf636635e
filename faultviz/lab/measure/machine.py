"""What the machine says before anything is taken from it: counters, settings, what is free.

Here: readers of /proc, /sys and file systems, and the refusals that follow from them. Not here: the
touching (`touch`). Nothing here takes memory.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from faultviz.base.errors import BadInput

MB = 1 << 20
SPARE = 64 * MB  # left to everything else while the pages are held
SHM = Path("/dev/shm")  # noqa: S108  (not a file but the place, and nothing in it gets a name)
SETTING = "/sys/kernel/mm/transparent_hugepage/shmem_enabled"
IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs", "hugetlbfs")


def check_machine(mb: int, system: str, available: int | None) -> None:
    """BadInput unless `mb` MB can be measured on `system` with `available` bytes (None: unknown).

    >>> check_machine(64, "linux", 10**9)
    >>> check_machine(0, "linux", 10**9)
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: mb is 0: give a whole number of MB from 1 up, for example --mb \
    64.
    """
    if not isinstance(mb, int) or isinstance(mb, bool) or mb < 1:
        raise BadInput(f"mb is {mb!r}: give a whole number of MB from 1 up, for example --mb 64.")
    if system != "linux":
        raise BadInput(
            f"Faults are counted on Linux only, and this is {system}: use a Linux machine or "
            "container, or look at the recorded rows."
        )
    if available is not None and 2 * mb * MB + SPARE > available:
        most = max(0, (available - SPARE) // (2 * MB))
        remedy = f"give --mb {most} or less" if most else "free some memory first"
        raise BadInput(
            f"mb {mb} needs {2 * mb + SPARE // MB} MB of free memory (the private control holds "
            f"each page twice), and {available // MB} MB are available: {remedy}."
        )


def check_room(mb: int, place: Path) -> None:
    """BadInput unless the file system at `place` has room for `mb` MB.

    A page for which it has none kills the process that writes to it, so it is asked before.

    >>> check_room(1, Path("/nowhere"))
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: /nowhere cannot be used: No such file or directory.
    """
    try:
        found = os.statvfs(place)
    except OSError as problem:
        raise BadInput(f"{place} cannot be used: {problem.strerror}.") from None
    room = found.f_bavail * found.f_frsize
    # A file system of size 0 has no limit of its own.
    if found.f_blocks and room < mb * MB + mb * MB // 4:
        most = max(1, room * 4 // (5 * MB))
        raise BadInput(
            f"mb {mb} does not fit into {place}, where a quarter more must have room and "
            f"{room // MB} MB have: give --mb {most} or less, or name a larger place."
        )


def file_system(place: Path, root: Path = Path("/")) -> str:
    """The type of the file system that `place` is on, such as ext4; empty where none is told.

    >>> file_system(Path("/proc"))
    'proc'
    """
    best, kind = -1, ""
    where = place.resolve()
    for line in _text(root / "proc/self/mounts").splitlines():
        words = line.split()
        if len(words) > 2:
            at = Path(words[1].replace(r"\040", " "))
            # Of two at one place, the later one is on top.
            if where.is_relative_to(at) and len(at.parts) >= best:
                best, kind = len(at.parts), words[2]
    return kind


def check_disk(mb: int, folder: Path) -> None:
    """BadInput unless `folder` is on a disk, as far as the kernel tells, with room for a file.

    >>> check_disk(1, Path("/proc"))
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: No file can be made in /proc: name another folder with --folder.
    """
    kind = file_system(folder)
    if kind in IN_MEMORY:
        raise BadInput(
            f"{folder} is in memory ({kind}), and a file on disk is asked for: name another folder "
            "with --folder."
        )
    if not (folder.is_dir() and os.access(folder, os.W_OK) and kind != "proc"):
        raise BadInput(f"No file can be made in {folder}: name another folder with --folder.")
    check_room(mb, folder)


def check_huge_pages(faults_per_page: float, setting: str) -> None:
    """BadInput if one fault covered several pages; `setting` is what shmem_enabled says.

    >>> check_huge_pages(1.0, "always")
    >>> check_huge_pages(1 / 512, "force")
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: One fault covered about 512 pages, as huge pages are in use for \
shared memory although advised against (/sys/kernel/mm/transparent_hugepage/shmem_enabled says \
force): have an administrator write never to that file, then measure again.
    """
    if not 0 < faults_per_page < 0.9:
        return
    where = f"{SETTING} says {setting}"
    remedy = "write never to that file"
    if setting in ("never", "absent"):
        remedy = "write never to shmem_enabled in each hugepages-* directory beside it"
    raise BadInput(
        f"One fault covered about {1 / faults_per_page:.0f} pages, as huge pages are in use for "
        f"shared memory although advised against ({where}): have an administrator {remedy}, "
        "then measure again."
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
