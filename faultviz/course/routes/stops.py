"""What a route is: stops at cells of lessons, each with its minutes.

Here: the types, and how their minutes add up. Not here: the routes themselves (`lectures`,
`alone`), how they are printed (`plan`), or how cells come by their tags (`cell_tags`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

FILES: dict[str, str] = {
    "00a": "00a-what-a-fault-is",
    "00": "00-start",
    "01": "01-fault-path",
    "02": "02-retry-and-completed",
    "03": "03-s390-review",
    "04": "04-architectures",
    "05": "05-gup",
    "06": "06-fixup-user-fault",
    "07": "07-accounting-and-cost",
    "08": "08-your-kernel",
    "09": "09-contention",
    "10": "10-after-2022",
    "11": "11-capstone",
}
"""Each lesson's notebook."""


class Stop(NamedTuple):
    """Some minutes at some cells: from `first` to `last`, or at one alone.

    >>> Stop(3, "00", "c04", "c06", "how often is it taken?").cells
    'c04-c06'
    """

    minutes: int
    lesson: str
    first: str
    last: str
    what: str
    elective: bool = False

    @property
    def cells(self) -> str:
        """The cells as they are printed."""
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


class Cut(NamedTuple):
    """What to leave out when late: stops, named by their lesson and first cell."""

    stops: tuple[tuple[str, str], ...]
    instead: str


class Route(NamedTuple):
    """A way through the course. Of its electives a reader takes `picks` lessons."""

    name: str
    about: str
    stops: tuple[Stop, ...]
    before: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()
    picks: int = 0

    @property
    def lecture(self) -> bool:
        """Whether it runs by one clock, before a class."""
        return self.name.startswith("lecture")

    @property
    def lessons(self) -> tuple[str, ...]:
        """Its lessons in order, each once."""
        return tuple(dict.fromkeys(stop.lesson for stop in self.stops))

    def of(self, lesson: str) -> tuple[Stop, ...]:
        """The stops in one lesson."""
        return tuple(stop for stop in self.stops if stop.lesson == lesson)

    @property
    def minutes(self) -> tuple[int, int]:
        """How long it takes, at least and at most: that depends on which electives are taken."""
        fixed = sum(stop.minutes for stop in self.stops if not stop.elective)
        lessons = {stop.lesson for stop in self.stops if stop.elective}
        each = [sum(stop.minutes for stop in self.of(lesson)) for lesson in lessons]
        sums = [fixed + sum(some) for some in combinations(each, self.picks)]
        return min(sums), max(sums)

    def clock(self) -> Iterator[tuple[int, Stop]]:
        """Each stop with the minute at which it begins: of the lecture, or else of its lesson."""
        at, lesson = 0, ""
        for stop in self.stops:
            if not self.lecture and stop.lesson != lesson:
                at, lesson = 0, stop.lesson
            yield at, stop
            at += stop.minutes

    def saves(self, cut: Cut) -> int:
        """How many minutes a cut is worth."""
        known = {(stop.lesson, stop.first): stop.minutes for stop in self.stops}
        return sum(known[one] for one in cut.stops)
