"""Routes as tags of cells: written into the notebooks, where a test compares them.

`tests/helpers/anew.py marks` writes them anew, when a route or a lesson has changed. Nothing else
of a notebook is touched. Here: that. Not here: the routes (`lectures`, `alone`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.course.routes import FILES, ROUTES, Route

Cell = dict[str, Any]


def marks(lesson: str, ids: list[str], routes: Iterable[Route]) -> dict[str, dict[str, int]]:
    """For each cell its routes with the minutes that begin there; 0 where it goes along.

    Raises BadInput for a stop at a cell that there is not.

    >>> marks("08", ["k00", "k01", "k02"], [ROUTES["lecture-45"]])
    {'k00': {}, 'k01': {}, 'k02': {}}
    """
    found: dict[str, dict[str, int]] = {id_: {} for id_ in ids}
    for route in routes:
        for stop in route.of(lesson):
            for id_ in (stop.first, stop.last):
                if id_ not in found:
                    raise BadInput(f"{route.name} stops at {lesson} {id_}: there is no such cell.")
            for id_ in ids[ids.index(stop.first) : ids.index(stop.last) + 1]:
                found[id_][route.name] = stop.minutes if id_ == stop.first else 0
    return found


def marked(cell: Cell, routes: Mapping[str, int]) -> Cell:
    """A cell with its routes as tags, and with the minutes that begin there.

    >>> marked({"id": "c", "metadata": {"tags": ["reveal"]}}, {"newcomer": 3})["metadata"]
    {'tags': ['reveal', 'newcomer'], 'minutes': {'newcomer': 3}}
    """
    metadata = dict(cell["metadata"])
    others = [tag for tag in metadata.pop("tags", ()) if tag not in ROUTES]
    metadata.pop("minutes", None)
    if tags := [*others, *routes]:
        metadata["tags"] = tags
    if minutes := {name: number for name, number in routes.items() if number}:
        metadata["minutes"] = minutes
    return {**cell, "metadata": metadata}


def marked_lessons(folder: Path) -> Iterator[tuple[str, str]]:
    """Each lesson of a folder by its name: its text with all cells marked as they must be."""
    import nbformat

    for lesson, name in FILES.items():
        book: Any = nbformat.read(folder / f"{name}.ipynb", 4)  # type: ignore[no-untyped-call]
        found = marks(lesson, [cell["id"] for cell in book["cells"]], ROUTES.values())
        book["cells"] = [marked(cell, found[cell["id"]]) for cell in book["cells"]]
        yield name, json.dumps(book, indent=1, ensure_ascii=False) + "\n"
