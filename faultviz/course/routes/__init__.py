"""The ways through the course: two lectures, and two for whoever reads alone.

Here: what others need by name. Not here: the lessons, which stand in notebooks; their cells bear
the same routes and minutes, which `course.routes.cell_tags` writes.

No lecture was held yet: the minutes are a plan, and nobody has measured them.
"""

from __future__ import annotations

from faultviz.base.errors import BadInput, nearest
from faultviz.course.routes.alone import NEWCOMER, SELF_STUDY
from faultviz.course.routes.lectures import LECTURE_45, LECTURE_90
from faultviz.course.routes.stops import FILES, Cut, Route, Stop

__all__ = ["FILES", "ROUTES", "Cut", "Route", "Stop", "route"]

ROUTES: dict[str, Route] = {one.name: one for one in (LECTURE_90, LECTURE_45, SELF_STUDY, NEWCOMER)}
"""All of them, by the names that the cells bear as tags."""


def route(name: str) -> Route:
    """A route by its name. Raises BadInput for another.

    >>> route("lecture-45").minutes
    (45, 45)
    """
    if name not in ROUTES:
        raise BadInput(
            f"There is no route {name!r}.{nearest(name, ROUTES)} All: {', '.join(ROUTES)}."
        )
    return ROUTES[name]
