"""What of a notebook is exported: its cells in order, with or without the answers.

Here: reading a notebook, and which cells a page, a deck or a route takes. Not here: how it is run
(`running`) or shown (`cells_html`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.extras import of_extra
from faultviz.base.plain_files import given
from faultviz.publish.export.inside import MIME

Book = dict[str, Any]
INSTRUCTOR, REVEAL = "instructor", "reveal"
IGNORE = "# NBVAL_IGNORE_OUTPUT\n"


class Cell(NamedTuple):
    """A cell: its id, `text` or `code`, what stands in it, what it showed, its tags."""

    id: str
    kind: str
    source: str
    outputs: tuple[dict[str, Any], ...] = ()
    tags: tuple[str, ...] = ()
    measured: bool = False
    """Whether what it shows depends on the machine that it ran on."""

    @property
    def told(self) -> tuple[dict[str, Any], ...]:
        """What its widgets told (`inside`)."""
        return tuple(o["data"][MIME] for o in self.outputs if MIME in o.get("data", {}))


def read(file: Path) -> Book:
    """A notebook as it stands in its file, in today's format. Raises BadInput for what is none."""
    with of_extra("lab", "Reading a notebook"):
        from nbformat import ValidationError, convert, reader
    text = given(file)
    try:
        # Not validated: who exports an odd one sees what it holds. A cell without an id gets one.
        book: Any = convert(reader.reads(text.decode()), 4)  # type: ignore[no-untyped-call]
        whole = [
            {"source": "", **cell, "id": cell.get("id") or f"cell-{n}"}
            for n, cell in enumerate(book["cells"])
            if cell["cell_type"]
        ]
    except (ValueError, LookupError, TypeError, AttributeError, ValidationError, RecursionError):
        # So nbformat fails at JSON that is no notebook, or not a whole one.
        raise BadInput(f"{file} is no notebook, or one of its cells says not what it is.") from None
    return {**book, "cells": whole}


def cells(book: Book) -> list[Cell]:
    """All its cells.

    >>> cells({"cells": [{"id": "a", "cell_type": "markdown", "source": "# T", "metadata": {}}]})
    [Cell(id='a', kind='text', source='# T', outputs=(), tags=(), measured=False)]
    """
    found = []
    for cell in book["cells"]:
        source, tags = cell["source"], tuple(cell["metadata"].get("tags", ()))
        if cell["cell_type"] == "code":
            measured = source.startswith(IGNORE)
            outputs = tuple(map(dict, cell.get("outputs", ())))
            plain = source.removeprefix(IGNORE)
            found.append(Cell(cell["id"], "code", plain, outputs, tags, measured))
        elif cell["cell_type"] == "markdown":
            found.append(Cell(cell["id"], "text", source, (), tags))
    return found


def for_learners(of: Iterable[Cell], *, solutions: bool) -> list[Cell]:
    """Without what is for the teacher, and without the answers unless they are wanted."""
    return [
        cell
        for cell in of
        if INSTRUCTOR not in cell.tags and (solutions or REVEAL not in cell.tags)
    ]


def for_the_teacher(of: Iterable[Cell]) -> list[Cell]:
    """What is for the teacher alone."""
    return [cell for cell in of if INSTRUCTOR in cell.tags]


def between(of: Sequence[Cell], first: str, last: str) -> list[Cell]:
    """The cells from one to another. Raises BadInput for one that there is not."""
    ids = [cell.id for cell in of]
    for id_ in (first, last):
        if id_ not in ids:
            raise BadInput(f"There is no cell {id_!r} in this notebook.")
    return list(of[ids.index(first) : ids.index(last) + 1])


def title(of: Iterable[Cell], else_: str) -> str:
    """The first heading.

    >>> title([Cell("a", "text", "# 00 Start")], "x")
    '00 Start'
    """
    for cell in of:
        for line in cell.source.splitlines() if cell.kind == "text" else ():
            if line.startswith("# "):
                return line.removeprefix("# ").strip()
    return else_
