"""The widget: a scenario, the step it stands at, and what the browser asked for.

Here: the traits and how they keep together, and that a cell has one live player. A key press never
comes here before it is painted: the browser has the whole trace and only tells the new `step`.
Not here: what can be chosen (`choices`) and what is sent (`payload`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from faultviz import draw, models
from faultviz.errors import BadInput
from faultviz.ir import Program
from faultviz.player import payload
from faultviz.player.choices import FIELDS, Scenario, canonical, choices
from faultviz.run import Step, Trace, run

HERE = Path(__file__).parent
WIDE = 110
"""How long a repr may be: the width that text front ends cut at."""


class Player(anywidget.AnyWidget):
    """A page fault on its way through a handler, one step at a time.

    The traits `handler`, `revision`, `outcomes`, `context` and `step` (from 1) may be read and
    set; what cannot happen raises BadInput and changes nothing. `inside` says whether the generic
    code below handle_mm_fault is stepped through too.

    >>> p = play("mips", outcomes="COMPLETED")
    >>> p.step = 9
    >>> p
    Player(mips merged, step 9/12, node=handle_mm_fault, mmap_lock=0)
    >>> p.revision = "before"
    Traceback (most recent call last):
    faultviz.errors.BadInput: COMPLETED cannot be answer 1 at handle_mm_fault: this revision has \
no COMPLETED: there the same event arrives as RETRY.
    """

    _esm = HERE / "player.js"
    _css = draw.RULES + (HERE / "player.css").read_text("utf-8")

    handler = t.Unicode().tag(sync=True)
    revision = t.Unicode().tag(sync=True)
    outcomes = t.Unicode().tag(sync=True)
    context = t.Unicode().tag(sync=True)
    step = t.Int(1).tag(sync=True)
    inside = t.Bool(False).tag(sync=True)

    _pictures: t.Dict[str, str] = t.Dict().tag(sync=True)
    _generic: t.Dict[str, str] = t.Dict().tag(sync=True)
    _trace: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _choices: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _token = t.Unicode().tag(sync=True)
    _wish: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _answer: t.Dict[str, Any] = t.Dict().tag(sync=True)

    def __init__(
        self, scenario: Scenario, own: Mapping[str, Program] | None = None, step: int = 1
    ) -> None:
        self._own = dict(own or {})
        self._settled = False
        self.trace = self._run(scenario)
        if not 1 <= step <= len(self.trace.steps):
            raise BadInput(_no_step(step, self.trace))
        super().__init__(_token=draw.token(), **self._follows(scenario, self.trace), step=step)
        self._settled = True
        self._see_inside()
        _only_one(self)

    @property
    def now(self) -> Step:
        """The step that is shown."""
        return self.trace.steps[self.step - 1]

    def choose(self, **changes: str) -> None:
        """Change several of handler, revision, outcomes and context at once; start at step 1.

        >>> p = play("mips", outcomes="COMPLETED")
        >>> p.choose(revision="before", outcomes="RETRY,OK")
        >>> p.step = 9
        >>> p
        Player(mips before, step 9/25, node=handle_mm_fault, mmap_lock=0)
        """
        unknown = [name for name in changes if name not in FIELDS]
        if unknown:
            raise BadInput(f"A player has no {unknown[0]!r}: choose {', '.join(FIELDS)}.")
        scenario = self._scenario()._replace(**changes)
        self._play(scenario, self._run(scenario))

    # --- keeping the traits together ---------------------------------------------------------

    def _scenario(self) -> Scenario:
        return Scenario(self.handler, self.revision, self.outcomes, self.context)

    def _program(self, handler: str) -> Program:
        if handler.endswith(".py") and handler not in self._own:
            self._own[handler] = models.load(handler)  # as it is now: a file may change
        return self._own.get(handler) or models.load(handler)

    def _run(self, scenario: Scenario) -> Trace:
        return run(self._program(scenario.handler), *scenario[1:])

    def _follows(self, scenario: Scenario, trace: Trace) -> dict[str, Any]:
        """All that follows from a scenario."""
        shown = canonical(scenario, trace)
        return {
            **shown._asdict(),
            "_pictures": payload.pictures(trace.program),
            "_generic": payload.generic_pictures(trace.revision),
            "_trace": payload.told(trace),
            "_choices": choices(self._program(shown.handler), shown, self._own),
        }

    def _play(self, scenario: Scenario, trace: Trace) -> None:
        self._settled = False
        try:
            with self.hold_sync():
                self.trace = trace
                for name, value in self._follows(scenario, trace).items():
                    setattr(self, name, value)
                self.step = 1
        finally:
            self._settled = True

    @t.validate(*FIELDS)
    def _possible(self, proposal: dict[str, Any]) -> Any:
        value = proposal["value"]
        if self._settled:
            scenario = self._scenario()._replace(**{proposal["trait"].name: value})
            value = getattr(canonical(scenario, self._run(scenario)), proposal["trait"].name)
        return value

    @t.observe(*FIELDS)
    def _changed(self, _: Any) -> None:
        if self._settled:
            self._play(self._scenario(), self._run(self._scenario()))

    @t.validate("step")
    def _there(self, proposal: dict[str, Any]) -> int:
        n: int = proposal["value"]
        if self._settled and not 1 <= n <= len(self.trace.steps):
            raise BadInput(_no_step(n, self.trace))
        return n

    @t.observe("step")
    def _see_inside(self, _: Any = None) -> None:
        if self._settled and payload.is_generic(self.now.function):
            self.inside = True

    @t.observe("inside")
    def _leave_inside(self, _: Any) -> None:
        if self._settled and not self.inside and payload.is_generic(self.now.function):
            later = self.trace.steps[self.step :]
            self.step = next(s.n for s in later if not payload.is_generic(s.function))

    # --- what the browser says ---------------------------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the browser changed; what cannot be is answered, never lost."""
        data = dict(sync_data)
        changes = {name: data.pop(name) for name in FIELDS if name in data}
        if "step" in data:  # it may still count in the trace before this one
            data["step"] = min(max(1, int(data["step"])), len(self.trace.steps))
        super().set_state(data)
        if changes:
            self._attempt({"seq": 0}, self._scenario()._replace(**changes))
            self.send_state(list(changes))  # what was refused is taken back there, too

    @t.observe("_wish")
    def _asked(self, change: Any) -> None:
        wish = change["new"]
        scenario, note = self._scenario(), ""
        try:
            if wish["kind"] == "handler":
                program = self._program(wish["value"])
                scenario, note = scenario._replace(handler=wish["value"]).fitted(program)
            else:
                program = self._program(scenario.handler)
                scenario = scenario.asked(program, wish["kind"], wish["value"])
        except BadInput as problem:
            self._answer = {"seq": wish["seq"], "problem": str(problem)}
            return
        self._attempt(wish, scenario, note)

    def _attempt(self, wish: Mapping[str, Any], scenario: Scenario, note: str = "") -> None:
        """Play what the browser asked for, or say in one sentence why not."""
        problem = note
        try:
            self._play(scenario, self._run(scenario))
        except BadInput as refused:
            problem = str(refused)
        except Exception as bug:
            problem = f"The player failed: {type(bug).__name__}: {bug}"
            raise
        finally:
            self._answer = {"seq": wish["seq"], "problem": problem}

    # --- how it is shown ---------------------------------------------------------------------

    def __repr__(self) -> str:
        now = self.now
        head = f"Player({_cut(self.handler, 40)} {self.revision}, step {self.step}/"
        head += f"{len(self.trace.steps)}, node="
        tail = f", mmap_lock={now.mmap_lock})"
        return head + _cut(now.node, WIDE - len(head) - len(tail)) + tail

    def _repr_svg_(self) -> str:
        """The step as a picture on its own: all that a closed player shows."""
        return payload.still(self.trace, self.step)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and beside it what stays where no widget can live: a line and a picture."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self), "image/svg+xml": self._repr_svg_()}, metadata


def play(
    name: str | Program = "mips",
    revision: str | None = None,
    outcomes: str = "auto",
    context: str = "write",
    *,
    step: int = 1,
) -> Player:
    """A player for a handler, an entry, a model file or a program.

    Without a revision it is `merged`, or the one that the program was cut to. Raises BadInput for
    what is unknown or cannot happen.

    >>> play("mips", "v3", "COMPLETED", "kernel,write")
    Player(mips v3, step 1/12, node=enter, mmap_lock=0)
    """
    if isinstance(name, str):
        return Player(Scenario(name, revision or "merged", outcomes, context), step=step)
    known = f"{name.name} without {name.dropped}" if name.dropped else f"{name.name} (own)"
    scenario = Scenario(known, name.revision or revision or "merged", outcomes, context)
    return Player(scenario, {known: name}, step)


def _no_step(n: int, trace: Trace) -> str:
    return f"There is no step {n}: this trace has steps 1 to {len(trace.steps)}."


def _cut(text: str, room: int) -> str:
    """A text that fits, its middle left out if it must be."""
    if len(text) <= room:
        return text
    half = (room - 3) // 2
    return f"{text[: room - 3 - half]}...{text[-half:]}"


# --- one live player in a cell ---------------------------------------------------------------

_alive: dict[str, tuple[str, list[Player]]] = {}


def _only_one(player: Player) -> None:
    """Close the players that an earlier run of the same cell made."""
    run_of = _cell()
    if run_of is None:
        return
    cell, request = run_of
    before, players = _alive.get(cell, ("", []))
    if before != request:
        for old in players:
            old.close()
        players = []
    _alive[cell] = (request, [*players, player])


def _cell() -> tuple[str, str] | None:
    """The cell that runs now, and this run of it; None outside a notebook."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    request = parent.get("header", {}).get("msg_id", "")
    cell = parent.get("metadata", {}).get("cellId") or request
    return (cell, request) if request else None
