"""What measured times say, and how far they can be trusted: errors, intervals, single pairs.

Here: the error of a ratio and of a difference, the bootstrap interval of a median, how much luck a
count of pairs would need, and what one round costs per page. Not here: the recorded runs and their
pairs (`pairs`), what a step costs and the formulas made of it (`cost_formula`), pictures (`plot`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, hypot
from statistics import median
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.base.seeds import Draw
from faultviz.lab.recorded.pairs import pairs, runs

FEWEST = 6
"""Fewer pairs give no interval: five of five below 1 happen to a coin, too (1 in 32, and as often
the other way round, which is more than 5 %)."""

SPREAD = 1.96
"""How many standard errors to either side leave out 5 % of a normal distribution."""

READINGS: dict[str, str] = {
    "standard error": "one standard error of the mean, as perf stat -r prints it after +-",
    "95 %": "half the width of an interval that is right 95 times of 100",
    "limits": "limits that no run exceeded",
}
"""What +- may mean, where nobody says it."""


class Interval(NamedTuple):
    """A value and how far it may be off: 95 % lie from `low` to `high`.

    >>> Interval(0.875, 0.834, 0.9155), f"{Interval(81.584, 52.4, 110.7):.0f}"
    (0.875 (0.834 to 0.915), '82 (52 to 111)')
    """

    value: float
    low: float
    high: float

    def __format__(self, how: str) -> str:
        value, low, high = (format(part, how or ".3f") for part in self)
        return f"{value} ({low} to {high})"

    def __repr__(self) -> str:
        return format(self)


class Measured(NamedTuple):
    """A value and the error beside it, as a part of the value: 0.0194 for +-1.94 %."""

    value: float
    error: float


AUTHOR = (Measured(650.980, 0.0194), Measured(569.396, 0.0138))
"""Before and after, in ms: 400 MB of a mapped shmem file written in order, on an aarch64 virtual
machine (message of commit d92725256b4f, which does not say what its +- means)."""


def ratio(a: Measured, b: Measured, reading: str = "standard error") -> Interval:
    """`a` over `b`, the two errors being independent. BadInput for an unknown reading.

    Independent errors add as the sides of a right angle do: the hypotenuse is shorter than their
    sum. With `limits` both ends are taken at their worst.

    >>> before, after = AUTHOR
    >>> ratio(after, before)
    0.875 (0.834 to 0.915)
    """
    value, widths = a.value / b.value, _widths(reading)
    if widths is None:
        low, high = (1 - a.error) / (1 + b.error), (1 + a.error) / (1 - b.error)
        return Interval(value, value * low, value * high)
    half = value * widths * hypot(a.error, b.error)
    return Interval(value, value - half, value + half)


def difference(a: Measured, b: Measured, reading: str = "standard error") -> Interval:
    """`a` minus `b`, the two errors being independent. BadInput for an unknown reading.

    >>> before, after = AUTHOR
    >>> f"{difference(before, after):.1f} ms"
    '81.6 (52.4 to 110.7) ms'
    """
    value, widths = a.value - b.value, _widths(reading)
    ends = (a.value * a.error, b.value * b.error)
    half = sum(ends) if widths is None else widths * hypot(*ends)
    return Interval(value, value - half, value + half)


def _widths(reading: str) -> float | None:
    """How many of the given errors make half an interval; None where they are limits."""
    if reading not in READINGS:
        raise BadInput(f"There is no reading {reading!r} of +-.{nearest(reading, READINGS)}")
    return {"standard error": SPREAD, "95 %": 1.0, "limits": None}[reading]


def ratios(file: str, mode: str = "shared") -> tuple[float, ...]:
    """The ratio of each recorded pair of one mode; below 1, COMPLETED was faster.

    >>> [round(one, 3) for one in ratios("tog400.csv")[:3]]
    [0.918, 0.872, 0.883]
    """
    return tuple(pair.ratio for pair in pairs(file) if pair.mode == mode)


def bootstrap(values: Sequence[float], seed: str = "faultviz", times: int = 2000) -> Interval:
    """The median, and the interval in which 95 % of the medians of redrawn series lie.

    A series of the same length is drawn from `values`, with repetitions, `times` times. The same
    seed gives the same interval on every Python. BadInput for fewer than FEWEST values.

    >>> bootstrap(ratios("ab400.csv"))
    0.870 (0.753 to 0.943)
    """
    n = len(values)
    if n < FEWEST:
        raise BadInput(
            f"{n} pair{' gives' if n == 1 else 's give'} no interval: so few may all point one way "
            f"by chance. Bring {FEWEST} or more."
        )
    draw = Draw(seed)
    redrawn = sorted(median([values[draw.below(n)] for _ in range(n)]) for _ in range(times))
    off = round(0.025 * times)
    return Interval(median(values), redrawn[off], redrawn[times - 1 - off])


def luck(below: int, n: int) -> float:
    """How likely a fair coin shows at least `below` heads in `n` throws.

    >>> luck(1, 1), luck(11, 12) < 0.01
    (0.5, True)
    """
    return sum(comb(n, k) for k in range(below, n + 1)) / (1 << n)


class Series(NamedTuple):
    """The pairs of one file: the interval of the median, and what single pairs would have said."""

    file: str
    pairs: int
    median: Interval
    below: int
    smallest: float
    largest: float

    def __repr__(self) -> str:
        return (
            f"{self.file}: {self.pairs} pairs, median {self.median}, {self.below} below 1, "
            f"single pairs {self.smallest:.2f} to {self.largest:.2f}"
        )


def series(file: str, mode: str = "shared", seed: str = "faultviz") -> Series:
    """All that is said of the pairs of one file. BadInput for too few pairs.

    >>> series("tog400_max.csv")
    tog400_max.csv: 14 pairs, median 0.951 (0.931 to 0.962), 13 below 1, single pairs 0.83 to 1.00
    """
    found = ratios(file, mode)
    below = sum(one < 1 for one in found)
    return Series(file, len(found), bootstrap(found, seed), below, min(found), max(found))


class Rounds(NamedTuple):
    """Per page: the whole fault where it is done once, and what the second round adds.

    In nanoseconds, or in instructions where the file counts those.
    """

    file: str
    once: float
    second: float

    @property
    def saved(self) -> float:
        """The part of the whole that the second round was."""
        return self.second / (self.once + self.second)

    def __repr__(self) -> str:
        unit = "instructions" if self.file.startswith("icount") else "ns"
        return (
            f"{self.file}: {self.once:.0f} {unit} a page, the second round {self.second:.0f} "
            f"more; without it {100 * self.saved:.1f} % less"
        )


def rounds(file: str, mode: str = "shared") -> Rounds:
    """The two costs as the recorded pairs give them: medians, over pairs and over differences.

    >>> rounds("icount400.csv")
    icount400.csv: 3215 instructions a page, the second round 528 more; without it 14.1 % less
    """
    (pages,) = {run.pages for run in runs(file) if run.mode == mode}
    some = [pair for pair in pairs(file) if pair.mode == mode]
    once = median(pair.completed for pair in some)
    second = median(pair.retry - pair.completed for pair in some)
    return Rounds(file, once * 1e9 / pages, second * 1e9 / pages)
