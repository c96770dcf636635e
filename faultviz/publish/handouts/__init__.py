"""Hand-outs for a class: one A4 page each, to print without colour, and their solutions apart.

Rooms: `frame` (the page), `part` (a smaller picture), `paper_lane` (a lane to fill in), `contract`,
`lanes_to_fill` and `glossary_page` (what stands on the pages), `cli.handout` (`faultviz handout`).
Not here: notebooks on paper (`export`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.base.plain_files import put_all
from faultviz.publish.handouts import contract, glossary_page, lanes_to_fill

__all__ = ["HANDOUTS", "handout", "write"]


class Handout(NamedTuple):
    """What it is for, how its page is made, and whether it has gaps, and so a solution."""

    about: str
    make: Callable[[bool], str]
    gaps: bool = True


HANDOUTS: dict[str, Handout] = {
    "contract": Handout("the four outcomes: a table with gaps, and four questions", contract.page),
    "mips": Handout(
        "three lanes of mips, with and without its test of COMPLETED", lanes_to_fill.mips
    ),
    "s390": Handout("v3 and merged from handle_mm_fault on, four lanes", lanes_to_fill.s390),
    "glossary": Handout("the thirty words of the course", glossary_page.page, gaps=False),
}
"""All of them, by name."""

SOLUTION = "-solution"


def names() -> tuple[str, ...]:
    """All pages: the hand-outs, each with its solution behind it.

    >>> names()[:2]
    ('contract', 'contract-solution')
    """
    return tuple(
        name + end
        for name, one in HANDOUTS.items()
        for end in (("", SOLUTION) if one.gaps else ("",))
    )


def handout(name: str) -> str:
    """One page as HTML. Raises BadInput for a name that is none of `names()`.

    >>> handout("glossary").startswith("<!doctype html>")
    True
    """
    if name not in names():
        raise BadInput(f"There is no hand-out {name!r}.{nearest(name, names())}")
    return HANDOUTS[name.removesuffix(SOLUTION)].make(name.endswith(SOLUTION))


def write(name: str, folder: Path) -> list[Path]:
    """Write one page, or `all`, as NAME.html into a folder; give the files.

    Raises BadInput for an unknown name, and where the folder cannot be written.
    """
    pages = {one: handout(one) for one in (names() if name == "all" else [name])}
    return put_all(folder, {f"{one}.html": page.encode() for one, page in pages.items()})
