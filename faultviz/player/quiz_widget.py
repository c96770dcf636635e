"""The tests before and after the course as a widget: a page of questions, each with “are you sure”.

Here: how a test is taken and what is said when it is handed in. No verdict stands beside a question
of the test before: it must not teach. Not here: the questions (`course.quiz.forms`), or what the
answers add up to (`course.quiz.result`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.course.banks import CURRENT, FIRST
from faultviz.course.grading.answer_file import Act, answers, book, record
from faultviz.course.quiz.forms import form
from faultviz.course.quiz.question import Question
from faultviz.course.quiz.result import (
    COLUMNS,
    NOT_TRIED,
    Marked,
    QuizOutcome,
    given,
    marked,
    outcome,
)
from faultviz.player.answered_before import again
from faultviz.player.base_widget import CellText
from faultviz.player.form_widget import FormWidget
from faultviz.player.one_per_cell import only_one
from faultviz.player.payload import Json

SURE = ("I am sure", "I am not sure")
NO_VERDICT = {
    "pre": "No verdict comes while you answer; the reasons come after the test after the course.",
    "post": "The verdict and the reasons come when you have handed it in.",
}


class Asked:
    """One question of a test with its number, and what was chosen: from 1, or 0 for nothing."""

    def __init__(self, number: str, question: Question) -> None:
        self.number, self.question = number, question
        self.chosen = 0
        self.sure: bool | None = None

    @property
    def form(self) -> Json:
        """As the page has it: the number of the answer, and of `SURE`; 0 for nothing."""
        return {"chosen": self.chosen, "sure": {None: 0, True: 1, False: 2}[self.sure]}

    def take(self, form: Json) -> None:
        """What was chosen in the page."""
        chosen = int(form.get("chosen", 0))
        self.chosen = chosen if 0 <= chosen <= len(self.question.answers) else 0
        self.sure = {1: True, 2: False}.get(form.get("sure", 0))

    def told(self, marked_: Marked | None) -> Json:
        """The question for the page; with a verdict, if there is one."""
        return {
            "number": self.number,
            "ask": self.question.ask,
            "answers": [answer.text for answer in self.question.answers],
            "reasons": list(_reason(marked_)) if marked_ else [],
        }


class Quiz(FormWidget):
    """A test. `answer` takes the number of an answer for each question, and hands it in.

    The trait `said` is what was said last; `outcome` is there after the test after the course.

    >>> test = quiz("pre")
    >>> test
    Test before the course, 8 questions, seed faultviz: 0 of 8 answered
    >>> test.answer(1, 2)
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: This test has 8 answers to give (1 to 8), not 2.
    """

    said = t.Unicode()

    def __init__(self, name: str, seed: str = "", bank: int = CURRENT) -> None:
        self.form = form(name, seed, bank)
        self.outcome: QuizOutcome | None = None
        self.handed_in = False
        self.asked = [
            Asked(number, one)
            for number, one in zip(self.form.numbers, self.form.questions, strict=True)
        ]
        super().__init__(_kind="quiz")
        self.tell(title=repr(self.form), note=NO_VERDICT[name], tried=NOT_TRIED, sure=list(SURE))
        self._tell_all()

    def _tell_all(self) -> None:
        """The questions, those on one thing together with it; and what was said last."""
        told = self.outcome.after if self.outcome else [None] * len(self.asked)
        pairs = list(zip(self.asked, told, strict=True))
        groups = [
            {"shown": group[0][0].question.shown, "questions": [one.told(m) for one, m in group]}
            for _, of_one in groupby(pairs, lambda pair: pair[0].question.objective)
            for group in [list(of_one)]
        ]
        outcome_ = _table(self.outcome) if self.outcome else None
        self.tell(groups=groups, said=self.said, over=self.handed_in, outcome=outcome_)

    def _choose(self) -> None:
        self.fill(**{one.number: one.form for one in self.asked})

    @t.observe("_form")
    def _chosen(self, change: Any) -> None:
        for one in [] if self.handed_in else self.asked:
            one.take(change["new"].get(one.number, {}))

    def answer(self, *numbers: int, sure: bool | Sequence[bool] = True) -> CellText:
        """Answer all questions and hand in; gives what is then said.

        `sure` is one for all, or one for each. Raises BadInput where a number is missing or too
        large, and where the test was handed in before.
        """
        if self.handed_in:
            raise BadInput("This test was handed in: run the cell again for a fresh one.")
        yes = [sure] * len(self.asked) if isinstance(sure, bool) else list(sure)
        for what, given_ in (("answers", numbers), ("sure", yes)):
            if len(given_) != len(self.asked):
                first, last = self.form.numbers[0], self.form.numbers[-1]
                raise BadInput(
                    f"This test has {len(self.asked)} {what} to give ({first} to {last}), not "
                    f"{len(given_)}."
                )
        for number, label, one in zip(numbers, self.form.numbers, self.asked, strict=True):
            if not 1 <= number <= len(one.question.answers):
                known = len(one.question.answers)
                raise BadInput(f"Question {label} has no answer {number}: choose 1 to {known}.")
        for number, is_sure, one in zip(numbers, yes, self.asked, strict=True):
            one.chosen, one.sure = number, is_sure
        self._choose()
        return self._hand_in()

    def as_text(self) -> str:
        """The questions, or what was said when it was handed in."""
        return f"{self.form.text()}\n\n{NOT_TRIED}" if not self.handed_in else self.said

    def reasons(self) -> CellText:
        """Each question's verdict and reason. Raises BadInput before the test after is over."""
        if self.outcome is None:
            raise BadInput("The reasons come when the test after the course is handed in.")
        told = zip(self.form.numbers, self.outcome.after, strict=True)
        return CellText("\n".join(f"{number}. {' '.join(_reason(one))}" for number, one in told))

    def chosen_before(self, kept: Mapping[str, Any]) -> None:
        """Choose what was handed in before; it can be changed, and handed in once more."""
        if kept.get("bank", FIRST) != self.form.bank:
            return
        for one in self.asked:
            texts = [answer.text for answer in one.question.answers]
            text = kept["answers"].get(one.question.name)
            if text in texts:
                one.chosen = texts.index(text) + 1
                one.sure = bool(kept["sure"].get(one.question.name))
        self._choose()
        self._say("You handed this in before: these are your answers.")

    def _missing(self) -> str:
        """What has no answer yet, in a sentence."""
        open_ = [one.number for one in self.asked if not one.chosen]
        unsaid = [one.number for one in self.asked if one.chosen and one.sure is None]
        said = [f"No answer yet: {', '.join(open_)}."] if open_ else []
        said += [f"Sure or not sure? {', '.join(unsaid)}."] if unsaid else []
        return " ".join(said)

    def wanted(self, wanted: Json) -> None:
        """Hand in, as the page's button does: what is missing is said first."""
        if self.handed_in:
            self._say("It is handed in already.")
        elif missing := self._missing():
            self._say(missing)
        else:
            self._hand_in()

    def _hand_in(self) -> CellText:
        chosen = [one.chosen for one in self.asked]
        kept = given(self.form, chosen, [one.sure is True for one in self.asked])
        record("quiz", self.form.name, kept, self.form.seed)
        self.handed_in = True
        if self.form.name == "pre":
            good = sum(one.good for one in marked(self.form, kept))
            self._say(
                f"Kept. {good} of {len(chosen)} right; which ones, you learn after the course."
            )
        else:
            act = Act("", "", "quiz", "post", self.form.seed, kept)
            self.outcome = outcome(act, answers().acts)
            self.said = repr(self.outcome)
            self._tell_all()
        return CellText(self.said)

    def _say(self, text: str) -> None:
        trouble = book().said
        self.said = f"{text} {trouble}".rstrip()
        self._tell_all()

    def __repr__(self) -> str:
        if self.handed_in:
            return f"{self.form!r}: handed in"
        done = sum(one.chosen > 0 and one.sure is not None for one in self.asked)
        return f"{self.form!r}: {done} of {len(self.asked)} answered"


def quiz(name: str, seed: str = "", bank: int = CURRENT) -> Quiz:
    """The test `pre`, before the course, or `post`, after it.

    Without a seed everyone gets the same; with `seed=` a code of one's own everyone another one;
    `bank=` is which questions it is drawn from. Raises BadInput for another name or bank.

    >>> quiz("pre", seed="K7F2-9QXM")
    Test before the course, 8 questions, seed K7F2-9QXM: 0 of 8 answered
    """
    return again(only_one(Quiz(name, seed, bank)))


def _reason(one: Marked) -> tuple[str, ...]:
    """What is said to an answer; of a wrong one also which is right."""
    right = one.question.answers[one.question.right - 1]
    if one.good:
        return (f"Right. {right.reason}",)
    chosen = one.question.answers[one.chosen - 1]
    return (f"No. {chosen.reason}", f"Right is “{right.text}”: {right.reason}")


def _table(found: QuizOutcome) -> Json:
    """The outcome for the page: a table of objectives, and a line for each thing that is left."""
    return {
        "total": found.total(),
        "columns": list(COLUMNS),
        "rows": [list(row) for row in found.rows()],
        "lines": [*found.beliefs(), *found.steps(), found.read_again()],
    }
