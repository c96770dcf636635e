"""A question of a lesson as a small widget: answers to choose from, a reason for the choice.

Here: one question, and a set of them with its score. Not here: the questions (`items`).
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w

from faultviz.errors import BadInput
from faultviz.items import CHECKS, Item, item, right
from faultviz.player.cells import only_one
from faultviz.player.gating import Said


class _Shown(w.VBox):
    """A box whose text form is its whole repr: the library's own is cut at 110 letters."""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": repr(self)}


class Ask(_Shown):
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
        self.item: Item = item(name)
        self.tries = 0
        self.solved = False
        self._heard = True
        texts = [text for text, _ in self.item.answers]
        self._choice = w.RadioButtons(
            options=texts, value=None, layout=w.Layout(width="auto"), description=""
        )
        self._said = w.HTML(_status(""))
        question = w.HTML(f"<b>{escape(self.item.ask)}</b>")
        super().__init__([question, self._choice, self._said])
        self._choice.observe(self._chosen, "index")

    def answer(self, number: int) -> Said:
        """Choose an answer; a wrong one gets its reason. Raises BadInput for a number too large."""
        if not 1 <= number <= len(self.item.answers):
            raise BadInput(f"There is no answer {number}: choose 1 to {len(self.item.answers)}.")
        self._heard = False
        self._choice.index = number - 1
        self._heard = True
        return self._judge(number)

    def _chosen(self, change: Any) -> None:
        if self._heard and change["new"] is not None:
            self._judge(change["new"] + 1)

    def _judge(self, number: int) -> Said:
        good = number == right(self.item)
        if not self.solved:
            self.tries += 1
            self.solved = good
        said = f"{'Right' if good else 'No'}. {self.item.answers[number - 1][1]}"
        self._said.value = _status(said)
        return Said(said)

    def __repr__(self) -> str:
        lines = [f"  {i}  {text}" for i, (text, _) in enumerate(self.item.answers, start=1)]
        return "\n".join([self.item.ask, *lines])


class Check(_Shown):
    """Several questions and a line that says how it went.

    >>> check = ask("00a-check")
    >>> check
    6 questions: 0 answered
    """

    def __init__(self, name: str) -> None:
        self.asks = [Ask(one) for one in CHECKS[name]]
        self._line = w.HTML(_status(repr(self)))
        super().__init__([*self.asks, self._line])
        for one in self.asks:
            one._choice.observe(self._count, "index")  # noqa: SLF001 (a part of this widget)

    def answer(self, *numbers: int) -> Said:
        """Answer one after the other, from the first; gives the line."""
        for one, number in zip(self.asks, numbers, strict=False):
            one.answer(number)
        self._count()
        return Said(repr(self))

    def _count(self, _: Any = None) -> None:
        self._line.value = _status(repr(self))

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
    only_one(made)
    return made


def _status(text: str) -> str:
    """A text that a screen reader is told when it changes."""
    return f'<div role="status" style="min-height:1.4em">{escape(text)}</div>'
