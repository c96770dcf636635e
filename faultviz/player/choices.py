"""What a player may be set to, and why something cannot be.

Here: the programs by name, a scenario as five words, how one click changes it, and the list of
everything that can be clicked, each with its reason where it cannot happen. The reasons come from
trying. Not here: the widget, or the rules themselves (`outcomes`, `context.read_context`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.edit import ablate
from faultviz.engine.context import joined, listed, read_context
from faultviz.engine.run import Trace, run
from faultviz.engine.scenario import read_outcomes
from faultviz.ir.graph import Program
from faultviz.ir.outcomes import KINDS
from faultviz.models.mm import memory
from faultviz.models.words import MEANING

AUTO = "auto"
SCRIPTS = {kind: "RETRY,OK" if kind == "RETRY" else kind for kind in KINDS}
"""The answers that can be clicked, each as it is written out."""

FIELDS = ("handler", "revision", "outcomes", "context", "without")

Choices = dict[str, Any]


class Scenario(NamedTuple):
    """What is played, as the five traits say it."""

    handler: str
    revision: str = "merged"
    outcomes: str = AUTO
    context: str = "write"
    without: str = ""

    def cut(self, program: Program) -> Program:
        """The program that is run: without what is to be missing. Raises BadInput if it has none.

        >>> Scenario("mips", without="relock").cut(models.load("mips"))
        Traceback (most recent call last):
        faultviz.base.errors.BadInput: mips merged has nothing of that kind: mmap_lock is not \
        taken again after COMPLETED.
        """
        if not self.without:
            return program
        if self.without not in ablate.ROLES:
            roles = ", ".join(ablate.ROLES)
            raise BadInput(f"{self.without!r} cannot be taken away: choose {roles}.")
        whole = models.at(program, self.revision)
        cut = ablate.without(whole, self.without)
        if cut is None:
            raise BadInput(
                f"{program.name} {whole.revision} has nothing of that kind: "
                f"{ablate.ROLES[self.without]}."
            )
        return cut

    def read(self, program: Program) -> tuple[frozenset[str], str]:
        """The words that are on and the page event; a read is the event `read`, however said."""
        given = read_context(program, self.context, auto=self.outcomes == AUTO)
        unsaid = given.event == "fresh" and "write" not in given.words
        return given.words, "read" if unsaid else given.event

    def asked(self, program: Program, kind: str, value: str) -> Scenario:
        """This scenario after a click.

        >>> mips = models.load("mips")
        >>> Scenario("mips").asked(mips, "event", "wp")
        Scenario(handler='mips', revision='merged', outcomes='auto', context='wp', without='')
        >>> Scenario("mips").asked(mips, "word", "kernel").context
        'kernel,write'
        """
        if kind in ("handler", "revision", "without"):
            return self._replace(**{kind: value})
        on, event = self.read(program)
        match kind:
            case "event":
                return self._replace(outcomes=AUTO, context=_said(on - {"write"}, value))
            case "outcome":
                return self._replace(outcomes=value, context=_said(on, ""))
            case "word" if self.outcomes == AUTO:
                return self._replace(context=_said((on ^ {value}) - {"write"}, event))
            case "word":
                return self._replace(context=_said(on ^ {value}, ""))
        raise BadInput(f"The player has no choice {kind!r}.")

    def fitted(self, program: Program) -> tuple[Scenario, str]:
        """The nearest scenario that the handler has, and what had to be changed for it."""
        changed = []
        new = self
        if self.revision not in program.revisions:
            new = new._replace(revision="merged")
            changed.append(f"it has no revision {self.revision}")
        words = listed(self.context)
        known = {"write", "none", *program.words, *memory.PAGE_EVENTS}
        unknown = [w for w in words if w not in known]
        if unknown:
            new = new._replace(context=joined(w for w in words if w in known))
            changed.append(f"it never tests {', '.join(unknown)}")
        if new.without:
            new = new._replace(without="")
            changed.append("nothing is missing there")
        reason = refused(program, new)
        if reason and new.outcomes != AUTO:
            new = new._replace(outcomes=AUTO)
            changed.append(f"{self.outcomes} cannot happen there")
        if new.outcomes == AUTO and refused(program, new):
            # No page event where the generic code cannot be entered: answers are scripted there.
            asked = set(listed(new.context))
            store = {"write"} if asked & set(memory.PAGE_EVENTS) - {"read"} else set[str]()
            on = frozenset(asked - set(memory.PAGE_EVENTS) - {"none"} | store)
            new = new._replace(outcomes="OK", context=_said(on, ""))
            changed.append("its answers are chosen, not derived from a page event")
        return new, f"{program.name}: {' and '.join(changed)}." if changed else ""


def _said(on: frozenset[str], event: str) -> str:
    """The words and the page event as a context; the event says whether it is a store."""
    if event in ("", "fresh"):
        words = sorted(on | {"write"}) if event else sorted(on)
        return joined(words)
    return joined([*sorted(on), event])


def canonical(scenario: Scenario, trace: Trace) -> Scenario:
    """The scenario in the one spelling that is shown."""
    outcomes = read_outcomes(scenario.outcomes)
    said = AUTO if outcomes is None else ",".join(map(str, outcomes))
    return scenario._replace(outcomes=said, context=trace.context)


def refused(program: Program, scenario: Scenario) -> str | None:
    """Why a scenario cannot be; None when it can. With auto, nothing has to be run for that."""
    try:
        program = scenario.cut(program)
        if scenario.outcomes == AUTO:
            models.at(program, scenario.revision)
            scenario.read(program)
        else:
            run(program, scenario.revision, scenario.outcomes, scenario.context)
    except BadInput as reason:
        return str(reason)
    return None


class Programs:
    """Programs by the name of their handler; `own` are those that the package has not got."""

    def __init__(self, own: Mapping[str, Program] | None = None) -> None:
        self.own = dict(own or {})

    def load(self, handler: str) -> Program:
        """One by name, or from a file. Raises BadInput where there is none."""
        if handler.endswith(".py") and handler not in self.own:
            self.own[handler] = models.load(handler)  # as it is now: a file may change
        return self.own.get(handler) or models.load(handler)

    def run(self, scenario: Scenario) -> Trace:
        """What happens in a scenario. Raises BadInput where it cannot be."""
        return run(scenario.cut(self.load(scenario.handler)), *scenario[1:4])


@cache
def shelf() -> tuple[tuple[str, str], ...]:
    """The names of all handlers and entries that load, each with its group."""
    found = []
    for group, names in (
        ("handlers", models.HANDLERS),
        ("other callers", models.ENTRIES),
        ("later kernels", models.LATER),
    ):
        for name in names:
            try:
                models.load(name)
            except (ImportError, BadInput):
                continue
            found.append((name, group))
    return tuple(found)


def choices(
    program: Program,
    scenario: Scenario,
    own: Mapping[str, Program],
    refuse: Callable[[Program, Scenario], str | None] = refused,
) -> Choices:
    """Everything that can be clicked: value, label, whether it is on, why it cannot be.

    `refuse` says why a scenario cannot be; who asks for many has one that remembers.
    """
    on, event = scenario.read(program)
    auto = scenario.outcomes == AUTO

    def choice(kind: str, value: str, label: str, is_on: bool, title: str = "") -> dict[str, Any]:
        why = None if is_on else refuse(program, scenario.asked(program, kind, value))
        return {"value": value, "label": label, "on": is_on, "title": title, "why": why}

    names = [*((name, "own models") for name in own), *shelf()]
    revisions = (program.revision,) if program.revision else program.revisions
    scripts = dict(SCRIPTS)
    if not auto and scenario.outcomes not in (*scripts, *scripts.values()):
        scripts[scenario.outcomes] = scenario.outcomes
    words = [
        choice("word", word, word, word in on, MEANING.get(word, ""))
        for word in dict.fromkeys(("write", *program.words))
    ]
    if auto:
        words[0]["why"] = "The page event says whether the access is a store."
    missing = [
        choice("without", role, said, role == scenario.without)
        for role, said in ablate.ROLES.items()
    ]
    missing = [c for c in missing if c["why"] is None] or missing[:1]
    if scenario.without:
        missing = [choice("without", "", "nothing: put it back", False), *missing]
    return {
        "which": f"{Path(program.name).name}, {scenario.revision}",
        "missing": missing,
        "handler": [
            {
                "value": n,
                "label": Path(n).name,
                "group": g,
                "on": n == scenario.handler,
                "why": None,
            }
            for n, g in names
        ],
        "revision": [choice("revision", r, r, r == scenario.revision) for r in revisions],
        "event": [
            choice("event", e, meaning, auto and e == event)
            for e, (meaning, _) in memory.PAGE_EVENTS.items()
        ],
        "outcome": [
            choice("outcome", script, label, scenario.outcomes in (label, script))
            for label, script in scripts.items()
        ],
        "word": words,
    }
