"""The handlers that are not sorted: a small picture and one sentence each.

Here: the gallery as text and as HTML. Not here: what the sentences say (`families`), or a picture
of full size (`draw`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from faultviz import models
from faultviz.draw import STYLE, svg
from faultviz.families import NINE, special

WIDE = 170
"""A small picture's width in px: enough to see its shape, not to read it."""


class Gallery(tuple[str, ...]):
    """Names of handlers, shown with what is special about each."""

    __slots__ = ()

    def __repr__(self) -> str:
        wide = max(map(len, self), default=0)
        return "\n".join(f"{name:{wide}}  {special(name)}" for name in self)

    def _repr_html_(self) -> str:
        shown = "".join(
            f'<figure style="margin:0;width:{WIDE}px"><div style="height:{WIDE * 1.6:.0f}px">'
            f"{_small(name)}</div><figcaption><b>{name}</b>: {escape(special(name))}</figcaption>"
            "</figure>"
            for name in self
        )
        return (
            f"<style>{STYLE}</style>"
            f'<div style="display:flex;flex-wrap:wrap;gap:18px 14px">{shown}</div>'
        )


def gallery(names: Iterable[str] | None = None) -> Gallery:
    """The 15 handlers that the lesson does not sort, or those named.

    >>> len(gallery())
    15
    >>> gallery(["xtensa"])
    xtensa  SIGBUS is sent in both modes; as mips in all four questions.
    """
    rest = (name for name in models.HANDLERS if name not in NINE)
    shown = Gallery(rest if names is None else names)
    for name in shown:
        special(name)  # an unknown name is refused here, not where it is shown
    return shown


def _small(name: str) -> str:
    """The merged handler's own function, small; its words stay for who reads by ear."""
    picture = svg(models.load(name, "merged"), style=False)
    return re.sub(
        r'width="\d+" height="\d+"',
        f'width="{WIDE}" height="{WIDE * 1.6:.0f}" preserveAspectRatio="xMidYMin"',
        picture,
        count=1,
    )
