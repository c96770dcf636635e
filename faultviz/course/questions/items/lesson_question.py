"""What a question of a lesson is.

Here: `Item`, and how one is made of its texts and its key. Not here: the texts (`lesson00.toml` and
so on), or what computes the keys (`lesson00` and so on).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from faultviz.base.texts import texts

Key = Callable[[], str]
"""What computes the name of the right answer."""


class Item(NamedTuple):
    """A question. `answers` are text and reason; `key` gives the name of the right one in `names`.

    `about` is the misconception that it provokes (M1 to M16 of the course's list), or nothing;
    `where` names the part of the lesson that explains it.
    """

    lesson: str
    ask: str
    names: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    key: Key
    about: str = ""
    where: str = ""
    earlier: Mapping[str, int] = MappingProxyType({})
    """By what they said in an earlier faultviz: numbers of answers, from 1; kept answers say it."""

    def number(self, text: str) -> int | None:
        """The number of the answer with this text, of today or earlier; None where there is none.

        >>> from faultviz.course.questions.items import item
        >>> item("02-first").number("step 12, right after the first test")
        2
        """
        today = {said: n for n, (said, _) in enumerate(self.answers, start=1)}
        return today.get(text, self.earlier.get(text))


def items(lesson: str, keys: Mapping[str, Key]) -> dict[str, Item]:
    """The questions of a lesson by name: each text of its file with its key."""
    told = texts("faultviz.course.questions.items", f"lesson{lesson}")
    assert list(told) == list(keys), f"lesson{lesson}.toml has other questions than keys"
    return {name: _item(lesson, told[name], key) for name, key in keys.items()}


def _item(lesson: str, told: Mapping[str, Any], key: Key) -> Item:
    said = told["answers"].values()
    answers = tuple((text, reason) for text, reason, *_ in said)
    earlier = {old: n for n, (_, _, *olds) in enumerate(said, start=1) for old in olds}
    about, where = told.get("about", ""), told.get("where", "")
    return Item(lesson, told["ask"], tuple(told["answers"]), answers, key, about, where, earlier)
