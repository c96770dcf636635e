"""Two revisions of one handler, run on the same scenario and laid side by side.

Here: which steps stand beside each other and where they first differ. Not here: how a trace is
made (`run`) or said (`narrate`), or the table of
both (`columns`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.base.texts import texts
from faultviz.engine import narrate
from faultviz.engine.numbering import position
from faultviz.engine.run import Step, Trace, run
from faultviz.ir.graph import Program
from faultviz.models.mm import memory

_SAID = texts("faultviz.engine", "sentences")["compared"]


@dataclass(frozen=True)
class Comparison:
    """Two traces of one handler; `first` is the place (from 1) of the first pair that differs.

    Only the handler's own steps are compared; those of the generic code below are passed over.
    """

    old: Trace
    new: Trace
    first: int | None

    def pairs(self) -> Iterator[tuple[Step | None, Step | None]]:
        """The steps beside each other; None where one trace is over."""
        return zip_longest(*self._own())

    def label(self, pair: int) -> str:
        """The number of a pair's steps as it is shown; both numbers, where they are not the same.

        >>> both = compare("mips")
        >>> both.label(12), both.label(10)
        ('11', '9.42 and 9.44')
        """
        shown = [steps[pair - 1].label for steps in self._own() if pair <= len(steps)]
        old, new = shown[0], shown[-1]
        return old if old == new else str(_SAID["unlike"].format(old=old, new=new))

    def place(self, label: str) -> int:
        """The pair with a number, in the longer trace first. Raises BadInput where there is none.

        >>> compare("mips").place("11")
        12
        """
        longer, other = (
            [step.label for step in steps] for steps in sorted(self._own(), key=len, reverse=True)
        )
        return position(longer if label in longer or label not in other else other, label)

    @property
    def total(self) -> int:
        """How many own steps the longer of the two has."""
        return max(self.old.total, self.new.total)

    def _own(self) -> tuple[list[Step], list[Step]]:
        return own_steps(self.old), own_steps(self.new)

    def as_dict(self) -> dict[str, Any]:
        """What `faultviz compare --json` prints."""
        return {
            "first": self.first,
            "label": self.label(self.first) if self.first else None,
            "traces": [self.old.as_dict(), self.new.as_dict()],
        }

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        """A table: two columns of steps, the lock drawn beside each."""
        from faultviz.engine import columns

        return columns.table(*self._columns())

    def _repr_svg_(self) -> str:
        """The same as a picture, for where no table is shown."""
        from faultviz.engine import columns

        return columns.picture(*self._columns())

    def _columns(self) -> tuple[Any, ...]:
        both = (self.old, self.new)
        return [*self.pairs()], [*map(head, both)], [*map(taken, both)], self.first


def compare(
    name: str | Program,
    revisions: str | tuple[str, ...] = ("before", "merged"),
    outcomes: str = "auto",
    context: str = "write",
    accounting: str = "6.0",
) -> Comparison:
    """Run one scenario in two revisions.

    >>> compare("mips").first
    12
    """
    pair = revisions
    if isinstance(revisions, str):
        pair = tuple(part.strip() for part in revisions.split(","))
    if len(pair) != 2:
        raise BadInput(f"Two revisions are compared, not {len(pair)}: write before,merged.")
    old, new = (run(name, revision, outcomes, context, accounting) for revision in pair)
    return beside(old, new)


def beside(old: Trace, new: Trace) -> Comparison:
    """Two traces that are there already: of two revisions, or two paths through one program.

    >>> beside(run("mips", outcomes="OK"), run("mips", outcomes="COMPLETED")).first
    9
    """
    return Comparison(old, new, _first(old, new))


def own_steps(trace: Trace) -> list[Step]:
    """The steps without those inside the generic code."""
    return [step for step in trace.steps if step.function not in memory.MODEL.functions]


def _first(old: Trace, new: Trace) -> int | None:
    def key(step: Step | None) -> tuple[Any, ...] | None:
        return (step.node, step.event, step.mmap_lock) if step else None

    for n, (a, b) in enumerate(zip_longest(own_steps(old), own_steps(new)), start=1):
        if key(a) != key(b):
            return n
    return None


def taken(trace: Trace) -> str:
    """The line that a lesson compares: how often the lock was taken, and what was counted."""
    held = [step.mmap_lock for step in trace.steps]
    times = sum(now > past for past, now in pairwise(held))
    said = _SAID["once" if times == 1 else "more"]
    return str(said.format(times=times, counts=narrate.counts(trace)))


def head(trace: Trace) -> str:
    """What stands above a column: handler, revision, answers."""
    return str(
        _SAID["head"].format(
            handler=trace.handler, revision=trace.revision, outcomes=",".join(trace.used)
        )
    )


def as_text(both: Comparison) -> str:
    """The two traces as text, the first difference marked with >."""
    left, right = (narrate.lines(own_steps(trace)) for trace in (both.old, both.new))
    width = max(map(len, (*left, head(both.old), taken(both.old))))
    lines = [f"  {head(both.old):{width}}  {head(both.new)}"]
    for n, (a, b) in enumerate(zip_longest(left, right, fillvalue=""), start=1):
        mark = ">" if n == both.first else " "
        lines.append(f"{mark} {a:{width}}  {b}".rstrip())
    lines.append(f"  {taken(both.old):{width}}  {taken(both.new)}")
    return "\n".join(lines)
