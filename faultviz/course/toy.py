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


@dataclass(repr=False)
class Area:
    """A VMA: pages that a program may use, and what they are backed by."""

    first: int
    last: int
    shared: bool
    writable: bool
    file: str

    @property
    def kind(self) -> str:
        """What may be done with its pages."""
        shared = "shared" if self.shared else "private"
        return f"{shared}, {'writable' if self.writable else 'read-only'}, of {self.file}"

    def __repr__(self) -> str:
        one = self.first == self.last
        where = f"page {self.first}" if one else f"pages {self.first} to {self.last}"
        return f"{where}: {self.kind}"


@dataclass(repr=False)
class Entry:
    """A PTE: where a page's content lies, and whether the processor lets a store through."""

    copy: bool
    writable: bool

    def __repr__(self) -> str:
        place = "own copy" if self.copy else "page cache"
        return f"{place}, {'writable' if self.writable else 'read-only'}"


@dataclass(repr=False)
class Machine:
    """A processor with VMAs (`areas`), PTEs (`entries`) and a page cache.

    `begun` counts how often it began a store or a load; after SIGSEGV the program is `killed`.

    >>> machine = Machine()
    >>> machine.map(4, 5)
    pages 4 to 5: shared, writable, of shm
    >>> machine.store(4, 7)
    store 7 to page 4
      trap: page 4 has no entry
      handler: a VMA covers page 4: shared, writable, of shm
      handler: not in the page cache: a page of zeros is made (minor)
      handler: entry for page 4: page cache, writable; the page is dirty
      return; page 4 still holds 0
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
    begun: int = 0
    killed: bool = False

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

    def __repr__(self) -> str:
        return repr(self.tables())

    def _access(self, page: int, what: str, value: int | None) -> Told:
        self.begun += 1
        entry = self.entries.get(page)
        if entry and (value is None or entry.writable):
            return Told((f"{what}: {self._done(page, value)}",))
        trap = "has no entry" if entry is None else "has a read-only entry"
        told = [what, f"  trap: page {page} {trap}"]
        area = next((a for a in self.areas if a.first <= page <= a.last), None)
        if area is None or (value is not None and not area.writable):
            self.killed = True
            why = "the VMA is read-only" if area else f"no VMA covers page {page}"
            return Told((*told, f"  handler: {why}: SIGSEGV, the program ends"))
        told.append(f"  handler: a VMA covers page {page}: {area.kind}")
        told += self._handle(area, page, store=value is not None)
        holds = "" if value is None else f"; page {page} still holds {self._content(area, page)}"
        self.begun += 1
        told.append(f"  return{holds}")
        return Told((*told, f"{what}, the same one again: {self._done(page, value)}"))

    def _handle(self, area: Area, page: int, *, store: bool) -> list[str]:
        key, stored = (area.file, page), area.file in self.on_disk
        major = key not in self.cache and stored
        found = "not in the page cache: a page of zeros is made (minor)"
        if major:
            found = "not in the page cache: read from the disk (major)"
        elif key in self.cache:
            found = "it is in the page cache already (minor)"
        self.major, self.minor = self.major + major, self.minor + (not major)
        self.cache.setdefault(key, 0)
        end = ""
        if store and not area.shared:
            self.copies[page] = self.cache[key]
            end = "; the copy is this program's alone"
        elif store:
            self.dirty.add(key)
            end = "; the page is dirty"
        # A load, too, lets later stores through where nobody has to write the page back: tmpfs.
        writable = store or (area.shared and area.writable and not stored)
        self.entries[page] = Entry(store and not area.shared, writable)
        return [
            f"  handler: {found}",
            f"  handler: entry for page {page}: {self.entries[page]}{end}",
        ]

    def _content(self, area: Area, page: int) -> int:
        return self.copies[page] if self.entries[page].copy else self.cache[area.file, page]

    def _done(self, page: int, value: int | None) -> str:
        area = next(a for a in self.areas if a.first <= page <= a.last)
        if value is None:
            return f"done, it reads {self._content(area, page)}"
        if self.entries[page].copy:
            self.copies[page] = value
        else:
            self.cache[area.file, page] = value
            self.dirty.add((area.file, page))
        return "done"


@dataclass(repr=False)
class RwLock:
    """A reader-writer lock as mmap_lock is one: readers share it, a waiting writer stops new ones.

    The lock knows only how many holds there are (`holds`); whose they are, only the callers know
    (`readers`). The repr is the state in one line.

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
        elif not self.holds:
            own = "its hold up, but that was used up before" if who in self.readers else "a hold up"
            return self._told(f"{who} gives {own}, and there is none: the count breaks.")
        elif who in self.readers:
            self.readers.remove(who)
            self.holds -= 1
            said = f"{who} gives its hold up."
        else:
            self.holds -= 1
            said = f"{who} gives up a hold that it does not have: {self.readers[0]}'s is used up."
        self._next()
        return self._told(said)

    def count(self, who: str) -> int:
        """How often one task holds it for reading: what this course calls that task's count."""
        return self.readers.count(who)

    def __repr__(self) -> str:
        waiting = ", ".join(who for _, who in self.waiting) or "none"
        return f"holds {self.holds}, writer {self.writer or 'none'}, waiting {waiting}"

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
        return Told((f"{said} {self!r}",))
