"""How the player looks: its own rules and the graph's.

Here: the style sheet as one text. Not here: what it is put on.
"""

from __future__ import annotations

from importlib import resources

from faultviz import draw

CSS = draw.RULES + resources.files(__package__).joinpath("player.css").read_text("utf-8")
