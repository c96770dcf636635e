"""A question of a lesson as a small widget: answers to choose from, a reason for the choice.

Here: one question, and a set of them with its score. Not here: the questions (`items`).
"""

from __future__ import annotations

from collections.abc import Sequence

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.course.grading.answer_file import record
from faultviz.course.questions.items import CHECKS, Item, item, right
from faultviz.player.answered_before import again
from faultviz.player.base_widget import CellText
from faultviz.player.form_widget import FormWidget
from faultviz.player.one_per_cell import only_one
from faultviz.player.payload import Json


class AskedItem(t.HasTraits):
    """One question, and how it was answered; the trait `verdict` is what was said last."""

    verdict = t.Unicode()

    def __init__(self, name: str) -> None:
        self.name = name
        self.item: Item = item(name)
        self.number = self.tries = 0
        self.solved = False
        super().__init__()

    def answer(self, number: int) -> CellText:
        """Choose an answer; a wrong one gets its reason. Raises BadInput for a number too large.

        Each try is kept (`course.grading.answer_file`), up to the right one.
        """
        if not 1 <= number <= len(self.item.answers):
            raise BadInput(f"There is no answer {number}: choose 1 to {len(self.item.answers)}.")
        good = number == right(self.item)
        if not self.solved:
            self.tries += 1
            self.solved = good
            record("ask", self.name, {"answer": self.item.answers[number - 1][0]})
        self.number = number
        self.verdict = f"{'Right' if good else 'No'}. {self.item.answers[number - 1][1]}"
        return CellText(self.verdict)

    def shown(self) -> Json:
        """The question for the page; of its reasons only the one that was said."""
        texts = [text for text, _ in self.item.answers]
        return {"name": self.name, "ask": self.item.ask, "answers": texts,
                "number": self.number, "said": self.verdict}  # fmt: skip

    def __repr__(self) -> str:
        lines = [f"  {i}  {text}" for i, (text, _) in enumerate(self.item.answers, start=1)]
        return "\n".join([self.item.ask, *lines])


class AskWidget(FormWidget):
    """AskWidget in the page.

    A choice there counts only when the button is pressed: the arrow keys must not answer.
    """

    def _ask(self, asks: Sequence[AskedItem], line: str = "") -> None:
        self._all = asks
        self._kind = "ask"
        self._tell_all(line)

    def _tell_all(self, line: str = "") -> None:
        self.tell(items=[one.shown() for one in self._all], line=line)
        self.fill(**{one.name: one.number for one in self._all if one.number})

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done."""
        (one,) = (one for one in self._all if one.name == wanted["name"])
        one.answer(int(wanted["number"]))


class Ask(AskedItem, AskWidget):
    """One question. `answer` takes the number of an answer, from 1, and gives the verdict.

    >>> q = ask("00-M4")
    >>> q
    Before the patch: how often does this one write take mmap_lock?
      1  once
      2  twice
      3  three times
    >>> q.answer(2)
    Right. Once before each call of handle_mm_fault.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._ask([self])

    def answer(self, number: int) -> CellText:
        """Choose an answer, from 1, and be told how it is."""
        said = super().answer(number)
        self._tell_all()
        return said


class Check(AskWidget):
    """Several questions and a line that says how it went.

    >>> check = ask("00a-check")
    >>> check
    6 questions: 0 answered
    """

    def __init__(self, name: str) -> None:
        self.asks = [AskedItem(one) for one in CHECKS[name]]
        super().__init__()
        self._ask(self.asks, repr(self))
        for one in self.asks:
            one.observe(lambda _: self._tell_all(repr(self)), "verdict")

    def answer(self, *numbers: int) -> CellText:
        """Answer one after the other, from the first; gives the line."""
        for one, number in zip(self.asks, numbers, strict=False):
            one.answer(number)
        return CellText(repr(self))

    def as_text(self) -> str:
        """The line, then the questions, each with its number."""
        asked = [f"{i}. {one!r}" for i, one in enumerate(self.asks, start=1)]
        return "\n".join([repr(self), *asked])

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
