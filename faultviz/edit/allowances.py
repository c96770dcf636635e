"""Edits, and which of them a line allows: one change of a written program, named by its line.

An `Edit` speaks of a line of the unchanged listing (`listing`), so several never disturb each
other's numbers. Here: the kinds of edits, and why a line refuses one. Not here: the program that
they make (`edits`), or who asks (`seeded`, `player.bench`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from faultviz import ir
from faultviz.base.errors import BadInput, nearest
from faultviz.edit.listing import Line
from faultviz.ir import statements as flow
from faultviz.ir.bits import Flag
from faultviz.ir.conditions import add
from faultviz.ir.statements import Jump, Label, SimpleStep

HOW: dict[str, str] = {
    "off": "it is gone; a test goes on as if the answer was no",
    "empty": "the test stands, but what it does is gone",
    "not": "the test asks the opposite",
    "to": "the jump or return goes to another label",
    "move": "it stands before another line",
    "add": "a statement is put before it",
    "flags": "the flag is assigned instead of added, or added instead of assigned",
}
"""The kinds of edits, in a sentence each."""

_WHY = "Put there by an edit."
NEW: dict[str, Callable[[], SimpleStep | Jump]] = {
    "take mmap_lock": lambda: flow.acquire(why=_WHY),
    "give up mmap_lock": lambda: flow.release(why=_WHY),
    "mark TRIED": lambda: flow.let(flags=add(Flag.TRIED), text="mark TRIED", why=_WHY),
    "result = 0": lambda: flow.let(result=0, why=_WHY),
    "return": lambda: flow.leave(why=_WHY),
}
"""What `add` can put into a function, beside `goto LABEL`."""


class Edit(NamedTuple):
    """One change: at which line of the unchanged listing, of which kind, and to what.

    `what` is the label of a `to`, the line number of a `move` (that of the line before which it
    shall stand), the statement of an `add`; nothing for the others.

    >>> Edit.read("26 to out_up")
    Edit(line=26, how='to', what='out_up')
    >>> print(Edit(26, "off"))
    26 off
    """

    line: int
    how: str
    what: str = ""

    @classmethod
    def read(cls, text: str) -> Edit:
        """An edit as one writes it. Raises BadInput with what is wrong."""
        number, _, rest = text.strip().partition(" ")
        how, _, what = rest.strip().partition(" ")
        if not number.isdigit() or how not in HOW:
            raise BadInput(
                f"{text!r} is no edit: write a line number and one of {', '.join(HOW)}, "
                "such as 26 off or 26 to out."
            )
        return cls(int(number), how, what.strip())

    def __str__(self) -> str:
        return f"{self.line} {self.how} {self.what}".rstrip()


def refused(found: Sequence[Line], edit: Edit) -> str | None:
    """Why a line does not allow an edit; None when it does."""
    line = next((one for one in found if one.number == edit.line), None)
    if line is None:
        return f"there is no line {edit.line}: the listing has 1 to {len(found)}"
    if edit.how not in _allowed(line):
        able = _allowed(line)
        return f"line {line.number} ({line.text}) allows {', '.join(able) or 'no edit'}"
    match edit.how:
        case "to":
            labels = labels_of(found, line)
            if edit.what not in labels and not (edit.what == "return" and _void(found, line)):
                return f"there is no label {edit.what!r}{nearest(edit.what, labels)}"
        case "move":
            return _bad_move(found, line, edit.what)
        case "add":
            word, _, target = edit.what.partition(" ")
            if word == "goto" and target in labels_of(found, line):
                return None
            if edit.what not in NEW:
                return f"{edit.what!r} cannot be added: choose {', '.join(NEW)} or goto LABEL"
            if edit.what == "return" and not _void(found, line):
                return "this function returns a value: use goto LABEL"
    return None


def allowed(found: Sequence[Line], line: Line) -> list[Edit]:
    """Every edit that a line allows, without those of `move` and `add`, which are many.

    >>> from faultviz.edit.listing import lines
    >>> from faultviz.models import load
    >>> listing = lines(load("mips", "merged"))
    >>> print(*allowed(listing, listing[18]), sep="; ")
    19 off; 19 to retry; 19 to bad_area; 19 to bad_area_nosemaphore; 19 to no_context; \
19 to out_of_memory; 19 to do_sigbus
    """
    made: list[Edit] = []
    for how in _allowed(line):
        if how == "to":
            own = line.of.label if isinstance(line.of, Jump) else ""
            made += [Edit(line.number, how, name) for name in labels_of(found, line) if name != own]
        elif how not in ("move", "add"):
            made.append(Edit(line.number, how))
    return made


def moves(found: Sequence[Line], line: Line) -> list[Edit]:
    """Every place to which a line may be moved.

    >>> from faultviz.edit.listing import lines
    >>> from faultviz.models import load
    >>> listing = lines(load("mips", "merged"))
    >>> print(*moves(listing, listing[5])[:3], sep="; ")
    6 move 2; 6 move 3; 6 move 4
    """
    places = (Edit(line.number, "move", str(one.number)) for one in found)
    return [edit for edit in places if refused(found, edit) is None]


def additions(found: Sequence[Line], line: Line) -> list[Edit]:
    """Everything that may be put before a line.

    >>> from faultviz.edit.listing import lines
    >>> from faultviz.models import load
    >>> listing = lines(load("mips", "merged"))
    >>> print(*additions(listing, listing[4])[:2], sep="; ")
    5 add take mmap_lock; 5 add give up mmap_lock
    """
    new = [*NEW, *(f"goto {label}" for label in labels_of(found, line))]
    made = (Edit(line.number, "add", what) for what in new)
    return [edit for edit in made if refused(found, edit) is None]


def labels_of(found: Sequence[Line], line: Line) -> list[str]:
    """The labels of the function in which a line stands, in order."""
    function = _function(found, line)
    return [one.of.name for one in function if isinstance(one.of, Label)]


def block(found: Sequence[Line], line: Line) -> list[Line]:
    """A line with all that belongs to it: deeper lines, and an else or while at its own depth."""
    at = next(i for i, one in enumerate(found) if one.number == line.number)
    end = at + 1
    joined = {"if": ("else",), "unless": ("else",), "try": ("else",), "do": ("while",)}
    while end < len(found) and (
        found[end].depth > line.depth
        or (found[end].depth == line.depth and found[end].kind in joined.get(line.kind, ()))
    ):
        end += 1
    return list(found[at:end])


_TESTS = ("if", "unless")
_WHOLE = ("step", "if", "unless", "try", "do", "switch", "goto")


def _allowed(line: Line) -> tuple[str, ...]:
    can: list[str] = []
    if line.kind in ("step", "if", "unless", "goto", "case"):
        can.append("off")
    if line.kind == "if":
        can.append("empty")
    if line.kind in (*_TESTS, "while"):
        can.append("not")
    if line.kind == "goto" or (
        isinstance(line.of, SimpleStep) and isinstance(line.of.op, ir.Leave)
    ):
        can.append("to")
    if isinstance(line.of, SimpleStep) and flag_change(line.of):
        can.append("flags")
    if line.kind in _WHOLE:
        can.append("move")
    if line.kind not in ("function", "else", "while", "case", "default"):
        can.append("add")
    return tuple(can)


def flag_change(step: SimpleStep) -> tuple[str, int] | None:
    """Whether flags are added to or assigned here, and which."""
    match step.op:
        case ir.Let("flags", ir.With(_, mask)):
            return "add", mask
        case ir.Let("flags", ir.Const(int(mask))):
            return "exactly", mask
    return None


def _function(found: Sequence[Line], line: Line) -> list[Line]:
    starts = [i for i, one in enumerate(found) if one.kind == "function"]
    at = next(i for i, one in enumerate(found) if one.number == line.number)
    first = max(i for i in starts if i <= at)
    last = min((i for i in starts if i > at), default=len(found))
    return list(found[first:last])


def _void(found: Sequence[Line], line: Line) -> bool:
    head = _function(found, line)[0].of
    return isinstance(head, flow.FunctionModel) and not head.result


def _bad_move(found: Sequence[Line], line: Line, what: str) -> str | None:
    if not what.isdigit():
        return "a move names the line before which it shall stand, such as 26 move 20"
    target = next((one for one in found if one.number == int(what)), None)
    if target is None:
        return f"there is no line {what}"
    if target in block(found, line):
        return f"line {what} belongs to what is moved"
    if target not in _function(found, line):
        return f"line {what} is in another function"
    if "add" not in _allowed(target):
        return f"nothing can stand before line {what} ({target.text})"
    return None
