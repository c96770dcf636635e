"""What a question is.

Here: `Item` alone, so that the lessons' files need nothing above them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Item(NamedTuple):
    """A question. `answers` are text and reason; `key` gives the text of the right one.

    `about` is the misconception that it provokes (M1 to M16 of the course's list), or nothing;
    `where` names the part of the lesson that explains it.
    """

    ask: str
    answers: tuple[tuple[str, str], ...]
    key: Callable[[], str]
    about: str = ""
    where: str = ""
