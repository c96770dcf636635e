"""Forms as widgets: what is told to the page, what is chosen there, and what it wants done.

Here: the traits that every form shares, and the small forms' widget, one anywidget each, so that
any front end of anywidget shows it. The page sends only what its reader wants done; what an answer
is worth is decided in Python. Not here: what is asked (`ask`, `sorter`, `quiz_widget`, `desk`), the
page's side (js/controls.js).
"""

from __future__ import annotations

from html import escape
from importlib import resources
from typing import Any

import anywidget
import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.player.bundle import FORMS, script
from faultviz.player.payload import Json
from faultviz.player.stylesheet import ACCESS

CSS = resources.files(__package__).joinpath("forms.css").read_text("utf-8") + ACCESS


class FormTraits(t.HasTraits):
    """What is asked, what is chosen but not answered yet, and what the page wants done."""

    _desk: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _form: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _given: t.Dict[str, Any] = t.Dict().tag(sync=True)

    @property
    def told(self) -> Json:
        """All that the page shows of it."""
        return dict(self._desk)

    def tell(self, **parts: Any) -> None:
        """Show this, and leave the rest as it is."""
        self._desk = {**self._desk, **parts}

    def fill(self, **fields: Any) -> None:
        """Set fields of the form, as if they were chosen in the page."""
        self._form = {**self._form, **fields}

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done; a BadInput becomes a sentence there."""

    @t.observe("_given")
    def _hear(self, change: Any) -> None:
        wanted, problem = change["new"], ""
        if not wanted:
            return
        try:
            self.wanted(wanted)
        except BadInput as reason:
            problem = str(reason)
        except Exception as bug:
            problem = f"This failed: {type(bug).__name__}: {bug}"
            raise
        finally:
            self.tell(seq=wanted.get("seq", ""), problem=problem)


class AsText(anywidget.AnyWidget):
    """A widget with a text form of any length, which leaves nothing behind when it is closed."""

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        # The library cuts a repr at 110 letters; nbconvert and books show HTML, and no plain text.
        data, metadata = anywidget.AnyWidget._repr_mimebundle_(self, **kwargs) or ({}, {})
        text = self.as_text()
        return {**data, "text/plain": text, "text/html": f"<pre>{escape(text)}</pre>"}, metadata

    def as_text(self) -> str:
        """What stands for the widget where no widget can live."""
        return repr(self)

    def close(self) -> None:
        """Leave nothing behind: a cell that runs again and again must not grow."""
        self.layout.close()
        super().close()


class FormWidget(FormTraits, AsText):
    """A form on its own."""

    _esm = script(FORMS)
    _css = CSS
    _kind = t.Unicode().tag(sync=True)
