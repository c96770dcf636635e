"""Routes as tags of cells: written into the notebooks, where a test compares them.

`python -m faultviz.course.routes.marks notebooks` writes them anew, when a route or a lesson has
changed. Nothing else of a notebook is touched. Here: that. Not here: the routes (`lectures`,
`alone`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
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


def write(folder: Path) -> list[str]:
    """Mark the cells of all lessons in a folder; gives the names of those that changed."""
    changed = []
    for lesson, name in FILES.items():
        file = folder / f"{name}.ipynb"
        old = file.read_text("utf-8")
        book = json.loads(old)
        found = marks(lesson, [cell["id"] for cell in book["cells"]], ROUTES.values())
        book["cells"] = [marked(cell, found[cell["id"]]) for cell in book["cells"]]
        new = json.dumps(book, indent=1, ensure_ascii=False) + "\n"
        if new != old:
            file.write_text(new, "utf-8")
            changed.append(name)
    return changed


if __name__ == "__main__":
    print(*write(Path(sys.argv[1] if len(sys.argv) > 1 else "notebooks")), sep="\n")  # noqa: T201
