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

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.base.texts import texts
from faultviz.course import banks
from faultviz.course.banks import CURRENT
from faultviz.course.exercises.invented import handler
from faultviz.course.exercises.marking import Remark, Verdict, asked_for, level_of, scores, whole
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.course.phrases import phrases
from faultviz.edit.allowances import HOW, Edit, allowed, refused
from faultviz.edit.edits import edited
from faultviz.edit.listing import Line, lines
from faultviz.engine import narrate
from faultviz.engine.check import Found, check, search
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.replay import replay
from faultviz.engine.run import Step, Trace, run
from faultviz.ir.graph import Program
from faultviz.ir.statements import SimpleStep

SOUND = 0.3
"""How many of the handlers have no fault."""

FAULTS: dict[str, str] = texts("faultviz.course.exercises", "exercises")["faults"]
"""The kinds of faults."""

OF_PATH = ("trace", "shortest")
PARTS = ("rule", "node", *OF_PATH)
"""What an objection is worth a point for, each."""

say = phrases("faultviz.course.exercises", "exercises", "judged")
tell = phrases("faultviz.course.exercises", "exercises", "worked")


class DrawnHandler(NamedTuple):
    """A handler to judge, and what is wrong with it, if anything.

    `first` is the shortest counterexample, `fault` the kind, `edit` the change that made it; all
    three are None where the handler is sound.
    """

    seed: str
    level: int
    bank: int
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
def make(seed: str, level: int | None = None, bank: int = CURRENT) -> DrawnHandler:
    """The exercise of a seed. Without a level the seed draws one, from 1 to 3.

    >>> make("7", 1), make("7", 1).sound
    (Exercise(find, seed 7, level 1: nuthatch), True)
    """
    draw, of = Draw(f"find {seed}"), banks.bank(bank)
    level = level_of(level, draw.choice(of.levels), bank)
    program = handler(f"find {seed}", level, bank).at("merged")
    if draw.chance(SOUND):
        return DrawnHandler(seed, level, bank, program)
    listing = lines(program)
    for kind in draw.shuffle(of.faults):
        for edit in draw.shuffle(list(_candidates(listing, kind)))[:40]:
            try:
                cut = edited(program, edit)
            except BadInput:
                continue
            first = first_of(cut)
            if first is not None:
                return DrawnHandler(seed, level, bank, cut, kind, edit, first)
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
            case "swap" if line.kind in ("step", "if", "unless") and not is_fault(line):
                near = range(max(2, line.number - 8), min(len(listing), line.number + 12))
                moves = (Edit(line.number, "move", str(n)) for n in near if n != line.number + 1)
                yield from (e for e in moves if refused(listing, e) is None)


def is_fault(line: Line) -> bool:
    """Whether a line calls handle_mm_fault."""
    return isinstance(line.of, SimpleStep) and isinstance(line.of.op, ir.Fault)


# --- what an answer is worth -----------------------------------------------------------------


def judge(one: DrawnHandler, given: Mapping[str, Any]) -> Verdict:
    """An answer: `ack`, or the `rule`, the `node` and a way there.

    The way is `outcomes` and `context`, as `run` takes them, or `path`, a list of nodes. Partial
    credit: one point each for the rule, the node, a way that breaks it, and the shortest such way.

    >>> one = make("0")
    >>> first = one.first
    >>> judge(one, {"ack": False, "rule": first.invariant, "node": first.node,
    ...             "outcomes": first.outcomes, "context": first.context}).total
    4
    """
    first = one.first
    if given.get("ack"):
        text = say("not-sound", meaning=INVARIANTS[first.invariant]) if first else say("acked")
        return whole(PARTS, text, right=one.sound)
    if first is None:
        return whole(PARTS, say("sound"), right=False)
    broken = {(row.invariant, row.node) for row in check(one.program) if row.verdict == "violated"}
    rule, node = str(given.get("rule", "")), str(given.get("node", ""))
    points: dict[str, int] = {}
    remarks = [
        Remark(_of_rule(rule, {r for r, _ in broken}, points), ("rule",)),
        Remark(_of_node(rule, node, broken, points), ("node",)),
        of_path(one.program, rule, first.steps, given, points),
    ]
    return Verdict(points, len(PARTS), tuple(remarks))


def _of_rule(rule: str, rules: set[str], points: dict[str, int]) -> str:
    if rule not in INVARIANTS:
        return say("rule-unknown", rule=rule, rules=", ".join(INVARIANTS))
    points |= {"rule": 1} if rule in rules else {}
    return say("rule-right" if rule in rules else "rule-wrong", rule=rule, meaning=INVARIANTS[rule])


def _of_node(
    rule: str, node: str, broken: set[tuple[str, str | None]], points: dict[str, int]
) -> str:
    if node not in {n for _, n in broken}:
        return say("node-wrong" if node else "node-missing", node=node)
    points["node"] = 1
    return say("node-right" if (rule, node) in broken else "node-of-another", node=node)


def of_path(
    program: Program, rule: str, best: int, given: Mapping[str, Any], points: dict[str, int]
) -> Remark:
    """What a path is worth that is to break an invariant, which the shortest does at step `best`.

    The points of `trace` and `shortest` are entered in `points`; what comes back says why.
    """
    return Remark(_said_of_path(program, rule, best, given, points), OF_PATH)


def _said_of_path(
    program: Program, rule: str, best: int, given: Mapping[str, Any], points: dict[str, int]
) -> str:
    try:
        trace = trace_of(program, given)
    except BadInput as reason:
        return say("way-refused", reason=reason)
    bad = next((b for b in trace.violations if b.invariant == rule), None)
    if bad is None:
        wanted = rule or say("no-rule")
        if not trace.violations:
            return say("way-sound", rule=wanted)
        return say("way-of-another", rule=wanted, other=trace.violations[0].invariant)
    points["trace"] = 1
    points |= {"shortest": 1} if bad.n <= best else {}
    how = "way-longer" if bad.n > best else "way-shortest"
    return say(how, rule=rule, n=bad.label, best=best)


def trace_of(program: Program, given: Mapping[str, Any]) -> Trace:
    """The trace of a path that was given: its nodes as `path`, or `outcomes` and `context`."""
    if given.get("path"):
        return replay(program, list(given["path"])).trace
    outcomes, context = given.get("outcomes") or "OK", given.get("context") or "none"
    return run(program, outcomes=str(outcomes), context=str(context))


def worked(one: DrawnHandler) -> str:
    """The answer, worked: what was changed, which rule breaks, and the shortest way there.

    >>> print(worked(make("0")).splitlines()[0])
    knot, level 2: a jump goes to the wrong place.
    """
    named = {"handler": one.program.name, "level": one.level}
    if one.sound:
        rows = [row.invariant for row in check(one.program) if row.verdict == "holds"]
        return tell("sound", **named, rules=", ".join(rows))
    assert one.first is not None
    assert one.fault is not None
    assert one.edit is not None
    first, edit = one.first, one.edit
    listing = lines(handler(f"find {one.seed}", one.level, one.bank).at("merged"))
    place = edit.what
    if edit.how == "move":
        place = tell("line", number=edit.what, text=listing[int(edit.what) - 1].text)
    change = tell("change-to", how=HOW[edit.how], place=place) if place else HOW[edit.how]
    trace = run(one.program, outcomes=first.outcomes, context=first.context)
    steps = [
        f"{step.label:>3} {step.mmap_lock:2}  {said(step)}" for step in trace.steps[: first.steps]
    ]
    return "\n".join([
        tell("head", **named, fault=FAULTS[one.fault]),
        tell("edit", line=edit.line, text=listing[edit.line - 1].text, change=change),
        tell("broken", rule=first.invariant, node=first.node, why=first.why),
        tell("shortest", outcomes=first.outcomes, context=first.context),
        *steps,
    ])  # fmt: skip


def said(step: Step) -> str:
    """A step in a line: what is done, or what is asked and how it was answered."""
    if step.answer is None:
        return narrate.capital(step.text)
    return tell("yes" if step.answer else "no", step=narrate.capital(step.text))


def grade(act: Act) -> list[Score]:
    """The scores of a recorded answer: the exercise is made anew from its seed."""
    one = make(*asked_for(act))
    return scores(judge(one, act.given), f"{act.name} level {one.level}", PARTS, "find what breaks")
