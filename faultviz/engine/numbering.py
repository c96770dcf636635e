"""The number of a step as it is shown, the same wherever a run is read.

The handler's own steps count 1 to n. Step 9 may call handle_mm_fault: what happens below it is 9.1,
9.2 and so on, up to its return, which is the last of them. So a scripted run, the search and paper,
where the call is one step, give the handler's steps the same numbers as a run that goes inside.
Here: how steps get their numbers, and how a typed one is found again. Not here: who shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from faultviz.base.errors import BadInput


class Numbers:
    """The numbers of one run, given out step by step.

    >>> numbers = Numbers()
    >>> [numbers.next(event, at_fault=event in ("call", "fault"))
    ...  for event in ("let", "call", "test", "leave", "fault", "test")]
    ['1', '2', '2.1', '2.2', '2.3', '3']
    """

    def __init__(self) -> None:
        self._own = self._below = 0
        self._inside = False

    def next(self, event: str, *, at_fault: bool) -> str:
        """The number of the next step; `at_fault` is whether its node calls handle_mm_fault."""
        if self._inside:
            self._below += 1
            self._inside = event != "fault"
            return f"{self._own}.{self._below}"
        self._own += 1
        self._below = 0
        self._inside = at_fault and event == "call"
        return str(self._own)


def total(labels: Sequence[str]) -> int:
    """How many steps are the handler's own.

    >>> total(["1", "2", "2.1", "2.2", "3"])
    3
    """
    return sum("." not in label for label in labels)


def known(labels: Sequence[str]) -> str:
    """Which numbers there are, in words.

    >>> known(["1", "2", "2.1", "2.2", "3"])
    '1 to 3, or 2.1 to 2.2 inside handle_mm_fault'
    """
    below = [one for one in labels if "." in one]
    calls = [list(some) for _, some in groupby(below, lambda one: one.partition(".")[0])]
    spans = (one[:1] if len(one) == 1 else [one[0], one[-1]] for one in calls)
    inside = " or ".join(map(" to ".join, spans))
    return f"1 to {total(labels)}" + (f", or {inside} inside handle_mm_fault" if inside else "")


def position(labels: Sequence[str], given: str | int) -> int:
    """Where a step is among all steps of the run, from 1.

    A text is a number as it is shown. A whole number counts every step, as `Step.n` and addresses
    from before do. Raises BadInput for what is not there.

    >>> position(["1", "2", "2.1", "2.2", "3"], "3"), position(["1", "2", "2.1", "2.2", "3"], 3)
    (5, 3)
    """
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise BadInput(f"A step is a number as it is shown, such as '9.3', not {given!r}.")
    if isinstance(given, int):
        if 1 <= given <= len(labels):
            return given
        shown = f"; as shown, in quotes, {known(labels)}" if total(labels) < len(labels) else ""
        raise BadInput(f"There is no step {given}: this trace has steps 1 to {len(labels)}{shown}.")
    if given.strip() not in labels:
        raise BadInput(f"There is no step {given!r}: choose {known(labels)}.")
    return labels.index(given.strip()) + 1
