"""What a player and two on one clock share: the script, a text form, a picture, a page.

Here: how a widget is shown where none can live. Not here: the picture itself (`still`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from faultviz.player.bundle import script
from faultviz.player.still import for_readers, outputs
from faultviz.player.stylesheet import CSS


class Pictured(anywidget.AnyWidget):
    """A widget that leaves a line and a picture behind where it is closed."""

    _esm = script()
    _css = CSS

    _blank: t.Dict[str, Any] = t.Dict(None, allow_none=True).tag(sync=True)
    """By trait: what a saved notebook has instead of what a learner did; see js/kept.js."""

    def to_html(self, file: str | Path) -> Path:
        """Write a page of one file that needs no kernel; a player's has every scenario.

        It begins as this widget stands. Raises BadInput where the file cannot be written.

        >>> from faultviz.player import play
        >>> play("mips").to_html("nowhere/mips.html")
        Traceback (most recent call last):
        faultviz.base.errors.BadInput: nowhere/mips.html cannot be written: No such file or \
directory.
        """
        from faultviz.player.pages import standalone

        return standalone.write(self, file)

    def close(self) -> None:
        """Leave nothing behind: a cell that runs again and again must not grow."""
        self.layout.close()
        super().close()

    def _repr_svg_(self) -> str:
        """What is shown, as a picture on its own."""
        raise NotImplementedError

    def _telling(self) -> str:
        """The same, at the step that says most."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and beside it what stays where no widget can live: a line and a picture."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        picture = self._telling() if for_readers() else self._repr_svg_()
        return {**data, **outputs(repr(self), picture)}, metadata
