"""The scripts of an exported page as one text each, and its style.

Here: which files, in the order in which they need each other. Not here: what they do.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from faultviz.picture import svg, thumbnail
from faultviz.player.bundle import LANES, PAGE, joined, script

PLAYER = PAGE[: PAGE.index("link")]
"""The player's files, without those of a page that shows one alone."""

ENDS = {"html": ("ask", "start", "lesson"), "slides": ("ask", "start", "deck")}
"""Ours, by what is exported."""

_HERE = resources.files(__package__)
_PLAYER = resources.files("faultviz.player")


@cache
def code(to: str) -> str:
    """The script of a page or a deck.

    >>> "export" in code("html").splitlines()[-1], "IntersectionObserver" in code("slides")
    (False, True)
    """
    # The lanes have names of their own for what the player names, too: so they are a room apart.
    lanes = f"const lanes = (() => {{\n{script(LANES).replace('export default', 'return')}\n}})();"
    ours = [joined(_read(f"js/{name}.js"), last=False) for name in ENDS[to]]
    return "\n".join([joined(script(PLAYER), last=False), lanes, *ours])


@cache
def style(to: str) -> str:
    """The style of a page, a deck or paper."""
    player = [_PLAYER.joinpath(name).read_text("utf-8") for name in ("player.css", "lanes.css")]
    own = [_read(f"{name}.css") for name in ("export", *(["slides"] if to == "slides" else []))]
    return "".join([svg.RULES, thumbnail.RULES, *(player if to != "print" else []), *own])


def _read(file: str) -> str:
    return _HERE.joinpath(file).read_text("utf-8")
