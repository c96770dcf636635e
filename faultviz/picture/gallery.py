"""The handlers that are not sorted: a small picture and one sentence each.

Here: the gallery as text and as HTML. Not here: what the sentences say (`classification`), or a
picture of full size (`svg`).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from faultviz import models
from faultviz.analysis.classification import NINE, special
from faultviz.picture.thumbnail import LEGEND, STYLE, WIDE, small


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
