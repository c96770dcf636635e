"""A patch file applied to a tree in memory: `git format-patch`, an mbox, or a plain diff.

Here: reading unified diffs and putting hunks in place. The tree on the disk is never touched. Not
here: trees (`tree`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import given
from faultviz.kernel.files.tree import WANTED, Tree

FUZZ = 200
"""A hunk is looked for this many lines up and down of where it says it belongs."""

AnyTree = TypeVar("AnyTree", bound=Tree)


class Hunk(NamedTuple):
    """A change: where it begins, the lines that must be there, and those that then are."""

    file: str
    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    head: str


def patched(tree: AnyTree, file: Path) -> AnyTree:
    """The tree with a patch applied. Raises BadInput naming the hunk that does not apply."""
    text = given(file).decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    hunks = list(read_hunks(text, str(file)))
    if not hunks:
        raise BadInput(f"{file} holds no patch: it has no line that begins with @@.")
    texts: dict[str, list[str]] = {}
    moved: dict[str, int] = {}
    for hunk in hunks:
        if not WANTED.fullmatch(hunk.file):
            continue  # a file that nothing here reads
        if hunk.file not in texts:
            texts[hunk.file] = (
                tree.read(hunk.file).split("\n") if hunk.old else _old(tree, hunk.file)
            )
        at = _place(texts[hunk.file], hunk, moved.get(hunk.file, 0))
        if at is None:
            raise BadInput(
                f"{file}: the hunk {hunk.head.strip()} of {hunk.file} does not apply to "
                f"{tree.where}."
            )
        texts[hunk.file][at : at + len(hunk.old)] = hunk.new
        moved[hunk.file] = at - (hunk.line - 1) + len(hunk.new) - len(hunk.old)
    if not texts:
        names = ", ".join(dict.fromkeys(hunk.file for hunk in hunks))
        raise BadInput(f"{file} changes nothing that is read here: {names}.")
    return tree.replaced({name: "\n".join(lines) for name, lines in texts.items()})


def _old(tree: Tree, file: str) -> list[str]:
    return tree.read(file).split("\n") if file in tree else []


def read_hunks(text: str, name: str) -> Iterator[Hunk]:
    """The hunks of a text, in its order. Raises BadInput for one that ends early."""
    lines = text.split("\n")
    file, i = "", 0
    while i < len(lines):
        line = lines[i].rstrip("\r")
        i += 1
        if line.startswith("+++ "):
            path = line[4:].split("\t")[0].strip()
            file = path if path == "/dev/null" else re.sub(r"^[^/]+/", "", path, count=1)
            continue
        found = re.match(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line)
        if not found or not file:
            continue
        olds, news = (int(found.group(g) or 1) if found.group(g) != "0" else 0 for g in (2, 4))
        old: list[str] = []
        new: list[str] = []
        while len(old) < olds or len(new) < news:
            if i >= len(lines):
                raise BadInput(f"{name}: the hunk {line} of {file} ends early.")
            mark, rest = lines[i][:1], lines[i][1:].rstrip("\r")
            i += 1
            if mark == "\\":
                continue
            if mark not in ("", " ", "+", "-"):
                raise BadInput(f"{name}: the hunk {line} of {file} ends early.")
            if mark != "+":
                old.append(rest)
            if mark != "-":
                new.append(rest)
        yield Hunk(file, int(found.group(1)), tuple(old), tuple(new), line)


def _place(lines: list[str], hunk: Hunk, moved: int) -> int | None:
    """The line, from 0, at which the hunk's old lines stand, nearest to where they should."""
    if not hunk.old:
        return 0 if not lines else min(hunk.line, len(lines))
    begin = hunk.line - 1 + moved
    for away in range(FUZZ + 1):
        for at in dict.fromkeys((begin - away, begin + away)):
            if (
                at >= 0
                and tuple(line.rstrip("\r") for line in lines[at : at + len(hunk.old)]) == hunk.old
            ):
                return at
    return None
