"""Notebooks as pages that need no kernel: to read and to step, on slides, on paper.

Rooms: `inside` (what the widgets tell, within the kernel), `running` (the run), `page_scenarios`
and `strip` (what a player becomes), `book` (which cells), `cells_html` (cells as HTML), `slides`
(which cells make a screen), `document` (the files), `page_scripts` (their scripts: js/),
`cli.export` (`faultviz export`). Not here: a page of one handler (`player.pages`), the site of all
pages (`site`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from faultviz.base.errors import BadInput, nearest
from faultviz.course.routes import FILES, route
from faultviz.publish.export import document, slides
from faultviz.publish.export.book import Cell, cells, for_learners, read, title
from faultviz.publish.export.cells_html import HtmlCells
from faultviz.publish.export.running import ran

__all__ = ["KINDS", "export", "export_route", "run"]

KINDS = {
    "html": "a page to read, its players alive",
    "slides": "a deck, its players alive, with notes for the speaker",
    "print": "for paper: a strip of pictures and the text trace for each player",
}
"""What a notebook can become."""


def run(file: Path) -> list[Cell]:
    """The cells of a notebook, run. Raises BadInput for what is no notebook or does not run."""
    return cells(ran(read(file), file.parent, file.name))


def export(
    of: Sequence[Cell],
    to: str,
    *,
    solutions: bool = False,
    nav: str = "",
    link: Callable[[str], str] = lambda target: target,
) -> str:
    """A notebook that was run, as one document. Raises BadInput for an unknown kind.

    >>> made = export([Cell("a", "text", "# T"), Cell("b", "code", "1", tags=("reveal",))], "print")
    >>> "<h1>T</h1>" in made, 'id="b"' in made
    (True, False)
    """
    if to not in KINDS:
        raise BadInput(f"A notebook cannot become {to!r}.{nearest(to, KINDS)}")
    name = title(of, "notebook")
    shown = HtmlCells(to, solutions=solutions, link=link)
    if to == "slides":
        return document.deck(slides.of_notebook(of, name, solutions=solutions), name, shown)
    kept = for_learners(of, solutions=solutions)
    if to == "print":
        return document.paper(kept, name, shown)
    return document.page(kept, name, shown, nav)


def export_route(name: str, folder: Path, *, solutions: bool = False) -> str:
    """One deck of a route through the lessons in a folder.

    Raises BadInput for an unknown route, and where a lesson is missing or does not run.
    """
    way = route(name)
    books = {lesson: run(folder / f"{FILES[lesson]}.ipynb") for lesson in way.lessons}
    made = slides.of_route(way, books, solutions=solutions)
    return document.deck(made, name, HtmlCells("slides", solutions=solutions))
