"""Exercises from a seed: a handler nobody has seen, perhaps with a fault; what an answer is worth.

The same seed gives the same exercise on every Python. Each fault is proven by the search: it can be
reached, and the shortest way to it breaks one rule at one node. About a third have none, since
whoever is asked "would you ack this?" must be able to say yes. Here: kind `find`. Not here: patches
(`reviews`), handlers that the learner writes (`writing`), or the widgets (`player.exercise`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.course.exercises.invented import LEVELS, handler
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.edit.edits import HOW, Edit, allowed, edited, refused
from faultviz.edit.listing import Line, lines
from faultviz.engine import narrate as story
from faultviz.engine.check import Found, check, search
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.replay import follow
from faultviz.engine.run import Step, Trace, run
from faultviz.ir import graph as ir
from faultviz.ir.graph import Program
from faultviz.ir.statements import Step as FlowStep

SOUND = 0.3
"""How many of the handlers have no fault."""

FAULTS: dict[str, str] = {
    "drop": "something is missing",
    "swap": "something stands in the wrong place",
    "target": "a jump goes to the wrong place",
    "relock": "mmap_lock is not taken again",
    "flag": "a flag is assigned instead of added",
}
"""The kinds of faults."""

PARTS = ("rule", "node", "trace", "shortest")
"""What an objection is worth a point for, each."""


class Exercise(NamedTuple):
    """A handler to judge, and what is wrong with it, if anything.

    `first` is the shortest counterexample, `fault` the kind, `edit` the change that made it; all
    three are None where the handler is sound.
    """

    seed: str
    level: int
    program: Program
    fault: str | None = None
    edit: Edit | None = None
    first: Found | None = None

    @property
    def sound(self) -> bool:
        """Whether no rule is broken: an ack is the right answer."""
        return self.first is None

    def __repr__(self) -> str:
        return f"Exercise(find, seed {self.seed}, level {self.level}: {self.program.name})"


@cache
def make(seed: str, level: int | None = None) -> Exercise:
    """The exercise of a seed. Without a level the seed draws one, from 1 to 3.

    >>> make("7", 1), make("7", 1).sound
    (Exercise(find, seed 7, level 1: nuthatch), True)
    """
    if level is not None and level not in LEVELS:
        raise BadInput(f"There is no level {level}: choose 1, 2 or 3.")
    draw = Draw(f"find {seed}")
    drawn = draw.choice(LEVELS)
    level = level or drawn
    program = handler(f"find {seed}", level).at("merged")
    if draw.chance(SOUND):
        return Exercise(seed, level, program)
    listing = lines(program)
    for kind in draw.shuffle([*FAULTS, "drop", "target"]):
        for edit in draw.shuffle(list(_candidates(listing, kind)))[:40]:
            try:
                cut = edited(program, edit)
            except BadInput:
                continue
            first = first_of(cut)
            if first is not None:
                return Exercise(seed, level, cut, kind, edit, first)
    raise AssertionError(f"no fault fits the handler of seed {seed}")


def first_of(program: Program) -> Found | None:
    """The shortest counterexample, where there is just one of its length."""
    found = sorted(search(program)[0].values())
    if not found or (len(found) > 1 and found[1].steps == found[0].steps):
        return None
    return found[0]


def _candidates(listing: tuple[Line, ...], kind: str) -> Iterator[Edit]:
    """The edits of one kind that a handler allows."""
    for line in listing:
        role = getattr(line.of, "role", None)
        match kind:
            case "drop" if line.kind in ("step", "if", "unless") and role != "relock":
                yield from (e for e in allowed(listing, line) if e.how in ("off", "empty"))
            case "relock" if role == "relock" or line.text == "take mmap_lock":
                yield Edit(line.number, "off")
            case "target":
                yield from (e for e in allowed(listing, line) if e.how == "to")
            case "flag":
                yield from (e for e in allowed(listing, line) if e.how == "flags")
            case "swap" if line.kind in ("step", "if", "unless") and not _is_fault(line):
                near = range(max(2, line.number - 8), min(len(listing), line.number + 12))
                moves = (Edit(line.number, "move", str(n)) for n in near if n != line.number + 1)
                yield from (e for e in moves if refused(listing, e) is None)


def _is_fault(line: Line) -> bool:
    return isinstance(line.of, FlowStep) and isinstance(line.of.op, ir.Fault)


# --- what an answer is worth -----------------------------------------------------------------


class Verdict(NamedTuple):
    """Points by part, of how many, and what is said of each."""

    points: Mapping[str, int]
    of: int
    said: tuple[str, ...]

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.points.values())

    def __repr__(self) -> str:
        return "\n".join([f"{self.total} of {self.of} points.", *self.said])


def judge(one: Exercise, given: Mapping[str, Any]) -> Verdict:
    """An answer: `ack`, or the `rule`, the `node` and a way there.

    The way is `outcomes` and `context`, as `run` takes them, or `path`, a list of nodes. Partial
    credit: one point each for the rule, the node, a way that breaks it, and the shortest such way.

    >>> one = make("0")
    >>> first = one.first
    >>> judge(one, {"ack": False, "rule": first.invariant, "node": first.node,
    ...             "outcomes": first.outcomes, "context": first.context}).total
    4
    """
    if given.get("ack"):
        return _acked(one)
    if one.sound:
        return Verdict(
            {}, len(PARTS),
            ("It is sound: every rule holds on every way. An objection costs its author a week.",),
        )  # fmt: skip
    assert one.first is not None
    broken = {(row.invariant, row.node) for row in check(one.program) if row.verdict == "violated"}
    rule, node = str(given.get("rule", "")), str(given.get("node", ""))
    points: dict[str, int] = {}
    said = [_of_rule(rule, {r for r, _ in broken}, points)]
    said.append(_of_node(rule, node, broken, points))
    said += of_way(one.program, rule, one.first.steps, given, points)
    return Verdict(points, len(PARTS), tuple(said))


def _acked(one: Exercise) -> Verdict:
    if one.sound:
        told = "Right: no rule is broken on any way, and you said so."
        return Verdict(dict.fromkeys(PARTS, 1), len(PARTS), (told,))
    assert one.first is not None
    return Verdict(
        {}, len(PARTS), (f"It is not sound. {INVARIANTS[one.first.invariant]} Look again.",)
    )


def _of_rule(rule: str, rules: set[str], points: dict[str, int]) -> str:
    if rule in rules:
        points["rule"] = 1
        return f"Rule: {rule} is broken. {INVARIANTS[rule]}"
    if rule not in INVARIANTS:
        return f"Rule: there is no rule {rule!r}. The rules are {', '.join(INVARIANTS)}."
    return f"Rule: {rule} holds on every way. {INVARIANTS[rule]}"


def _of_node(
    rule: str, node: str, broken: set[tuple[str, str | None]], points: dict[str, int]
) -> str:
    if (rule, node) in broken:
        points["node"] = 1
        return f"Node: it is broken at {node}."
    if node in {n for _, n in broken}:
        points["node"] = 1
        return f"Node: at {node} a rule is broken, but another one."
    return f"Node: at {node} no rule is broken." if node else "Node: none was named."


def of_way(
    program: Program, rule: str, best: int, given: Mapping[str, Any], points: dict[str, int]
) -> list[str]:
    """What a way is worth that is to break a rule, which the shortest does at step `best`.

    The points of `trace` and `shortest` are entered in `points`; what comes back says why.
    """
    try:
        trace = way(program, given)
    except BadInput as reason:
        return [f"Way: {reason}"]
    broken = [b for b in trace.violations if b.invariant == rule]
    if not broken:
        there = trace.violations
        tail = f"; it breaks {there[0].invariant}" if there else ": no rule is broken on it"
        return [f"Way: it does not break {rule or 'that rule'}{tail}."]
    points["trace"] = 1
    n = broken[0].n
    if n > best:
        return [f"Way: it breaks {rule} at step {n}. There is a shorter one, of {best} steps."]
    points["shortest"] = 1
    return [f"Way: it breaks {rule} at step {n}, and no way is shorter."]


def way(program: Program, given: Mapping[str, Any]) -> Trace:
    """The trace of a way that was given: its nodes as `path`, or `outcomes` and `context`."""
    if given.get("path"):
        return follow(program, list(given["path"])).trace
    outcomes, context = given.get("outcomes") or "OK", given.get("context") or "none"
    return run(program, outcomes=str(outcomes), context=str(context))


def worked(one: Exercise) -> str:
    """The answer, worked: what was changed, which rule breaks, and the shortest way there.

    >>> print(worked(make("0")).splitlines()[0])
    knot, level 2: a jump goes to the wrong place.
    """
    head = f"{one.program.name}, level {one.level}"
    if one.sound:
        rows = [row.invariant for row in check(one.program) if row.verdict == "holds"]
        return f"{head}: nothing is wrong. Searched on every way: {', '.join(rows)}."
    assert one.first is not None
    assert one.fault is not None
    assert one.edit is not None
    first = one.first
    original = handler(f"find {one.seed}", one.level).at("merged")
    line = lines(original)[one.edit.line - 1]
    told = HOW[one.edit.how] + (f" ({_place(original, one.edit)})" if one.edit.what else "")
    trace = run(one.program, outcomes=first.outcomes, context=first.context)
    steps = [f"{step.n:3} {step.mmap_lock:2}  {said(step)}" for step in trace.steps[: first.steps]]
    return "\n".join([
        f"{head}: {FAULTS[one.fault]}.",
        f"In the sound handler line {line.number} says “{line.text}”; here {told}.",
        f"Broken: {first.invariant} at {first.node}. {first.why}",
        f"Shortest way: outcomes {first.outcomes}, context {first.context}; step, count, what:",
        *steps,
    ])  # fmt: skip


def said(step: Step) -> str:
    """A step in a line: what is done, or what is asked and how it was answered."""
    return f"{story.capital(step.text)} {story.yes_no(step.answer)}".rstrip()


def _place(original: Program, edit: Edit) -> str:
    if edit.how != "move":
        return edit.what
    return f"line {edit.what}, “{lines(original)[int(edit.what) - 1].text}”"


def grade(act: Act) -> list[Score]:
    """The scores of a recorded answer: the exercise is made anew from its seed."""
    from faultviz.course.exercises import writing

    if act.kind == "write":
        return writing.grade(act)
    level = act.given.get("level")
    one = make(act.seed, int(level) if level else None)
    verdict = judge(one, act.given)
    what = f"{act.name} level {one.level}"
    return [
        Score(f"{what}: {part}", verdict.points.get(part, 0), 1, objective="find what breaks")
        for part in PARTS
    ]
