"""What all exercises share: tries, counted, kept and shown; a worked answer after the first.

Here: the base class, and what is read from the page's form. Not here: what an exercise asks
(`finding`, `reviewing`), or how it looks (`desk`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.course.exercises.marking import Verdict
from faultviz.course.exercises.seeded import trace_of
from faultviz.course.grading.answer_file import record
from faultviz.ir.graph import Program
from faultviz.player.base_widget import CellText
from faultviz.player.desk import Desk, as_told
from faultviz.player.form_widget import FormTraits
from faultviz.player.payload import Json


class Drawn(Protocol):
    """What an exercise asks about: made of a seed, a level and a bank."""

    @property
    def seed(self) -> str:
        """Any text."""

    @property
    def level(self) -> int:
        """From 1 to 3."""

    @property
    def bank(self) -> int:
        """The number of the bank that it was drawn from."""


class ExerciseWidget(FormTraits):
    """What makes an exercise of a desk or a sheet. The trait `verdict` is what was said last.

    `text()` gives what there is to read, `worked()` the worked answer, after a try.
    """

    verdict = t.Unicode()
    act = "exercise"
    """The kind under which a try is kept."""

    def _is(self, kind: str, of: Drawn) -> None:
        self.kind, self.seed, self.level, self.bank = kind, of.seed, of.level, of.bank
        self.tries = 0
        self.first = ""

    @property
    def desk(self) -> Self:
        """What shows it, which is the exercise itself."""
        return self

    def text(self) -> CellText:
        """What there is to read."""
        raise NotImplementedError

    def as_text(self) -> str:
        """The question, and what there is to read."""
        return f"{self!r}\n{self.text()}"

    def worked(self) -> CellText:
        """The worked answer. Raises BadInput before the first try."""
        if not self.tries:
            raise BadInput("The worked answer comes after a try: answer() first.")
        said = CellText(self.solution())
        self.tell(worked=str(said))
        return said

    def solution(self) -> str:
        """The worked answer, also before a try: for who prepares a class."""
        raise NotImplementedError

    def judged(self, given: Mapping[str, Any], verdict: Verdict, program: Program) -> CellText:
        """Show what a try is worth, and the way that was given."""
        said = self.tried(given, verdict)
        assert isinstance(self, Desk)  # a sheet alone shows no way
        play(self, program, given)
        return said

    def tried(self, given: Mapping[str, Any], verdict: Verdict) -> CellText:
        """Count, keep and show a try."""
        self.tries += 1
        self.first = self.first or verdict.head
        self.keep(given)
        counts = f"The first try counts: {self.first}" if self.tries > 1 else ""
        self.verdict = "\n".join(filter(None, [repr(verdict), counts]))
        self.tell(said=as_told(verdict, verdict.head, counts), tries=self.tries)
        return CellText(self.verdict)

    def keep(self, given: Mapping[str, Any]) -> None:
        """Keep what was answered, with the level and the bank: of these the exercise is made."""
        made = {"level": self.level, "bank": self.bank}
        record(self.act, self.kind, {**made, **given}, self.seed)

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done: `check` or `worked`."""
        match wanted["do"]:
            case "worked":
                self.worked()
            case "check":
                self.check(wanted)
            case _:
                super().wanted(wanted)

    def check(self, form: Json) -> None:
        """Answer with what the page's form holds."""
        raise NotImplementedError


def chosen(form: Json, *fields: str) -> dict[str, Any]:
    """The fields of a form that were filled in, and the way: entered or said, not both.

    >>> chosen({"how": "path", "path": ["a"], "outcomes": "OK", "rule": ""}, "rule")
    {'path': ['a']}
    """
    kept = {name: form[name] for name in fields if form.get(name)}
    how = ("path",) if form.get("how") == "path" else ("outcomes", "context")
    return kept | {name: form[name] for name in how if form.get(name)}


def way_of(outcomes: str, context: str, path: Sequence[str]) -> dict[str, Any]:
    """A way as it is kept."""
    return {"path": list(path)} if path else {"outcomes": outcomes, "context": context}


def play(desk: Desk, program: Program, given: Mapping[str, Any]) -> None:
    """Let the player show a way that was given, and from now on the rules that are broken."""
    desk.show_rules()
    if not any(given.get(name) for name in ("path", "outcomes", "context")):
        return
    try:
        trace = trace_of(program, given)
    except BadInput:
        return  # the verdict says why it is none
    desk.choose(outcomes=trace.outcomes, context=trace.context)
