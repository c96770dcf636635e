"""The ways of making the first access to a page that are measured here, and their names.

Here: what each mode is, and the words by which a reader chooses some. Not here: how a mode is
carried out (`touch`), what its number means on a kernel version (`meaning`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest


class Mode(NamedTuple):
    """One way.

    `memory` is tmpfs, anonymous or disk. `before` is what happened to the pages first: nothing,
    read, mapped (written through another mapping), written (by write(2)) or written-out (the same,
    then fsync). `by` is who makes the access that counts: store, read, or the call of that name.
    """

    about: str
    memory: str = "tmpfs"
    private: bool = False
    before: str = "nothing"
    by: str = "store"


MODES: dict[str, Mode] = {
    "shared": Mode("first write to each page of a fresh shared mapping of a tmpfs file"),
    "private": Mode("the same of a private mapping", private=True),
    "read_pass": Mode("first read of each page of a shared mapping", by="read"),
    "read_first": Mode("first write to pages that were read before", before="read"),
    "already_dirty": Mode(
        "first write through a mapping to pages that another one wrote", before="mapped"
    ),
    "anon_shared": Mode("first write to shared memory without a file", memory="anonymous"),
    "after_write2": Mode("first write to pages that write(2) has filled", before="written"),
    "process_vm_writev": Mode("the kernel writes, by GUP", by="process_vm_writev"),
    "proc_self_mem": Mode("the same through /proc/self/mem, its control", by="proc_self_mem"),
    "madv_populate_write": Mode("GUP again, on a range, without data", by="madvise"),
    "disk_alloc": Mode(
        "first write to a mapped file on disk whose blocks are there",
        memory="disk", before="written-out",
    ),
    "disk_sparse": Mode("the same, of a file without blocks", memory="disk"),
}  # fmt: skip
"""All modes. The tmpfs modes bear the names of the recorded rows."""

USUAL = ("shared", "private", "read_pass", "read_first", "already_dirty")
"""The measured mapping, then its controls, in the order in which they run."""

GROUPS: dict[str, tuple[str, ...]] = {
    "usual": USUAL,
    "gup": ("process_vm_writev", "proc_self_mem", "madv_populate_write"),
    "disk": ("disk_alloc", "disk_sparse"),
    "all": tuple(MODES),
}

RECORDED_AS = {"disk_alloc": "ext4_shared_alloc", "disk_sparse": "ext4_shared_sparse"}
"""Modes whose recorded rows have another name: those were measured on ext4."""

_SPELLED = {
    "tmpfs_shared": "shared", "anonymous_shared": "anon_shared", "anonymous": "anon_shared",
    "read": "read_pass", "after_write": "after_write2",
}  # fmt: skip


def chosen(words: str | Iterable[str]) -> tuple[str, ...]:
    """The modes that some words name, each once: modes and groups, with - or _, commas between.

    BadInput for a word that names none.

    >>> chosen("shared,gup")
    ('shared', 'process_vm_writev', 'proc_self_mem', 'madv_populate_write')
    """
    some = [words] if isinstance(words, str) else list(words)
    found: list[str] = []
    for word in (part.strip() for one in some for part in one.split(",")):
        name = word.replace("-", "_")
        name = _SPELLED.get(name, name)
        if name not in MODES and name not in GROUPS:
            raise BadInput(f"There is no mode {word!r}.{nearest(name, [*MODES, *GROUPS])}")
        found += GROUPS.get(name, (name,))
    return tuple(dict.fromkeys(found))


class ModeCase(NamedTuple):
    """One mode, by so many threads, with or without a thread in mmap and munmap beside them.

    >>> print(ModeCase("shared"), ModeCase("private", 2, True), sep="; ")
    shared; private, 2 threads, mapper
    """

    mode: str
    threads: int = 1
    mapper: bool = False

    def __str__(self) -> str:
        threads = f", {self.threads} threads" if self.threads > 1 else ""
        return f"{self.mode}{threads}{', mapper' if self.mapper else ''}"
