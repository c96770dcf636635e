"""Changes of a written program, line by line: what breaks if this is gone, or stands elsewhere?

An `Edit` speaks of a line of the unchanged listing (`listing`), so several never disturb each
other's numbers. Here: the kinds of edits, which of them a line allows, and the program that they
make. Not here: what then breaks (`check`), or who asks (`seeded`, `player.bench`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.edit.listing import Line, lines, numbered
from faultviz.edit.parse_listing import built
from faultviz.ir import graph as ir
from faultviz.ir import statements as flow
from faultviz.ir.bits import Flag, names
from faultviz.ir.conditions import add, exactly
from faultviz.ir.graph import Program
from faultviz.ir.statements import Jump, Label, Step

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
NEW: dict[str, Callable[[], Step | Jump]] = {
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


def edited(program: Program, *edits: Edit | str) -> Program:
    """A program with edits made; its revision, and its name, stay.

    Raises BadInput, naming the edit, for what a line does not allow.

    >>> from faultviz.engine.check import check
    >>> from faultviz.models import load
    >>> mips = load("mips", "merged")
    >>> [row for row in check(edited(mips, "18 off")) if row.verdict == "violated"]
    [mips merged: lock-underflow violated at give_up_mmap_lock (COMPLETED; write; 13 steps)]
    """
    return built(edited_lines(lines(program), *edits), program)


def edited_lines(found: Sequence[Line], *edits: Edit | str) -> tuple[Line, ...]:
    """The lines after edits, numbered anew."""
    return numbered(kept(found, *edits))


def kept(found: Sequence[Line], *edits: Edit | str) -> list[Line]:
    """The lines after edits, each with the number that it had; 0 is the number of a new one.

    >>> from faultviz.models import load
    >>> listing = lines(load("mips", "merged"))
    >>> [line.number for line in kept(listing, "6 add mark TRIED", "7 off")[4:8]]
    [5, 0, 6, 8]
    """
    asked = [Edit.read(e) if isinstance(e, str) else e for e in edits]
    for edit in asked:
        reason = refused(found, edit)
        if reason:
            raise BadInput(f"{edit}: {reason}.")
    left = list(found)
    # From the bottom up, so that what stands above a place has not moved yet.
    for edit in sorted(asked, key=lambda e: e.line, reverse=True):
        for number in [edit.line, *([int(edit.what)] if edit.how == "move" else [])]:
            if not any(line.number == number for line in left):
                raise BadInput(f"{edit}: line {number} is gone by another edit.")
        left = _apply(left, edit)
    return left


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

    >>> from faultviz.models import load
    >>> listing = lines(load("mips", "merged"))
    >>> print(*moves(listing, listing[5])[:3], sep="; ")
    6 move 2; 6 move 3; 6 move 4
    """
    places = (Edit(line.number, "move", str(one.number)) for one in found)
    return [edit for edit in places if refused(found, edit) is None]


def additions(found: Sequence[Line], line: Line) -> list[Edit]:
    """Everything that may be put before a line.

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


# --- what a line allows ----------------------------------------------------------------------

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
    if line.kind == "goto" or (isinstance(line.of, Step) and isinstance(line.of.op, ir.Leave)):
        can.append("to")
    if isinstance(line.of, Step) and _flag_change(line.of):
        can.append("flags")
    if line.kind in _WHOLE:
        can.append("move")
    if line.kind not in ("function", "else", "while", "case", "default"):
        can.append("add")
    return tuple(can)


def _flag_change(step: Step) -> tuple[str, int] | None:
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


# --- making them -----------------------------------------------------------------------------


def _apply(left: list[Line], edit: Edit) -> list[Line]:
    at = next(i for i, one in enumerate(left) if one.number == edit.line)
    line = left[at]
    whole = block(left, line)
    before, after = left[:at], left[at + len(whole) :]
    match edit.how:
        case "off":
            return [*before, *_without_head(whole), *after]
        case "empty":
            kept = [one for one in whole[1:] if _part(whole, one) == "else"]
            return [*before, line, *kept, *after]
        case "not":
            return [*before, _opposite(line), *whole[1:], *after]
        case "to":
            return [*before, _jump(line, edit.what), *after]
        case "flags":
            return [*before, _other_change(line), *after]
        case "add":
            return [*before, _new(line, edit.what), *whole, *after]
    rest = [*before, *after]
    target = next(i for i, one in enumerate(rest) if one.number == int(edit.what))
    deeper = rest[target].depth - line.depth
    moved = [replace(one, depth=one.depth + deeper) for one in whole]
    return [*rest[:target], *moved, *rest[target:]]


def _part(whole: Sequence[Line], line: Line) -> str:
    """Whether a line of an if belongs to its yes or its else."""
    ends = (i for i, one in enumerate(whole) if one.kind == "else" and one.depth == whole[0].depth)
    other = next(ends, len(whole))
    return "else" if whole.index(line) >= other else "yes"


def _without_head(whole: Sequence[Line]) -> list[Line]:
    """What is left when a statement is gone: of a test, what it does when the answer is no."""
    head = whole[0]
    match head.kind:
        case "if":
            kept = [one for one in whole[1:] if _part(whole, one) == "else"][1:]
        case "unless":
            kept = [one for one in whole[1:] if _part(whole, one) == "yes"]
        case _:
            kept = []
    return [replace(one, depth=one.depth - 1) for one in kept]


def _opposite(line: Line) -> Line:
    step = line.of
    assert isinstance(step, Step)
    assert isinstance(step.op, ir.Test)
    expr = step.op.expr
    turned = expr.part if isinstance(expr, ir.Not) else ir.Not(expr)
    said = step.text.removeprefix("not ") if step.text.startswith("not ") else f"not {step.text}"
    word = line.text.split(" ", 1)[0]
    new = replace(step, op=ir.Test(turned), text=said)
    return replace(line, text=f"{word} {said}", of=new)


def _jump(line: Line, what: str) -> Line:
    if what == "return":
        return replace(line, kind="step", text="return", of=NEW["return"]())
    return replace(line, kind="goto", text=f"goto {what}", of=Jump(what))


def _other_change(line: Line) -> Line:
    step = line.of
    assert isinstance(step, Step)
    assert isinstance(step.op, ir.Let)
    change = _flag_change(step)
    assert change is not None
    how, mask = change
    new = (exactly if how == "add" else add)(Flag(mask))
    text = f"flags = {names(mask, Flag)}" if how == "add" else f"add {names(mask, Flag)} to flags"
    tail = step.text[step.text.index(", if") :] if ", if" in step.text else ""
    op = ir.Let("flags", new.on("flags"), step.op.given)
    return replace(line, text=text + tail, of=replace(step, op=op, text=text + tail))


def _new(line: Line, what: str) -> Line:
    word, _, target = what.partition(" ")
    if word == "goto":
        return Line(0, line.depth, "goto", what, None, Jump(target))
    step = NEW[what]()
    return Line(0, line.depth, "step", what, None, step)


def said(found: Sequence[Line], edits: Iterable[Edit]) -> list[str]:
    """Edits in words, with what stands at their lines."""
    by_number = {line.number: line for line in found}
    return [
        f"line {e.line}, {by_number[e.line].text}: {HOW[e.how]}"
        + (f" ({e.what})" if e.what else "")
        for e in edits
    ]
