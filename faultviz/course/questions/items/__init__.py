"""The questions of the lessons: each with a reason for every answer, and a key that is computed.

Two files for each lesson: `lesson00a.toml` has the texts, `lesson00a.py` computes the keys; where a
trace can say what is right, it does. Here: how a question is found by its name. Not here: how they
are asked (`player.ask`), or the questions of a trace (`gate`).
"""

from __future__ import annotations

from importlib import import_module

from faultviz.base.errors import BadInput, nearest
from faultviz.course.questions.items.lesson_question import Item, items

__all__ = ["CHECKS", "ITEMS", "LESSONS", "Item", "item", "right"]

LESSONS: tuple[str, ...] = ("00a", "00", "01", "02", "03", "04", "05", "06", "07", "09", "10")
"""The lessons that ask questions of their own."""

ITEMS: dict[str, Item] = {
    name: one
    for lesson in LESSONS
    for name, one in items(lesson, import_module(f"{__name__}.lesson{lesson}").KEYS).items()
}
"""All of them, by name: the lesson, then what it is about."""

CHECKS: dict[str, tuple[str, ...]] = {"00a-check": tuple(f"00a-{n}" for n in range(1, 7))}
"""Sets that are asked together."""


def item(name: str) -> Item:
    """A question by its name, such as `00-M3`. Raises BadInput for a name that there is not."""
    if name not in ITEMS:
        close = nearest(name, ITEMS)
        raise BadInput(f"There is no question {name!r}.{close} All: {', '.join(ITEMS)}.")
    return ITEMS[name]


def right(one: Item) -> int:
    """The number of the right answer, from 1.

    >>> right(item("00-M4"))
    2
    """
    return one.names.index(one.key()) + 1
