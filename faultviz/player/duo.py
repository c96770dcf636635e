"""Two scenarios on one clock: what `play` makes of a comparison.

Here: the widget. Not here: which tick is the first difference (`compare`), how it looks
(js/duo.js).
"""

from __future__ import annotations

from typing import Any

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.engine.compare import Comparison, own_steps
from faultviz.engine.run import Trace
from faultviz.picture.svg import token
from faultviz.player import payload
from faultviz.player.one_per_cell import only_one
from faultviz.player.pictured import Pictured
from faultviz.player.still import side_by_side, still


class Duo(Pictured):
    """Two traces side by side; at each tick of the clock both take one step.

    The traits `clock` (the tick, from 1), `reader` (whether a second reader's hold is drawn) and
    `view` (`full` or `stage`) may be read and set. What happens inside handle_mm_fault is passed
    over; where it took one side more steps than the other, its return has two numbers.

    >>> from faultviz.engine.compare import compare
    >>> duo = Duo(compare("mips"))
    >>> duo.clock = 12
    >>> duo
    Duo(mips before | mips merged, step 11/25, first difference 11)
    """

    clock = t.Int(1).tag(sync=True)
    reader = t.Bool(False).tag(sync=True)
    view = t.Enum(("full", "stage"), "full").tag(sync=True)

    _kind = t.Unicode("two").tag(sync=True)
    _sides: t.List[Any] = t.List().tag(sync=True)
    _first = t.Int(None, allow_none=True).tag(sync=True)
    _token = t.Unicode().tag(sync=True)

    def __init__(self, both: Comparison, clock: int | str = 1, **looks: Any) -> None:
        self.both = both
        self.ticks = max(len(own_steps(trace)) for trace in self._traces())
        if isinstance(clock, bool) or not isinstance(clock, int | str):
            raise BadInput(f"A step is a number as it is shown, such as '9.3', not {clock!r}.")
        tick = both.place(clock) if isinstance(clock, str) else clock
        super().__init__(**sides(both), _blank={}, clock=tick, **looks)
        only_one(self)

    def _traces(self) -> tuple[Trace, Trace]:
        return self.both.old, self.both.new

    @t.validate("clock")
    def _there(self, proposal: dict[str, Any]) -> int:
        tick: int = proposal["value"]
        if not 1 <= tick <= self.ticks:
            raise BadInput(f"There is no tick {tick}: this clock goes from 1 to {self.ticks}.")
        return tick

    def __repr__(self) -> str:
        names = " | ".join(f"{trace.handler} {trace.revision}" for trace in self._traces())
        first = self.both.label(self.both.first) if self.both.first else ""
        said = f"first difference {first}" if first else "no difference"
        return f"Duo({names}, step {self.both.label(self.clock)}/{self.both.total}, {said})"

    def _repr_svg_(self) -> str:
        """Both steps as one picture."""
        return self._at(self.clock)

    def _telling(self) -> str:
        return self._at(self.both.first or self.ticks)

    def _at(self, tick: int) -> str:
        steps = ((trace, own_steps(trace)[:tick][-1].n) for trace in self._traces())
        return side_by_side([still(trace, n) for trace, n in steps])


def sides(both: Comparison, names: tuple[str, str] | None = None) -> dict[str, Any]:
    """Two traces as the page is told them; `names` where they are not called by their revision."""
    told = zip((both.old, both.new), names or (None, None), strict=True)
    return {
        "_sides": [_side(trace, name) for trace, name in told],
        "_first": both.first,
        "_token": token(),
    }


def _side(trace: Trace, name: str | None) -> dict[str, Any]:
    told = payload.told(trace)
    if name:
        told["title"] = f"{name}: {told['title']}"
    return {
        "name": name or trace.revision,
        "trace": told,
        "pictures": payload.pictures(trace.program),
    }
