"""Every picture that lies in a file, and what makes it: `faultviz figures` writes them anew.

Here: the list of the figures, what is written where, and what is stale. Of the pictures in
notebooks none is stored: they are drawn where they are shown, from the same layouts. Not here: how
a graph is drawn (`svg`, `thumbnail`), or the moving picture (`moving`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from faultviz import models
from faultviz.base.plain_files import put_all
from faultviz.picture import layout
from faultviz.picture.sheet import sheet_svg
from faultviz.picture.thumbnail import small
from faultviz.publish.figures.moving import moving
from faultviz.start.ending import held

FIGURES: dict[str, Callable[[], str]] = {
    "one-write.svg": moving,
    "mips-merged.svg": lambda: sheet_svg(models.load("mips", "merged")),
}
"""The file of each figure of the README, and what makes it; the gallery's come to them."""

LAYOUTS = Path(layout.__file__).parent / "layouts"
"""Where the package has its layouts: once, for pictures of any size and in any place."""


def figures() -> Iterator[tuple[str, Callable[[], str]]]:
    """Each figure's file, as a path below the folder of figures, and what makes it.

    >>> sorted(name for name, _ in figures())[:2]
    ['gallery/alpha.svg', 'gallery/arc.svg']
    """
    yield from FIGURES.items()
    for name in models.HANDLERS:
        yield f"gallery/{name}.svg", partial(_small, name)


def _small(name: str) -> str:
    return small(models.load(name, "merged"))


def write(folder: Path, layouts: Path) -> list[Path]:
    """Write all figures to one folder and the layouts to another; give the files."""
    with tempfile.TemporaryDirectory() as made:
        stored = {file.name: file.read_bytes() for file in layout.store(Path(made))}
        with layout.read_from(Path(made)):
            drawn = {name: make().encode() for name, make in figures()}
    with held():  # one without the other would be stale
        return put_all(layouts, stored) + put_all(folder, drawn)


def stale(folder: Path, layouts: Path) -> list[str]:
    """What `write` would change, one line each; nothing is laid out anew for it."""
    said = [f"{layouts.name}/{name}: {what}" for name, what in layout.differences(layouts).items()]
    known = dict(figures())
    for name, make in known.items():
        file = folder / name
        if not file.is_file():
            said.append(f"{name}: missing")
        elif file.read_text("utf-8") != make():
            said.append(f"{name}: another picture than today's")
    found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.svg"))
    return said + [f"{name}: nothing makes it" for name in found if name not in known]
