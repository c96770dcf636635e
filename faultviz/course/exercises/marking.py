"""What an answer to an exercise is worth, part by part, and what is said of each part.

Here: `Verdict`, of which graders take the points and the page both. Not here: how one is come to
(`seeded`, `counterexamples`, `reviews`, `writing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from faultviz.base.errors import BadInput
from faultviz.course import banks
from faultviz.course.banks import version_of
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score


class Remark(NamedTuple):
    """A sentence, and the parts whose points it explains; none where it speaks of the whole."""

    text: str
    parts: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """Points by part, of how many in all, and what is said of them."""

    points: Mapping[str, int]
    of: int
    remarks: tuple[Remark, ...]

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.points.values())

    @property
    def said(self) -> tuple[str, ...]:
        """The remarks as sentences."""
        return tuple(remark.text for remark in self.remarks)

    @property
    def head(self) -> str:
        """How many points, of how many."""
        return f"{self.total} of {self.of} points."

    def worth(self, remark: Remark) -> tuple[int, int]:
        """The points that a remark explains, and out of how many: one for each of its parts.

        >>> whole, way = Remark("Sound."), Remark("Way: longer.", ("trace", "shortest"))
        >>> verdict = Verdict({"rule": 1, "trace": 1}, 4, (whole, way))
        >>> verdict.worth(whole), verdict.worth(way)
        ((2, 4), (1, 2))
        """
        if not remark.parts:
            return self.total, self.of
        return sum(self.points.get(part, 0) for part in remark.parts), len(remark.parts)

    def __repr__(self) -> str:
        return "\n".join([self.head, *self.said])


def whole(parts: Iterable[str], text: str, *, right: bool) -> Verdict:
    """All points or none, with one sentence: on a handler that was acked, or is sound."""
    parts = tuple(parts)
    return Verdict(dict.fromkeys(parts, 1) if right else {}, len(parts), (Remark(text),))


def level_of(given: int | None, drawn: int, bank: int) -> int:
    """A level that was asked for, or the drawn one. Raises BadInput for one that there is not."""
    if given is not None and given not in banks.bank(bank).levels:
        raise BadInput(f"There is no level {given}: choose 1, 2 or 3.")
    return given or drawn


def asked_for(act: Act) -> tuple[str, int | None, int]:
    """The seed, the level and the bank of an act, of which its exercise is made anew.

    Raises BadInput for a bank that there is not.
    """
    level = act.given.get("level")
    return act.seed, int(level) if level else None, version_of(act.given)


def scores(verdict: Verdict, what: str, parts: Iterable[str], objective: str) -> list[Score]:
    """A score for each part."""
    return [
        Score(f"{what}: {part}", verdict.points.get(part, 0), objective=objective) for part in parts
    ]
