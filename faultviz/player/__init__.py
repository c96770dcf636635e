"""The player: a scenario stepped in the browser.

Here: the widget (`player`), what it may be set to (`choices`), what it sends to the browser
(`payload`), and the browser's side (`player.js`, `player.css`). Only this package needs
anywidget. Not here: how a scenario runs (`run`), or is drawn (`draw`) and worded (`story`).
"""

from faultviz.player.player import Player, play

__all__ = ["Player", "play"]
