"""The context of a fault: the words that are on, and what happens to the page.

Here: `Context`, and how one is read and refused; nothing else takes its text apart. Not here: the
answers of handle_mm_fault (`scenario`), or what words mean (`models.words`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from faultviz import ir, models
from faultviz.base.errors import BadInput, nearest
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.ir.graph import Program
from faultviz.models.mm import memory

NONE = "none"
"""The context without a word: a plain user read."""
FRESH = "fresh"
"""The page event where none is named."""


@dataclass(frozen=True, slots=True)
class Context:
    """The words that are on, and the page event.

    >>> print(Context(frozenset(("write", "kernel")), "wp"))
    kernel,wp,write
    """

    words: frozenset[str]
    event: str = FRESH

    def __str__(self) -> str:
        return joined(sorted(self.words | ({self.event} - {FRESH})))


def listed(text: str) -> list[str]:
    """The words of a context's text, in order."""
    return [word for word in (part.strip().lower() for part in text.split(",")) if word]


def joined(words: Iterable[str]) -> str:
    """The text of a context with these words."""
    return ",".join(words) or NONE


def read_context(program: Program, text: str, *, auto: bool) -> Context:
    """A context as a reader writes it; raises BadInput for what cannot be.

    An empty text means `write`; `none` is a plain user read. Page events other than `read` are
    stores, so they bring `write` along.
    """
    if auto and (others := _other_locks(program)):
        raise BadInput(
            f"{program.name} calls handle_mm_fault under {others[0]} as well, and the generic code "
            "here knows mmap_lock alone: name the outcomes, such as COMPLETED."
        )
    words = listed(text) or ["write"]
    known = {*program.words, "write", NONE}
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
    if NONE in words and len(words) > 1:
        raise BadInput("The word 'none' stands alone: it is a plain user read.")
    if len(events) > 1:
        raise BadInput(f"One page event at a time, not {' and '.join(events)}.")
    event = events[0] if events else FRESH
    if event == "read" and "write" in words:
        raise BadInput("The page event 'read' is no store: leave out 'write'.")
    on = {w for w in words if w != NONE and w not in events}
    if events and event != "read":
        on.add("write")
    return Context(frozenset(on), event)


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
