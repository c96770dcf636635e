"""Nine handlers to be sorted: one question, a bin for each handler, a reason for each place.

Here: the widget. Not here: where a handler belongs (`classification`), what a place is worth
(`sorting`).
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w
import traitlets as t

from faultviz.analysis.classification import NINE, QUESTIONS
from faultviz.base.errors import BadInput
from faultviz.course.exercises.sorting import bins, placed
from faultviz.course.grading.answer_file import record
from faultviz.edit.listing import lines, text
from faultviz.models import load
from faultviz.picture.svg import svg
from faultviz.player.base_widget import CellText, WidgetBox, status
from faultviz.player.one_per_cell import only_one

PUT, NEXT = "Put it there", "Next handler"


class Sorting(WidgetBox):
    """Nine handlers, and bins for them. `place` takes a handler and the number of a bin, from 1.

    In the browser a handler is chosen in the list and a bin beside it; only the button counts. The
    trait `verdict` is what was said last.

    >>> s = sort9("label")
    >>> s.place("s390", 3)
    Right. goto retry leads to “result = BADMAP”; the lock was taken before that, and the way of \
RETRY takes it again.
    >>> print(str(s).splitlines()[-1])
    1 of 9 placed, 1 at the first try: s390
    """

    verdict = t.Unicode()

    def __init__(self, by: str) -> None:
        self.by = by
        self.bins = bins(by)
        self.tries = dict.fromkeys(NINE, 0)
        self.solved: dict[str, bool] = dict.fromkeys(NINE, False)
        auto = w.Layout(width="auto")
        self._list = w.Select(
            options=self._options(), value=NINE[0], rows=len(NINE), layout=auto,
            description="Handler", style={"description_width": "initial"},
        )  # fmt: skip
        self._choice = w.RadioButtons(options=list(self.bins.values()), value=None, layout=auto)
        self._button = w.Button(description=PUT, tooltip=QUESTIONS[by])
        self._said, self._code, self._line = w.HTML(status("")), w.HTML(), w.HTML()
        asked = w.HTML(f"<b>{escape(QUESTIONS[by])}</b>")
        wide = w.Layout(flex="1", margin="0 0 0 16px")
        answer = w.VBox([self._choice, self._button, self._said, self._line], layout=wide)
        super().__init__([asked, w.HBox([self._list, answer]), self._code])
        self._list.observe(self._picked, "value")
        self._button.on_click(self._pressed)
        self._show()

    def place(self, handler: str, number: int) -> CellText:
        """Put a handler into a bin; a wrong place gets its reason.

        Each try is kept (`course.grading.answer_file`), up to the right one. Raises BadInput for a
        handler that is none of the nine, and for a number too large.
        """
        if handler not in NINE:
            raise BadInput(f"{handler!r} is none of the nine: {', '.join(NINE)}.")
        if not 1 <= number <= len(self.bins):
            raise BadInput(f"There is no bin {number}: choose 1 to {len(self.bins)}.")
        chosen = list(self.bins)[number - 1]
        right, reason = placed(self.by, handler, chosen)
        if not self.solved[handler]:
            self.tries[handler] += 1
            self.solved[handler] = right
            record("sort", self.by, {"handler": handler, "bin": chosen})
        said = f"{'Right' if right else 'No'}. {reason}"
        self._mark(handler)
        self._choice.index = number - 1
        self._said.value = status(said)
        self._show()
        self.verdict = said
        return CellText(said)

    # --- the browser's side ----------------------------------------------------------------------

    def _options(self) -> list[tuple[str, str]]:
        return [(name + (" (placed)" if self.solved[name] else ""), name) for name in NINE]

    def _mark(self, handler: str) -> None:
        """Show in the list what is placed; a list with new names forgets what was chosen in it."""
        self._list.unobserve(self._picked, "value")
        with self.hold_sync():
            self._list.options = self._options()
            self._list.value = handler
        self._list.observe(self._picked, "value")

    def _picked(self, change: Any) -> None:
        if change["new"] in NINE:
            self._choice.index = None
            self._said.value = status("")
            self._show()

    def _pressed(self, _: Any) -> None:
        handler = self._list.value
        if self.solved[handler]:
            left = [name for name in NINE if not self.solved[name]]
            if left:
                self._list.value = left[0]
        elif self._choice.index is None:
            self._said.value = status("Choose a bin first.")
        else:
            self.place(handler, self._choice.index + 1)

    def _show(self) -> None:
        handler = self._list.value
        done = self.solved[handler] and not all(self.solved.values())
        self._button.description = NEXT if done else PUT
        self._line.value = escape(self._state())
        self._code.value = _beside(handler)

    def _state(self) -> str:
        there = [name for name in NINE if self.solved[name]]
        first = sum(self.tries[name] == 1 for name in there)
        names = f": {', '.join(there)}" if there else ""
        return f"{len(there)} of {len(NINE)} placed, {first} at the first try{names}"

    def __repr__(self) -> str:
        asked = [f"  {i}  {text}" for i, text in enumerate(self.bins.values(), start=1)]
        return "\n".join([QUESTIONS[self.by], *asked, f"Sort {', '.join(NINE)}.", self._state()])

    __str__ = __repr__


def _beside(handler: str) -> str:
    """The handler as lines, and as a picture for who wants it."""
    program = load(handler, "merged")
    picture = svg(program)
    return (
        f'<pre tabindex="0" aria-label="{escape(handler)} in lines" style="max-height:28em;'
        'overflow:auto;margin:6px 0;padding:6px;line-height:1.25;border:1px solid">'
        f"{escape(text(lines(program)))}</pre><details><summary>{escape(handler)} as a picture"
        f'</summary><div style="max-height:40em;overflow:auto" tabindex="0">{picture}</div>'
        "</details>"
    )


def sort9(by: str = "order") -> Sorting:
    """Nine handlers to be sorted by `order`, `label`, `target` or `returns`.

    >>> sort9("returns")
    What does the handler return?
      1  nothing
      2  always 0
      3  0, or a number that says what went wrong
    Sort mips, x86, arm64, powerpc, sparc64, s390, sh, um, powerpc-copro.
    0 of 9 placed, 0 at the first try
    """
    return only_one(Sorting(by))
