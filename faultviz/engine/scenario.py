"""The outcomes of a scenario, as a reader writes them, and the choices that such a script makes.

Not here: the words of a scenario (`context`), the run itself (`run`), nor which outcome is legal
when (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine.transitions import Choices
from faultviz.ir.outcomes import Outcome, refusal

ACCOUNTING = ("6.0", "6.4")


@dataclass
class Script(Choices):
    """The choices of a run: words are off unless named, answers come from a list."""

    outcomes: Sequence[Outcome] | None
    completed: bool = True
    accounting: str = "6.0"
    used: list[Outcome] = field(default_factory=list)

    @property
    def inside(self) -> bool:
        """Whether the generic code itself answers."""
        return self.outcomes is None

    def word(self, word: str) -> Sequence[bool]:
        """A word that the context does not name is off."""
        return (False,)

    def answers(self, node: ir.Node, flags: int) -> Sequence[Outcome]:
        """The next outcome of the script, or OK after its end; refused where it cannot happen."""
        n = len(self.used)
        script = self.outcomes or ()
        outcome = script[n] if n < len(script) else Outcome("OK")
        reason = refusal(outcome.kind, flags, completed=self.completed)
        if reason:
            raise BadInput(f"{outcome} cannot be answer {n + 1} at {node.id}: {reason}.")
        self.used.append(outcome)
        return (outcome,)


def read_outcomes(text: str) -> tuple[Outcome, ...] | None:
    """The outcomes of a script; None for auto.

    >>> [str(o) for o in read_outcomes("RETRY,OK+MAJOR")]
    ['RETRY', 'OK+MAJOR']
    """
    if text.strip().lower() == "auto":
        return None
    parts = [part for part in text.split(",") if part.strip()]
    if not parts:
        raise BadInput("No outcome is named: write OK, RETRY, COMPLETED, ... or auto.")
    return tuple(Outcome.parse(part) for part in parts)
