"""The glossary on one page, in two columns.

Here: the page. Not here: the words (`course.glossary`).
"""

from __future__ import annotations

from html import escape

from faultviz.course.glossary import GLOSSARY
from faultviz.publish.handouts import frame
from faultviz.publish.handouts.frame import code


def page(solution: bool = False) -> str:  # noqa: ARG001 - it has no gaps
    """All words, in the order in which the lessons bring them."""
    told = "".join(
        f"<div><dt>{escape(name)} <small>lesson {term.lesson}</small></dt>"
        f"<dd>{escape(term.sentence)}</dd></div>"
        for name, term in GLOSSARY.items()
    )
    return frame.page(
        "The words of the course",
        f"<dl>{told}</dl>",
        f"In a terminal: {code('faultviz glossary WORD')}. In a notebook: {code('fv.glossary()')}.",
    )
