"""A written program changed, line by line: what breaks if this is gone, or stands elsewhere?

Here: the program that edits make, and edits in words. Not here: which of them a line allows
(`allowances`), what then breaks (`check`), or who asks (`seeded`, `player.bench`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.edit.allowances import HOW, NEW, Edit, block, flag_change, refused
from faultviz.edit.listing import Line, lines, numbered
from faultviz.edit.parse_listing import built
from faultviz.ir.bits import Flag, names
from faultviz.ir.conditions import add, exactly
from faultviz.ir.graph import Program
from faultviz.ir.statements import Jump, SimpleStep


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
    assert isinstance(step, SimpleStep)
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
    assert isinstance(step, SimpleStep)
    assert isinstance(step.op, ir.Let)
    change = flag_change(step)
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
