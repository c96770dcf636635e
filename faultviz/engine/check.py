"""The search: every scenario of a handler, breadth first, and the shortest counterexample.

Here: what is tried and the rows of verdicts. Not here: the rules themselves (`invariants`), how one
move is made (`transitions`) or what can be taken away (`ablate`).

Words are not enumerated beforehand: a state leaves a word open until a node asks for it, and then
both answers are followed. So a counterexample names just the words that it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from faultviz import ir, models
from faultviz.base.errors import BadInput, nearest
from faultviz.base.texts import texts
from faultviz.edit.ablate import ROLES, without
from faultviz.engine import invariants
from faultviz.engine.context import joined
from faultviz.engine.run import run
from faultviz.engine.states import State, start
from faultviz.engine.transitions import Choices, successors
from faultviz.ir.bits import Flag, Result
from faultviz.ir.graph import Program
from faultviz.ir.outcomes import Outcome, refusal
from faultviz.models.mm import memory

_SAID = texts("faultviz.engine", "sentences")["search"]
FAR = 2
"""A count of any lock further from 0 is not followed: what it could break is broken by then, and a
loop with an unlock too many would go on for ever."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One verdict. A violated rule has its node and the scenario of the shortest counterexample."""

    handler: str
    revision: str
    dropped: str | None
    invariant: str
    verdict: str
    node: str | None = None
    context: str | None = None
    outcomes: str | None = None
    steps: int | None = None
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What `faultviz check --json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __repr__(self) -> str:
        at = f" at {self.node} ({self.outcomes}; {self.context}; {self.steps} steps)"
        where = at if self.verdict == "violated" else ""
        dropped = f" without {self.dropped}" if self.dropped else ""
        return f"{self.handler} {self.revision}{dropped}: {self.invariant} {self.verdict}{where}"


def check(
    names: str | Program | Iterable[str | Program] | None = None,
    revision: str | None = None,
    drop: str | None = None,
) -> list[CheckRow]:
    """Judge handlers in one or all revisions, with one role dropped where asked.

    Raises BadInput for an unknown name, revision or role, and for a role that none of them has.

    >>> [row for row in check("s390", "v3") if row.verdict == "violated"]
    [s390 v3: lock-required violated at gmap_link (COMPLETED; gmap,write; 20 steps)]
    """
    if drop is not None and drop not in ROLES:
        raise BadInput(f"There is no role {drop!r}.{nearest(drop, ROLES)}")
    if isinstance(names, str | Program):
        names = [names]
    listed = list(names or models.HANDLERS + models.ENTRIES)
    programs = [
        name if isinstance(name, Program) else models.load(name)
        for n, name in enumerate(listed)
        if name not in listed[:n]
    ]
    rows: list[CheckRow] = []
    found = False
    for program in programs:
        last: tuple[Program, list[CheckRow]] | None = None
        for at in _revisions(program, revision):
            if last is None or not _same(last[0], at):
                one = at if drop is None else without(at, drop)
                last = at, judge(one) if one else []
            found = found or bool(last[1])
            rows += [replace(row, revision=at.revision or "") for row in last[1]]
    if drop and not found:
        where = ", ".join(p.name for p in programs) if len(programs) < 4 else "these programs"
        raise BadInput(f"Nothing in {where} has the role {drop!r}.")
    return rows


def _same(one: Program, other: Program) -> bool:
    """Whether two revisions have the same graphs and the same outcomes: one search serves both."""
    eras = {p.revision == "before" for p in (one, other)}
    return len(eras) == 1 and one.functions == other.functions


def _revisions(program: Program, revision: str | None) -> Iterator[Program]:
    if revision is not None or program.revision is not None:
        yield models.at(program, revision)
    else:
        for known in program.revisions:
            yield models.at(program, known)


# --- the search ------------------------------------------------------------------------------


class Everything(Choices):
    """The choices of the search: every legal outcome of this program; the flags are noted."""

    def __init__(self, program: Program) -> None:
        self.completed = program.revision != "before"
        self.major = any(mask == Result.MAJOR for _, mask in _masks(program))
        self.flags: set[int] = set()

    def answers(self, node: ir.Node, flags: int) -> Sequence[Outcome]:
        """All that can happen under these flags, which are noted."""
        self.flags.add(flags)
        return super().answers(node, flags)


def _masks(program: Program) -> Iterator[tuple[str, int]]:
    """All bits that some node asks for."""
    for node in program.nodes.values():
        for expr in ir.expressions(node.op):
            yield from ir.masks_of(expr)


class Found(NamedTuple):
    """A way to a violation: ordered by length, number of words, then alphabet."""

    steps: int
    words: int
    context: str
    outcomes: str
    invariant: str
    node: str
    why: str

    @property
    def rank(self) -> tuple[Any, ...]:
        """The order among paths to one place: an answer comes before the same one with MAJOR."""
        return *self[:3], self.outcomes.split(","), self.why


def judge(program: Program) -> list[CheckRow]:
    """All verdicts on one program at one revision."""
    found, choices = search(program)
    completed = completed_rows(program, choices)
    rows: list[CheckRow] = []
    which = (program.name, program.revision or "", program.dropped)
    reason = _unreachable(program, choices.flags) if _tests_completed(program) else ""
    for invariant in invariants.INVARIANTS:
        mine = sorted((f for f in found.values() if f.invariant == invariant), key=lambda f: f.node)
        rows += [
            CheckRow(*which, invariant, "violated", f.node, f.context, f.outcomes, f.steps, f.why)
            for f in mine
        ]
        if not mine and invariant in invariants.judged(program):
            rows.append(CheckRow(*which, invariant, "holds", reason=reason))
        if invariant == "completed-legal":
            rows += completed
    return rows


def search(program: Program) -> tuple[Mapping[tuple[str, str], Found], Everything]:
    """Breadth first over all states: the best counterexample of each (invariant, node)."""
    choices = Everything(program)
    first = start(program, {})
    # A state is kept with the outcomes that led to it first; the words stand in its facts.
    layer: dict[State, tuple[str, ...]] = {first: ()}
    seen = {first}
    found: dict[tuple[str, str], Found] = {}
    steps = 0
    while layer:
        steps += 1
        following: dict[State, tuple[str, ...]] = {}
        for state, outcomes in layer.items():
            for transition in successors(program, state, choices):
                after = transition.after
                script = (*outcomes, str(transition.outcome)) if transition.outcome else outcomes
                # What breaks on calling handle_mm_fault does not depend on its answer.
                past = outcomes if transition.event == "fault" else script
                for broken in transition.broken:
                    _note(found, steps, after, past, broken)
                if after.frames and any(abs(count) > FAR for _, count in after.locks):
                    continue
                if after.frames and after not in seen:
                    seen.add(after)
                    following[after] = script
                elif after in following and script < following[after]:
                    following[after] = script
        layer = following
    return found, choices


def _note(
    found: dict[tuple[str, str], Found],
    steps: int,
    state: State,
    outcomes: tuple[str, ...],
    broken: invariants.Violation,
) -> None:
    words = sorted(word for word, on in state.facts if on)
    new = Found(
        steps, len(words), joined(words), ",".join(outcomes) or "OK",
        broken.invariant, broken.node, broken.why,
    )  # fmt: skip
    key = (broken.invariant, broken.node)
    if key not in found or new.rank < found[key].rank:
        found[key] = new


# --- COMPLETED: where it can come, and where not ---------------------------------------------


def _tests_completed(program: Program) -> bool:
    dropped = program.dropped in ("completed-check", "completed-body")
    return dropped or any(n.role == "completed-check" for n in program.nodes.values())


def _unreachable(program: Program, flags: Iterable[int]) -> str:
    """Why COMPLETED cannot come, from the flags of every call that the search saw."""
    if program.revision == "before":
        return ""
    reasons = {refusal("COMPLETED", f, completed=True) for f in flags}
    if not reasons or None in reasons:
        return ""
    seen = sorted(set(flags))
    if not any(f & Flag.ALLOW_RETRY for f in seen):
        why = _SAID["no_allow_retry"]
    elif not any(f & Flag.ALLOW_RETRY and f & Flag.WRITE for f in seen):
        why = _SAID["no_write"]
    else:
        why = "; ".join(sorted(r for r in reasons if r))
    return str(_SAID["unreachable"].format(why=why, flags=", ".join(f"{f:#x}" for f in seen)))


def completed_rows(program: Program, choices: Everything) -> list[CheckRow]:
    """`completed-legal`: what the generic code really answers to the flags that were seen."""
    if not choices.completed:
        return []
    came = False
    for flags in sorted(choices.flags):
        for result in _answers(flags & _flags_asked()):
            came = came or bool(result & Result.COMPLETED)
            if result & Result.COMPLETED and refusal("COMPLETED", flags, completed=True):
                return [_illegal(program, flags)]
    if not came:
        return []
    return [
        CheckRow(program.name, program.revision or "", program.dropped, "completed-legal", "holds")
    ]


def _illegal(program: Program, flags: int) -> CheckRow:
    reason = refusal("COMPLETED", flags, completed=True)
    node = next(n.id for n in program.nodes.values() if isinstance(n.op, ir.Fault))
    return CheckRow(
        program.name, program.revision or "", program.dropped, "completed-legal", "violated",
        node, None, "auto", None, _SAID["illegal"].format(flags=flags, reason=reason),
    )  # fmt: skip


@cache
def _flags_asked() -> int:
    """The flags that the generic code ever looks at; calls that share them get the same answers."""
    asked = 0
    for name, mask in _masks(memory.MODEL):
        asked |= mask if name == "flags" else 0
    return asked


@cache
def _answers(flags: int) -> frozenset[int]:
    """The results of the generic code, the same from v3 on, to a call with these flags."""
    results: set[int] = set()
    for event in memory.PAGE_EVENTS:
        trace = run(memory.caller(flags), "merged", "auto", event)
        results |= {step.result or 0 for step in trace.steps if step.event == "fault"}
    return frozenset(results)
