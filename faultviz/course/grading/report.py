"""What graded answers add up to: for a learner, and for a class.

Here: shares by rule and by objective, misconceptions that are left, the table of a class. Not here:
how an answer is graded (`scoring`), or how these are shown (`cli.grade`, `player.saved`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from faultviz.course.grading.scoring import GradedAct
from faultviz.course.questions.items.misconceptions import MISCONCEPTIONS

RULES = {
    "contract": "what an answer says of mmap_lock",
    "hold": "what a step does to the count",
    "result": "tests of the result",
    "other": "other tests",
    "calls": "how many calls",
    "pgfault": "how much is counted",
}
"""The rules that questions at steps are about."""


class Share(NamedTuple):
    """Points, and out of how many.

    >>> str(Share(2, 3)), str(Share(1.5, 2))
    ('2 of 3', '1.5 of 2')
    """

    points: float
    of: float

    def __str__(self) -> str:
        return f"{self.points:g} of {self.of:g}"


class ClassRow(NamedTuple):
    """One row of a class's table.

    `answered` counts learners' first answers, `right` those of them that were right; `wrong` is
    the wrong one that was given most often at first, `times` how often; `sure` counts first answers
    that were wrong although the learner was sure.
    """

    name: str
    answered: int
    right: int
    wrong: str
    times: int
    sure: int


def is_right(row: GradedAct) -> bool:
    """Whether an answer got all its points."""
    return row.score.points >= row.score.of > 0


def scored(rows: Iterable[GradedAct]) -> list[GradedAct]:
    """Those that have a score."""
    return [row for row in rows if row.score.of > 0]


def shares(rows: Iterable[GradedAct], by: Callable[[GradedAct], str]) -> dict[str, Share]:
    """The first answers' points, by a name; what has no name is left out."""
    found: dict[str, Share] = {}
    for row in scored(rows):
        if row.score.first and (name := by(row)):
            points, of = found.get(name, (0, 0))
            found[name] = Share(points + row.score.points, of + row.score.of)
    return found


def by_rule(rows: Iterable[GradedAct]) -> dict[str, Share]:
    """First answers to questions at steps, by the rule that they are about."""
    found = shares(rows, lambda row: row.score.rule)
    return {rule: found[rule] for rule in RULES if rule in found}


def by_objective(rows: Iterable[GradedAct]) -> dict[str, Share]:
    """First answers to everything else, by objective, in the order in which they were met."""
    return shares(rows, lambda row: "" if row.score.rule else row.score.objective)


def left(rows: Iterable[GradedAct]) -> dict[str, list[str]]:
    """Each misconception that the last answer to some question shows, with those questions.

    The test after the course asks of the same objectives as the one before, and settles it.
    """
    last = {
        (row.act.kind, s.objective if row.act.kind == "quiz" else s.what): row
        for row in scored(rows)
        for s in [row.score]
    }
    found: dict[str, list[str]] = {}
    for row in last.values():
        if row.score.misconception and not is_right(row):
            found.setdefault(row.score.misconception, []).append(row.score.what)
    return {name: found[name] for name in [*MISCONCEPTIONS, *found] if name in found}


def said_of(misconception: str) -> str:
    """What its holder believes.

    >>> said_of("M10")
    'Readers exclude each other.'
    """
    return MISCONCEPTIONS.get(misconception, "")


def told(rows: Sequence[GradedAct]) -> str:
    """A learner's standing in words; computed, so the same for the same answers."""
    done = scored(rows)
    if not rows:
        return "Nothing is answered yet."
    first = [row for row in done if row.score.first]
    good = sum(is_right(row) for row in first)
    count = f"{len(first)} question{'' if len(first) == 1 else 's'}"
    lines = [f"{count} answered, {good} right at the first try."]
    for title, found, words in (
        ("Questions at steps, first try, by rule:", by_rule(rows), RULES),
        ("All others, first try, by objective:", by_objective(rows), {}),
    ):
        if found:
            wide = max(map(len, found))
            lines += ["", title]
            for name, share in found.items():
                meaning = f"  {words[name]}" if name in words else ""
                lines.append(f"  {name:{wide}}  {share!s:>8}{meaning}")
    weak = left(rows)
    lines += ["", "Misconceptions left:" if weak else "No misconception is left."]
    for name, where in weak.items():
        lines.append("  ".join(filter(None, [f"  {name}", said_of(name), f"({'; '.join(where)})"])))
    unknown = [row for row in rows if row.score.of == 0]
    lines += [f"Not graded: {row.act.kind} {row.act.name}: {row.problem}" for row in unknown]
    return "\n".join(lines)


def per_item(learners: Mapping[str, Sequence[GradedAct]]) -> list[ClassRow]:
    """A line for each question that somebody answered, in the order of kind and name."""
    firsts = _firsts(learners)
    names = sorted({(row.act.kind, row.score.what) for row in firsts})
    return [
        _line(f"{kind} {what}", [r for r in firsts if (r.act.kind, r.score.what) == (kind, what)])
        for kind, what in names
    ]


def per_misconception(learners: Mapping[str, Sequence[GradedAct]]) -> list[ClassRow]:
    """A line for each misconception that could show: of right answers, and of those that show it.

    A wrong answer that shows another one says nothing of this one.
    """
    firsts = _firsts(learners)
    about: dict[str, set[tuple[str, str]]] = {}
    for row in firsts:
        if row.score.misconception:
            about.setdefault(row.score.misconception, set()).add((row.act.kind, row.score.what))
    return [
        _line(
            name,
            [
                row
                for row in firsts
                if (row.act.kind, row.score.what) in about[name]
                and (is_right(row) or row.score.misconception == name)
            ],
        )
        for name in [*MISCONCEPTIONS, *sorted(set(about) - set(MISCONCEPTIONS))]
        if name in about
    ]


def _firsts(learners: Mapping[str, Sequence[GradedAct]]) -> list[GradedAct]:
    return [row for rows in learners.values() for row in scored(rows) if row.score.first]


def _line(name: str, firsts: list[GradedAct]) -> ClassRow:
    wrong = [row for row in firsts if not is_right(row)]
    chosen = Counter(row.score.chosen for row in wrong if row.score.chosen)
    most, times = max(chosen.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    sure = sum(row.score.sure is True for row in wrong)
    return ClassRow(name, len(firsts), len(firsts) - len(wrong), most, times, sure)
