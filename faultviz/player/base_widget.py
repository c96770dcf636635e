"""What a widget's methods give back: a text that a cell shows as it is."""

from __future__ import annotations


class CellText(str):
    """A text whose repr is the text: the last line of a cell shows it as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
