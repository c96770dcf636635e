"""A question of a lesson as a small widget: answers to choose from, a reason for the choice.

Here: one question, and a set of them with its score. Not here: the questions (`items`).
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w
import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.course.grading.answer_file import record
from faultviz.course.questions.items import CHECKS, Item, item, right
from faultviz.player.answered_before import again
from faultviz.player.base_widget import CellText, WidgetBox, status
from faultviz.player.one_per_cell import only_one


class Ask(WidgetBox):
    """One question. `answer` takes the number of an answer, from 1, and gives the verdict.

    The trait `verdict` is what was said last. In the browser a choice counts only when the button
    is pressed: the arrow keys, which move the choice, must not answer.

    >>> q = ask("00-M4")
    >>> q
    Before the patch: how often does this one write take mmap_lock?
      1  once
      2  twice
      3  three times
    >>> q.answer(2)
    Right. Once before each call of handle_mm_fault.
    """

    verdict = t.Unicode()

    def __init__(self, name: str) -> None:
        self.name = name
        self.item: Item = item(name)
        self.tries = 0
        self.solved = False
        texts = [text for text, _ in self.item.answers]
        auto = w.Layout(width="auto")
        self._choice = w.RadioButtons(options=texts, value=None, layout=auto)
        self._button = w.Button(description="Answer", disabled=True, tooltip=self.item.ask)
        self._said = w.HTML(status(""))
        asked = w.HTML(f"<b>{escape(self.item.ask)}</b>")
        super().__init__([asked, self._choice, self._button, self._said])
        self._choice.observe(self._chosen, "index")
        self._button.on_click(self._pressed)

    def answer(self, number: int) -> CellText:
        """Choose an answer; a wrong one gets its reason. Raises BadInput for a number too large.

        Each try is kept (`course.grading.answer_file`), up to the right one.
        """
        if not 1 <= number <= len(self.item.answers):
            raise BadInput(f"There is no answer {number}: choose 1 to {len(self.item.answers)}.")
        self._choice.index = number - 1
        good = number == right(self.item)
        if not self.solved:
            self.tries += 1
            self.solved = good
            record("ask", self.name, {"answer": self.item.answers[number - 1][0]})
        said = f"{'Right' if good else 'No'}. {self.item.answers[number - 1][1]}"
        self._said.value = status(said)
        self.verdict = said
        return CellText(said)

    def _chosen(self, change: Any) -> None:
        self._button.disabled = change["new"] is None
        self._said.value = status("")  # it was said of another choice

    def _pressed(self, _: Any) -> None:
        if self._choice.index is not None:
            self.answer(self._choice.index + 1)

    def __repr__(self) -> str:
        lines = [f"  {i}  {text}" for i, (text, _) in enumerate(self.item.answers, start=1)]
        return "\n".join([self.item.ask, *lines])


class Check(WidgetBox):
    """Several questions and a line that says how it went.

    >>> check = ask("00a-check")
    >>> check
    6 questions: 0 answered
    """

    def __init__(self, name: str) -> None:
        self.asks = [Ask(one) for one in CHECKS[name]]
        self._line = w.HTML(status(repr(self)))
        super().__init__([*self.asks, self._line])
        for one in self.asks:
            one.observe(self._count, "verdict")

    def answer(self, *numbers: int) -> CellText:
        """Answer one after the other, from the first; gives the line."""
        for one, number in zip(self.asks, numbers, strict=False):
            one.answer(number)
        return CellText(repr(self))

    def as_text(self) -> str:
        """The line, then the questions, each with its number."""
        asked = [f"{i}. {one!r}" for i, one in enumerate(self.asks, start=1)]
        return "\n".join([repr(self), *asked])

    def _count(self, _: Any) -> None:
        self._line.value = status(repr(self))

    def __repr__(self) -> str:
        done = [one for one in self.asks if one.tries]
        if len(done) < len(self.asks):
            return f"{len(self.asks)} questions: {len(done)} answered"
        first = sum(one.solved and one.tries == 1 for one in self.asks)
        weak = sorted({one.item.where for one in self.asks if one.tries > 1 or not one.solved})
        parts = f"Read part{'' if len(weak) == 1 else 's'} {', '.join(weak)}." if weak else ""
        return f"{first} of {len(self.asks)} right at once. {parts or 'You may skip this lesson.'}"


def ask(name: str) -> Ask | Check:
    """A question, or a set of them, by name. Raises BadInput for a name that there is not.

    >>> ask("00a-M1").answer(2)
    No. Only without a VMA that permits it; here it ends well.
    """
    made: Ask | Check = Check(name) if name in CHECKS else Ask(name)
    return again(only_one(made))
