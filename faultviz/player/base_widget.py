"""What the small widgets share: a text form of any length, a line that is read out, an end.

Here: the box that questions and sortings are made in. Not here: what they ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import anywidget
import ipywidgets as w

from faultviz.player.bundle import OWN_KEYS, script


class _OwnKeys(anywidget.AnyWidget):
    """Says to the page that the keys pressed in its box are the box's.

    JupyterLab takes arrows, space and letters for the notebook's own commands, from a radio button
    as well. It leaves alone what bears this mark, and looks for it on what has the focus.
    """

    _esm = script(OWN_KEYS)

    def __repr__(self) -> str:
        return "OwnKeys()"


class WidgetBox(w.VBox):
    """A box with a text form of any length, which takes its parts along when it is closed."""

    def __init__(self, children: Sequence[w.Widget] = (), **looks: Any) -> None:
        self._keys = _OwnKeys()
        super().__init__([*children, self._keys], **looks)
        self.add_class("fv-shown")

    def show(self, *children: w.Widget) -> None:
        """Show these parts instead, in this order."""
        self.children = [*children, self._keys]

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        # The library cuts a repr at 110 letters.
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": self.as_text()}

    def as_text(self) -> str:
        """What stands for the widget where no widget can live."""
        return repr(self)

    def close(self) -> None:
        """Close the parts, too: a cell that runs again and again must leave nothing behind."""
        for part in self.children:
            _close(part)
        _close_own(self)
        super().close()


class CellText(str):
    """A text whose repr is the text: the last line of a cell shows it as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def status(text: str) -> str:
    """A text that is read out. The element is new each time, and of those only alerts are.

    >>> status("No.")
    '<div role="alert" style="min-height:1.4em">No.</div>'
    """
    return f'<div role="alert" style="min-height:1.4em">{escape(text)}</div>'


def _close(part: w.Widget) -> None:
    """A widget with its own layout and style, which the library leaves open, and its parts."""
    if not isinstance(part, WidgetBox):
        for inner in getattr(part, "children", ()):
            _close(inner)
        _close_own(part)
    part.close()


def _close_own(part: w.Widget) -> None:
    for name in ("layout", "style"):
        own = getattr(part, name, None)
        if isinstance(own, w.Widget):
            own.close()
