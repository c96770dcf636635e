"""Handlers put into bins by a learner: what a place is worth, and the reason.

Here: `placed` and `grade`. Not here: which handler belongs where (`classification`), or the widget
(`player.sorter`).
"""

from __future__ import annotations

from typing import NamedTuple

from faultviz.analysis.classification import BINS, NINE, QUESTIONS, family, where
from faultviz.base.errors import BadInput, nearest
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.course.phrases import phrases

say = phrases("faultviz.course.exercises", "exercises", "sorted")


class Placing(NamedTuple):
    """Whether a handler belongs there, and what shows it."""

    right: bool
    reason: str


def bins(by: str) -> dict[str, str]:
    """The bins of a question that the nine need, by short name. Raises BadInput for no question.

    >>> list(bins("target"))
    ['leave', 'skip', 'work', 'lock']
    """
    if by not in QUESTIONS:
        raise BadInput(f"Nothing is sorted by {by!r}.{nearest(by, QUESTIONS)}")
    used = {getattr(family(name), by) for name in NINE}
    return {short: text for short, text in BINS[by].items() if short in used}


def placed(by: str, handler: str, chosen: str) -> Placing:
    """Judge one place; a wrong one is told whose place it is.

    >>> placed("label", "um", "before").reason
    'That is how s390 does it. Of um: goto retry leads to “take mmap_lock”, and the first round \
comes to it, too.'
    """
    if chosen not in bins(by):
        raise BadInput(f"There is no bin {chosen!r}: choose {', '.join(bins(by))}.")
    shown = where(handler, by)
    if getattr(family(handler), by) == chosen:
        return Placing(True, shown)
    other = next(name for name in NINE if getattr(family(name), by) == chosen)
    return Placing(False, say("elsewhere", other=other, handler=handler, shown=shown))


def grade(act: Act) -> list[Score]:
    """A point for a handler that was put where it belongs.

    >>> given = {"handler": "s390", "bin": "before"}
    >>> grade(Act("", "", "sort", "label", "", given))[0].points
    1
    """
    handler, chosen = str(act.given["handler"]), str(act.given["bin"])
    good = placed(act.name, handler, chosen).right
    return [Score(f"{act.name}: {handler}", int(good), chosen=BINS[act.name][chosen])]
