"""The widget: what the browser wishes of a player, and its text form.

Here: a wish is done or answered in one sentence. Not here: what keeps together (`stepper`), the
questions (`asking`), and what stands where no widget can live (`still`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.engine.run import Trace
from faultviz.picture.svg import Picture
from faultviz.player import payload
from faultviz.player.asking import Asking, Gated
from faultviz.player.choices import FIELDS, Scenario, canonical
from faultviz.player.still import still, telling

WIDE = 110
"""How long a repr may be: the width that text front ends cut at."""


class Wishing(Gated):
    """What the browser wishes is done, or answered."""

    _wish: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _answer: t.Dict[str, Any] = t.Dict().tag(sync=True)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the browser changed; what cannot be is answered, never lost."""
        data = dict(sync_data)
        changes = {name: data.pop(name) for name in FIELDS if name in data}
        # An answer opens the way for a step that came with it.
        rest = {name: data.pop(name) for name in ("step", "inside") if name in data}
        try:
            super().set_state(data)
            if "inside" in rest:
                super().set_state({"inside": rest["inside"]})
            if "step" in rest:  # it may still count in the trace before this one
                limit = self.limit
                last = limit.n if limit else len(self.played.steps)
                super().set_state({"step": min(max(1, int(rest["step"])), last)})
        except Exception as bug:
            self._answer = {"seq": 0, "problem": _failed(bug)}
            raise
        if changes:
            self._attempt({"seq": 0}, self.scenario._replace(**changes))
            self.send_state(list(changes))  # what was refused is taken back there, too

    @t.observe("_wish")
    def _asked(self, change: Any) -> None:
        wish = change["new"]
        scenario, note = self.scenario, ""
        try:
            if wish["kind"] == "handler":
                program = self.programs.load(wish["value"])
                scenario, note = scenario._replace(handler=wish["value"]).fitted(program)
            else:
                program = self.programs.load(scenario.handler)
                scenario = scenario.asked(program, wish["kind"], wish["value"])
        except BadInput as problem:
            self._answer = {"seq": wish["seq"], "problem": str(problem)}
            return
        self._attempt(wish, scenario, note)

    def _attempt(self, wish: Mapping[str, Any], scenario: Scenario, note: str = "") -> None:
        """Play what the browser asked for, or say in one sentence why not."""
        problem = note
        try:
            trace = self.programs.run(scenario)
            asked = canonical(scenario, trace)  # as a page without a kernel has it
            same = asked._replace(without=self.without) == self.scenario
            step = self._step_in(trace) if same else 1
            if same and scenario.without:
                problem = payload.nothing_broke(self.played, trace)
            self._play(scenario, trace, step)
        except BadInput as refused:
            problem = str(refused)
        except Exception as bug:
            problem = _failed(bug)
            raise
        finally:
            self._answer = {"seq": wish["seq"], "problem": problem}


class Player(Wishing, Asking):
    """A page fault on its way through a handler, one step at a time.

    The traits `handler`, `revision`, `outcomes`, `context`, `without` and `step` (from 1) may be
    read and set; what cannot happen raises BadInput and changes nothing. `step` counts all steps,
    and may be set to a number as it is shown, such as "9.3", which `at` gives. `inside` says
    whether the generic code below handle_mm_fault is stepped through too, `view` how much is shown
    (`first`, `full` or `stage`), `gate` whether questions are asked, `reader` whether a second
    reader's hold is drawn; `breakpoints` are node ids.

    >>> from faultviz.player import play
    >>> p = play("mips", outcomes="COMPLETED")
    >>> p.step = 9
    >>> p
    Player(mips merged, step 9/12, node=handle_mm_fault, mmap_lock=0)
    >>> p.revision = "before"
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: COMPLETED cannot be answer 1 at handle_mm_fault: this revision \
    has no COMPLETED: there the same event arrives as RETRY.
    """

    @property
    def trace(self) -> Trace:
        """What is played, step by step."""
        return self.played

    def __repr__(self) -> str:
        now, limit = self.now, self.limit
        without = f" without {self.without}" if self.without else ""
        total = "?" if limit else self.played.total
        head = f"Player({_cut(self.handler, 40)} {self.revision}{without}, step {self.at}/"
        head += f"{total}, node="
        hidden = limit and limit.n == self.step and limit.hides == "lock"
        tail = f", mmap_lock={'?' if hidden else now.mmap_lock})"
        return head + _cut(now.node, WIDE - len(head) - len(tail)) + tail

    def _repr_svg_(self) -> Picture:
        """The step as a picture on its own: all that a closed player shows."""
        limit = self.limit
        asked = limit if limit and limit.n == self.step else None
        return still(self.played, self.step, asked, "?" if limit else "")

    def _telling(self) -> Picture:
        return still(self.played, telling(self.played))


def _failed(bug: Exception) -> str:
    return f"The player failed: {type(bug).__name__}: {bug}"


def _cut(text: str, room: int) -> str:
    """A text that fits, its middle left out if it must be."""
    if len(text) <= room:
        return text
    half = (room - 3) // 2
    return f"{text[: room - 3 - half]}...{text[-half:]}"
