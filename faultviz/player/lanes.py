"""The lanes of several threads on one clock: who runs, waits for mmap_lock, holds it.

Here: the widget, and `lanes`, which simulates the few faults that it shows. Not here: the run
(`lab.contention.lock_queue`), what is said at each tick (`lab.contention.timeline`), how it looks
(js/lanes.js, lanes.css).
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import anywidget
import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.lab.contention.cost_model import PER_STEP
from faultviz.lab.contention.lock_queue import Contention, Setting, contend
from faultviz.lab.contention.timeline import as_json, chart, ticks
from faultviz.picture import colours
from faultviz.player.bundle import LANES, script
from faultviz.player.one_per_cell import only_one
from faultviz.player.still import for_readers, of_lanes, outputs
from faultviz.player.stylesheet import ACCESS

_RULES = resources.files(__package__).joinpath("lanes.css").read_text("utf-8")
CSS = colours.rules(".fv-lanes") + _RULES + ACCESS
MOST = 12
"""How many lanes a screen has room for."""
STAGGER = 900.0
"""By how many ns the threads begin one after the other: in step they would all look alike."""


class Lanes(anywidget.AnyWidget):
    """Several threads that fault on one address space, and writers, on one clock.

    The trait `clock` (a tick, from 1) may be read and set.

    >>> shown = lanes("before", threads=2, writers=1)
    >>> shown
    Lanes(before, 2 threads, 1 writer: clock 1/17)
    >>> shown.clock = 2
    >>> shown.said
    'thread 1 gets mmap_lock to read. 1 reader holds it.'
    """

    _esm = script(LANES)
    _css = CSS

    clock = t.Int(1).tag(sync=True)
    view = t.Enum(("full", "stage"), "full").tag(sync=True)
    _told: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _blank: t.Dict[str, Any] = t.Dict().tag(sync=True)

    def __init__(self, what: Setting, done: Contention, clock: int = 1) -> None:
        self.what, self.done = what, done
        self.ticks = ticks(done)
        title = f"{what.revision}: mmap_lock"
        super().__init__(_told={**as_json(done), "title": title}, clock=clock)
        only_one(self)

    @property
    def said(self) -> str:
        """What changes at the tick that is shown."""
        return self.ticks[self.clock - 1].said

    @property
    def chart(self) -> str:
        """The lanes as text."""
        return chart(self.done)

    @t.validate("clock")
    def _there(self, proposal: dict[str, Any]) -> int:
        tick: int = proposal["value"]
        if not 1 <= tick <= len(self.ticks):
            raise BadInput(f"There is no tick {tick}: this clock goes from 1 to {len(self.ticks)}.")
        return tick

    def close(self) -> None:
        """Leave nothing behind."""
        self.layout.close()
        super().close()

    def __repr__(self) -> str:
        what = self.what
        threads = f"{what.threads} thread{'' if what.threads == 1 else 's'}"
        writers = (
            f", {what.writers} writer{'' if what.writers == 1 else 's'}" if what.writers else ""
        )
        return f"Lanes({what.revision}, {threads}{writers}: clock {self.clock}/{len(self.ticks)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, **outputs(f"{self!r}\n{self.chart}", self._repr_svg_())}, metadata

    def _repr_svg_(self) -> str:
        """The lanes as a picture; for readers who run nothing, where most wait."""
        tick = self.clock
        if for_readers():
            waiting = [list(one.states.values()).count("waits") for one in self.ticks]
            tick = waiting.index(max(waiting)) + 1
        return of_lanes(self._told, tick, self._told["title"])


def lanes(
    revision: str = "merged",
    threads: int = 3,
    writers: int = 0,
    faults: int | None = None,
    *,
    caller: str = "handler",
    hold: float = 6000.0,
    think: float = 3000.0,
    clock: int = 1,
) -> Lanes:
    """A few faults, each exactly as long as its cost: two for each thread unless told otherwise.

    `hold` and `think` are a writer's times in ns. Raises BadInput for too many lanes and for what
    makes no run.

    >>> lanes("before", threads=2, writers=1)
    Lanes(before, 2 threads, 1 writer: clock 1/17)
    """
    if threads + writers > MOST:
        raise BadInput(f"{threads + writers} lanes are too many to see: take {MOST} or fewer.")
    count = 2 * threads if faults is None else faults
    what = Setting(revision, threads, writers, count, caller, hold, think, 0.0, STAGGER)
    return Lanes(what, contend(what, PER_STEP, spans=True), clock)
