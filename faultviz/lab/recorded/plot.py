"""Dots on a line with the interval below them: a small picture of measured ratios.

Here: `dots`, as an SVG and as text, the same on every machine. Not here: where the numbers come
from (`intervals`). The picture carries its own colours on white, because JupyterLab shows it as an
image that knows nothing of the page's theme; nothing is said by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import count
from math import ceil, floor
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.lab.recorded.intervals import Interval

COLUMNS = 64  # letters of the line in the text form
LINE, SIDE, LETTER = 460, 26, 9  # px: the line, what stays empty beside it, a letter of a name
TOP, GAP = 26, 38  # px: the axis, and from one row's line to the next row's highest dot
RADIUS, STACK = 4, 8  # px: a dot, and how far one stands above another

STYLE = (
    'text{font:13px "DejaVu Sans",Verdana,Helvetica,Arial,sans-serif;fill:#15191e}'
    ".axis{stroke:#4c5560;stroke-width:1}.one{stroke:#15191e;stroke-width:1.5;stroke-dasharray:5 4}"
    ".dot{fill:#fff;stroke:#005b8e;stroke-width:1.5}.bar{stroke:#15191e;stroke-width:2.5}"
    ".middle{fill:#15191e}"
)


class DotRow(NamedTuple):
    """A name, its dots, and the interval of their middle where there is one."""

    name: str
    values: tuple[float, ...]
    interval: Interval | None = None

    def sentence(self) -> str:
        """The row in words, for who sees no dots.

        >>> DotRow("a", (0.8, 1.2), Interval(0.9, 0.8, 1.2)).sentence()
        'a: 2 dots from 0.800 to 1.200, interval 0.900 (0.800 to 1.200)'
        """
        many = f"{len(self.values)} dot{'' if len(self.values) == 1 else 's'}"
        said = f"{self.name}: {many} from {min(self.values):.3f} to {max(self.values):.3f}"
        return said if self.interval is None else f"{said}, interval {self.interval}"


class Dots:
    """The picture. `as_text` is its text form and its `repr`; `svg` the picture itself.

    >>> dots([("a", [0.8, 0.9, 0.9, 1.2], Interval(0.9, 0.8, 1.2))])
           0.80                          1.00                         1.20
        a  o               2              |                              o
           [---------------#----------------------------------------------]
    """

    def __init__(self, rows: Sequence[DotRow]) -> None:
        self.rows = tuple(rows)
        ends = [v for row in rows for v in (*row.values, *(row.interval or ()))] + [1.0]
        for self.tick in _steps():
            self.low: float = floor(min(ends) / self.tick + 1e-9) * self.tick
            above = ceil(max(ends) / self.tick - 1e-9) * self.tick
            self.high: float = max(above, self.low + self.tick)
            # Labels must not run into each other.
            if len(self._ticks()) * (len(f"{self.high:.2f}") + 1) <= COLUMNS:
                break

    def _ticks(self) -> list[float]:
        return [
            self.low + self.tick * i for i in range(round((self.high - self.low) / self.tick) + 1)
        ]  # the ends are multiples of a tick

    def _at(self, value: float, width: int) -> float:
        return (value - self.low) / (self.high - self.low) * width

    def as_text(self) -> str:
        """An axis, then for each row its dots (a digit where several meet) and its interval."""
        wide = max(len(row.name) for row in self.rows)
        axis = [" "] * (COLUMNS + 4)
        for tick in self._ticks():
            label = f"{tick:.2f}"
            axis[self._column(tick) : self._column(tick) + len(label)] = label
        lines = [" " * wide + "  " + "".join(axis).rstrip()]
        for row in self.rows:
            lines.append(f"{row.name:{wide}}  {self._dots(row)}")
            if row.interval is not None:
                lines.append(" " * wide + "  " + self._bar(row.interval))
        return "\n".join(lines)

    def _column(self, value: float) -> int:
        return round(self._at(value, COLUMNS - 1))

    def _dots(self, row: DotRow) -> str:
        cells = [" "] * COLUMNS
        cells[self._column(1.0)] = "|"
        columns = [self._column(value) for value in row.values]
        for column in set(columns):
            many = columns.count(column)
            cells[column] = "o" if many == 1 else str(many) if many < 10 else "*"
        return "".join(cells).rstrip()

    def _bar(self, interval: Interval) -> str:
        low, middle, high = (self._column(v) for v in (interval.low, interval.value, interval.high))
        cells = [" "] * low + ["-"] * (high - low + 1)
        cells[low], cells[high] = "[", "]"
        cells[middle] = "#"
        return "".join(cells)

    def svg(self) -> str:
        """The picture: a dot for each value, stacked where they meet, and the interval below."""
        left = SIDE + LETTER * max(len(row.name) for row in self.rows)
        width = left + LINE + SIDE
        body: list[str] = []
        y = TOP
        for row in self.rows:
            levels = _levels([self._at(value, LINE) for value in sorted(row.values)])
            y += STACK * max(levels) + GAP
            body += self._row(row, levels, left, y)
        bottom = y + 20
        axis = []
        for tick in self._ticks():
            x = left + self._at(tick, LINE)
            axis.append(
                f'<text x="{x:.1f}" y="16" text-anchor="middle">{tick:.1f}</text>'
                f'<line class="axis" x1="{x:.1f}" y1="21" x2="{x:.1f}" y2="27"/>'
            )
        one = left + self._at(1.0, LINE)
        axis.append(f'<line class="one" x1="{one:.1f}" y1="27" x2="{one:.1f}" y2="{bottom}"/>')
        said = escape("; ".join(row.sentence() for row in self.rows), quote=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom}" '
            f'viewBox="0 0 {width} {bottom}" role="img" aria-label="{said}"><style>{STYLE}</style>'
            f'<rect width="{width}" height="{bottom}" fill="#fff"/>{"".join(axis + body)}</svg>'
        )

    def _row(self, row: DotRow, levels: list[int], left: int, y: int) -> Iterable[str]:
        yield f'<text x="8" y="{y + 2}">{escape(row.name)}</text>'
        yield f'<line class="axis" x1="{left}" y1="{y + 4}" x2="{left + LINE}" y2="{y + 4}"/>'
        for value, level in zip(sorted(row.values), levels, strict=True):
            x = left + self._at(value, LINE)
            yield (
                f'<circle class="dot" cx="{x:.1f}" cy="{y - STACK * level}" r="{RADIUS}">'
                f"<title>{value:.3f}</title></circle>"
            )
        if row.interval is not None:
            middle, low, high = (left + self._at(v, LINE) for v in row.interval)
            yield f'<line class="bar" x1="{low:.1f}" y1="{y + 11}" x2="{high:.1f}" y2="{y + 11}"/>'
            yield f'<rect class="middle" x="{middle - 2:.1f}" y="{y + 6}" width="4" height="10"/>'

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": self.as_text()}


def _steps() -> Iterator[float]:
    """From one tick to the next: 0.2, 0.5, 1, 2, 5, 10 and so on."""
    for power in count(-1):
        yield from (one * 10.0**power for one in ((2, 5) if power == -1 else (1, 2, 5)))


def _levels(places: Iterable[float]) -> list[int]:
    """How high each dot stands, so that none covers another; places in rising order."""
    last: list[float] = []
    levels = []
    for x in places:
        level = next((n for n, end in enumerate(last) if x - end >= 2 * RADIUS), len(last))
        last[level : level + 1] = [x]
        levels.append(level)
    return levels


def dots(rows: Iterable[tuple[str, Iterable[float], Interval | None]]) -> Dots:
    """A picture of one or more rows on one scale, with a mark at 1. BadInput where there is none.

    >>> dots([("one", [0.5], None)])
         0.40               0.60                 0.80                 1.00
    one            o                                                   |
    """
    made = [DotRow(name, tuple(values), interval) for name, values, interval in rows]
    if not made or not all(row.values for row in made):
        raise BadInput("There is nothing to draw: give one row or more, each with values.")
    return Dots(made)
