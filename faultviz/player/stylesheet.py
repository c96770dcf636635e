"""How widgets look: the player's own rules, the graph's and the colours, and what holds for all.

Here: the style sheets as texts. Not here: what they are put on.
"""

from __future__ import annotations

from importlib import resources

from faultviz.picture import colours
from faultviz.picture.svg import RULES

_FOLDER = resources.files(__package__)
ACCESS = _FOLDER.joinpath("access.css").read_text("utf-8")
"""For those who see, point or print otherwise; the last of any widget's rules."""
CSS = "".join([
    RULES, "\n", colours.rules(".fv-player,.fv-desk-home"),
    *(_FOLDER.joinpath(f).read_text("utf-8") for f in ("player.css", "desk.css")), ACCESS,
])  # fmt: skip
