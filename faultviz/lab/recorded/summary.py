"""The recorded files as a reader sees them: caveat, rows, pairs and what these say.

Here: which reader a file has, and the text of it. Not here: reading (`records`, `pairs`) and the
statistics (`intervals`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from importlib.resources import files
from statistics import median
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.lab.recorded.intervals import FEWEST, Interval, bootstrap
from faultviz.lab.recorded.pairs import PAIRED, TimedPair, pairs, runs
from faultviz.lab.recorded.records import CAVEATS, COUNTS, recorded, table

INSTRUCTIONS = ("bytepatch_debian.csv", "icount400.csv", "icount_erms.csv", "kernels.csv")
"""Files whose nanoseconds are executed instructions."""

WIDE = 28  # letters of the longest kernel: 6.12.117 with RETRY put back


class Ratios(NamedTuple):
    """The pairs of one setting: how often COMPLETED took which part of the time of RETRY.

    `per_page` are both medians, in nanoseconds or, under -icount, in instructions.
    """

    setting: str
    ratios: tuple[float, ...]
    middle: float
    interval: Interval | None
    below: int
    per_page: tuple[float, float]

    def __repr__(self) -> str:
        many = f"{len(self.ratios)} pair{'' if len(self.ratios) == 1 else 's'}"
        said = f"{self.middle:.3f}, too few pairs for an interval"
        if self.interval is not None:
            said = f"{self.interval}, {self.below} below 1"
        completed, retry = self.per_page
        return f"{self.setting}: {many}, {said}; {completed:.0f} and {retry:.0f} a page"


def ratios(file: str) -> tuple[Ratios, ...]:
    """The pairs of one file of PAIRED, setting by setting.

    >>> ratios("icount400.csv")
    (shared, 1 thread: 2 pairs, 0.859, too few pairs for an interval; 3215 and 3743 a page,)
    """
    (pages,) = {run.pages for run in runs(file)}
    found = pairs(file)
    # Where each pair of boots is a series of its own, they are one setting.
    several = len({one.series for one in found}) < len(found) / 2
    groups: dict[str, list[TimedPair]] = {}
    for one in found:
        many = f"{one.threads} thread{'s' if one.threads > 1 else ''}"
        own = f"{one.series} " if several and len({o.series for o in found}) > 1 else ""
        mapper = ", mapper" if one.mapper else ""
        groups.setdefault(f"{own}{one.mode}, {many}{mapper}", []).append(one)
    return tuple(_ratios(name, some, pages) for name, some in groups.items())


def _ratios(name: str, some: list[TimedPair], pages: int) -> Ratios:
    values = tuple(one.ratio for one in some)
    return Ratios(
        name, values, median(values), bootstrap(values) if len(values) >= FEWEST else None,
        sum(value < 1 for value in values),
        (
            median(one.completed for one in some) * 1e9 / pages,
            median(one.retry for one in some) * 1e9 / pages,
        ),
    )  # fmt: skip


def chosen(file: str) -> tuple[str, ...]:
    """The files that a word names: one, or `all`. BadInput for another word.

    >>> chosen("gup.csv"), len(chosen("all"))
    (('gup.csv',), 13)
    """
    if file == "all":
        return tuple(CAVEATS)
    if file not in CAVEATS:
        raise BadInput(f"No recorded file is called {file!r}.{nearest(file, ['all', *CAVEATS])}")
    return (file,)


def text(names: Iterable[str]) -> str:
    """Each file: its name and caveat, its rows, its pairs."""
    return "\n\n".join("\n".join(_lines(name)) for name in names)


def _lines(file: str) -> list[str]:
    lines = [f"{file}: {CAVEATS[file]}"]
    if file in COUNTS:
        rows = recorded(file)
        shown = table(rows, WIDE).splitlines()
        if file in INSTRUCTIONS:
            counted = [
                "instructions",
                *(f"{(row.seconds or 0) * 1e9 / row.pages:.0f}" for row in rows),
            ]
            wide = max(len(line) for line in shown)
            shown = [f"{line:{wide}}  {n:>12}" for line, n in zip(shown, counted, strict=True)]
        lines += shown
    if file in PAIRED:
        unit = "instructions" if file in INSTRUCTIONS else "ns"
        lines.append(f"COMPLETED over RETRY, in {unit}:")
        lines += [f"  {one!r}" for one in ratios(file)]
    return lines


def as_dict(names: Iterable[str]) -> dict[str, dict[str, object]]:
    """The same as plain values: file -> caveat, rows, ratios."""
    return {
        name: {
            "caveat": CAVEATS[name],
            "rows": [asdict(row) for row in (recorded(name) if name in COUNTS else ())],
            "ratios": [one._asdict() for one in (ratios(name) if name in PAIRED else ())],
        }
        for name in names
    }


def raw(file: str) -> str:
    """The file itself. BadInput for all of them at once, as they have different columns."""
    if file == "all":
        raise BadInput("Name one file: --recorded gup.csv --csv. They have different columns.")
    (name,) = chosen(file)
    return files(__package__).joinpath("data", name).read_text(encoding="ascii")
