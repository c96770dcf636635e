"""Values of JSON in a table where each is held once, and text made small for a page.

A trace says the same sentences and places at many steps, and the traces of a handler share most of
theirs: so what a page holds is one table, and a trace is numbers into it. Not here: what is packed
(`precomputed`), or how the page reads it (js/table.js, js/packed.js).
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

Json = dict[str, Any]


class ValueTable:
    """Values, each held once; `add` gives the number of one, `told` all of them as JSON has it.

    >>> table = ValueTable()
    >>> table.add({"lock": 1, "words": ["held", "held"]})
    3
    >>> table.add("held") == table.add("held")
    True
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._shapes: dict[tuple[str, ...], int] = {}

    def add(self, value: Any) -> int:
        """The number of a value; that of an object or a list is held by those of its parts."""
        key: tuple[Any, ...]
        if isinstance(value, Mapping):
            shape = self._shapes.setdefault(tuple(value), len(self._shapes))
            key = (shape, *[self.add(part) for part in value.values()])
        elif isinstance(value, list | tuple):
            key = (LIST, *[self.add(part) for part in value])
        else:
            key = (type(value), value)  # True is no 1 here
        return self._numbers.setdefault(key, len(self._numbers))

    def told(self) -> tuple[Json, list[int]]:
        """The table, and for each number the place where its value stands there.

        Places are counted through `texts`, `values` (numbers, yes, no and nothing), `lists`, and
        then the objects, those of a shape together: a shape is the names of its parts, and for
        each name a column of places. Lists and columns say of each place how far it is from the
        one before, because what belongs together mostly follows each other.
        """
        groups: dict[Any, list[int]] = {str: [], "values": [], LIST: []}
        groups |= {shape: [] for shape in self._shapes.values()}
        keys = list(self._numbers)
        for number, key in enumerate(keys):
            other = "values" if isinstance(key[0], type) else key[0]
            groups[str if key[0] is str else other].append(number)
        groups[str].sort(key=lambda number: str(keys[number][1]))
        order = [number for group in groups.values() for number in group]
        places = [0] * len(order)
        for place, number in enumerate(order):
            places[number] = place
        parts = [[places[part] for part in key[1:]] for key in keys if not _plain(key)]
        of = dict(zip((n for n, key in enumerate(keys) if not _plain(key)), parts, strict=True))
        table = {
            "texts": [keys[n][1] for n in groups[str]],
            "values": [keys[n][1] for n in groups["values"]],
            "lists": [in_steps(of[n]) for n in groups[LIST]],
            "shapes": [
                [
                    len(groups[shape]),
                    names,
                    [in_steps(column) for column in zip(*rows, strict=True)],
                ]
                for names, shape in self._shapes.items()
                for rows in [[of[n] for n in groups[shape]]]
            ],
        }
        return table, places


LIST = -1


def _plain(key: tuple[Any, ...]) -> bool:
    return isinstance(key[0], type)


def in_steps(places: Iterable[int]) -> list[int]:
    """Each number as what it adds to the one before.

    >>> in_steps([7, 8, 9, 4])
    [7, 1, 1, -5]
    """
    return [place - past for past, place in pairwise([0, *places])]


def packed(value: Any) -> str:
    """A value of JSON as a page holds it: deflated, and four bytes as five letters.

    The letters are those of `base64.b85encode`, with a comma for what HTML may take for markup.

    >>> unpacked(packed({"lock": 1}))
    {'lock': 1}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = squeeze.compress(text.encode()) + squeeze.flush()
    return base64.b85encode(deflated).decode().replace("<", ",")


def unpacked(text: str) -> Any:
    """What was packed."""
    return json.loads(zlib.decompress(base64.b85decode(text.replace(",", "<")), -zlib.MAX_WBITS))
