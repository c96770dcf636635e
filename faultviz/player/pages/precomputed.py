"""What a page without a kernel holds of a handler: scenarios, and what each click leads to.

Here: which scenarios are held, and each with all that the player would ask Python for. Traces,
sentences, choices and questions come from where a notebook has them from; nothing is computed in
the page. Not here: how it is made small (`packing`) and put into a page (`standalone`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.edit import ablate
from faultviz.engine.check import check
from faultviz.engine.context import joined, listed
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.ir.outcomes import KINDS
from faultviz.models.mm import memory
from faultviz.picture.svg import token
from faultviz.player import payload
from faultviz.player.choices import AUTO, SCRIPTS, Scenario, canonical, choices, refused
from faultviz.player.gating import Questions, questions
from faultviz.player.pages.packing import ValueTable, in_steps

Json = dict[str, Any]

USUAL = "write"
"""The context that each page has; others are there where the search breaks a rule in them."""
CHOICES = ("revision", "event", "outcome", "word", "missing")


@dataclass
class Holding:
    """The scenarios of one program that a page has.

    `also` is one that must be among them; with `only` there is no other.
    """

    program: Program
    also: Scenario
    own: Mapping[str, Program] = field(default_factory=dict)
    only: bool = False

    def __post_init__(self) -> None:
        self._cuts: dict[tuple[str, str], Program | str] = {}
        self._refused: dict[Scenario, str | None] = {}
        self.traces: dict[Scenario, Trace] = {}
        self.impossible: dict[Scenario, str] = {}
        for scenario in [self.also] if self.only else self._wanted():
            self._run(scenario)

    # --- which scenarios ---------------------------------------------------------------------

    @property
    def revisions(self) -> tuple[str, ...]:
        """Those of the program; of one that was cut to a revision, that one."""
        return (self.program.revision,) if self.program.revision else self.program.revisions

    @cached_property
    def broken(self) -> tuple[Scenario, ...]:
        """The shortest way to each broken rule, as it is, and with something taken away."""
        if self.only or self.program.origin.excerpts:  # the search of real source may take long
            return ()
        rows = [("", row) for row in check(self.program)]
        for role in ablate.ROLES:
            try:
                rows += [(role, row) for row in check(self.program, drop=role)]
            except BadInput:
                continue  # it has nothing of that kind
        return tuple(
            self.also._replace(
                revision=row.revision, outcomes=row.outcomes, context=row.context, without=role
            )
            for role, row in rows
            if row.verdict == "violated" and row.context and row.outcomes
        )

    @property
    def contexts(self) -> tuple[str, ...]:
        """The contexts that are held whole, the usual one first."""
        events = set(memory.PAGE_EVENTS)
        found = [
            ",".join(w for w in listed(one.context) if w not in events) or USUAL
            for one in (self.also, *self.broken)
        ]
        return tuple(dict.fromkeys([USUAL, *found]))

    def _wanted(self) -> Iterable[Scenario]:
        yield self.also
        for revision in self.revisions:
            for role in ("", *ablate.ROLES):
                there = self.also._replace(revision=revision, without=role)
                for context in self.contexts:
                    for outcomes in SCRIPTS.values():
                        yield there._replace(outcomes=outcomes, context=context)
                    words = [w for w in listed(context) if w not in (USUAL, "none")]
                    for event in memory.PAGE_EVENTS:
                        said = USUAL if event == "fresh" else event
                        yield there._replace(outcomes=AUTO, context=joined([*words, said]))
        yield from self.broken

    def _cut(self, scenario: Scenario) -> Program | str:
        """The program that is run, or why there is none; each is made once."""
        key = (scenario.revision, scenario.without)
        if key not in self._cuts:
            try:
                whole = models.at(self.program, key[0])
                self._cuts[key] = scenario.cut(whole)
            except BadInput as reason:
                self._cuts[key] = str(reason)
        return self._cuts[key]

    def _run(self, scenario: Scenario) -> None:
        program = self._cut(scenario)
        if isinstance(program, str):
            return  # nothing of that kind can be missing there, and no link can ask for it
        try:
            trace = run(program, *scenario[1:4])
        except BadInput as reason:
            self.impossible[scenario] = str(reason)
        else:
            self.traces[canonical(scenario, trace)] = trace

    # --- what a click leads to ---------------------------------------------------------------

    def asked(self, scenario: Scenario, kind: str, value: str) -> Scenario:
        """The scenario after a click, as it is spelled where it is held."""
        new = scenario.asked(self.program, kind, value)
        on, event = new.read(self.program)
        if new.outcomes == AUTO and event not in ("fresh", ""):
            on = on - {USUAL} if event == "read" else on | {USUAL}
            on |= {event}
        return new._replace(context=joined(sorted(on)))

    def choices(self, scenario: Scenario) -> Json:
        """What can be clicked; what this page has not got says so."""
        told = choices(self.program, scenario, self.own, self._refuse)
        for kind in CHOICES:
            for choice in told[kind]:
                if choice["why"] is not None or (choice["on"] and kind != "word"):
                    continue  # a word that is on can be taken off, all else is where it is
                name = "without" if kind == "missing" else kind
                if self.asked(scenario, name, choice["value"]) not in self.traces:
                    choice["why"] = self.left_out
        return {**told, "handler": []}

    def _refuse(self, program: Program, scenario: Scenario) -> str | None:
        if scenario in self.traces:
            return None
        if scenario not in self._refused:
            cut = self._cut(scenario)
            whole = scenario._replace(without="")  # what is cut already is not cut again
            self._refused[scenario] = cut if isinstance(cut, str) else refused(cut, whole)
        return self._refused[scenario]

    @property
    def left_out(self) -> str:
        """The sentence for what this page has not got."""
        if self.only:
            return "This page has one scenario only: a notebook has them all."
        return f"This page has {self.said}: a notebook has every context."

    @property
    def said(self) -> str:
        """The contexts, as a reader is told them."""
        *rest, last = (context.replace(",", "+") for context in self.contexts)
        return f"the contexts {', '.join(rest)} and {last}" if rest else f"the context {last}"

    def wishes(self, scenario: Scenario, told: Json, numbers: Mapping[Scenario, int]) -> Json:
        """For each click that leads somewhere, how far away in the list that scenario stands.

        Where only what is missing changes, also the sentence for it if nothing breaks, and the last
        step that both traces have in common: there the reader goes on.
        """
        found: Json = {}
        for kind in CHOICES:
            name = "without" if kind == "missing" else kind
            for choice in told[kind]:
                if choice["why"] is not None:
                    continue
                new = self.asked(scenario, name, choice["value"])
                if new not in numbers:
                    continue
                far = numbers[new] - numbers[scenario]
                wish: Any = far
                if new._replace(without=scenario.without) == scenario:
                    traces = self.traces[scenario], self.traces[new]
                    note = payload.nothing_broke(*traces) if new.without else ""
                    wish = [far, note, payload.together(*traces)]
                found[f"{name} {choice['value']}"] = wish
        return found

    # --- as data -----------------------------------------------------------------------------

    def told(self) -> Json:
        """All of it as a page has it; what js/table.js reads."""
        table = ValueTable()
        numbers = {scenario: n for n, scenario in enumerate(self.traces)}
        drawn: dict[tuple[str, str], Json] = {}
        scenes = []
        for scenario, trace in self.traces.items():
            key = (scenario.revision, scenario.without)
            if key not in drawn:
                drawn[key] = in_pieces(payload.pictures(trace.program))
            offered = self.choices(scenario)
            generic = any(payload.is_generic(step.function) for step in trace.steps)
            parts: Json = {
                "scenario": scenario[1:],
                "trace": payload.told(trace),
                "choices": offered,
                "gates": (Questions() if trace.program.dropped else questions(trace)).told(),
                "pictures": drawn[key],
                "generic": in_pieces(payload.generic_pictures(trace.revision)) if generic else {},
                "wishes": self.wishes(scenario, offered, numbers),
            }
            scenes.append({name: table.add(part) for name, part in parts.items()})
        impossible = [table.add([why, *scenario[1:]]) for scenario, why in self.impossible.items()]
        held, places = table.told()
        return {
            "kind": "one",
            "name": Path(self.also.handler).name,
            "token": token(),
            "table": held,
            "scenes": {
                name: in_steps(places[scene[name]] for scene in scenes) for name in scenes[0]
            },
            "impossible": in_steps(places[one] for one in impossible),
            "revisions": list(self.revisions),
            "words": sorted({USUAL, "none", *self.program.words, *memory.PAGE_EVENTS}),
            "outcomes": list(KINDS),
            "leftOut": self.left_out,
        }


def in_pieces(pictures: Mapping[str, str]) -> Json:
    """Pictures cut before each node and edge: revisions share most of these.

    >>> in_pieces({"f": '<svg><g class="node a"/><g class="node b"/></svg>'})
    {'f': ['<svg>', '<g class="node a"/>', '<g class="node b"/></svg>']}
    """
    cut = re.compile(r'(?=<g class="(?:node|edge)\b)')
    return {name: cut.split(picture) for name, picture in pictures.items()}
