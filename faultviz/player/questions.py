"""The questions of one trace, as a player and its page have them.

Here: which are asked, and what is sent of them. Not here: how they are made
(`course.questions.gate`), and how an answer changes their state (`gating`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from faultviz.course.questions import gate
from faultviz.course.questions.gate import Gate
from faultviz.engine.run import Trace
from faultviz.player.payload import Json, brief


class Questions(NamedTuple):
    """The gates on the handler's own steps, and those with the generic code stepped through."""

    over: tuple[Gate, ...] = ()
    inside: tuple[Gate, ...] = ()

    def told(self) -> Json:
        """As JSON has them."""
        return {name: [_told(one) for one in gates] for name, gates in self._asdict().items()}


def questions(trace: Trace) -> Questions:
    """Those of a trace."""
    return Questions(gate.gates(trace), gate.gates(trace, inside=True))


def _told(one: Gate) -> dict[str, Any]:
    """A gate; each text that names numbers is there without them, too."""
    told = gate.as_dict(one)
    for question in told["questions"]:
        for option in question["options"]:
            option["brief"] = brief(option["reason"])
    return {**told, "brief": brief(one.said)}
