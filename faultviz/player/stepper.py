"""A scenario and the step that is shown of it: the traits of a player, and how they keep together.

Here: what can be set, and that nothing impossible is; a cell has one live player. A key press never
comes here before it is painted: the browser has the whole trace and only tells the new `step`. Not
here: what can be chosen (`choices`), what is sent (`payload`), questions (`asking`), and what the
browser wishes (`player_widget`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.engine.run import Step, Trace
from faultviz.ir.graph import Program
from faultviz.picture.svg import token
from faultviz.player import payload
from faultviz.player.choices import FIELDS, Programs, Scenario, canonical, choices
from faultviz.player.one_per_cell import only_one
from faultviz.player.pictured import Pictured

VIEWS = ("first", "full", "stage")


class Place(t.Int[int, int | str]):
    """A place among all steps of the trace; a number as it is shown is looked up."""

    def validate(self, obj: Any, value: Any) -> int:
        """Raises BadInput for a number that no step has."""
        n: int = super().validate(
            obj, obj.played.position(value) if isinstance(value, str) else value
        )
        return n


class Stepper(Pictured):
    """What is played and where it stands; `programs` are those that can be played."""

    handler = t.Unicode().tag(sync=True)
    revision = t.Unicode().tag(sync=True)
    outcomes = t.Unicode().tag(sync=True)
    context = t.Unicode().tag(sync=True)
    without = t.Unicode().tag(sync=True)
    step = Place(1).tag(sync=True)
    inside = t.Bool(False).tag(sync=True)
    view = t.Unicode("full").tag(sync=True)
    reader = t.Bool(False).tag(sync=True)
    breakpoints: t.List[str] = t.List(t.Unicode()).tag(sync=True)

    _kind = t.Unicode("one").tag(sync=True)
    _pictures: t.Dict[str, str] = t.Dict().tag(sync=True)
    _generic: t.Dict[str, str] = t.Dict().tag(sync=True)
    _trace: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _choices: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _token = t.Unicode().tag(sync=True)

    def __init__(
        self,
        scenario: Scenario,
        own: Mapping[str, Program] | None = None,
        step: int | str = 1,
        **looks: Any,
    ) -> None:
        self.programs = Programs(own)
        self._settled = False
        trace = self.programs.run(scenario)
        self._take(trace)
        n = trace.position(step)
        follows = self._follows(scenario, trace, n)
        super().__init__(_token=token(), **follows, step=n, **looks)
        self._settled = True
        self._see_inside()
        only_one(self)

    @property
    def scenario(self) -> Scenario:
        """What is played, as the traits say it."""
        return Scenario(self.handler, self.revision, self.outcomes, self.context, self.without)

    @property
    def now(self) -> Step:
        """The step that is shown."""
        return self.played.steps[self.step - 1]

    @property
    def at(self) -> str:
        """The number of the step as it is shown; `step` can be set to it, too.

        >>> from faultviz.player import play
        >>> p = play("mips")
        >>> p.step = "9.3"
        >>> p.step, p
        (12, Player(mips merged, step 9.3/12, node=handle_mm_fault.handle_pte_fault, mmap_lock=1))
        """
        return self.now.label

    def choose(self, **changes: str) -> None:
        """Change several of handler, revision, outcomes, context, without at once; from step 1.

        >>> from faultviz.player import play
        >>> p = play("mips", outcomes="COMPLETED")
        >>> p.choose(revision="before", outcomes="RETRY,OK")
        >>> p.step = 9
        >>> p
        Player(mips before, step 9/25, node=handle_mm_fault, mmap_lock=0)
        """
        unknown = [name for name in changes if name not in FIELDS]
        if unknown:
            raise BadInput(f"A player has no {unknown[0]!r}: choose {', '.join(FIELDS)}.")
        scenario = self.scenario._replace(**changes)
        self._play(scenario, self.programs.run(scenario))

    # --- another trace -----------------------------------------------------------------------

    def _take(self, trace: Trace) -> None:
        """From now on this trace is played."""
        self.played = trace

    def _drawn(self, program: Program) -> dict[str, str]:
        return payload.pictures(program)

    def _follows(self, scenario: Scenario, trace: Trace, step: int) -> dict[str, Any]:
        """All traits that follow from a scenario, where it is shown from a step on."""
        del step
        shown = canonical(scenario, trace)
        return {
            **shown._asdict(),
            "_pictures": self._drawn(trace.program),
            "_generic": payload.generic_pictures(trace.revision),
            "_trace": payload.told(trace),
            "_choices": choices(self.programs.load(shown.handler), shown, self.programs.own),
        }

    def _play(self, scenario: Scenario, trace: Trace, step: int = 1) -> None:
        self._settled = False
        try:
            with self.hold_sync():
                self._take(trace)
                for name, value in self._follows(scenario, trace, 1).items():
                    setattr(self, name, value)
                self.step = step
        finally:
            self._settled = True

    def _step_in(self, trace: Trace) -> int:
        """Where to go on in a trace that differs in what is missing: where both still agree."""
        return min(self.step, payload.together(self.played, trace))

    @t.validate(*FIELDS)
    def _possible(self, proposal: dict[str, Any]) -> Any:
        value = proposal["value"]
        if self._settled:
            scenario = self.scenario._replace(**{proposal["trait"].name: value})
            trace = self.programs.run(scenario)
            value = getattr(canonical(scenario, trace), proposal["trait"].name)
        return value

    @t.observe(*FIELDS)
    def _changed(self, change: Any) -> None:
        if self._settled:
            trace = self.programs.run(self.scenario)
            step = self._step_in(trace) if change["name"] == "without" else 1
            self._play(self.scenario, trace, step)

    # --- a step of it ------------------------------------------------------------------------

    def _check_step(self, n: int) -> None:
        """Raises BadInput for a step that cannot be shown."""
        self.played.position(n)

    @t.validate("step")
    def _there(self, proposal: dict[str, Any]) -> int:
        n: int = proposal["value"]
        if self._settled:
            self._check_step(n)
        return n

    @t.validate("view")
    def _known_view(self, proposal: dict[str, Any]) -> str:
        view: str = proposal["value"]
        if view not in VIEWS:
            raise BadInput(f"There is no view {view!r}: choose {', '.join(VIEWS)}.")
        return view

    @t.observe("step")
    def _see_inside(self, _: Any = None) -> None:
        if self._settled and payload.is_generic(self.now.function):
            self.inside = True

    @t.observe("inside")
    def _leave_inside(self, _: Any) -> None:
        if self._settled and not self.inside and payload.is_generic(self.now.function):
            later = self.played.steps[self.step :]
            self.step = next(s.n for s in later if not payload.is_generic(s.function))
