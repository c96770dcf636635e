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
from faultviz.base.texts import texts
from faultviz.course import banks
from faultviz.course.banks import CURRENT
from faultviz.course.exercises.invented import handler
from faultviz.course.exercises.marking import Remark, Verdict, level_of, whole
from faultviz.course.exercises.seeded import SOUND, first_of, is_fault
from faultviz.course.phrases import phrases
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

SUBJECTS: dict[str, str] = texts("faultviz.course.exercises", "exercises")["subjects"]
"""What such a patch may be called."""

say = phrases("faultviz.course.exercises", "exercises", "reviewed")
tell = phrases("faultviz.course.exercises", "exercises", "patch")


class PostedPatch(NamedTuple):
    """A patch: the handler before and after it, and what is wrong with it, if anything.

    `first` is the shortest counterexample in the patched handler, None for a sound patch; `places`
    are the lines of the patched listing that count as the place of the fault.
    """

    seed: str
    level: int
    bank: int
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
def make(seed: str, level: int | None = None, bank: int = CURRENT) -> PostedPatch:
    """The patch of a seed. Without a level the seed draws one.

    >>> print(make("7", 3).mail.splitlines()[1])
    Subject: [PATCH] lapwing: do not do a completed fault again
    """
    draw, of = Draw(f"review {seed}"), banks.bank(bank)
    level = level_of(level, draw.choice(of.levels), bank)
    whole = handler(f"review {seed}", level, bank)
    before, after = whole.at("before"), whole.at("merged")
    old, new = lines(before), lines(after)
    subject = SUBJECTS[draw.choice(of.subjects)]
    if draw.chance(SOUND):
        return PostedPatch(seed, level, bank, before, after, mail(after.name, subject, old, new))
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
            return PostedPatch(seed, level, bank, before, cut, text, first, places)
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
    signs = [row[:1] for row in change.splitlines()[2:]]
    plus, minus = signs.count("+"), signs.count("-")
    return tell(
        "mail", name=name, subject=subject, path=path, change=change,
        lines=plus + minus, marks="+" * plus + "-" * minus,
        insertions=tell("insertion" if plus == 1 else "insertions", n=plus),
        deletions=tell("deletion" if minus == 1 else "deletions", n=minus),
    )  # fmt: skip


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
    call = next(one.number for one in new if is_fault(one))
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


def judge(one: PostedPatch, given: Mapping[str, Any]) -> Verdict:
    """An answer: `ack`, or `rule`, `line` (of the patched listing), `outcomes` and `context`.

    >>> one = make("7", 3)
    >>> judge(one, {"ack": one.sound}).total in (0, 3)
    True
    """
    first = one.first
    if given.get("ack"):
        text = say("broken", meaning=INVARIANTS[first.invariant]) if first else say("acked")
        return whole(PARTS, text, right=one.sound)
    if one.sound:
        return whole(PARTS, say("sound"), right=False)
    rules = {row.invariant for row in check(one.after) if row.verdict == "violated"}
    rule, line = str(given.get("rule", "")), _number(given.get("line"))
    there = line in one.places
    breaks, told = _scenario(one, rule, given)
    good = {"rule": rule in rules, "line": there, "scenario": breaks}
    sentences = (
        say("rule-right" if rule in rules else "rule-wrong", rule=rule or say("unnamed")),
        say("line-right" if there else "line-wrong", line=line),
        told,
    )
    remarks = tuple(Remark(text, (part,)) for text, part in zip(sentences, PARTS, strict=True))
    return Verdict({part: 1 for part in PARTS if good[part]}, len(PARTS), remarks)


def _number(given: Any) -> int:
    try:
        return int(given)
    except (TypeError, ValueError):
        return 0


def _scenario(one: PostedPatch, rule: str, given: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether a scenario breaks the rule, and that in words."""
    outcomes, context = str(given.get("outcomes") or "OK"), str(given.get("context") or "none")
    try:
        trace = run(one.after, outcomes=outcomes, context=context)
    except BadInput as reason:
        return False, say("scenario-refused", reason=reason)
    breaks = any(b.invariant == rule for b in trace.violations)
    how, rule = "scenario-right" if breaks else "scenario-wrong", rule or say("no-rule")
    return breaks, say(how, outcomes=outcomes, context=context, rule=rule)
