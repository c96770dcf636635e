"""Nine handlers to be sorted: one question, a bin for each handler, a reason for each place.

Here: the widget. Not here: where a handler belongs (`classification`), what a place is worth
(`sorting`).
"""

from __future__ import annotations

from functools import cache

import traitlets as t

from faultviz.analysis.classification import NINE, QUESTIONS
from faultviz.base.errors import BadInput
from faultviz.course.exercises.sorting import bins, placed
from faultviz.course.grading.answer_file import record
from faultviz.edit.listing import lines, text
from faultviz.models import load
from faultviz.picture.svg import svg
from faultviz.player.base_widget import CellText
from faultviz.player.form_widget import FormWidget
from faultviz.player.one_per_cell import only_one
from faultviz.player.payload import Json


class Sorting(FormWidget):
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
        super().__init__(_kind="sort")
        self.tell(ask=QUESTIONS[by], bins=list(self.bins.values()), said=None, picture=None)
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
        self.verdict = said
        self.fill(handler=handler, bin=number)
        self.tell(said={"handler": handler, "number": number, "text": said})
        self._show()
        return CellText(said)

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done."""
        handler = str(wanted["handler"])
        if wanted["do"] == "draw" and handler in NINE:
            self.tell(picture={"handler": handler, "svg": str(svg(load(handler, "merged")))})
        elif wanted["do"] == "place":
            self.place(handler, int(wanted["number"]))

    def _show(self) -> None:
        told = [
            {"name": name, "solved": self.solved[name], "listing": _listing(name)} for name in NINE
        ]
        self.tell(handlers=told, line=self._state())

    def _state(self) -> str:
        there = [name for name in NINE if self.solved[name]]
        first = sum(self.tries[name] == 1 for name in there)
        names = f": {', '.join(there)}" if there else ""
        return f"{len(there)} of {len(NINE)} placed, {first} at the first try{names}"

    def __repr__(self) -> str:
        asked = [f"  {i}  {text}" for i, text in enumerate(self.bins.values(), start=1)]
        return "\n".join([QUESTIONS[self.by], *asked, f"Sort {', '.join(NINE)}.", self._state()])

    __str__ = __repr__


@cache
def _listing(handler: str) -> str:
    return text(lines(load(handler, "merged")))


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
