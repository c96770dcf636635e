"""How widgets look: the player's own rules and the graph's, and what holds for all widgets.

Here: the style sheets as texts. Not here: what they are put on.
"""

from __future__ import annotations

from importlib import resources

from faultviz.picture.svg import RULES

_FOLDER = resources.files(__package__)
ACCESS = _FOLDER.joinpath("access.css").read_text("utf-8")
"""For those who see, point or print otherwise; the last of any widget's rules."""
CSS = "".join(
    [RULES, *(_FOLDER.joinpath(f).read_text("utf-8") for f in ("player.css", "desk.css")), ACCESS]
)
