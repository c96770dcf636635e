"""How the player looks: its own rules and the graph's.

Here: the style sheet as one text. Not here: what it is put on.
"""

from __future__ import annotations

from importlib import resources

from faultviz.picture.svg import RULES

_FOLDER = resources.files(__package__)
CSS = "".join(
    [RULES, *(_FOLDER.joinpath(f).read_text("utf-8") for f in ("player.css", "desk.css"))]
)
