"""Twenty exam items for teachers, drawn by a seed, every key computed.

Here: which items there are, and `exam`. Not here: the items themselves (`exam_toy`, `exam_runs`,
and the eight of `forms`), or how they are printed (`exam_sheet`, `gift`).

They were not tried with a class: how hard an item is nobody knows yet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from faultviz.base.seeds import Draw
from faultviz.course.quiz import exam_runs, exam_toy
from faultviz.course.quiz.exam_item import CHOICE, ExamItem
from faultviz.course.quiz.forms import FIXED, KINDS, asked

OTHERS: dict[str, Callable[[Draw], ExamItem]] = {
    "error": exam_toy.error,
    "again": exam_toy.again,
    "readers": exam_toy.readers,
    "count": exam_toy.count,
    "corners": exam_runs.corners,
    "chooses": exam_runs.chooses,
    "retry": exam_runs.retry,
    "counted": exam_runs.counted,
    "proves": exam_runs.proves,
    "lanes": exam_runs.lanes,
    "ran-long": exam_runs.ran_long,
    "shortest": exam_runs.shortest,
}
"""The twelve that the tests before and after the course do not ask, from the ground up."""


def exam(seed: str = "") -> tuple[ExamItem, ...]:
    """The items of a seed: first the ground, then what the tests ask of other handlers.

    None repeats a question of the tests of this seed.

    >>> items = exam("2026")
    >>> len(items), items[1].question.name, items[1].question.key
    (20, 'again', '2')
    """
    return _exam(str(seed).strip() or FIXED)


@cache
def _exam(seed: str) -> tuple[ExamItem, ...]:
    others = [make(Draw(f"{seed}/{name}/exam")) for name, make in OTHERS.items()]
    same = [ExamItem(CHOICE, asked(kind, "exam", seed)) for kind in KINDS]
    return (*others[:-1], *same, others[-1])
