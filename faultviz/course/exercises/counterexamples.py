"""Ways entered by hand to a rule that breaks: what a learner's own counterexample is worth.

The handler is one of a seed of which is said which rule breaks (the exercise `trace`), or a shipped
one that the learner broke with edits (the bench). Here: that exercise, the verdict on both, and
their grader. Not here: how a way is followed (`replay`), or how it is entered (`player`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from faultviz import models
from faultviz.base.errors import BadInput, nearest
from faultviz.course.banks import CURRENT
from faultviz.course.exercises import seeded
from faultviz.course.exercises.marking import Remark, Verdict, asked_for, scores, whole
from faultviz.course.exercises.seeded import DrawnHandler, trace_of
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.course.phrases import phrases
from faultviz.edit.allowances import Edit
from faultviz.edit.edits import edited
from faultviz.engine.check import Found, search
from faultviz.engine.compare import Comparison, beside, own_steps
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import BrokenRule, Trace, run
from faultviz.ir.graph import Program

PARTS = ("rule", *seeded.OF_PATH)
"""What a prediction at the bench is worth a point for, each; in the exercise the rule is given."""

NONE = "none"
"""The prediction that the edits break no rule."""

OBJECTIVE = "predict what breaks"

say = phrases("faultviz.course.exercises", "exercises", "judged")
tell = phrases("faultviz.course.exercises", "exercises", "beside")


class BrokenHandler(NamedTuple):
    """A handler of a seed in which one rule is broken: which way comes to it?"""

    seed: str
    level: int
    bank: int
    one: DrawnHandler

    @property
    def program(self) -> Program:
        """The handler."""
        return self.one.program

    @property
    def first(self) -> Found:
        """The shortest counterexample."""
        assert self.one.first is not None
        return self.one.first

    def __repr__(self) -> str:
        return f"Exercise(trace, seed {self.seed}, level {self.level}: {self.program.name})"


@cache
def make(seed: str, level: int | None = None, bank: int = CURRENT) -> BrokenHandler:
    """The exercise of a seed: the first of its handlers that is not sound.

    >>> make("0"), make("0").first.invariant
    (Exercise(trace, seed 0, level 1: jacana), 'lock-underflow')
    """
    drawn = (seeded.make(f"trace {seed} {n}", level, bank) for n in count())
    one = next(one for one in drawn if not one.sound)
    return BrokenHandler(seed, one.level, bank, one)


def judge(one: BrokenHandler, given: Mapping[str, Any]) -> Verdict:
    """A way to the broken rule: `path`, a list of nodes, or `outcomes` and `context`.

    >>> one = make("0")
    >>> judge(one, {"outcomes": one.first.outcomes, "context": one.first.context}).total
    2
    """
    points: dict[str, int] = {}
    remark = seeded.of_path(one.program, one.first.invariant, one.first.steps, given, points)
    return Verdict(points, len(seeded.OF_PATH), (remark,))


# --- the bench -------------------------------------------------------------------------------


def broken(program: Program) -> dict[str, Found]:
    """Each rule that is broken, with its shortest counterexample, the shortest first.

    >>> from faultviz.models import load
    >>> list(broken(edited(load("mips", "merged"), "18 off")))
    ['lock-underflow']
    """
    found: dict[str, Found] = {}
    for one in sorted(search(program)[0].values()):
        found.setdefault(one.invariant, one)
    return found


def predicted(rule: str) -> str:
    """A rule as one predicts it, or NONE. Raises BadInput for what is neither."""
    if rule not in (*INVARIANTS, NONE):
        raise BadInput(f"There is no rule {rule!r}.{nearest(rule, (*INVARIANTS, NONE))}")
    return rule


def expected(program: Program, given: Mapping[str, Any]) -> Verdict:
    """A prediction: `rule`, and a way to it; where no rule is broken, NONE is all of it.

    >>> from faultviz.models import load
    >>> expected(edited(load("mips", "merged"), "18 off"),
    ...          {"rule": "lock-underflow", "outcomes": "COMPLETED", "context": "write"}).total
    3
    """
    found = broken(program)
    rule = str(given.get("rule", ""))
    if not found:
        right = rule == NONE
        return whole(PARTS[:1], say("none-right" if right else "none-wrong"), right=right)
    points: dict[str, int] = {"rule": 1} if rule in found else {}
    told = say("what-breaks", rule=rule or say("unnamed"), rules=", ".join(found))
    if rule in found:
        told = say("rule-right", rule=rule, meaning=INVARIANTS[rule])
    entered = {name: given.get(name) for name in ("path", "outcomes", "context")}
    best = found[rule].steps if rule in found else next(iter(found.values())).steps
    of = Remark(say("way-missing"), seeded.OF_PATH)
    if any(entered.values()):
        of = seeded.of_path(program, rule, best, given, points)
    return Verdict(points, len(PARTS), (Remark(told, ("rule",)), of))


class TwoPaths(NamedTuple):
    """A learner's path beside the shortest one to an invariant that breaks."""

    both: Comparison
    rule: str

    def __str__(self) -> str:
        """Who is shorter, and where the two part."""
        mine, best = (_breaks(trace, self.rule) for trace in (self.both.old, self.both.new))
        assert best is not None
        how = "not-broken" if mine is None else "as-short" if mine.n == best.n else "longer"
        head = tell(how, rule=self.rule, mine=mine and mine.label, best=best.label)
        n = self.both.first
        if n is None:
            return tell("same", head=head)
        yours, shortest = (_at(trace, n) for trace in (self.both.old, self.both.new))
        return tell("part", head=head, n=self.both.label(n), yours=yours, shortest=shortest)


def beside_shortest(program: Program, given: Mapping[str, Any]) -> TwoPaths | None:
    """A way that was given, and the shortest to the rule that it breaks.

    Where it breaks none, it is the rule that was predicted, or else the one broken first. Nothing
    where no way was given or no rule is broken.
    """
    found = broken(program)
    if not found or not any(given.get(name) for name in ("path", "outcomes", "context")):
        return None
    mine = trace_of(program, given)
    wanted = [*(b.invariant for b in mine.violations), str(given.get("rule")), *found]
    rule = next(rule for rule in wanted if rule in found)
    first = found[rule]
    best = run(program, outcomes=first.outcomes, context=first.context)
    return TwoPaths(beside(mine, best), rule)


def _breaks(trace: Trace, rule: str) -> BrokenRule | None:
    return next((b for b in trace.violations if b.invariant == rule), None)


def _at(trace: Trace, n: int) -> str:
    steps = own_steps(trace)
    if n > len(steps):
        return tell("over")
    return tell("step", step=seeded.said(steps[n - 1]))


def original(name: str, revision: str) -> Program:
    """A shipped handler at one revision. Raises BadInput for any other name."""
    known = (*models.HANDLERS, *models.ENTRIES)
    if name not in known:
        raise BadInput(f"There is no handler {name!r}.{nearest(name, known)}")
    return models.load(name, revision)


def grade(act: Act) -> list[Score]:
    """The scores of a recorded way: handler and edits are made anew, and the search run again."""
    if act.name == "trace":
        one = make(*asked_for(act))
        what = f"trace level {one.level}"
        return scores(judge(one, act.given), what, seeded.OF_PATH, OBJECTIVE)
    name, _, revision = act.name.rpartition(" ")
    edits = [Edit.read(str(edit)) for edit in act.given.get("edits", ())]
    verdict = expected(edited(original(name, revision), *edits), act.given)
    what = f"{act.name}, {'; '.join(map(str, edits)) or 'no edit'}"
    return scores(verdict, what, PARTS[: verdict.of], OBJECTIVE)
