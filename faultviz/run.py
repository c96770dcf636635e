"""A scenario run to its end: what is asked for, and the trace it gives.

Here: how outcomes and context words are read and refused, `run`, `Step` and `Trace`. Not here: how
one move is made (`moves`), the words for people (`story`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from faultviz import ir, models
from faultviz.bits import Result
from faultviz.errors import BadInput, nearest
from faultviz.ir import Program, Value
from faultviz.models.mm import memory
from faultviz.moves import Move, State, start, successors
from faultviz.outcomes import Outcome, refusal
from faultviz.rules import MMAP_LOCK

ACCOUNTING = ("6.0", "6.4")
STEP_LIMIT = 400
"""A trace that is longer than this goes round for ever, or nearly."""


class Broken(NamedTuple):
    """A rule that a step of a trace broke."""

    invariant: str
    n: int
    node: str
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of state. `mmap_lock`, `result` and `flags` are those after it."""

    n: int
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
        "result", "flags", "cite",
    )  # fmt: skip

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
    context: str
    accounting: str
    steps: tuple[Step, ...]
    end: str
    result: Value
    counters: Mapping[str, int]
    violations: tuple[Broken, ...]
    used: tuple[str, ...] = field(default=())

    @property
    def handler(self) -> str:
        """The name of the handler or entry."""
        return self.program.name

    @property
    def revision(self) -> str:
        """The revision that was run."""
        return self.program.revision or ""

    @property
    def mmap_lock_at_exit(self) -> int:
        """The lock count after the last step."""
        return self.steps[-1].mmap_lock

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
                {"invariant": b.invariant, "n": b.n, "why": b.why} for b in self.violations
            ],
        }

    def __repr__(self) -> str:
        counts = ", ".join(f"{k} {v}" for k, v in self.counters.items())
        return (
            f"Trace({self.handler} {self.revision}, {','.join(self.used)}, {self.context}: "
            f"{len(self.steps)} steps, {self.end}, {counts})"
        )


@dataclass
class Script:
    """The choices of a run: words are off unless named, answers come from a list."""

    outcomes: Sequence[Outcome] | None
    completed: bool
    accounting: str
    used: list[Outcome] = field(default_factory=list)

    @property
    def inside(self) -> bool:
        """Whether the generic code itself answers."""
        return self.outcomes is None

    def word(self, word: str) -> Sequence[bool]:
        """A word that the context does not name is off."""
        return (False,)

    def answers(self, node: ir.Node, flags: int) -> Sequence[Outcome]:
        """The next outcome of the script, or OK after its end; refused where it cannot happen."""
        n = len(self.used)
        script = self.outcomes or ()
        outcome = script[n] if n < len(script) else Outcome("OK")
        reason = refusal(outcome.kind, flags, completed=self.completed)
        if reason:
            raise BadInput(f"{outcome} cannot be answer {n + 1} at {node.id}: {reason}.")
        self.used.append(outcome)
        return (outcome,)


def read_outcomes(text: str) -> tuple[Outcome, ...] | None:
    """The outcomes of a script; None for auto.

    >>> [str(o) for o in read_outcomes("RETRY,OK+MAJOR")]
    ['RETRY', 'OK+MAJOR']
    """
    if text.strip().lower() == "auto":
        return None
    parts = [part for part in text.split(",") if part.strip()]
    if not parts:
        raise BadInput("No outcome is named: write OK, RETRY, COMPLETED, ... or auto.")
    return tuple(Outcome.parse(part) for part in parts)


def read_context(program: Program, text: str, *, auto: bool) -> tuple[frozenset[str], str]:
    """The words that are on, and the page event; raises BadInput for what cannot be.

    An empty text means `write`; `none` is a plain user read. Page events other than `read` are
    stores, so they bring `write` along.
    """
    words = [w for w in (part.strip().lower() for part in text.split(",")) if w] or ["write"]
    known = {*program.words, "write", "none"}
    events = [w for w in words if w in memory.PAGE_EVENTS]
    for word in words:
        if word in known or (auto and word in events):
            continue
        if word in events:
            raise BadInput(
                f"The page event {word!r} decides the outcome: use it with outcomes auto."
            )
        if word in memory_words():
            raise BadInput(f"{program.name} never tests the word {word!r}.{_has(program)}")
        raise BadInput(f"There is no context word {word!r}.{nearest(word, sorted(known))}")
    if "none" in words and len(words) > 1:
        raise BadInput("The word 'none' stands alone: it is a plain user read.")
    if len(events) > 1:
        raise BadInput(f"One page event at a time, not {' and '.join(events)}.")
    event = events[0] if events else "fresh"
    if event == "read" and "write" in words:
        raise BadInput("The page event 'read' is no store: leave out 'write'.")
    on = {w for w in words if w != "none" and w not in events}
    if events and event != "read":
        on.add("write")
    return frozenset(on), event


def memory_words() -> Mapping[str, str]:
    """All context words of all models, with their meanings."""
    from faultviz.models.words import MEANING

    for name in models.HANDLERS + models.ENTRIES:
        models.load(name)
    return MEANING


def _has(program: Program) -> str:
    return f" It tests: {', '.join(program.words)}." if program.words else " It tests none."


def run(
    name: str | Program,
    revision: str = "merged",
    outcomes: str = "auto",
    context: str = "write",
    accounting: str = "6.0",
) -> Trace:
    """Run one scenario to its end.

    `name` is a handler, an entry, a model file or a program; `outcomes` is `auto` or a list such
    as "RETRY,OK" (where it ends, OK follows); `context` is a list of words. Raises BadInput for
    what is unknown or cannot happen.

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
    words, event = read_context(whole, context, auto=script.inside)
    program = whole if whole.revision else models.at(whole, revision)
    script.completed = program.revision != "before"
    if script.inside:
        program = memory.inside(program, event)
    facts = dict.fromkeys(words, True) | {memory.LATER: accounting == "6.4"}
    shown = ",".join(sorted(words | ({event} if script.inside and event != "fresh" else set())))
    return _collect(program, start(program, facts), script, outcomes, shown or "none")


def _collect(
    program: Program, state: State, script: Script, outcomes: str, context: str
) -> Trace:
    counters = {"calls": 0, "pgfault": 0, "minor": 0, "major": 0}
    steps: list[Step] = []
    violations: list[Broken] = []
    end, value = "limit", None
    while len(steps) < STEP_LIMIT:
        (move,) = successors(program, state, script)
        for counter in move.counted:
            counters[counter] += 1
        at_fault = isinstance(program.nodes[move.node].op, ir.Fault)
        counters["calls"] += move.event == "call" and at_fault
        counters["calls"] += move.event == "fault" and not script.inside
        n = len(steps) + 1
        steps.append(_step(program, state, move, n, dict(counters)))
        violations += [Broken(b.invariant, n, b.node, b.why) for b in move.broken]
        if script.inside and move.event == "fault" and move.outcome:
            script.used.append(move.outcome)
        state = move.after
        if not state.frames:
            end, value = move.event, move.value
            break
    used = tuple(str(outcome) for outcome in script.used)
    return Trace(
        program, outcomes, context, script.accounting, tuple(steps), end, value, counters,
        tuple(violations), used,
    )  # fmt: skip


def _step(
    program: Program, before: State, move: Move, n: int, counters: Mapping[str, int]
) -> Step:
    node = program.nodes[move.node]
    after = move.after
    text = node.text
    if move.event == "fault" and move.outcome:
        text = f"{node.text} returns {move.outcome}"
    pte = dict(after.cells).get("pte")
    return Step(
        n=n,
        function=node.function,
        depth=len(before.frames) - 1,
        node=node.id,
        event=move.event,
        text=text,
        why=node.why,
        answer=move.answer,
        to=after.frames[-1].node if after.frames else None,
        mmap_lock=after.count(),
        result=_nearest(after, before, "result"),
        flags=_nearest(after, before, "flags"),
        cite=str(node.cite),
        pte=None if pte is None else memory.PTE[pte],
        counters=counters,
        others={r: c for r, c in after.locks if r != MMAP_LOCK},
        value=move.value,
        outcome=str(move.outcome) if move.outcome else None,
    )


def _nearest(after: State, before: State, name: str) -> Value:
    """The variable of the innermost function that has one; at the end, what it was last."""
    for frame in reversed(after.frames or before.frames):
        env = dict(frame.env)
        if env.get(name) is not None:
            return env[name]
    return None


def result_bits(value: Value) -> Result:
    """A result value as bits."""
    return Result(value or 0)
