"""The documents: a lesson as a page or on paper, and a deck of slides. One file each.

Here: head, body, scripts and what they read. Not here: the cells (`cells_html`), or which (`book`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from faultviz.base.version import __version__
from faultviz.player.pages.standalone import head
from faultviz.publish.export.book import Cell
from faultviz.publish.export.cells_html import HtmlCells
from faultviz.publish.export.page_scripts import code, style

BLOCKED = (
    "Scripts do not run here: they are off in this browser, blocked by whoever serves the page, or "
    "younger than the browser. So pictures cannot be stepped, and questions do not answer. Text, "
    "output and still pictures are all here."
)
KEYS = (
    "Right and left, or Page Down and Page Up: slides. Enter: the picture alone, whose keys then "
    "work; Escape: back. n: notes. w: notes in a window of their own."
)


class Slide(NamedTuple):
    """A screen: its cells, its name, from and to which minute, and what the speaker is told."""

    cells: tuple[Cell, ...]
    title: str
    minutes: str = ""
    notes: tuple[str, ...] = ()
    """As Markdown."""


def page(cells: Iterable[Cell], title: str, shown: HtmlCells, nav: str = "") -> str:
    """A lesson to read and to step; `nav` is HTML for links to other pages."""
    body = "".join(map(shown.cell, cells))
    around = f'<nav aria-label="course">{nav}</nav>' if nav else ""
    return _document(
        "html",
        title,
        f'<header>{around}</header><main><p id="blocked">{BLOCKED}</p>{body}</main>{_foot()}',
        shown.data,
    )


def paper(cells: Iterable[Cell], title: str, shown: HtmlCells) -> str:
    """A lesson to print."""
    body = "".join(map(shown.cell, cells))
    return _document("print", title, f"<main>{body}</main>{_foot()}", {})


def plain(title: str, body: str, nav: str = "") -> str:
    """A page that has nothing to step, such as a list of others."""
    around = f'<header><nav aria-label="course">{nav}</nav></header>' if nav else ""
    return _document("print", title, f"{around}<main>{body}</main>{_foot()}", {})


def deck(slides: Sequence[Slide], title: str, shown: HtmlCells) -> str:
    """A deck of slides; without a script all of them stand below each other."""
    made = "".join(_slide(one, shown) for one in slides)
    buttons = "".join(
        f'<button type="button" class="deck-{name}" title="{key}">{said}</button>'
        for name, said, key in (
            ("back", "Back", "key: left"), ("on", "On", "key: right"),
            ("notes", "Notes", "key: n"), ("window", "Notes in a window", "key: w"),
        )
    )  # fmt: skip
    bar = (
        f'<footer class="deck-bar" aria-label="slides"><h1 class="deck-name">{escape(title)}</h1>'
        f'<span class="deck-count"></span>'
        f'<span class="deck-clock"></span>{buttons}</footer>'
    )
    return _document(
        "slides", title, f'<main><p id="blocked">{BLOCKED}</p>{made}</main>{bar}', shown.data
    )


def _slide(slide: Slide, shown: HtmlCells) -> str:
    inner = "".join(map(shown.cell, slide.cells))
    notes = "".join(map(shown.text, slide.notes))
    aside = f'<aside class="notes" aria-label="notes" tabindex="0">{notes}</aside>' if notes else ""
    minutes = f' data-minutes="{escape(slide.minutes)}"' if slide.minutes else ""
    return (
        f'<section class="slide" tabindex="-1" aria-label="{escape(slide.title)}" '
        f'data-title="{escape(slide.title)}"{minutes}>{inner}{aside}</section>'
    )


def _foot() -> str:
    return f'<footer><p class="note">Made with faultviz {__version__}.</p></footer>'


def _document(to: str, title: str, body: str, data: Mapping[str, str]) -> str:
    held = "".join(
        f'<script type="text/plain" id="{name}">{packed}</script>\n'
        for name, packed in data.items()
    )
    script = f'<script type="module">\n{code(to)}\n</script>' if to != "print" else ""
    return f"""{head(title)}<style>
{style(to)}</style>
<noscript><style>#blocked, .paper-only {{ animation: none !important; }}</style></noscript>
</head>
<body>
{body}
{held}{script}
</body>
</html>
"""
