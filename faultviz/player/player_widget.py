"""The widget: a scenario, the step it stands at, its questions, and what the browser asked for.

Here: the traits and how they keep together, and that a cell has one live player. A key press never
comes here before it is painted: the browser has the whole trace and only tells the new `step`.
Not here: what can be chosen (`choices`), what is sent (`payload`), how questions go (`gating`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.course.grading.answer_file import record
from faultviz.course.questions import gate
from faultviz.course.questions.gate import Gate
from faultviz.engine.run import Step, Trace, run
from faultviz.ir.graph import Program
from faultviz.picture import svg as draw
from faultviz.player import gating, payload
from faultviz.player.bundle import script
from faultviz.player.choices import FIELDS, Scenario, canonical, choices
from faultviz.player.gating import Said
from faultviz.player.one_per_cell import only_one
from faultviz.player.stylesheet import CSS

WIDE = 110
"""How long a repr may be: the width that text front ends cut at."""
VIEWS = ("first", "full", "stage")


class Player(anywidget.AnyWidget):
    """A page fault on its way through a handler, one step at a time.

    The traits `handler`, `revision`, `outcomes`, `context`, `without` and `step` (from 1) may be
    read and set; what cannot happen raises BadInput and changes nothing. `inside` says whether the
    generic code below handle_mm_fault is stepped through too, `view` how much is shown (`first`,
    `full` or `stage`), `gate` whether questions are asked, `reader` whether a second reader's hold
    is drawn; `breakpoints` are node ids.

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

    _esm = script()
    _css = CSS

    handler = t.Unicode().tag(sync=True)
    revision = t.Unicode().tag(sync=True)
    outcomes = t.Unicode().tag(sync=True)
    context = t.Unicode().tag(sync=True)
    without = t.Unicode().tag(sync=True)
    step = t.Int(1).tag(sync=True)
    inside = t.Bool(False).tag(sync=True)
    view = t.Unicode("full").tag(sync=True)
    gate = t.Bool(False).tag(sync=True)
    reader = t.Bool(False).tag(sync=True)
    breakpoints: t.List[str] = t.List(t.Unicode()).tag(sync=True)

    _kind = t.Unicode("one").tag(sync=True)
    _pictures: t.Dict[str, str] = t.Dict().tag(sync=True)
    _generic: t.Dict[str, str] = t.Dict().tag(sync=True)
    _trace: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _choices: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _gates: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _gated: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _token = t.Unicode().tag(sync=True)
    _wish: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _answer: t.Dict[str, Any] = t.Dict().tag(sync=True)

    def __init__(
        self,
        scenario: Scenario,
        own: Mapping[str, Program] | None = None,
        step: int = 1,
        **looks: Any,
    ) -> None:
        self._own = dict(own or {})
        self._settled = False
        self.trace = self._run(scenario)
        if not 1 <= step <= len(self.trace.steps):
            raise BadInput(_no_step(step, self.trace))
        self._asks(self.trace)
        follows = self._follows(scenario, self.trace)
        follows["_gated"] = gating.unasked(g.n for g in self.trace_gates if g.n < step)
        super().__init__(_token=draw.token(), **follows, step=step, **looks)
        self._settled = True
        self._see_inside()
        only_one(self)

    @property
    def now(self) -> Step:
        """The step that is shown."""
        return self.trace.steps[self.step - 1]

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
        scenario = self._scenario()._replace(**changes)
        self._play(scenario, self._run(scenario))

    # --- questions ---------------------------------------------------------------------------

    def ask(self) -> Said:
        """Run on to the next open question, and give it.

        >>> from faultviz.player import play
        >>> p = play("mips", gate=True)
        >>> print(str(p.ask()).splitlines()[0])
        step 1, enter: How many calls of handle_mm_fault will this scenario make?
        """
        limit = self._limit()
        if limit is None:
            self.step = len(self.trace.steps)
            return Said("No question is left.")
        self.step = limit.n
        return gating.asked(limit, gating.question_of(self._gated, limit), self.now.node)

    def answer(self, value: str | int) -> Said:
        """Answer the open question: a node, a count, the number of a rule. Gives the verdict.

        Raises BadInput when no question is open here, or for what it does not offer.
        """
        limit = self._open_here()
        question = gating.question_of(self._gated, limit)
        value = gating.value_of(question, value)
        if question.kind == "node" and value not in self.trace.program.nodes:
            raise BadInput(f"{self.handler} has no node {value!r}: name one of the graph.")
        self._gated = gating.answered(self._gated, limit, value, inside=self.inside)
        return Said(self._gated["said"])

    def skip(self) -> Said:
        """Close the open question, and be shown the answer."""
        self._gated = gating.answered(self._gated, self._open_here(), None, inside=self.inside)
        return Said(self._gated["said"])

    @property
    def tally(self) -> Said:
        """How the questions were answered so far."""
        return Said(gating.tally(self._gated))

    @t.observe("_gated")
    def _keep(self, change: Any) -> None:
        """Each answer, from here or from the browser, is the learner's, and is kept."""
        for n, question, value, inside in gating.newly_tried(change["old"] or {}, change["new"]):
            told = {name: getattr(self, name) for name in FIELDS[1:]}
            told |= {"inside": inside, "step": n, "question": question, "value": value}
            record("gate", self.handler, told)

    def _asks(self, trace: Trace) -> None:
        self._over: tuple[Gate, ...] = gate.gates(trace)
        self._deep: tuple[Gate, ...] = gate.gates(trace, inside=True)

    @property
    def trace_gates(self) -> tuple[Gate, ...]:
        """The questions of this trace; of one in which something is missing, none."""
        if self.trace.program.dropped:
            return ()
        return self._deep if self.inside else self._over

    def _limit(self) -> Gate | None:
        """The open gate: nothing beyond its step may be shown."""
        return gating.open_gate(self.trace_gates, self._gated) if self.gate else None

    def _open_here(self) -> Gate:
        limit = self._limit()
        if limit is None or limit.n != self.step:
            where = "is left" if limit is None else f"is open at step {self.step}"
            raise BadInput(f"No question {where}: ask() runs on to the next one.")
        return limit

    # --- keeping the traits together ---------------------------------------------------------

    def _scenario(self) -> Scenario:
        return Scenario(self.handler, self.revision, self.outcomes, self.context, self.without)

    def _program(self, handler: str) -> Program:
        if handler.endswith(".py") and handler not in self._own:
            self._own[handler] = models.load(handler)  # as it is now: a file may change
        return self._own.get(handler) or models.load(handler)

    def _run(self, scenario: Scenario) -> Trace:
        return run(scenario.cut(self._program(scenario.handler)), *scenario[1:4])

    def _drawn(self, program: Program) -> dict[str, str]:
        return payload.pictures(program)

    def _follows(self, scenario: Scenario, trace: Trace) -> dict[str, Any]:
        """All that follows from a scenario."""
        shown = canonical(scenario, trace)
        return {
            **shown._asdict(),
            "_pictures": self._drawn(trace.program),
            "_generic": payload.generic_pictures(trace.revision),
            "_trace": payload.told(trace),
            "_choices": choices(self._program(shown.handler), shown, self._own),
            "_gates": {
                "over": [gate.as_dict(g) for g in self._over],
                "inside": [gate.as_dict(g) for g in self._deep],
            },
            "_gated": gating.unasked(),
        }

    def _play(self, scenario: Scenario, trace: Trace, step: int = 1) -> None:
        self._settled = False
        self._asks(trace)
        try:
            with self.hold_sync():
                self.trace = trace
                for name, value in self._follows(scenario, trace).items():
                    setattr(self, name, value)
                self.step = step
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
    def _changed(self, change: Any) -> None:
        if self._settled:
            trace = self._run(self._scenario())
            step = _parting(self.trace, trace, self.step) if change["name"] == "without" else 1
            self._play(self._scenario(), trace, step)

    @t.validate("step")
    def _there(self, proposal: dict[str, Any]) -> int:
        n: int = proposal["value"]
        if self._settled and not 1 <= n <= len(self.trace.steps):
            raise BadInput(_no_step(n, self.trace))
        limit = self._limit() if self._settled else None
        if limit and n > limit.n:
            raise BadInput(
                f"A question is open at step {limit.n}: ask() shows it, answer() or skip() closes "
                "it."
            )
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
        if not self._settled:
            return
        passed: dict[str, list[str]] = {
            str(g.n): [] for g in (*self._over, *self._deep) if g.n < self.step
        }
        self._gated = {**self._gated, "closed": {**passed, **self._gated["closed"]}}
        if not self.inside and payload.is_generic(self.now.function):
            later = self.trace.steps[self.step :]
            self.step = next(s.n for s in later if not payload.is_generic(s.function))

    # --- what the browser says ---------------------------------------------------------------

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
                limit = self._limit()
                last = limit.n if limit else len(self.trace.steps)
                super().set_state({"step": min(max(1, int(rest["step"])), last)})
        except Exception as bug:
            self._answer = {"seq": 0, "problem": _failed(bug)}
            raise
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
            trace = self._run(scenario)
            same = scenario._replace(without=self.without) == self._scenario()
            step = _parting(self.trace, trace, self.step) if same else 1
            if same and scenario.without:
                problem = payload.nothing_broke(self.trace, trace)
            self._play(scenario, trace, step)
        except BadInput as refused:
            problem = str(refused)
        except Exception as bug:
            problem = _failed(bug)
            raise
        finally:
            self._answer = {"seq": wish["seq"], "problem": problem}

    # --- how it is shown ---------------------------------------------------------------------

    def to_html(self, file: str | Path) -> Path:
        """Write a page of one file that needs no kernel, with every revision and outcome.

        It begins as this player stands. Raises BadInput where the file cannot be written.

        >>> from faultviz.player import play
        >>> play("mips").to_html("nowhere/mips.html")
        Traceback (most recent call last):
        faultviz.base.errors.BadInput: nowhere/mips.html cannot be written: No such file or \
        directory.
        """
        from faultviz.player.pages import standalone as document

        return document.write(self, file)

    def __repr__(self) -> str:
        now, limit = self.now, self._limit()
        without = f" without {self.without}" if self.without else ""
        total = "?" if limit else len(self.trace.steps)
        head = f"Player({_cut(self.handler, 40)} {self.revision}{without}, step {self.step}/"
        head += f"{total}, node="
        hidden = limit and limit.n == self.step and limit.hides == "lock"
        tail = f", mmap_lock={'?' if hidden else now.mmap_lock})"
        return head + _cut(now.node, WIDE - len(head) - len(tail)) + tail

    def _repr_svg_(self) -> str:
        """The step as a picture on its own: all that a closed player shows."""
        limit = self._limit()
        asked = limit if limit and limit.n == self.step else None
        return payload.still(self.trace, self.step, asked, "?" if limit else "")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and beside it what stays where no widget can live: a line and a picture."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self), "image/svg+xml": self._repr_svg_()}, metadata


def _parting(old: Trace, new: Trace, step: int) -> int:
    """The last step, up to the one shown, that both traces have in common."""

    def key(s: Step) -> tuple[Any, ...]:
        return (s.node, s.event, s.answer, s.mmap_lock)

    for a, b in zip(old.steps[:step], new.steps, strict=False):
        if key(a) != key(b):
            return max(1, a.n - 1)
    return min(step, len(new.steps))


def _failed(bug: Exception) -> str:
    return f"The player failed: {type(bug).__name__}: {bug}"


def _no_step(n: int, trace: Trace) -> str:
    return f"There is no step {n}: this trace has steps 1 to {len(trace.steps)}."


def _cut(text: str, room: int) -> str:
    """A text that fits, its middle left out if it must be."""
    if len(text) <= room:
        return text
    half = (room - 3) // 2
    return f"{text[: room - 3 - half]}...{text[-half:]}"
