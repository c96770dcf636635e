"""A kernel tree: a directory or an archive of sources, its version, and the files that matter.

Here: which files are read, where they are kept (in memory, and in a cache by the archive's hash),
and what is refused. Not here: what the files say (`source`),
or what is done with them (`kernel_tree`).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Self

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import cache, contents, keep, opened
from faultviz.kernel.files.archive import LARGEST, members

WANTED = re.compile(
    r"Makefile"
    r"|arch/[^/]+/mm/[^/]+\.[ch]"
    r"|arch/um/kernel/trap\.c"
    r"|mm/[^/]+\.[ch]"
    r"|include/linux/(?:mm|mm_types|mmap_lock|sched/signal)\.h"
    r"|include/uapi/asm-generic/(?:errno|errno-base|signal)\.h"
    r"|include/linux/errno\.h"
)
"""All that is read of a tree: fault handlers, the generic code, and where constants come from."""

_FORMAT = "1"  # of the cached files; part of their name


class Tree:
    """A kernel tree. `where` is what the reader named; `version` is such as "6.1.192".

    `skipped` maps the files that were left out to the reason. Raises BadInput for a place that
    holds no kernel source.
    """

    def __init__(
        self,
        where: str | os.PathLike[str],
        *,
        progress: Callable[[int, int], None] | None = None,
        cache: bool = True,
    ) -> None:
        self.where = Path(where)
        self.skipped: dict[str, str] = {}
        self._progress = progress or _silent
        if self.where.is_dir():
            self._texts = dict(self._from_folder())
        elif self.where.is_file():
            self._texts = dict(self._from_archive(cache))
        else:
            raise BadInput(
                f"There is no kernel tree at {self.where}: name a directory or an archive."
            )
        if not self.files("arch/*/mm/*.c") or "Makefile" not in self._texts:
            raise BadInput(
                f"{self.where} is no kernel tree: it has no "
                f"{'arch/*/mm/*.c' if 'Makefile' in self._texts else 'Makefile'} at its top."
            )

    def files(self, pattern: str = "*") -> list[str]:
        """Paths that match, sorted; `*` stands for anything within one folder name.

        A file that is read is C, or a Makefile; see `skipped` for the others.
        """
        wanted = re.compile(
            "[^/]*".join(map(re.escape, pattern.split("*"))) if pattern != "*" else ".*"
        )
        return sorted(path for path in self._texts if wanted.fullmatch(path))

    def __contains__(self, path: str) -> bool:
        return path in self._texts

    def read(self, path: str) -> str:
        """A file's text. Raises BadInput for one that the tree has not, or that was skipped."""
        if path not in self._texts:
            why = f" ({self.skipped[path]})" if path in self.skipped else ""
            raise BadInput(f"{self.where} has no {path}{why}.")
        return self._texts[path]

    @cached_property
    def version(self) -> str:
        """As the Makefile has it, such as "6.1.192" or "6.12-rc1"."""
        found = dict(re.findall(r"^(\w+)[ \t]*=[ \t]*(\S*)$", self.read("Makefile"), re.MULTILINE))
        if "VERSION" not in found or "PATCHLEVEL" not in found:
            raise BadInput(f"{self.where}/Makefile names no kernel version.")
        level = found.get("SUBLEVEL", "0")
        last = f".{level}" if level not in ("", "0") else ""
        return f"{found['VERSION']}.{found['PATCHLEVEL']}{last}{found.get('EXTRAVERSION', '')}"

    def replaced(self, texts: Mapping[str, str | None]) -> Self:
        """The same tree with other texts in memory (None: the file is gone); nothing is written."""
        other = object.__new__(type(self))
        other.where, other.skipped, other._progress = self.where, dict(self.skipped), self._progress
        merged = {**self._texts, **texts}
        other._texts = {path: text for path, text in merged.items() if text is not None}
        return other

    def __repr__(self) -> str:
        left = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"Tree({self.where.name}: Linux {self.version}, {len(self._texts)} files{left})"

    # --- where the texts come from -----------------------------------------------------------

    def _from_folder(self) -> Iterator[tuple[str, str]]:
        top = self.where.resolve()
        found = [path for folder in _FOLDERS for path in top.glob(folder)]
        for n, file in enumerate(found):
            path = file.relative_to(top).as_posix()
            if not WANTED.fullmatch(path):
                continue
            try:
                if not file.resolve(strict=True).is_relative_to(top):
                    self.skipped[path] = "it is a link out of the tree"
                    continue
                if not file.is_file():
                    continue
                if file.stat().st_size > LARGEST:
                    self.skipped[path] = f"{file.stat().st_size} bytes are too many for C"
                    continue
                data = contents(file)
            except (OSError, RuntimeError) as problem:  # a loop of links is one or the other
                self.skipped[path] = f"it cannot be read: {problem}"
                continue
            yield from self._text(path, data)
            self._progress(n, len(found))

    def _from_archive(self, cache: bool) -> Iterator[tuple[str, str]]:
        kept = _cache_file(self.where) if cache else None
        if kept and (texts := _cached(kept)) is not None:
            for path, data in texts:
                yield from self._text(path, data)
            return
        size = self.where.stat().st_size
        done = 0

        def seen(count: int) -> None:
            nonlocal done
            done += count
            self._progress(done, size)

        read: list[tuple[str, bytes]] = []
        for path, data, skipped in members(self.where, lambda p: bool(WANTED.fullmatch(p)), seen):
            if skipped:
                self.skipped[path] = skipped
                continue
            read.append((path, data))
            yield from self._text(path, data)
        if kept and not self.skipped:
            _keep(kept, read)

    def _text(self, path: str, data: bytes) -> Iterator[tuple[str, str]]:
        if b"\0" in data:
            self.skipped[path] = "it is no text"
            return
        try:
            yield path, data.decode("utf-8")
        except UnicodeDecodeError as problem:
            self.skipped[path] = f"it is not UTF-8 (byte {problem.start})"


def _silent(done: int, of: int) -> None:
    """No progress is told."""


_FOLDERS = (
    "Makefile", "arch/*/mm/*.[ch]", "arch/um/kernel/trap.c", "mm/*.[ch]", "include/linux/*.h",
    "include/linux/sched/signal.h", "include/uapi/asm-generic/*.h",
)  # fmt: skip


def _cache_file(archive: Path) -> Path | None:
    """Where the files of this very archive are kept; None where nothing can be."""
    digest = hashlib.sha256(f"{_FORMAT} {WANTED.pattern}".encode())
    with opened(archive) as raw:
        while block := raw.read(1 << 20):
            digest.update(block)
    try:
        return cache("trees") / f"{digest.hexdigest()[:40]}.zip"
    except OSError:
        return None


def _cached(kept: Path) -> list[tuple[str, bytes]] | None:
    try:
        with opened(kept) as raw, zipfile.ZipFile(raw) as stored:
            return [(name, stored.read(name)) for name in stored.namelist()]
    except (OSError, zipfile.BadZipFile, ValueError):
        return None  # not there, or damaged: the archive is read again


def _keep(kept: Path, read: list[tuple[str, bytes]]) -> None:
    """Write it whole or not at all; a cache that cannot be written is no error."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for path, data in read:
            out.writestr(path, data)
    with suppress(OSError):
        keep(kept, packed.getvalue())
