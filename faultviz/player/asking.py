"""A player that asks before it shows: questions, answers, and that nothing is seen before them.

Here: what a notebook calls, and where the questions hold the player up. Not here: how an answer
changes their state (`gating`), or which there are (`course.questions`).
"""

from __future__ import annotations

from typing import Any

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.course.grading.answer_file import record
from faultviz.course.questions.gate import Gate
from faultviz.engine.run import Trace
from faultviz.player import gating
from faultviz.player.base_widget import CellText
from faultviz.player.choices import FIELDS, Scenario
from faultviz.player.gating import Questions, questions
from faultviz.player.stepper import Stepper


class Gated(Stepper):
    """With `gate`, the next open question is the last step that can be shown."""

    gate = t.Bool(False).tag(sync=True)
    _gates: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _gated: t.Dict[str, Any] = t.Dict().tag(sync=True)

    @property
    def trace_gates(self) -> tuple[Gate, ...]:
        """The questions of this trace; of one in which something is missing, none."""
        if self.played.program.dropped:
            return ()
        return self._questions.inside if self.inside else self._questions.over

    @property
    def limit(self) -> Gate | None:
        """The open gate: nothing beyond its step may be shown."""
        return gating.open_gate(self.trace_gates, self._gated) if self.gate else None

    def _label(self, gate: Gate) -> str:
        return self.played.steps[gate.n - 1].label

    @t.observe("_gated")
    def _keep(self, change: Any) -> None:
        """Each answer, from here or from the browser, is the learner's, and is kept."""
        for n, question, value, inside in gating.newly_tried(change["old"] or {}, change["new"]):
            told = {name: getattr(self, name) for name in FIELDS[1:]}
            told |= {"inside": inside, "step": n, "question": question, "value": value}
            record("gate", self.handler, told)

    # --- holding the player up ---------------------------------------------------------------

    def _asks(self, trace: Trace) -> Questions:
        return questions(trace)

    def _take(self, trace: Trace) -> None:
        super()._take(trace)
        self._questions = self._asks(trace)

    def _follows(self, scenario: Scenario, trace: Trace, step: int) -> dict[str, Any]:
        unasked = gating.unasked(gate.n for gate in self.trace_gates if gate.n < step)
        return {
            **super()._follows(scenario, trace, step),
            "_gates": self._questions.told(),
            "_gated": unasked,
            "_blank": self._in_a_file(unasked),
        }

    def _in_a_file(self, unasked: dict[str, Any]) -> dict[str, Any] | None:
        return {"_gated": unasked, "_wish": {}, "_answer": {}}

    def _check_step(self, n: int) -> None:
        super()._check_step(n)
        limit = self.limit
        if limit and n > limit.n:
            raise BadInput(
                f"A question is open at step {self._label(limit)}: ask() shows it, answer() or "
                "skip() closes it."
            )

    @t.observe("inside")
    def _leave_inside(self, change: Any) -> None:
        if self._settled:  # what was passed is not asked any more, however it is looked at
            gates = (*self._questions.over, *self._questions.inside)
            passed: dict[str, list[str]] = {str(g.n): [] for g in gates if g.n < self.step}
            self._gated = {**self._gated, "closed": {**passed, **self._gated["closed"]}}
        super()._leave_inside(change)


class Asking(Gated):
    """The same, and what a notebook calls to ask and to answer."""

    def ask(self) -> CellText:
        """Run on to the next open question, and give it.

        >>> from faultviz.player import play
        >>> p = play("mips", gate=True)
        >>> print(str(p.ask()).splitlines()[0])
        step 1, enter: How many calls of handle_mm_fault will this scenario make?
        """
        limit = self.limit
        if limit is None:
            self.step = len(self.played.steps)
            return CellText("No question is left.")
        self.step = limit.n
        return gating.asked(gating.question_of(self._gated, limit), self.now)

    def answer(self, value: str | int) -> CellText:
        """Answer the open question: a node, a count, the number of a rule. Gives the verdict.

        Raises BadInput when no question is open here, or for what it does not offer.
        """
        limit = self._open_here()
        question = gating.question_of(self._gated, limit)
        value = gating.value_of(question, value)
        if question.kind == "node" and value not in self.played.program.nodes:
            raise BadInput(f"{self.handler} has no node {value!r}: name one of the graph.")
        return self._answered(limit, value)

    def skip(self) -> CellText:
        """Close the open question, and be shown the answer."""
        return self._answered(self._open_here(), None)

    @property
    def tally(self) -> CellText:
        """How the questions were answered so far."""
        return CellText(gating.tally(self._gated))

    def _open_here(self) -> Gate:
        limit = self.limit
        if limit is None or limit.n != self.step:
            where = "is left" if limit is None else f"is open at step {self.at}"
            raise BadInput(f"No question {where}: ask() runs on to the next one.")
        return limit

    def _answered(self, limit: Gate, value: str | None) -> CellText:
        self._gated = gating.answered(self._gated, limit, value, inside=self.inside)
        return CellText(self._gated["said"])
