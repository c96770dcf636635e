"""A machine small enough to hold in mind: a few pages, one page table, and a lock with names.

Here: what lesson 00a plays with. Left out is nearly everything: no processes, no swap, no sizes,
and no lock in the machine. Not here: the kernel's own steps (`models`).
"""

from __future__ import annotations

from dataclasses import dataclass, field


class Told(tuple[str, ...]):
    """Lines that tell what happened; the repr is the lines themselves."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(self)


@dataclass
class Area:
    """A VMA: pages that a program may use, and what they are backed by."""

    first: int
    last: int
    shared: bool
    writable: bool
    file: str

    def __repr__(self) -> str:
        kind = "shared" if self.shared else "private"
        access = "writable" if self.writable else "read-only"
        return f"pages {self.first} to {self.last}: {kind}, {access}, of {self.file}"


@dataclass
class Entry:
    """A PTE: where a page's content lies, and whether the processor lets a store through."""

    copy: bool
    writable: bool

    def __repr__(self) -> str:
        place = "own copy" if self.copy else "page cache"
        return f"{place}, {'writable' if self.writable else 'read-only'}"


@dataclass
class Machine:
    """A processor with VMAs (`areas`), PTEs (`entries`) and a page cache.

    >>> machine = Machine()
    >>> machine.map(4, 5)
    pages 4 to 5: shared, writable, of shm
    >>> machine.store(4, 7)
    store 7 to page 4
      trap: page 4 has no entry
      handler: a VMA covers page 4: shared, writable, of shm
      handler: not in the page cache: a page of zeros is made (minor)
      handler: entry for page 4: page cache, writable; the page is dirty
      return
    store 7 to page 4, the same one again: done
    >>> machine.store(4, 8)
    store 8 to page 4: done
    """

    areas: list[Area] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    cache: dict[tuple[str, int], int] = field(default_factory=dict)
    copies: dict[int, int] = field(default_factory=dict)
    dirty: set[tuple[str, int]] = field(default_factory=set)
    on_disk: set[str] = field(default_factory=set)
    minor: int = 0
    major: int = 0

    def map(
        self, first: int, last: int, *, shared: bool = True, writable: bool = True,
        file: str = "shm", on_disk: bool = False,
    ) -> Area:  # fmt: skip
        """Make a VMA. `on_disk`: the file's pages lie on a disk and must be read once."""
        area = Area(first, last, shared, writable, file)
        self.areas.append(area)
        if on_disk:
            self.on_disk.add(file)
        return area

    def store(self, page: int, value: int) -> Told:
        """One store instruction, with all that it takes until it is done."""
        return self._access(page, f"store {value} to page {page}", value)

    def load(self, page: int) -> Told:
        """One load instruction."""
        return self._access(page, f"load from page {page}", None)

    def tables(self) -> Told:
        """VMAs, PTEs, page cache and the books, as they are now."""
        cache = [
            f"{file}[{page}] = {value}{' dirty' if (file, page) in self.dirty else ''}"
            for (file, page), value in sorted(self.cache.items())
        ]
        entries = [f"{page}: {entry}" for page, entry in sorted(self.entries.items())]
        return Told((
            f"VMAs        {'; '.join(map(repr, self.areas)) or 'none'}",
            f"PTEs        {'; '.join(entries) or 'none'}",
            f"page cache  {'; '.join(cache) or 'empty'}",
            f"faults      minor {self.minor}, major {self.major}",
        ))  # fmt: skip

    def _access(self, page: int, what: str, value: int | None) -> Told:
        entry = self.entries.get(page)
        if entry and (value is None or entry.writable):
            return Told((f"{what}: {self._done(page, value)}",))
        trap = "has no entry" if entry is None else "has a read-only entry"
        told = [what, f"  trap: page {page} {trap}"]
        area = next((a for a in self.areas if a.first <= page <= a.last), None)
        if area is None:
            return Told((*told, f"  handler: no VMA covers page {page}: SIGSEGV, the program ends"))
        if value is not None and not area.writable:
            return Told((*told, "  handler: the VMA is read-only: SIGSEGV, the program ends"))
        told.append(f"  handler: a VMA covers page {page}: {repr(area).partition(': ')[2]}")
        told += self._handle(area, page, store=value is not None)
        return Told((*told, "  return", f"{what}, the same one again: {self._done(page, value)}"))

    def _handle(self, area: Area, page: int, *, store: bool) -> list[str]:
        key, told = (area.file, page), []
        if key in self.cache:
            told.append("  handler: it is in the page cache already (minor)")
        elif area.file in self.on_disk:
            told.append("  handler: not in the page cache: read from the disk (major)")
        else:
            told.append("  handler: not in the page cache: a page of zeros is made (minor)")
        major = key not in self.cache and area.file in self.on_disk
        self.major, self.minor = self.major + major, self.minor + (not major)
        self.cache.setdefault(key, 0)
        end = ""
        copy = store and not area.shared
        if copy:
            self.copies[page] = self.cache[key]
            end = "; the copy is this program's alone"
        elif store:
            self.dirty.add(key)
            end = "; the page is dirty"
        self.entries[page] = Entry(copy, writable=store)
        return [*told, f"  handler: entry for page {page}: {self.entries[page]}{end}"]

    def _done(self, page: int, value: int | None) -> str:
        area = next(a for a in self.areas if a.first <= page <= a.last)
        copy = self.entries[page].copy
        if value is None:
            got = self.copies[page] if copy else self.cache[area.file, page]
            return f"done, it reads {got}"
        if copy:
            self.copies[page] = value
        else:
            self.cache[area.file, page] = value
        return "done"


@dataclass
class RwLock:
    """A reader-writer lock as mmap_lock is one: readers share it, a waiting writer stops new ones.

    The lock knows only how many holds there are; whose they are, only the callers know.

    >>> lock = RwLock()
    >>> lock.read("A")
    A reads. holds 1, writer none, waiting none
    >>> lock.write("W")
    W waits. holds 1, writer none, waiting W
    >>> lock.unlock("A")
    A gives its hold up. holds 0, writer W, waiting none
    """

    holds: int = 0
    writer: str | None = None
    waiting: list[tuple[str, str]] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)

    def read(self, who: str) -> Told:
        """Take it for reading, or wait behind a writer."""
        if self.writer or any(kind == "write" for kind, _ in self.waiting):
            self.waiting.append(("read", who))
            return self._told(f"{who} waits, for a writer is there or waits.")
        return self._enter(who, f"{who} reads.")

    def write(self, who: str) -> Told:
        """Take it for writing, or wait until no hold is left."""
        if self.holds or self.writer:
            self.waiting.append(("write", who))
            return self._told(f"{who} waits.")
        self.writer = who
        return self._told(f"{who} writes.")

    def unlock(self, who: str) -> Told:
        """Give a hold up. Whether it was this task's own, the lock cannot tell."""
        if self.writer == who:
            self.writer = None
            said = f"{who} has written."
        elif who in self.readers:
            self.readers.remove(who)
            self.holds -= 1
            said = f"{who} gives its hold up."
        elif self.holds:
            self.holds -= 1
            said = f"{who} gives up a hold that it does not have: {self.readers[0]}'s is used up."
        else:
            return self._told(f"{who} gives up a hold, and there is none: the count breaks.")
        self._next()
        return self._told(said)

    def _enter(self, who: str, said: str) -> Told:
        self.holds += 1
        self.readers.append(who)
        return self._told(said)

    def _next(self) -> None:
        while self.waiting and not self.writer:
            kind, who = self.waiting[0]
            if kind == "write" and self.holds:
                return
            self.waiting.pop(0)
            if kind == "write":
                self.writer = who
            else:
                self._enter(who, "")

    def _told(self, said: str) -> Told:
        waiting = ", ".join(who for _, who in self.waiting) or "none"
        state = f"holds {self.holds}, writer {self.writer or 'none'}, waiting {waiting}"
        return Told((f"{said} {state}",))
