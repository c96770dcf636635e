"""Times of repeated passes: in pairs, with what may be concluded from them and what may not.

Here: per case the median, the spread and the ratios to the first case of the same repetition. Not
here: the passes (`measurement`), the bootstrap itself (`intervals`), pictures (`plot`).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from faultviz.base.errors import BadInput
from faultviz.lab.recorded.intervals import FEWEST, Interval, bootstrap


class Timing(NamedTuple):
    """One case: nanoseconds per page of each repetition, each one's ratio to the `base` case.

    The base case itself has no ratios.
    """

    case: str
    base: str
    per_page: tuple[float, ...]
    ratios: tuple[float, ...] = ()

    @property
    def middle(self) -> float:
        """The median, in nanoseconds per page."""
        return median(self.per_page)

    @property
    def interval(self) -> Interval | None:
        """The median of the ratios with 95 % to both sides; None where the pairs are too few."""
        return bootstrap(self.ratios) if len(self.ratios) >= FEWEST else None

    @property
    def conclusion(self) -> str:
        """What the pairs say, in one sentence; that they say nothing where they are too few.

        >>> Timing("private", "shared", (300.0,) * 3, (0.5, 0.6, 0.7)).conclusion
        'private against shared: 3 pairs are too few to conclude anything; give --repeat 6 or more.'
        >>> Timing("a", "b", (1.0,) * 6, (0.5, 0.6, 0.7, 0.6, 0.5, 0.7)).conclusion
        'a against b: 0.600 (0.500 to 0.700) of the time, in 6 of 6 pairs less: it took less.'
        """
        many = len(self.ratios)
        head = f"{self.case} against {self.base}:"
        found = self.interval
        if found is None:
            pairs = "1 pair is" if many == 1 else f"{many} pairs are"
            return f"{head} {pairs} too few to conclude anything; give --repeat {FEWEST} or more."
        less = sum(one < 1 for one in self.ratios)
        said = f"{head} {found} of the time, in {less} of {many} pairs less:"
        if found.low <= 1 <= found.high:
            return f"{said} 1 lies in the interval, so no difference is shown."
        return f"{said} it took {'less' if found.high < 1 else 'more'}."


def timings(passes: Sequence[tuple[str, float]]) -> tuple[Timing, ...]:
    """The passes (case, nanoseconds per page), in their order; the first case is the base.

    The n-th pass of a case is paired with the n-th of the base. BadInput where a case has another
    number of passes than the base.

    >>> timings([("a", 200.0), ("b", 100.0)])[1].ratios
    (0.5,)
    """
    times: dict[str, list[float]] = {}
    for case, per_page in passes:
        times.setdefault(case, []).append(per_page)
    base = next(iter(times), "")
    if uneven := [case for case, some in times.items() if len(some) != len(times[base])]:
        raise BadInput(f"{uneven[0]} has not as many passes as {base}, so they make no pairs.")
    return tuple(
        Timing(
            case, base, tuple(some),
            () if case == base else tuple(a / b for a, b in zip(some, times[base], strict=True)),
        )
        for case, some in times.items()
    )  # fmt: skip


def table(rows: Sequence[Timing]) -> str:
    """Median, spread and ratio of each case, as text.

    >>> print(table(timings([("a", 200.0), ("b", 100.0)])))
    ns per page               median   lowest  highest  ratio to a
    a                          200.0    200.0    200.0
    b                          100.0    100.0    100.0  too few pairs
    """
    wide = max([20, *(len(row.case) for row in rows)])
    head = f"{'ns per page':{wide}}  {'median':>10}  {'lowest':>7}  {'highest':>7}"
    lines = [f"{head}  ratio to {rows[0].base if rows else ''}".rstrip()]
    for row in rows:
        said = "" if not row.ratios else row.interval or "too few pairs"
        lines.append(
            f"{row.case:{wide}}  {row.middle:>10.1f}  {min(row.per_page):>7.1f}  "
            f"{max(row.per_page):>7.1f}  {said!s}".rstrip()
        )
    return "\n".join(lines)
