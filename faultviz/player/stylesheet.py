"""How the player looks: its own rules, the graph's and the colours.

Here: the style sheet as one text. Not here: what it is put on.
"""

from __future__ import annotations

from importlib import resources

from faultviz.picture import colours
from faultviz.picture.svg import RULES

_FOLDER = resources.files(__package__)
CSS = "".join([
    RULES, "\n", colours.rules(".fv-player,.fv-desk-home"),
    *(_FOLDER.joinpath(f).read_text("utf-8") for f in ("player.css", "desk.css")),
])  # fmt: skip
