"""The browser's side as one script.

Here: the files of js/ joined in the order in which they need each other, because a widget is one
file; and a source map, by which a browser's errors name the file and line that they are in. They
are modules, each with its imports, so that a reader, an editor and tsc see what comes from where;
joined, those lines go, and so does what they say to their own readers. Not here: what the script
does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple
from urllib.parse import quote

from faultviz.course.glossary import GLOSSARY

PLAYER = (
    "parts", "keys", "speech", "over_page", "glossed", "breaks", "words", "paths", "picture",
    "walk", "map", "exits", "tracks", "answering", "gate", "choices", "moving", "view", "together",
    "duo", "shown",
)  # fmt: skip
"""What shows a player, from the file that needs nothing on."""

KEEPING = ("packed", "packing", "kept")
"""What looks after the state that a notebook saves of a widget."""

KEEPERS = {"NEEDS_KERNEL": ("needs_kernel",), "OPENER": ("packed", "opener"), "STUB": ("stub",)}
"""By name: scripts that `kept` puts into a saved notebook."""

FILES = (*PLAYER, *KEEPING, "way", "reading", "form", "bench", "pair", "desk", "main")
"""Those of the widgets."""

SAVED = ("parts", "keys", *KEEPING, "saved")
"""Those of the learner's file."""

EMBEDDED = (*PLAYER, "packed", "table", "scenes")
"""Those of a player without a kernel."""

PAGE = (*EMBEDDED, "link", "page")
"""Those of a page with nothing else."""

LOADER = ("packed", "loader")
"""Those that such a page begins with: the others lie packed in it."""

FORMS = ("parts", "keys", "speech", *KEEPING, "controls", "ask", "sort", "quiz", "forms")
"""Those of questions, tests and sortings."""

LANES = ("parts", "keys", "speech", "over_page", *KEEPING, "lanes")
"""Those of several threads on one clock."""


class SourceLine(NamedTuple):
    """A line of a script, with its file, and its number there from 0."""

    text: str
    file: str = ""
    number: int = 0


@cache
def script(files: tuple[str, ...] = FILES) -> str:
    """All of it.

    >>> [line for line in script().splitlines() if line.startswith("export default")]
    ['export default { initialize, render };']
    """
    return joined(lines(files, exports=True))


def lines(files: tuple[str, ...], *, exports: bool = False) -> list[SourceLine]:
    """The lines of the player's files that are run; on demand also what the last one exports.

    >>> lines(("parts", "lanes"))[-1].file
    'faultviz/player/js/lanes.js'
    """
    folder = resources.files(__package__)
    told = [_glossary()] if "words" in files else []
    if "kept" in files:
        for name, kept in KEEPERS.items():
            text = "\n".join(line.text for line in lines(kept, exports=True))
            told.append(SourceLine(f"const {name} = {json.dumps(text)};"))
    for name in files:
        own = exports and name == files[-1]
        told += lines_of(folder, name, "faultviz/player", exports=own)
    return told


def lines_of(
    folder: Traversable, name: str, place: str, *, exports: bool = False
) -> list[SourceLine]:
    """Those of one file in js/ of a folder, which is at a place in the repository."""
    text = folder.joinpath(f"js/{name}.js").read_text("utf-8")
    return [
        SourceLine(line, f"{place}/js/{name}.js", number)
        for number, line in enumerate(bare(text, exports=exports).splitlines())
        if line != GONE
    ]


GONE = "\0"
"""Stands for a line that goes, so that the others keep their numbers."""


def bare(text: str, *, exports: bool = False) -> str:
    r"""A file without what it says to its readers, its imports, and mostly its exports.

    >>> bare('import { h } from "./parts.js";' + chr(10) + '/** A. */' + chr(10) + 'export let A;')
    '\x00\n\x00\nlet A;'
    """
    gone = r'^ */\*\*(?:(?!\*/).)*\*/\n|^import [^;]* from "\.{1,2}/[\w./]+\.js";\n'
    text = re.sub(
        gone, lambda m: f"{GONE}\n" * m[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL
    )
    return text if exports else re.sub(r"^export ", "", text, flags=re.MULTILINE)


def _glossary() -> SourceLine:
    """What stands for ./glossary.js: the words of the course, which are Python's."""
    words = {name: {"sentence": t.sentence, "also": t.also} for name, t in GLOSSARY.items()}
    return SourceLine(f"const GLOSSARY = {json.dumps(words)};")


def joined(all_lines: Iterable[SourceLine]) -> str:
    """Lines as one script that ends in a source map.

    >>> print(joined([SourceLine("let a;"), SourceLine("throw a;", "a.js", 7)]))
    let a;
    throw a;
    //# sourceMappingURL=data:application/json,{%22version%22:3,%22sources%22:[%22faultviz://a.js\
%22],%22names%22:[],%22mappings%22:%22;AAOA%22}
    """
    files: list[str] = []
    mappings: list[str] = []
    was = (0, 0)
    texts: list[str] = []
    for text, file, number in all_lines:
        texts.append(text)
        mappings.append("")
        if file:
            if file not in files:
                files.append(file)
            now = (files.index(file), number)
            # From the line's first letter: which file, and which line from its first letter.
            mappings[-1] = f"A{_digits(now[0] - was[0])}{_digits(now[1] - was[1])}A"
            was = now
    told = {
        "version": 3,
        "sources": [f"faultviz://{file}" for file in files],
        "names": [],
        "mappings": ";".join(mappings),
    }
    data = quote(json.dumps(told, separators=(",", ":")), safe="/,:;+[]{}")
    return "\n".join([*texts, f"//# sourceMappingURL=data:application/json,{data}"])


def _digits(number: int) -> str:
    """A number in a source map: five bits a letter, the lowest first, and its sign before them.

    >>> _digits(0), _digits(1), _digits(-1), _digits(16)
    ('A', 'C', 'D', 'gB')
    """
    left = abs(number) << 1 | (number < 0)
    told = ""
    while True:
        five, left = left & 31, left >> 5
        told += _LETTERS[five | (32 if left else 0)]
        if not left:
            return told


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
