"""What the page is told of the bench: the edits that each line allows, what was made, what broke.

Here: plain dictionaries that become JSON. Not here: what happens with them (`bench`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

from faultviz.course.exercises import counterexamples
from faultviz.course.exercises.marking import Verdict
from faultviz.edit import allowances, edits
from faultviz.edit.allowances import Edit
from faultviz.edit.listing import Line, lines
from faultviz.engine.check import Found
from faultviz.ir.graph import Program
from faultviz.player.desk import as_told, rule_options
from faultviz.player.payload import Json

LABELS = {
    "off": "Switch off",
    "empty": "Empty it",
    "not": "Ask the opposite",
    "flags": "Assign, not add",
}
"""The edits that name nothing else, as buttons."""

SHORT = {
    "off": "off",
    "empty": "emptied",
    "not": "opposite",
    "flags": "flags",
    "to": "to",
    "move": "before line",
}
"""The edits as notes beside their line."""


def head(original: Program) -> Json:
    """What is asked, and what each line of the handler allows."""
    listing = lines(original)
    return {
        "kind": "bench",
        "title": f"Break {original.name} {original.revision}",
        "about": "Change a line. Predict which rule breaks, enter your own way to it, then search.",
        "how": allowances.HOW,
        "can": {line.number: _can(listing, line) for line in listing},
    }


def _can(listing: Sequence[Line], line: Line) -> Json:
    allowed = allowances.allowed(listing, line)
    return {
        "buttons": [
            [str(e), LABELS[e.how], allowances.HOW[e.how]] for e in allowed if e.how in LABELS
        ],
        "to": [[str(e), e.what] for e in allowed if e.how == "to"],
        "move": [int(e.what) for e in allowances.moves(listing, line)],
        "add": [[str(e), e.what] for e in allowances.additions(listing, line)],
    }


def changed(original: Program, program: Program, made: Sequence[Edit]) -> Json:
    """What was made of the handler; nothing is searched yet."""
    listing = lines(original)
    kept = edits.kept(listing, *made)
    return {
        "lines": [[line.number, str(line), line.node] for line in listing],
        "places": places(kept, lines(program)),
        "notes": notes(made),
        "made": [str(edit) for edit in made],
        "rules": [
            *_both(original, program),
            [counterexamples.NONE, "No rule is broken on any way."],
        ],
        "said": None,
        "found": None,
        "parted": "",
    }


def _both(original: Program, program: Program) -> list[list[str]]:
    return list({name: [name, said] for one in (original, program)
                 for name, said in rule_options(one)}.values())  # fmt: skip


def notes(made: Iterable[Edit]) -> dict[int, str]:
    """What was changed, by line.

    >>> notes([Edit(18, "off"), Edit(20, "add", "return"), Edit(20, "move", "14")])
    {18: 'off', 20: 'before it: return; before line 14'}
    """
    told: dict[int, str] = {}
    for edit in made:
        note = f"before it: {edit.what}" if edit.how == "add" else SHORT[edit.how]
        if edit.how in ("to", "move"):
            note = f"{note} {edit.what}"
        told[edit.line] = f"{told[edit.line]}; {note}" if edit.line in told else note
    return told


def places(kept: Sequence[Line], shown: Sequence[Line]) -> dict[str, int]:
    """For each node of the edited program the line of the original that it comes from.

    What nothing leads to any more is in `kept`, but not in `shown`.
    """
    match = SequenceMatcher(None, [str(k) for k in kept], [str(s) for s in shown], autojunk=False)
    found: dict[str, int] = {}
    for block in match.get_matching_blocks():
        for i in range(block.size):
            node, number = shown[block.b + i].node, kept[block.a + i].number
            if node and number:
                found[node] = number
    return found


def searched(found: Iterable[Found], verdict: Verdict, parted: str) -> Json:
    """What the search found, and what was predicted of it."""
    broken: list[dict[str, Any]] = [
        {
            "rule": one.invariant, "node": one.node, "outcomes": one.outcomes,
            "context": one.context, "steps": one.steps, "why": one.why,
        }
        for one in found
    ]  # fmt: skip
    head = f"{how_many(len(broken)).capitalize()}. Your prediction: {verdict.head}"
    return {"found": broken, "parted": parted, "said": as_told(verdict, head)}


def how_many(count: int) -> str:
    """How many rules are broken.

    >>> how_many(0), how_many(1)
    ('no rule is broken', '1 rule is broken')
    """
    if count < 2:
        return f"{count or 'no'} rule is broken"
    return f"{count} rules are broken"
