"""Many runs of a crowd, and what they say: throughput, latency, waiting, each with its interval.

Here: the rows for settings, their 95 % intervals over seeded replications, and the writer that is
simulated unless told otherwise. Not here: one run (`lock_queue`), what a step costs (`cost_model`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import sqrt
from statistics import mean, stdev
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.lab.contention.cost_model import PER_STEP
from faultviz.lab.contention.lock_queue import Contention, Setting, Times, contend
from faultviz.lab.recorded.intervals import Interval

REPLICATIONS = 6
"""How often each setting is run, with other seeds."""

# The 97.5 % points of Student's t for 1 to 19 degrees of freedom, from any table of it.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
      2.145, 2.131, 2.120, 2.110, 2.101, 2.093)  # fmt: skip

FIGURES = ("throughput", "p50", "p99", "writer_wait", "lock_trips")


class SimulatedRow(NamedTuple):
    """One setting: faults per second, latencies and a writer's mean wait in ns, lock round trips.

    `writer_wait` is None where no writer ran.
    """

    revision: str
    threads: int
    writers: int
    faults: int
    throughput: Interval
    p50: Interval
    p99: Interval
    writer_wait: Interval | None
    lock_trips: Interval

    def as_dict(self) -> dict[str, Any]:
        """What `faultviz simulate --json` prints: each figure with low and high."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self._fields[:4]}
        for name in FIGURES:
            found = getattr(self, name)
            plain[name] = None if found is None else found._asdict()
        return plain


def interval(values: Sequence[float]) -> Interval:
    """The mean and its 95 % interval, by Student's t; of one value, the value alone.

    >>> interval([1.0, 2.0, 3.0])
    2.000 (-0.484 to 4.484)
    """
    middle = mean(values)
    if len(values) < 2:
        return Interval(middle, middle, middle)
    half = _T[min(len(values) - 1, len(_T)) - 1] * stdev(values) / sqrt(len(values))
    return Interval(middle, middle - half, middle + half)


def simulate(
    revisions: Iterable[str] = ("before", "merged"),
    threads: Iterable[int] = (1, 8, 64),
    writers: Iterable[int] = (0, 1),
    faults: int = 2000,
    *,
    caller: str = "handler",
    costs: Times | None = None,
    hold: float = 10_000.0,
    think: float = 20_000.0,
    spread: float = 0.2,
    replications: int = REPLICATIONS,
    seed: str = "faultviz",
    told: Callable[[int, int], None] | None = None,
) -> list[SimulatedRow]:
    """A row for each revision, number of threads and number of writers.

    `faults` is how many all threads make together in one run; `hold` and `think` are a writer's
    times in ns; `told` hears of each run that is done. Raises BadInput for what makes no run.

    >>> one, = simulate(["merged"], [1], [0], 50, spread=0.0, replications=2)
    >>> one.p50, one.lock_trips.value
    (5560.508 (5560.508 to 5560.508), 1.0)
    """
    if not 1 <= replications <= len(_T) + 1:
        raise BadInput(f"Replications are from 1 to {len(_T) + 1}, not {replications}.")
    times = PER_STEP if costs is None else costs
    settings = [
        Setting(revision, n, w, faults, caller, hold, think, spread)
        for n, w, revision in product(threads, writers, revisions)
    ]
    if not settings:
        raise BadInput("Nothing to simulate: name revisions, threads and writers.")
    rows: list[SimulatedRow] = []
    for at, setting in enumerate(settings):
        runs: list[Contention] = []
        for k in range(replications):
            runs.append(contend(setting, times, f"{seed} {k}"))
            if told:
                told(at * replications + k + 1, len(settings) * replications)
        rows.append(_row(setting, runs))
    return rows


def _row(setting: Setting, runs: Sequence[Contention]) -> SimulatedRow:
    def over(of: Callable[[Contention], float]) -> Interval:
        return interval([of(one) for one in runs])

    waits = [mean(one.writer_waits) for one in runs if one.writer_waits]
    return SimulatedRow(
        setting.revision, setting.threads, setting.writers, setting.faults,
        over(lambda one: one.faults / one.elapsed * 1e9),
        over(lambda one: quantile(one.latencies, 0.5)),
        over(lambda one: quantile(one.latencies, 0.99)),
        interval(waits) if waits else None,
        over(lambda one: one.takings / one.faults),
    )  # fmt: skip


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which a part of all values lies: the next one that was seen.

    >>> quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.99)
    (2, 4)
    """
    rank = -int(-part * len(values) // 1)
    return sorted(values)[max(0, rank - 1)]


def table(rows: Iterable[SimulatedRow]) -> str:
    """Rows as text: times in microseconds, throughput in faults per second.

    >>> print(table(simulate(["merged"], [1], [0], 20, spread=0.0, replications=1)))
    revision   threads writers   faults/s   p50 us   p99 us  writer waits us  trips
    merged           1       0     179840      5.6      5.6                -   1.00
    """
    return "\n".join(_told(rows))


def _told(rows: Iterable[SimulatedRow]) -> Iterator[str]:
    yield (f"{'revision':10} threads writers   faults/s   p50 us   p99 us  writer waits us  trips")
    for row in rows:
        waits = "-" if row.writer_wait is None else f"{row.writer_wait.value / 1000:.1f}"
        yield (
            f"{row.revision:10} {row.threads:7} {row.writers:7} {row.throughput.value:10.0f} "
            f"{row.p50.value / 1000:8.1f} {row.p99.value / 1000:8.1f} {waits:>16} "
            f"{row.lock_trips.value:6.2f}"
        )


def gain(
    rows: Sequence[SimulatedRow], old: str = "before", new: str = "merged"
) -> dict[tuple[int, int], Interval]:
    """The throughput of one revision over that of another, by threads and writers.

    The interval takes the two as independent, at their worst ends. Raises BadInput where a setting
    has only one of the two.
    """
    by = {(row.revision, row.threads, row.writers): row.throughput for row in rows}
    found: dict[tuple[int, int], Interval] = {}
    for name, n, w in by:
        if name != new:
            continue
        if (old, n, w) not in by:
            raise BadInput(f"{n} threads and {w} writers were not simulated for {old}.")
        one, other = by[new, n, w], by[old, n, w]
        found[n, w] = Interval(one.value / other.value, one.low / other.high, one.high / other.low)
    return found
