"""The page of a hand-out: A4, black on white, everything in one file.

Here: the head and the small parts that the pages share. Not here: what they say, or how it looks
(`handouts.css`).
"""

from __future__ import annotations

from html import escape
from importlib import resources

from faultviz.picture.svg import RULES

STYLE = RULES + resources.files(__package__).joinpath("handouts.css").read_text("utf-8")


def page(title: str, body: str, foot: str, *, solution: bool = False) -> str:
    """A whole page; `foot` says how to see whether it is right."""
    shown = f"{title} (solution)" if solution else title
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(shown)}</title><style>{STYLE}</style>"
        f"<body><main><h1>{escape(shown)}</h1>{body}</main>"
        f"<footer>{foot}</footer></body></html>\n"
    )


def gap(text: str, *, filled: bool) -> str:
    """A text, or room for it.

    >>> gap("yes", filled=True), gap("yes", filled=False)
    ('<span class="given">yes</span>', '')
    """
    return f'<span class="given">{escape(text)}</span>' if filled else ""


def code(text: str) -> str:
    """A command or a name."""
    return f"<code>{escape(text)}</code>"
