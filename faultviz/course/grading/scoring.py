"""What an answer is worth: computed again from the question, with nothing trusted from the file.

Here: a score, who grades which kind, and the replay of a learner's acts. Not here: the graders
themselves (`lesson_graders`, and beside what they grade), what scores add up to (`report`), or
which files are read (`class_files`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import NamedTuple

from faultviz.base.errors import BadInput, CannotHere
from faultviz.course.grading.answer_file import Act


class Score(NamedTuple):
    """Points for one thing that was asked.

    `what` names it, alike for all learners and forms; `misconception` is the one that a wrong
    answer shows, or that the question is about; `first` is set by the replay: whether it was the
    first answer to this. `chosen` is the answer in words, `sure` what the learner said of it,
    `rule` the kind of a question at a step.
    """

    what: str
    points: float
    of: float = 1
    objective: str = ""
    misconception: str = ""
    first: bool = True
    chosen: str = ""
    sure: bool | None = None
    rule: str = ""


class GradedAct(NamedTuple):
    """An act with one score; or, in `problem`, a sentence that says why it has none or 0 points."""

    act: Act
    score: Score
    problem: str = ""


GRADERS = {
    "ask": "course.grading.lesson_graders",
    "gate": "course.grading.lesson_graders",
    "quiz": "course.quiz",
    "exercise": "course.exercises.seeded",
    "write": "course.exercises.writing",
    "trace": "course.exercises.counterexamples",
    "review": "course.exercises.replies",
    "table": "course.exercises.truth_tables",
    "sort": "course.exercises.sorting",
}
"""The module whose `grade(act) -> list[Score]` judges acts of a kind. It raises BadInput for what
it does not know, such as a question of another version."""


def grade(act: Act) -> list[Score]:
    """The scores of one act. Raises BadInput where it cannot be judged.

    >>> grade(Act("", "", "ask", "00-M4", "", {"answer": "twice"}))[0].points
    1
    >>> grade(Act("", "", "dance", "tango", "", {}))
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: This faultviz knows no answers of the kind 'dance'.
    """
    home = f"faultviz.{GRADERS.get(act.kind, '')}"
    if act.kind not in GRADERS:
        raise BadInput(f"This faultviz knows no answers of the kind {act.kind!r}.")
    try:
        module = import_module(home)
    except ModuleNotFoundError as missing:
        if missing.name != home:
            raise
        raise BadInput(f"This faultviz cannot grade answers of the kind {act.kind!r}.") from None
    try:
        scores: list[Score] = module.grade(act)
    except BadInput:
        raise
    except Exception as bug:  # a file may say anything, and must not end the grading of a class
        said = f"{type(bug).__name__}: {bug}"
        raise BadInput(f"What is given to {act.kind} {act.name} has no sense: {said}.") from bug
    return scores


def replay(acts: Iterable[Act], refused: Callable[[Act], str] | None = None) -> list[GradedAct]:
    """All acts of a learner, graded in order; the first answer to each thing is marked.

    What `refused` gives a sentence for gets no points.
    """
    rows: list[GradedAct] = []
    seen: set[tuple[str, ...]] = set()
    for act in acts:
        try:
            scores = grade(act)
        except CannotHere:
            raise  # an extra is missing, and the answer is not to blame
        except BadInput as reason:
            rows.append(GradedAct(act, Score(act.name, 0, 0, first=False), str(reason)))
            continue
        problem = refused(act) if refused else ""
        for score in scores:
            key = (act.kind, act.name, act.seed, score.what)
            points = 0 if problem else score.points
            rows.append(
                GradedAct(act, score._replace(points=points, first=key not in seen), problem)
            )
            seen.add(key)
    return rows
