"""The tests before and after the course as a widget: a page of questions, each with “are you sure”.

Here: how a test is taken and what is said when it is handed in. No verdict stands beside a question
of the test before: it must not teach. Not here: the questions (`course.quiz.forms`), or what the
answers add up to (`course.quiz.result`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from itertools import groupby
from typing import Any

import ipywidgets as w
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
from faultviz.player.base_widget import CellText, WidgetBox, status
from faultviz.player.one_per_cell import only_one

SURE = ("I am sure", "I am not sure")
CLOSE = "line-height:1.4"
"""Lines of one text stand closer than the library has them."""
_RULES = resources.files(__package__).joinpath("quiz_widget.css").read_text("utf-8")
STYLE = f"<style>\n{_RULES}</style>"
"""The library cuts an answer of two lines; and a choice that is over is hard to see in grey."""
NO_VERDICT = {
    "pre": "No verdict comes while you answer; the reasons come after the test after the course.",
    "post": "The verdict and the reasons come when you have handed it in.",
}


class Asked(WidgetBox):
    """One question with its number, its answers, and whether one is sure."""

    def __init__(self, number: str, question: Question, above: str = "") -> None:
        self.question = question
        texts = [answer.text for answer in question.answers]
        self.choice = w.RadioButtons(
            options=texts, value=None, layout=w.Layout(width="auto"), tooltip=f"question {number}"
        )
        self.sure = w.RadioButtons(
            options=SURE, value=None, orientation="horizontal", layout=w.Layout(width="auto"),
            tooltip=f"question {number}: are you sure?",
        )  # fmt: skip
        self.reason = w.HTML()
        ask = f'<div style="{CLOSE}"><b>{number}.</b> {escape(question.ask)}</div>{above}'
        parts = [w.HTML(ask), self.choice, self.sure, self.reason]
        super().__init__(parts, layout=w.Layout(margin="0 0 8px"))

    def tell(self, one: Marked) -> None:
        """Show what is right, and why; nothing can be changed any more."""
        self.choice.disabled = self.sure.disabled = True
        self.reason.value = f'<div style="{CLOSE}">{"<br>".join(map(escape, _reason(one)))}</div>'


class Quiz(WidgetBox):
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
        self.asked: list[Asked] = []
        body = [self._together(list(group)) for _, group in groupby(self._drawn(), _objective)]
        self._count = w.HTML()
        self._button = w.Button(description="Hand in", tooltip="Hand in the test")
        self._said = w.HTML(status(""))
        told = f"<b>{escape(repr(self.form))}</b><br>{NO_VERDICT[name]}"
        head = f'<div style="{CLOSE}">{told}</div>'
        last = [self._count, self._button, self._said, w.HTML(f"<small>{NOT_TRIED}</small>")]
        super().__init__([w.HTML(STYLE + head), *body, *last])
        self.add_class("fv-quiz")
        for one in self.asked:
            one.choice.observe(self._changed, "index")
            one.sure.observe(self._changed, "index")
        self._button.on_click(self._pressed)
        self._changed()

    def _drawn(self) -> list[tuple[str, Question]]:
        return list(zip(self.form.numbers, self.form.questions, strict=True))

    def _together(self, group: list[tuple[str, Question]]) -> w.Widget:
        """A question; or several on one thing, which stands to their left."""
        shown = _shown(group[0][1])
        alone = len(group) == 1
        made = [Asked(number, one, shown if alone else "") for number, one in group]
        self.asked += made
        if alone:
            return made[0]
        right = w.VBox(made, layout=w.Layout(flex="1 1 320px", min_width="300px"))
        return w.HBox([w.HTML(shown), right], layout=w.Layout(flex_flow="row wrap"))

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
            one.choice.index, one.sure.index = number - 1, 0 if is_sure else 1
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
                one.choice.index = texts.index(text)
                one.sure.index = 0 if kept["sure"].get(one.question.name) else 1
        self._say("You handed this in before: these are your answers.")

    def _missing(self) -> str:
        """What has no answer yet, in a sentence."""
        open_ = [n for n, one in self._numbered() if one.choice.index is None]
        unsaid = [
            n
            for n, one in self._numbered()
            if one.choice.index is not None and one.sure.index is None
        ]
        said = [f"No answer yet: {', '.join(open_)}."] if open_ else []
        said += [f"Sure or not sure? {', '.join(unsaid)}."] if unsaid else []
        return " ".join(said)

    def _numbered(self) -> list[tuple[str, Asked]]:
        return list(zip(self.form.numbers, self.asked, strict=True))

    def _changed(self, _: Any = None) -> None:
        done = sum(None not in (one.choice.index, one.sure.index) for one in self.asked)
        self._count.value = f"{done} of {len(self.asked)} answered"

    def _pressed(self, _: Any) -> None:
        if self.handed_in:
            self._say("It is handed in already.")
        elif missing := self._missing():
            self._say(missing)
        else:
            self._hand_in()

    def _hand_in(self) -> CellText:
        chosen = [one.choice.index + 1 for one in self.asked]
        kept = given(self.form, chosen, [one.sure.index == 0 for one in self.asked])
        record("quiz", self.form.name, kept, self.form.seed)
        self.handed_in = True
        for one in self.asked:
            one.choice.disabled = one.sure.disabled = True
        if self.form.name == "pre":
            good = sum(one.good for one in marked(self.form, kept))
            self._say(
                f"Kept. {good} of {len(chosen)} right; which ones, you learn after the course."
            )
        else:
            self._show(outcome(Act("", "", "quiz", "post", self.form.seed, kept), answers().acts))
        return CellText(self.said)

    def _show(self, found: QuizOutcome) -> None:
        self.outcome = found
        for one, told in zip(self.asked, found.after, strict=True):
            one.tell(told)
        self.said = repr(found)
        self._said.value = f'<div role="alert">{_table(found)}</div>'

    def _say(self, text: str) -> None:
        trouble = book().said
        self.said = f"{text} {trouble}".rstrip()
        self._said.value = status(self.said)

    def __repr__(self) -> str:
        if self.handed_in:
            return f"{self.form!r}: handed in"
        return f"{self.form!r}: {self._count.value}"


def quiz(name: str, seed: str = "", bank: int = CURRENT) -> Quiz:
    """The test `pre`, before the course, or `post`, after it.

    Without a seed everyone gets the same; with `seed=` a code of one's own everyone another one;
    `bank=` is which questions it is drawn from. Raises BadInput for another name or bank.

    >>> quiz("pre", seed="K7F2-9QXM")
    Test before the course, 8 questions, seed K7F2-9QXM: 0 of 8 answered
    """
    return again(only_one(Quiz(name, seed, bank)))


def _objective(numbered: tuple[str, Question]) -> str:
    return numbered[1].objective


def _shown(question: Question) -> str:
    """What stands above a question, such as a trace."""
    if not question.shown:
        return ""
    style = "line-height:1.25;margin:4px 16px 4px 20px;overflow-x:auto"
    return f'<pre style="{style}">{escape(question.shown)}</pre>'


def _reason(one: Marked) -> tuple[str, ...]:
    """What is said to an answer; of a wrong one also which is right."""
    right = one.question.answers[one.question.right - 1]
    if one.good:
        return (f"Right. {right.reason}",)
    chosen = one.question.answers[one.chosen - 1]
    return (f"No. {chosen.reason}", f"Right is “{right.text}”: {right.reason}")


def _table(found: QuizOutcome) -> str:
    """The outcome as HTML: a table of objectives, and a line for each thing that is left."""
    head = "".join(
        f"<th style='text-align:left;padding-right:16px'>{escape(c)}</th>" for c in COLUMNS
    )
    rows = "".join(
        "<tr>" + "".join(f"<td style='padding-right:16px'>{escape(c)}</td>" for c in row) + "</tr>"
        for row in found.rows()
    )
    lines = [*found.beliefs(), *found.steps(), found.read_again()]
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f"<div style='{CLOSE}'><b>{escape(found.total())}</b><table><tr>{head}</tr>{rows}</table>"
        f"<ul style='margin:4px 0'>{told}</ul></div>"
    )
