r"""Exam items as Moodle imports them: the GIFT format.

Here: how an item is written, and what must be escaped. Not here: the items (`exam`).

Texts are HTML, so that a trace keeps its columns; the right sides of a matching question are plain
text, as Moodle reads them. Each question is one block without an empty line.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from faultviz.course.banks import CURRENT
from faultviz.course.quiz.exam_item import MATCH, NUMBER, TRUTH, YES, ExamItem
from faultviz.course.quiz.result import NOT_TRIED

SPECIAL = "\\~=#{}:"


def escaped(text: str) -> str:
    r"""A text in which nothing is read as GIFT; a line break becomes \n.

    >>> print(escaped("a = {b}: ~50 #1"))
    a \= \{b\}\: \~50 \#1
    """
    for letter in SPECIAL:
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\n", "\\n")


def gift(items: Iterable[ExamItem], seed: str, bank: int = CURRENT) -> str:
    """All items as one file, in a category of their own."""
    blocks = [_item(n, item) for n, item in enumerate(items, start=1)]
    head = f"// faultviz, bank {bank}, seed {_one_line(seed)}. {NOT_TRIED}"
    return "\n\n".join([head, f"$CATEGORY: faultviz {_one_line(seed)}", *blocks]) + "\n"


def _item(n: int, item: ExamItem) -> str:
    one = item.question
    shown = escaped(f"<pre>{_html(one.shown)}</pre>") if one.shown else ""
    title = escaped(f"{n:02} {one.name}")
    return f"::{title}::[html]{_text(one.ask)}{shown}{{{_answers(item)}}}"


def _answers(item: ExamItem) -> str:
    one = item.question
    if item.kind == MATCH:
        lines = [f"={_text(left)} -> {escaped(right)}" for left, right in item.pairs]
    elif item.kind == NUMBER:
        return f"#\n={one.key}:0#{_text(one.answers[0].reason)}\n"
    elif item.kind == TRUTH:
        # The first remark is for whoever is wrong, the second for whoever is right.
        reason = _text(one.answers[one.right - 1].reason)
        return f"{'TRUE' if one.key == YES else 'FALSE'}#{reason}#{reason}"
    else:
        lines = [
            f"{'=' if answer.text == one.key else '~'}{_text(answer.text)}#{_text(answer.reason)}"
            for answer in one.answers
        ]
    return "\n" + "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return escaped(_html(text))


def _html(text: str) -> str:
    return escape(text, quote=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
