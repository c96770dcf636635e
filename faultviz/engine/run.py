"""A scenario run to its end: what is asked for, and the trace it gives.

Here: `run`, `Step` and `Trace`. Not here: how outcomes and words are read (`scenario`), how
one move is made (`transitions`), the words for people (`narrate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from faultviz import ir, models
from faultviz.base.errors import BadInput
from faultviz.base.texts import texts
from faultviz.engine.context import Context, read_context
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.engine.numbering import Numbers, position, total
from faultviz.engine.scenario import ACCOUNTING, Script, read_outcomes
from faultviz.engine.states import State, start
from faultviz.engine.transitions import Transition, successors
from faultviz.ir.expr import Value
from faultviz.ir.graph import Program
from faultviz.models.mm import memory

_RETURNS: str = texts("faultviz.engine", "sentences")["step"]["returns"]
STEP_LIMIT = 400
"""A trace that is longer than this goes round for ever, or nearly."""


class BrokenRule(NamedTuple):
    """A rule that a step of a trace broke."""

    invariant: str
    n: int
    node: str
    why: str
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of state. `mmap_lock`, `result` and `flags` are those after it.

    `label` is its number as it is shown (`numbering`), `n` its place among all steps, from 1.
    """

    n: int
    label: str
    function: str
    depth: int
    node: str
    event: str
    text: str
    why: str
    answer: bool | None
    to: str | None
    mmap_lock: int
    result: Value
    flags: Value
    cite: str
    pte: str | None
    counters: Mapping[str, int]
    others: Mapping[str, int]
    value: Value
    outcome: str | None

    PUBLIC = (
        "n", "function", "depth", "node", "event", "text", "why", "answer", "to", "mmap_lock",
        "result", "flags", "cite", "label",
    )  # fmt: skip

    def holds(self, resource: str) -> int:
        """How often this task holds a lock, or another paired thing, after the step."""
        return self.mmap_lock if resource == MMAP_LOCK else self.others.get(resource, 0)

    def as_dict(self) -> dict[str, Any]:
        """The fields that programs read."""
        return {name: getattr(self, name) for name in self.PUBLIC}


@dataclass(frozen=True)
class Trace:
    """The steps of one scenario, how it ended and which rules it broke.

    `end` is "leave", "bug" or "limit"; `result` is what the root returned, None for void.
    """

    program: Program
    outcomes: str
    given: Context
    accounting: str
    steps: tuple[Step, ...]
    end: str
    result: Value
    counters: Mapping[str, int]
    violations: tuple[BrokenRule, ...]
    used: tuple[str, ...] = field(default=())

    @property
    def handler(self) -> str:
        """The name of the handler or entry."""
        return self.program.name

    @property
    def context(self) -> str:
        """The context as a reader writes it: its words, with commas."""
        return str(self.given)

    @property
    def revision(self) -> str:
        """The revision that was run."""
        return self.program.revision or ""

    @property
    def mmap_lock_at_exit(self) -> int:
        """The lock count after the last step."""
        return self.steps[-1].mmap_lock

    @property
    def labels(self) -> tuple[str, ...]:
        """The numbers of the steps as they are shown."""
        return tuple(step.label for step in self.steps)

    @property
    def total(self) -> int:
        """How many steps are the handler's own: those are counted, "step 9.3 of 12"."""
        return total(self.labels)

    def position(self, given: str | int) -> int:
        """The place of a step among all: of "9.3" as it is shown, or of a plain number itself.

        Raises BadInput for a step that is not there.

        >>> run("mips").position("9.3")
        12
        """
        return position(self.labels, given)

    def as_dict(self) -> dict[str, Any]:
        """What `faultviz trace --json` prints."""
        return {
            "handler": self.handler,
            "revision": self.revision,
            "outcomes": ",".join(self.used),
            "context": self.context,
            "steps": [step.as_dict() for step in self.steps],
            "end": self.end,
            "result": self.result,
            "mmap_lock_at_exit": self.mmap_lock_at_exit,
            "counters": dict(self.counters),
            "violations": [
                {"invariant": b.invariant, "n": b.n, "why": b.why, "label": b.label}
                for b in self.violations
            ],
        }

    def __repr__(self) -> str:
        counts = ", ".join(f"{k} {v}" for k, v in self.counters.items())
        every = f" ({len(self.steps)} with those inside)" if len(self.steps) > self.total else ""
        return (
            f"Trace({self.handler} {self.revision}, {','.join(self.used)}, {self.context}: "
            f"{self.total} steps{every}, {self.end}, {counts})"
        )


def run(
    name: str | Program,
    revision: str | None = None,
    outcomes: str = "auto",
    context: str = "write",
    accounting: str = "6.0",
) -> Trace:
    """Run one scenario to its end.

    `name` is a handler, an entry, a model file or a program; `outcomes` is `auto` or a list such
    as "RETRY,OK" (where it ends, OK follows); `context` is a list of words. Without a revision it
    is the one that a program was cut to, or merged. Raises BadInput for what is unknown or cannot
    happen.

    >>> run("mips", "before").counters
    {'calls': 2, 'pgfault': 2, 'minor': 0, 'major': 1}
    >>> run("mips", "merged").counters
    {'calls': 1, 'pgfault': 1, 'minor': 1, 'major': 0}
    """
    if accounting not in ACCOUNTING:
        raise BadInput(
            f"There is no accounting {accounting!r}: use 6.0 (every call counts) or 6.4."
        )
    whole = models.load(name) if isinstance(name, str) else name
    if whole.kind == "generic":
        raise BadInput(f"{whole.name} is the generic code: run a handler with outcomes auto.")
    script = Script(read_outcomes(outcomes), False, accounting)
    given = read_context(whole, context, auto=script.inside)
    program = models.at(whole, revision)
    script.completed = program.revision != "before"
    if script.inside:
        program = memory.inside(program, given.event)
    facts = dict.fromkeys(given.words, True) | {memory.LATER: accounting == "6.4"}
    return _collect(program, start(program, facts), script, outcomes, given)


def _collect(
    program: Program, state: State, script: Script, outcomes: str, given: Context
) -> Trace:
    counters = {"calls": 0, "pgfault": 0, "minor": 0, "major": 0}
    steps: list[Step] = []
    violations: list[BrokenRule] = []
    end, value = "limit", None
    numbers = Numbers()
    while len(steps) < STEP_LIMIT:
        (transition,) = successors(program, state, script)
        for counter in transition.counted:
            counters[counter] += 1
        at_fault = isinstance(program.nodes[transition.node].op, ir.Fault)
        counters["calls"] += transition.event == "call" and at_fault
        counters["calls"] += transition.event == "fault" and not script.inside
        n, label = len(steps) + 1, numbers.next(transition.event, at_fault=at_fault)
        steps.append(_step(program, state, transition, (n, label), dict(counters)))
        violations += [BrokenRule(b.invariant, n, b.node, b.why, label) for b in transition.broken]
        if script.inside and transition.event == "fault" and transition.outcome:
            script.used.append(transition.outcome)
        state = transition.after
        if not state.frames:
            end, value = transition.event, transition.value
            break
    used = tuple(str(outcome) for outcome in script.used)
    return Trace(
        program, outcomes, given, script.accounting, tuple(steps), end, value, counters,
        tuple(violations), used,
    )  # fmt: skip


def _step(
    program: Program,
    before: State,
    transition: Transition,
    number: tuple[int, str],
    counters: Mapping[str, int],
) -> Step:
    n, label = number
    node = program.nodes[transition.node]
    after = transition.after
    text = node.text
    if transition.event == "fault" and transition.outcome:
        text = _RETURNS.format(text=node.text, outcome=transition.outcome)
    pte = dict(after.cells).get("pte")
    return Step(
        n=n,
        label=label,
        function=node.function,
        depth=len(before.frames) - 1,
        node=node.id,
        event=transition.event,
        text=text,
        why=node.why,
        answer=transition.answer,
        to=after.frames[-1].node if after.frames else None,
        mmap_lock=after.count(),
        result=_nearest(after, before, "result"),
        flags=_nearest(after, before, "flags"),
        cite=str(node.cite),
        pte=None if pte is None else memory.PTE[pte],
        counters=counters,
        others={r: c for r, c in after.locks if r != MMAP_LOCK},
        value=transition.value,
        outcome=str(transition.outcome) if transition.outcome else None,
    )


def _nearest(after: State, before: State, name: str) -> Value:
    """The variable of the innermost function that has one; at the end, what it was last."""
    for frame in reversed(after.frames or before.frames):
        env = dict(frame.env)
        if env.get(name) is not None:
            return env[name]
    return None
