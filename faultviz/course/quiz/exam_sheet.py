"""Exam items on paper: the questions, then their key on a page of its own, and the table of items.

Here: plain text. Not here: Moodle's format (`gift`), or the items (`exam`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import fill

from faultviz.course.banks import CURRENT
from faultviz.course.quiz.exam_item import CHOICE, MATCH, NUMBER, ExamItem
from faultviz.course.quiz.question import OBJECTIVES, Wording
from faultviz.course.quiz.result import NOT_TRIED

LETTERS = "ABCDEFGH"
PAGE = "\f"
WIDE = 90

_TOLD = Wording("exam", "sheet")


def text(items: Iterable[ExamItem], seed: str, bank: int = CURRENT) -> str:
    """The questions, a form feed, and the key with its reasons."""
    items = list(items)
    head = _TOLD.say("head", n=len(items), bank=bank, seed=seed, not_tried=NOT_TRIED)
    asked = [_asked(str(n), item) for n, item in enumerate(items, start=1)]
    keys = [_key(str(n), item) for n, item in enumerate(items, start=1)]
    title = _TOLD.say("key", bank=bank, seed=seed)
    return "\n\n".join([head, *asked]) + f"\n{PAGE}{title}\n\n" + "\n".join(keys) + "\n"


def _asked(number: str, item: ExamItem) -> str:
    one = item.question
    lines = [_wrapped(f"{number}. ", one.ask), *(f"     {s}" for s in one.shown.splitlines())]
    if item.kind == NUMBER:
        lines.append(_TOLD.say("number"))
    elif item.kind == MATCH:
        lines += [f"   {n}  {left}" for n, (left, _) in enumerate(item.pairs, start=1)]
        lines += [f"   {letter}  {right}" for letter, right in _offered(item).items()]
    else:
        texts = [answer.text for answer in one.answers]
        lines += [_wrapped(f"   {a}  ", said) for a, said in zip(LETTERS, texts, strict=False)]
    return "\n".join(lines)


def _wrapped(start: str, text: str) -> str:
    """A text for paper; what follows the first line stands below its text."""
    rest = " " * len(start)
    return fill(f"{start}{text}", WIDE, subsequent_indent=rest, break_on_hyphens=False)


def _offered(item: ExamItem) -> dict[str, str]:
    """The right sides in the order of the alphabet, so that the order tells nothing."""
    return dict(zip(LETTERS, sorted({right for _, right in item.pairs}), strict=False))


def _key(number: str, item: ExamItem) -> str:
    one = item.question
    if item.kind == MATCH:
        letters = {right: letter for letter, right in _offered(item).items()}
        told = ", ".join(f"{n}{letters[r]}" for n, (_, r) in enumerate(item.pairs, start=1))
        return f"{number}. {told}"
    right = one.answers[one.right - 1]
    key = one.key if item.kind == NUMBER else LETTERS[one.right - 1]
    lines = [_wrapped(f"{number}. ", _TOLD.say("reason", key=key, reason=right.reason))]
    if item.kind == CHOICE:
        lines += [
            _wrapped(f"   {letter}  ", _TOLD.say("about", **answer._asdict()))
            if answer.about
            else _wrapped(f"   {letter}  ", answer.reason)
            for letter, answer in zip(LETTERS, one.answers, strict=False)
            if answer is not right
        ]
    return "\n".join(lines)


def table(items: Iterable[ExamItem]) -> str:
    """The items with what each is for; difficulty is left blank, for nobody has measured it."""
    head = _TOLD.told["columns"]
    rows: list[Sequence[str]] = [head]
    for n, item in enumerate(items, start=1):
        sentence, lesson = OBJECTIVES[item.question.objective]
        about = ", ".join(item.about)
        rows.append((f"{n} {item.question.name}", item.kind, sentence, about, lesson, "", ""))
    wide = [max(len(row[i]) for row in rows) for i in range(len(head))]
    rows.insert(1, ["-" * width for width in wide])
    lines = [
        "| " + " | ".join(f"{c:{w}}" for c, w in zip(r, wide, strict=True)) + " |" for r in rows
    ]
    return "\n".join([*lines, "", _TOLD.say("yours", not_tried=NOT_TRIED)])
