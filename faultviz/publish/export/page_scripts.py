"""The scripts of an exported page as one text each, and its style.

Here: which files, in the order in which they need each other. Not here: what they do.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from faultviz.picture import colours, svg, thumbnail
from faultviz.player.bundle import EMBEDDED, LANES, SourceLine, joined, lines, lines_of

ENDS = {"html": ("ask", "start", "lesson"), "slides": ("ask", "start", "deck")}
"""Ours, by what is exported."""

_HERE = resources.files(__package__)
_PLAYER = resources.files("faultviz.player")


@cache
def code(to: str) -> str:
    """The script of a page or a deck.

    >>> "export default" in code("html"), "IntersectionObserver" in code("slides")
    (False, True)
    """
    # The lanes have names of their own for what the player names, too: so they are a room apart.
    lanes = [
        line._replace(text=line.text.replace("export default", "return"))
        for line in lines(LANES, exports=True)
    ]
    room = [SourceLine("const lanes = (() => {"), *lanes, SourceLine("})();")]
    ours = [line for name in ENDS[to] for line in lines_of(_HERE, name, "faultviz/publish/export")]
    return joined([*lines(EMBEDDED), *room, *ours])


@cache
def style(to: str) -> str:
    """The style of a page, a deck or paper."""
    player = [
        _PLAYER.joinpath(name).read_text("utf-8")
        for name in ("player.css", "lanes.css", "access.css")
    ]
    own = [_read(f"{name}.css") for name in ("export", *(["slides"] if to == "slides" else []))]
    shades = colours.rules(":root,.fv-player,.fv-lanes")
    return "".join(
        [svg.RULES, thumbnail.RULES, "\n", shades, *(player if to != "print" else []), *own]
    )


def _read(file: str) -> str:
    return _HERE.joinpath(file).read_text("utf-8")
