"""Ways entered by hand to a rule that breaks: what a learner's own counterexample is worth.

The handler is one of a seed of which is said which rule breaks (the exercise `trace`), or a shipped
one that the learner broke with edits (the bench). Here: that exercise, the verdict on both, and
their grader. Not here: how a way is followed (`replay`), or how it is entered (`player`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from faultviz import models
from faultviz.base.errors import BadInput, nearest
from faultviz.course.exercises import seeded as exercises
from faultviz.course.exercises.seeded import Exercise, Verdict, of_way, way
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.edit.allowances import Edit
from faultviz.edit.edits import edited
from faultviz.engine.check import Found, search
from faultviz.engine.compare import Comparison, beside, own_steps
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program

PARTS = ("rule", "trace", "shortest")
"""What a prediction at the bench is worth a point for, each; in the exercise the rule is given."""

NONE = "none"
"""The prediction that the edits break no rule."""


class Broken(NamedTuple):
    """A handler of a seed in which one rule is broken: which way comes to it?"""

    seed: str
    level: int
    one: Exercise

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
def make(seed: str, level: int | None = None) -> Broken:
    """The exercise of a seed: the first of its handlers that is not sound.

    >>> make("0"), make("0").first.invariant
    (Exercise(trace, seed 0, level 1: jacana), 'lock-underflow')
    """
    drawn = (exercises.make(f"trace {seed} {n}", level) for n in count())
    one = next(one for one in drawn if not one.sound)
    return Broken(seed, one.level, one)


def judge(one: Broken, given: Mapping[str, Any]) -> Verdict:
    """A way to the broken rule: `path`, a list of nodes, or `outcomes` and `context`.

    >>> one = make("0")
    >>> judge(one, {"outcomes": one.first.outcomes, "context": one.first.context}).total
    2
    """
    points: dict[str, int] = {}
    said = of_way(one.program, one.first.invariant, one.first.steps, given, points)
    return Verdict(points, len(PARTS) - 1, tuple(said))


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
        said = "no rule is broken on any way."
        told = f"Rule: {'right, ' if right else ''}{said}"
        return Verdict({"rule": 1} if right else {}, 1, (told,))
    points: dict[str, int] = {}
    if rule in found:
        points["rule"] = 1
        said = f"Rule: {rule} is broken. {INVARIANTS[rule]}"
    else:
        said = f"Rule: {rule or 'none named'}, but what breaks is {', '.join(found)}."
    way = {name: given.get(name) for name in ("path", "outcomes", "context")}
    if not any(way.values()):
        return Verdict(points, len(PARTS), (said, "Way: none was entered."))
    best = found[rule].steps if rule in found else next(iter(found.values())).steps
    return Verdict(points, len(PARTS), (said, *of_way(program, rule, best, given, points)))


class Pair(NamedTuple):
    """A learner's way beside the shortest one to a rule that breaks."""

    both: Comparison
    rule: str

    def __str__(self) -> str:
        """Who is shorter, and where the two part."""
        mine, best = (_breaks(trace, self.rule) for trace in (self.both.old, self.both.new))
        assert best is not None
        if mine is None:
            head = f"Your way does not break {self.rule}; the shortest does, at step {best}."
        elif mine == best:
            head = f"Your way breaks {self.rule} at step {mine}, as the shortest does."
        else:
            head = f"Your way breaks {self.rule} at step {mine}, the shortest at step {best}."
        n = self.both.first
        if n is None:
            return f"{head} The two are the same."
        told = [_at(trace, n) for trace in (self.both.old, self.both.new)]
        return f"{head} They part at step {n}: yours {told[0]}, the shortest {told[1]}."


def beside_shortest(program: Program, given: Mapping[str, Any]) -> Pair | None:
    """A way that was given, and the shortest to the rule that it breaks.

    Where it breaks none, it is the rule that was predicted, or else the one broken first. Nothing
    where no way was given or no rule is broken.
    """
    found = broken(program)
    if not found or not any(given.get(name) for name in ("path", "outcomes", "context")):
        return None
    mine = way(program, given)
    wanted = [*(b.invariant for b in mine.violations), str(given.get("rule")), *found]
    rule = next(rule for rule in wanted if rule in found)
    first = found[rule]
    best = run(program, outcomes=first.outcomes, context=first.context)
    return Pair(beside(mine, best), rule)


def _breaks(trace: Trace, rule: str) -> int | None:
    return next((b.n for b in trace.violations if b.invariant == rule), None)


def _at(trace: Trace, n: int) -> str:
    steps = own_steps(trace)
    return f"“{exercises.said(steps[n - 1])}”" if n <= len(steps) else "is over"


def original(name: str, revision: str) -> Program:
    """A shipped handler at one revision. Raises BadInput for any other name."""
    known = (*models.HANDLERS, *models.ENTRIES)
    if name not in known:
        raise BadInput(f"There is no handler {name!r}.{nearest(name, known)}")
    return models.load(name, revision)


def grade(act: Act) -> list[Score]:
    """The scores of a recorded way: handler and edits are made anew, and the search run again."""
    if act.name == "trace":
        level = act.given.get("level")
        one = make(act.seed, int(level) if level else None)
        return _scores(judge(one, act.given), f"trace level {one.level}", PARTS[1:])
    name, _, revision = act.name.rpartition(" ")
    edits = _edits(act.given.get("edits", ()))
    verdict = expected(edited(original(name, revision), *edits), act.given)
    what = f"{act.name}, {'; '.join(map(str, edits)) or 'no edit'}"
    return _scores(verdict, what, PARTS[: verdict.of])


def _edits(given: Iterable[Any]) -> list[Edit]:
    return [Edit.read(str(one)) for one in given]


def _scores(verdict: Verdict, what: str, parts: Iterable[str]) -> list[Score]:
    return [
        Score(f"{what}: {part}", verdict.points.get(part, 0), objective="predict what breaks")
        for part in parts
    ]
