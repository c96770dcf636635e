"""A route as text: for a terminal, to keep beside the projector, and as a table of Markdown.

Here: two forms of one table. Not here: what is in it (`stops`).
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from faultviz.course.routes.stops import FILES, Cut, Route

WIDE = 96
HEAD = ("minute", "lesson", "cells", "what")
UNTRIED = "No class was taught with it yet: the minutes are a plan."


def hours(minutes: int) -> str:
    """Minutes as people say them.

    >>> hours(45), hours(150)
    ('45 minutes', '2 h 30')
    """
    return f"{minutes} minutes" if minutes <= 90 else f"{minutes // 60} h {minutes % 60:02}"


def length(route: Route) -> str:
    """How long a route is; from and to where electives are chosen."""
    least, most = route.minutes
    return hours(least) if least == most else f"{hours(least)} to {hours(most)}"


def rows(route: Route) -> Iterator[tuple[str, str, str, str]]:
    """Each stop: from and to which minute, lesson, cells, what."""
    for at, stop in route.clock():
        yield f"{at}-{at + stop.minutes}", stop.lesson, stop.cells, stop.what


def cut_rows(route: Route) -> Iterator[tuple[str, str, str]]:
    """Late by so many minutes: leave out which stops, and say what instead."""
    late = 0
    for cut in route.cuts:
        late += route.saves(cut)
        yield str(late), _named(route, cut), cut.instead


def _named(route: Route, cut: Cut) -> str:
    stops = {(stop.lesson, stop.first): stop for stop in route.stops}
    return " and ".join(f"{stops[one].lesson} {stops[one].cells}" for one in cut.stops)


def markdown(route: Route) -> str:
    """The plan as a table of Markdown."""
    table = [HEAD, ("---:", "---", "---", "---"), *rows(route)]
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


def markdown_cuts(route: Route) -> str:
    """What to cut as a table of Markdown."""
    table = [("late by", "leave out", "instead"), ("---:", "---", "---"), *cut_rows(route)]
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


def text(route: Route) -> str:
    """The whole plan, for a terminal or a sheet of paper.

    >>> from faultviz.course.routes import route
    >>> print(text(route("lecture-45")).splitlines()[0])
    lecture-45, 45 minutes. One projector: the four outcomes, a broken handler, and the review of
    """
    lines = [_wrapped("", f"{route.name}, {length(route)}. {route.about}"), UNTRIED, ""]
    lines += [*(_wrapped("- ", one) for one in route.before), ""]
    lesson = ""
    for minute, of, cells, what in rows(route):
        if of != lesson:
            lesson = of
            lines.append(_heading(route, of))
        lines.append(_wrapped(f"{minute:>8}  {cells:10}  ", what))
    for late, left, instead in cut_rows(route):
        lines.append(_wrapped(f"Late by {late}: ", f"leave out {left}. {instead}"))
    return "\n".join(lines)


def _heading(route: Route, lesson: str) -> str:
    """The notebook to open, and how long it takes where each has a clock of its own."""
    if route.lecture:
        return FILES[lesson]
    stops = route.of(lesson)
    told = f"{FILES[lesson]}, {sum(stop.minutes for stop in stops)} minutes"
    return f"{told} (an elective: take {route.picks})" if stops[0].elective else told


def _wrapped(start: str, text: str) -> str:
    rest = " " * len(start)
    return fill(start + text, WIDE, subsequent_indent=rest, break_on_hyphens=False)
