"""A scenario as a reader writes it: outcomes and context words, read and refused.

Here: what may be asked for, and the choices that a script makes while a program runs. Not here: the
run itself (`run`), nor which outcome is legal when (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from faultviz import models
from faultviz.base.errors import BadInput, nearest
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.ir import graph as ir
from faultviz.ir.graph import Program
from faultviz.ir.outcomes import Outcome, refusal
from faultviz.models.mm import memory

ACCOUNTING = ("6.0", "6.4")


@dataclass
class Script:
    """The choices of a run: words are off unless named, answers come from a list."""

    outcomes: Sequence[Outcome] | None
    completed: bool
    accounting: str
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


def read_context(program: Program, text: str, *, auto: bool) -> tuple[frozenset[str], str]:
    """The words that are on, and the page event; raises BadInput for what cannot be.

    An empty text means `write`; `none` is a plain user read. Page events other than `read` are
    stores, so they bring `write` along.
    """
    if auto and (others := _other_locks(program)):
        raise BadInput(
            f"{program.name} calls handle_mm_fault under {others[0]} as well, and the generic code "
            "here knows mmap_lock alone: name the outcomes, such as COMPLETED."
        )
    words = [w for w in (part.strip().lower() for part in text.split(",")) if w] or ["write"]
    known = {*program.words, "write", "none"}
    events = [w for w in words if w in memory.PAGE_EVENTS]
    for word in words:
        if word in known or (auto and word in events):
            continue
        if word in events:
            raise BadInput(
                f"The page event {word!r} decides the outcome: use it with outcomes auto."
            )
        if word in memory_words():
            raise BadInput(f"{program.name} never tests the word {word!r}.{_has(program)}")
        raise BadInput(f"There is no context word {word!r}.{nearest(word, sorted(known))}")
    if "none" in words and len(words) > 1:
        raise BadInput("The word 'none' stands alone: it is a plain user read.")
    if len(events) > 1:
        raise BadInput(f"One page event at a time, not {' and '.join(events)}.")
    event = events[0] if events else "fresh"
    if event == "read" and "write" in words:
        raise BadInput("The page event 'read' is no store: leave out 'write'.")
    on = {w for w in words if w != "none" and w not in events}
    if events and event != "read":
        on.add("write")
    return frozenset(on), event


def _other_locks(program: Program) -> list[str]:
    """The locks other than mmap_lock under which a program calls handle_mm_fault."""
    under = (n.op.under for n in program.nodes.values() if isinstance(n.op, ir.Fault))
    return sorted({lock for lock in under if lock != MMAP_LOCK})


def memory_words() -> Mapping[str, str]:
    """All context words of all models, with their meanings."""
    from faultviz.models.words import MEANING

    for name in models.HANDLERS + models.ENTRIES:
        models.load(name)
    return MEANING


def _has(program: Program) -> str:
    return f" It tests: {', '.join(program.words)}." if program.words else " It tests none."
