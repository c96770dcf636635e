"""What an exam item is: a question of one of four kinds, for paper and for Moodle.

Here: `ExamItem` and how a statement or a number becomes one. Not here: the items (`exam_toy`,
`exam_runs`), or how they are printed (`exam_sheet`, `gift`).
"""

from __future__ import annotations

from typing import NamedTuple

from faultviz.course.quiz.question import Answer, Question, Wording, question

CHOICE, TRUTH, NUMBER, MATCH = "choice", "true or false", "number", "matching"
YES, NO = "true", "false"


class ExamItem(NamedTuple):
    """A question of an exam, of one of four kinds.

    A number has its key alone as an answer; of what belongs together `pairs` has left and right.
    """

    kind: str
    question: Question
    pairs: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()
    """Misconceptions that no answer is tagged with."""

    @property
    def about(self) -> tuple[str, ...]:
        """The misconceptions that it can show."""
        tags = {answer.about for answer in self.question.answers} | set(self.extra)
        return tuple(sorted(tags - {""}, key=lambda tag: int(tag.removeprefix("M"))))


def truth(name: str, objective: str, holds: bool, ask: str, reason: str, *case: str) -> ExamItem:
    """A statement; the answer that does not hold shows the misconception."""
    about = Wording("exam", name).say("about")
    answers = [
        Answer(YES, reason, "" if holds else about),
        Answer(NO, reason, about if holds else ""),
    ]
    return ExamItem(TRUTH, question(name, objective, ask, answers, YES if holds else NO, case))


def number(
    name: str, objective: str, key: int, ask: str, reason: str, *case: str, shown: str = ""
) -> ExamItem:
    """A question for a number, with the misconception that a wrong one may come from."""
    one = question(name, objective, ask, [Answer(str(key), reason)], str(key), case, shown=shown)
    return ExamItem(NUMBER, one, extra=(Wording("exam", name).say("about"),))
