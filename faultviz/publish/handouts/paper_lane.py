"""A lane on paper: a box for each step of a trace, in which the count of mmap_lock is written.

Here: the lane as HTML, across the page or down it, empty or filled. Not here: which traces.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from faultviz.engine import narrate
from faultviz.engine.run import Step

MINUS = "\u2212"


def across(steps: Sequence[Step], *, filled: bool, broken: Sequence[int] = (), named: str) -> str:
    """Boxes from left to right, each with the number of its step."""
    boxes = "".join(
        f"<div{_mark(step, broken, filled=filled)}><small>{step.label}</small>"
        f"<b>{_count(step, filled=filled)}</b></div>"
        for step in steps
    )
    return f'<div class="lane" role="img" aria-label="{escape(named)}">{boxes}</div>'


def down(
    steps: Sequence[Step], *, filled: bool, broken: Sequence[int] = (), given: int | None = None
) -> str:
    """A table from top to bottom; of the words only the first `given` are there, or all."""
    rows = "".join(
        f"<tr{_mark(step, broken, filled=filled)}><td>{step.label}</td><td>"
        f"{_words(step, n, given, filled=filled)}</td><td>{_count(step, filled=filled)}</td></tr>"
        for n, step in enumerate(steps, start=1)
    )
    head = "<tr><th>n</th><th>what happens</th><th>lock</th></tr>"
    return f'<table class="steps"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _count(step: Step, *, filled: bool) -> str:
    return str(step.mmap_lock).replace("-", MINUS) if filled else ""


def _words(step: Step, n: int, given: int | None, *, filled: bool) -> str:
    return escape(narrate.short(step)) if filled or given is None or n <= given else ""


def _mark(step: Step, broken: Sequence[int], *, filled: bool) -> str:
    return ' class="bad"' if filled and step.n in broken else ""
