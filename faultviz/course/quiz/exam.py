"""Twenty exam items for teachers, drawn by a seed, every key computed.

Here: which items there are, and `exam`. Not here: the items themselves (`exam_toy`, `exam_runs`,
and the kinds of `forms`), which of them an exam has and of what they ask (`banks`), or how they are
printed (`exam_sheet`, `gift`).

They were not tried with a class: how hard an item is nobody knows yet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from faultviz.base.seeds import Draw
from faultviz.course import banks
from faultviz.course.banks import CURRENT, Bank
from faultviz.course.quiz import exam_runs, exam_toy
from faultviz.course.quiz.exam_item import CHOICE, ExamItem
from faultviz.course.quiz.forms import FIXED, KINDS, asked

OTHERS: dict[str, Callable[[Draw, Bank], ExamItem]] = {
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
"""Those that the tests before and after the course do not ask, from the ground up."""


def exam(seed: str = "", bank: int = CURRENT) -> tuple[ExamItem, ...]:
    """The items of a seed and a bank: first the ground, then what the tests ask of other handlers.

    None repeats a question of the tests of this seed. Raises BadInput for a bank that there is not.

    >>> items = exam("2026")
    >>> len(items), items[1].question.name, items[1].question.key
    (20, 'again', '2')
    """
    return _exam(str(seed).strip() or FIXED, banks.bank(bank).version)


@cache
def _exam(seed: str, bank: int) -> tuple[ExamItem, ...]:
    of = banks.bank(bank)
    return tuple(
        ExamItem(CHOICE, asked(KINDS[name], "exam", seed, bank))
        if name in KINDS
        else OTHERS[name](Draw(f"{seed}/{name}/exam"), of)
        for name in of.exam
    )
