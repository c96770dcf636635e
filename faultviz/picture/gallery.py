"""The handlers that are not sorted: a small picture and one sentence each.

Here: the gallery as text, as HTML and as one picture. Not here: what the sentences say
(`classification`), or a picture of full size (`svg`).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from textwrap import wrap

from faultviz import models
from faultviz.analysis.classification import NINE, special
from faultviz.picture.thumbnail import HIGH, LEGEND, LIGHT, STYLE, WIDE, small

ROW, STEP, LINE, LETTERS = 4, WIDE + 40, 15, 27
"""Of the one picture: how many in a row, and how far apart; a line's height, and what it holds."""


class Gallery(tuple[str, ...]):
    """Names of handlers, shown with what is special about each."""

    __slots__ = ()

    def __repr__(self) -> str:
        wide = max(map(len, self), default=0)
        return "\n".join(f"{name:{wide}}  {special(name)}" for name in self)

    def _repr_html_(self) -> str:
        shown = "".join(map(_figure, self))
        return (
            f"<style>{STYLE}</style><p>{LEGEND}</p>"
            f'<div style="display:flex;flex-wrap:wrap;gap:18px 14px">{shown}</div>'
        )

    def _repr_svg_(self) -> str:
        """All of them on one sheet, for where no HTML is shown."""
        told = [[name, *wrap(special(name), LETTERS)] for name in self]
        rows = [range(n, min(n + ROW, len(self))) for n in range(0, len(self), ROW)]
        top, drawn = 2 * LINE, f'<text x="10" y="{LINE + 3}">{LEGEND}</text>'
        for row in rows:
            for place, n in enumerate(row):
                x = 10 + place * STEP
                shown = small(models.load(self[n], "merged"), style=False)
                drawn += shown.replace("<svg ", f'<svg x="{x}" y="{top}" ', 1)
                drawn += "".join(
                    f'<text x="{x}" y="{top + HIGH + LINE * line}">{escape(said)}</text>'
                    for line, said in enumerate(told[n], start=1)
                )
            top += HIGH + LINE * (max(len(told[n]) for n in row) + 2)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{ROW * STEP}" height="{top}" '
            'font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="12" '
            f'fill="#15191e"><style>{LIGHT}</style>'
            f'<rect width="100%" height="100%" fill="#fff"/>{drawn}</svg>'
        )


def gallery(names: Iterable[str] | None = None) -> Gallery:
    """The handlers that the lesson does not sort, or those named.

    >>> gallery(["xtensa"])
    xtensa  SIGBUS is sent in both modes; as mips in all four questions.
    """
    rest = (name for name in models.HANDLERS if name not in NINE)
    shown = Gallery(rest if names is None else names)
    for name in shown:
        special(name)  # an unknown name is refused here, not where it is shown
    return shown


def _figure(name: str) -> str:
    picture = small(models.load(name, "merged"), style=False)
    return (
        f'<figure style="margin:0;width:{WIDE}px">{picture}'
        f"<figcaption><b>{name}</b>: {escape(special(name))}</figcaption></figure>"
    )
