"""What an exercise and the bench are made of: a player, a way entered by hand, and a form beside.

Here: the widgets, with and without a picture, and how they are told what to show. The page sends
only what its reader wants done; what an answer is worth is decided in Python. Not here: exercises
(`exercise`), the bench (`bench`), the page's side (js/desk.js, js/way.js).
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import traitlets as t

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.course.exercises.marking import Verdict
from faultviz.edit.listing import lines
from faultviz.engine import invariants
from faultviz.engine.replay import replay
from faultviz.engine.run import Trace
from faultviz.ir.graph import Program
from faultviz.models.words import MEANING
from faultviz.player.bundle import script
from faultviz.player.choices import Scenario
from faultviz.player.form_widget import AsText, FormTraits
from faultviz.player.gating import Questions
from faultviz.player.payload import Json
from faultviz.player.player_widget import Wishing
from faultviz.player.stylesheet import CSS

NO_PICTURE = (
    "There is no picture here, because nothing on this machine can lay out a graph: go by the "
    "listing, and say a way as outcomes and words."
)
SCRIPTS = ("OK", "COMPLETED", "RETRY,OK", "RETRY", "OOM", "SIGBUS", "SIGSEGV")
"""Outcomes that are offered; any others may be written."""


class Sheet(FormTraits, AsText):
    """A form on its own, where there is nothing to draw."""

    _esm = script()
    _css = CSS
    _kind = t.Unicode("desk").tag(sync=True)
    _pictures: t.Dict[str, str] = t.Dict().tag(sync=True)
    _token = t.Unicode().tag(sync=True)
    entering = t.Bool(False).tag(sync=True)
    way: t.List[str] = t.List(t.Unicode()).tag(sync=True)

    def __init__(self, told: Json) -> None:
        super().__init__(_desk=told)


class Desk(FormTraits, AsText, Wishing):
    """A player of one program, with a form beside it. Its rules are said only once `judged`.

    `way` are the nodes that were entered, from the entry on; `entering` says whether the picture
    takes them. Where nothing can lay out the graph there is no picture, and the page says so.
    """

    entering = t.Bool(False).tag(sync=True)
    way: t.List[str] = t.List(t.Unicode()).tag(sync=True)
    _kind = t.Unicode("desk").tag(sync=True)

    def __init__(self, program: Program, told: Json) -> None:
        self._judged = False
        scenario = Scenario(program.name, program.revision or "", "OK", "write")
        super().__init__(scenario, {program.name: program})
        self.tell(**about(program), **told)

    def _in_a_file(self, unasked: dict[str, Any]) -> None:
        """A saved notebook has nothing of it: an exercise needs its kernel."""

    def show_rules(self) -> None:
        """From now on a step that breaks a rule says so."""
        if not self._judged:
            self._judged = True
            self._play(self.scenario, self.played, self.step)

    def put(self, program: Program) -> None:
        """Another program in the place of this one, such as the same after an edit."""
        self.programs.own[program.name] = program
        self._judged = False
        self.way = []
        self.tell(**about(program))
        scenario = Scenario(program.name, program.revision or "", "OK", "write")
        self._play(scenario, self.programs.run(scenario))

    def fill(self, **fields: Any) -> None:
        """Set fields of the form; a way among them is drawn where the program can go it."""
        if fields.get("path"):
            path = list(fields["path"])
            entry = self.played.program.function.entry
            path = path if path[0] == entry else [entry, *path]
            if path != self.way:
                with suppress(BadInput):  # the verdict says why it cannot go so
                    replay(self.played.program, path)
                    self.way = path
            fields["how"] = "path"
        elif fields.get("outcomes") or fields.get("context"):
            fields["how"] = "said"
        super().fill(**fields)

    def followed(self) -> str:
        """Whether the program can go the way that was entered, and in which scenario."""
        found = replay(self.played.program, self.way)
        return f"It can: outcomes {found.outcomes}, context {found.context}."

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done: `follow` the way that was entered."""
        if wanted["do"] == "follow":
            try:
                said = self.followed()
            except BadInput as reason:
                said = str(reason)
            self.tell(followed={"way": self.way, "said": said})

    def _drawn(self, program: Program) -> dict[str, str]:
        try:
            return super()._drawn(program)
        except BadInput:
            return {}

    def _asks(self, trace: Trace) -> Questions:
        del trace
        return Questions()

    def _follows(self, scenario: Scenario, trace: Trace, step: int) -> dict[str, Any]:
        follows = super()._follows(scenario, trace, step)
        if trace.outcomes != "auto":
            follows["_generic"] = {}  # nobody steps inside a scripted answer
        none: Json = {"handler": [], "revision": [], "event": [], "missing": []}
        offered = {**follows["_choices"], **none, "compact": True}
        told = follows["_trace"]
        if not self._judged:
            told = {**told, "steps": [{**one, "broken": []} for one in told["steps"]]}
        return {**follows, "_choices": offered, "_trace": told}


# --- what is told of a program ---------------------------------------------------------------


def about(program: Program) -> Json:
    """A program for the page: its lines, what its nodes say, and where a way goes into a callee."""
    calls = {
        node.id: node.op.function
        for node in program.nodes.values()
        if isinstance(node.op, ir.Call) and node.op.function in program.functions
    }
    return {
        "lines": [[line.number, str(line), line.node] for line in lines(program)],
        "places": {line.node: line.number for line in lines(program) if line.node},
        "texts": {node.id: node.text for node in program.nodes.values()},
        "calls": calls,
        "entries": {name: function.entry for name, function in program.functions.items()},
        "root": program.root,
        "rules": rule_options(program),
        "nodes": node_options(program),
        "words": [[word, MEANING.get(word, "")] for word in program.words],
        "scripts": [*SCRIPTS],
        "none": NO_PICTURE,
    }


def rule_options(program: Program) -> list[list[str]]:
    """The rules that there is something to judge by, each with its sentence."""
    return [[name, invariants.INVARIANTS[name]] for name in invariants.judged(program)]


def node_options(program: Program) -> list[list[str]]:
    """The nodes that stand in the listing, each with its line."""
    return [
        [line.node, f"{line.number}  {str(line).strip()}"] for line in lines(program) if line.node
    ]


def as_told(verdict: Verdict, head: str, counts: str = "") -> Json:
    """A verdict for the page: each of its sentences with its points, of how many."""
    rows = [[*verdict.worth(remark), remark.text] for remark in verdict.remarks]
    return {"head": head, "full": verdict.total == verdict.of, "rows": rows, "counts": counts}
