"""What the course says, out of the TOML files beside it, with what was computed filled in.

Here: how a phrase is taken from a table of a file. Not here: any phrase.
"""

from __future__ import annotations

from collections.abc import Callable

from faultviz.base.texts import texts


def phrases(room: str, file: str, table: str) -> Callable[..., str]:
    """What says a phrase of a table: its name, and a value for each of its {places}.

    >>> say = phrases("faultviz.course.exercises", "exercises", "judged")
    >>> say("rule-wrong", rule="lock-balance", meaning="Whoever leaves has what they had.")
    'Rule: lock-balance holds on every way. Whoever leaves has what they had.'
    """
    told = texts(room, file)[table]

    def say(name: str, /, **filled: object) -> str:
        return str(told[name].format(**filled))

    return say
