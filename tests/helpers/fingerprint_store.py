"""What a fingerprint keeps: items of lines, each line and each text held once; how two differ.

Here: the store, how a value becomes lines, renamed words, the report of differences. Not here: what
is recorded (`fingerprint_python`, `fingerprint_files`), or the command (`fingerprint`).

An item is named `KIND NAME`. Its kind says what may be renamed in it: `payload` keys, whole values,
and classes and data of markup; `code` words of scripts and styles; `export` names of modules;
`texts` whole lines, in any order; `text` nothing.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

WORD = re.compile(r"[A-Za-z_][\w-]*")
MODULE = re.compile(r"\bfaultviz(?:\.\w+)+")
ATTRIBUTE = re.compile(r'\b(class|data-[\w-]+)="([^"]*)"')
LEAF = re.compile(r"([\w.\[\]-]+)( = |:)(.*)", re.DOTALL)
WIDE = 150


class Once:
    """Values in the order in which they came, each with its number."""

    def __init__(self, values=()):
        self.values = list(values)
        self.numbers = {value: n for n, value in enumerate(self.values)}

    def number(self, value):
        """The number of a value, a new one where it is new."""
        if value not in self.numbers:
            self.numbers[value] = len(self.values)
            self.values.append(value)
        return self.numbers[value]


class Store:
    """Items by name, written and read as one gzipped JSON file."""

    def __init__(self, lines=(), blobs=(), items=()):
        self.lines, self.blobs = Once(lines), Once(map(tuple, blobs))
        self.items = dict(items)

    def add(self, name, value):
        """Keep a text, or a value of JSON, under a name that is new."""
        assert name not in self.items, name
        self._put(name, in_lines(value) if isinstance(value, str) else leaves(value))

    def absorb(self, other):
        """Take over all items of another store."""
        for name in other.items:
            self._put(name, other.text(name))

    def text(self, name):
        """The lines of an item."""
        return [self.lines.values[n] for n in self.blobs.values[self.items[name]]]

    def _put(self, name, text):
        self.items[name] = self.blobs.number(tuple(map(self.lines.number, text)))

    def write(self, file):
        """The same items give the same bytes."""
        whole = {"lines": self.lines.values, "blobs": self.blobs.values, "items": self.items}
        data = json.dumps(whole, separators=(",", ":")).encode()
        data = gzip.compress(data, 6, mtime=0) if str(file).endswith(".gz") else data
        Path(file).write_bytes(data)

    @classmethod
    def read(cls, file):
        """What `write` wrote."""
        data = Path(file).read_bytes()
        return cls(**json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data))


def in_lines(text):
    """A text cut at its line ends, and markup before each tag that follows another."""
    return re.sub(r">(?=<)", ">\n", text).split("\n")


def leaves(value, path=""):
    """A value of JSON as lines: where, and what stands there."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    elif isinstance(value, list | tuple) and value:
        for n, part in enumerate(value):
            yield from leaves(part, f"{path}[{n}]")
    elif isinstance(value, str) and ("\n" in value or "><" in value):
        yield f"{path}:"
        yield from (f"  {line}" for line in in_lines(value))
    else:
        yield f"{path} = {json.dumps(value, ensure_ascii=False)}"


def renamer(renames):
    """A function (name of an item, its lines) -> the same in the new words."""

    def word(found):
        return renames.get(found[0], found[0])

    def attribute(found):
        return f'{WORD.sub(word, found[1])}="{WORD.sub(word, found[2])}"'

    def module(found):
        parts, tail = found[0].split("."), []
        while parts:
            if (whole := ".".join(parts)) in renames:
                return ".".join([renames[whole], *tail])
            tail.insert(0, parts.pop())
        return found[0]

    def leaf(line):
        found = LEAF.fullmatch(line)
        if not found or line.startswith(" "):
            return ATTRIBUTE.sub(attribute, line)
        value = found[3]
        if value[:1] == '"' and value[1:-1] in renames:
            value = f'"{renames[value[1:-1]]}"'
        return f"{WORD.sub(word, found[1])}{found[2]}{ATTRIBUTE.sub(attribute, value)}"

    how = {
        "payload": leaf,
        "code": lambda line: WORD.sub(word, line),
        "export": lambda line: MODULE.sub(module, ATTRIBUTE.sub(attribute, line)),
        "texts": lambda line: renames.get(line, line),
    }

    def renamed(name, lines):
        kind = name.split(" ")[0]
        if kind == "payload":
            name = WORD.sub(word, name)
        change = how.get(kind)
        return name, sorted(map(change, lines)) if kind == "texts" else [
            change(line) if change else line for line in lines
        ]

    return renamed


def differences(before, after, renames):
    """Each way in which an item differs at first: the sentence, and the items that differ so."""
    renamed, found = renamer(renames), {}
    old = dict(renamed(name, before.text(name)) for name in before.items)
    for name in sorted({*old, *after.items}):
        if name not in after.items:
            said = "is no more"
        elif name not in old:
            said = "is new"
        else:
            text = after.text(name)
            new = sorted(text) if name.startswith("texts ") else text
            said = old[name] != new and _parting(old[name], new)
        if said:
            found.setdefault(said, []).append(name)
    return found


def _parting(old, new):
    """Where two texts part, and what each has there."""
    pairs = zip([*old, "(its end)"], [*new, "(its end)"], strict=False)
    n, (one, other) = next((n, pair) for n, pair in enumerate(pairs) if pair[0] != pair[1])
    above = next((line for line in reversed(old[:n]) if not line.startswith(" ")), "")
    where = f", below {above[:WIDE]}" if one.startswith(" ") and above else ""
    at = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    start = max(0, at - WIDE // 2)
    cut = slice(start, start + WIDE)
    dots = "..." if start else ""
    return f"line {n + 1}{where}\n    before: {dots}{one[cut]}\n    after:  {dots}{other[cut]}"
