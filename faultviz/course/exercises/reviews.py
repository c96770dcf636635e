"""Patches to review: a small change of a handler nobody has seen, as a mail; ack it or object.

Here: the patch of a seed, and what an answer is worth. Not here: the reply (`replies`), the
handlers (`invented`), the faults of whole handlers (`seeded`), the widget (`player.reviewing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.course.exercises.invented import LEVELS, handler
from faultviz.course.exercises.seeded import SOUND, Verdict, first_of
from faultviz.edit.allowances import Edit, allowed, block, refused
from faultviz.edit.edits import edited_lines
from faultviz.edit.listing import Line, diff, lines
from faultviz.edit.parse_listing import built
from faultviz.engine.check import Found, check
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import run
from faultviz.ir.graph import Program

PARTS = ("rule", "line", "scenario")
"""What an objection is worth a point for, each; the reply has points of its own."""

SUBJECTS = (
    "leave at once when the fault was completed",
    "do not do a completed fault again",
    "know the answer COMPLETED",
)


class Review(NamedTuple):
    """A patch: the handler before and after it, and what is wrong with it, if anything.

    `first` is the shortest counterexample in the patched handler, None for a sound patch; `places`
    are the lines of the patched listing that count as the place of the fault.
    """

    seed: str
    level: int
    before: Program
    after: Program
    mail: str
    first: Found | None = None
    places: frozenset[int] = frozenset()

    @property
    def sound(self) -> bool:
        """Whether an ack is the right answer."""
        return self.first is None

    def __repr__(self) -> str:
        return f"Exercise(review, seed {self.seed}, level {self.level}: {self.after.name})"


@cache
def make(seed: str, level: int | None = None) -> Review:
    """The patch of a seed. Without a level the seed draws one.

    >>> print(make("7", 3).mail.splitlines()[1])
    Subject: [PATCH] lapwing: do not do a completed fault again
    """
    if level is not None and level not in LEVELS:
        raise BadInput(f"There is no level {level}: choose 1, 2 or 3.")
    draw = Draw(f"review {seed}")
    drawn = draw.choice(LEVELS)
    level = level or drawn
    whole = handler(f"review {seed}", level)
    before, after = whole.at("before"), whole.at("merged")
    old, new = lines(before), lines(after)
    subject = draw.choice(SUBJECTS)
    if draw.chance(SOUND):
        return Review(seed, level, before, after, mail(after.name, subject, old, new))
    patch = patched(old, new)
    near, far = (draw.shuffle(list(edits)) for edits in (_near(new, patch), _far(new)))
    for edit in [*near, *far] if draw.chance(0.7) else [*far, *near]:
        try:
            cut = built(edited_lines(new, edit), after)
        except BadInput:
            continue
        # What nothing leads to any more is no line of the new listing either.
        shown, first = lines(cut), first_of(cut)
        if first is not None and patched(old, shown):
            places = frozenset(_places(shown, new, first.node))
            text = mail(after.name, subject, old, shown)
            return Review(seed, level, before, cut, text, first, places)
    raise AssertionError(f"no fault fits the patch of seed {seed}")


def patched(old: Sequence[Line], new: Sequence[Line]) -> set[int]:
    """The numbers of the new listing's lines that the old one does not have."""
    match = SequenceMatcher(None, [str(o) for o in old], [str(n) for n in new], autojunk=False)
    return {
        new[i].number
        for tag, _, _, low, high in match.get_opcodes()
        if tag != "equal"
        for i in range(low, high)
    }


def mail(name: str, subject: str, old: Sequence[Line], new: Sequence[Line]) -> str:
    """The patch as a mail: header, three sentences, unified diff."""
    path = f"arch/{name}/mm/fault.txt"
    change = diff(old, new, path)
    plus = sum(row.startswith("+") for row in change.splitlines()[2:])
    minus = sum(row.startswith("-") for row in change.splitlines()[2:])
    return f"""From: A Contributor <contributor@example.org>
Subject: [PATCH] {name}: {subject}

A first write to a shared page ends in COMPLETED now: the fault is handled and
mmap_lock is given up already. So the handler of {name} asks for it, and does
not do the fault a second time. No other answer is treated in another way.

Signed-off-by: A Contributor <contributor@example.org>
---
 {path} | {plus + minus} {"+" * plus}{"-" * minus}
 1 file changed, {plus} insertion{_s(plus)}(+), {minus} deletion{_s(minus)}(-)

{change}"""


def _s(n: int) -> str:
    return "" if n == 1 else "s"


def _near(new: Sequence[Line], patch: set[int]) -> Iterator[Edit]:
    """Changes of what the patch brings: the likely slips."""
    for line in new:
        if line.number not in patch:
            continue
        head = getattr(line.of, "role", None) == "completed-check"
        for edit in allowed(new, line):
            if not (head and edit.how == "off"):  # then there would be no patch
                yield edit
        if head:
            moves = (Edit(line.number, "move", str(n)) for n in _nearby(new, line))
            yield from (e for e in moves if refused(new, e) is None)


def _nearby(new: Sequence[Line], line: Line) -> Iterator[int]:
    """Where somebody may put the new test by mistake: among the other tests and behind them."""
    call = next(one.number for one in new if one.text.endswith("handle_mm_fault"))
    inside = {one.number for one in block(new, line)}
    for one in new[call:]:
        if one.depth == 1 and one.number not in inside:
            yield one.number
        if one.kind == "label" and one.text not in ("link:", "out_unlock:"):
            return


def _far(new: Sequence[Line]) -> Iterator[Edit]:
    """Changes anywhere else, which such a patch must not make."""
    for line in new:
        if line.kind in ("step", "goto"):
            yield from (e for e in allowed(new, line) if e.how in ("off", "to"))


def _places(shown: Sequence[Line], sound: Sequence[Line], node: str) -> Iterator[int]:
    """Where the rule breaks, and where the patch differs from a sound one, with its neighbours."""
    yield from (line.number for line in shown if line.node == node)
    match = SequenceMatcher(None, [str(o) for o in sound], [str(n) for n in shown], autojunk=False)
    for tag, _, _, low, high in match.get_opcodes():
        # What is missing has no line: the neighbours stand for it.
        around = 1 if tag == "delete" else 0
        if tag != "equal":
            numbers = range(max(0, low - around), min(high + around, len(shown)))
            yield from (shown[i].number for i in numbers)


# --- what an answer is worth -----------------------------------------------------------------


def judge(one: Review, given: Mapping[str, Any]) -> Verdict:
    """An answer: `ack`, or `rule`, `line` (of the patched listing), `outcomes` and `context`.

    >>> one = make("7", 3)
    >>> judge(one, {"ack": one.sound}).total in (0, 3)
    True
    """
    if given.get("ack"):
        if one.sound:
            told = "Right: the patch breaks no rule on any way."
            return Verdict(dict.fromkeys(PARTS, 1), len(PARTS), (told,))
        assert one.first is not None
        told = f"The patch breaks a rule. {INVARIANTS[one.first.invariant]}"
        return Verdict({}, len(PARTS), (told,))
    if one.sound:
        told = "The patch is sound: after it every rule holds on every way."
        return Verdict({}, len(PARTS), (told,))
    rules = {row.invariant for row in check(one.after) if row.verdict == "violated"}
    rule = str(given.get("rule", ""))
    points: dict[str, int] = {}
    said = [f"Rule: {rule} is broken." if rule in rules else f"Rule: {rule or 'none'} holds."]
    points |= {"rule": 1} if rule in rules else {}
    line = _number(given.get("line"))
    good = line in one.places
    points |= {"line": 1} if good else {}
    said.append(f"Line: {line} is {'a' if good else 'not the'} place of the fault.")
    points, told = _scenario(one, rule, given, points)
    return Verdict(points, len(PARTS), (*said, told))


def _number(given: Any) -> int:
    try:
        return int(given)
    except (TypeError, ValueError):
        return 0


def _scenario(
    one: Review, rule: str, given: Mapping[str, Any], points: dict[str, int]
) -> tuple[dict[str, int], str]:
    outcomes, context = str(given.get("outcomes") or "OK"), str(given.get("context") or "none")
    try:
        trace = run(one.after, outcomes=outcomes, context=context)
    except BadInput as reason:
        return points, f"Scenario: {reason}"
    broken = [b for b in trace.violations if b.invariant == rule]
    if not broken:
        return points, f"Scenario: {outcomes} ({context}) does not break {rule or 'that rule'}."
    return points | {"scenario": 1}, f"Scenario: {outcomes} ({context}) breaks {rule}."
