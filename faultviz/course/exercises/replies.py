"""The reply to a patch: what is found in it, model replies, and what a whole review is worth.

Here: the rubric, which looks for words and no more. Not here: the patch, and whether the answer to
it is right (`reviews`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from faultviz.base.texts import texts
from faultviz.course.exercises.marking import asked_for, scores
from faultviz.course.exercises.reviews import PARTS, PostedPatch, judge, make
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.course.phrases import phrases

_TOLD = texts("faultviz.course.exercises", "replies")
WORDS: dict[str, list[str]] = _TOLD["words"]
COMES: dict[str, str] = _TOLD["comes"]
say = phrases("faultviz.course.exercises", "replies", "reply")


class Rubric(NamedTuple):
    """What a reply says of what a good one says: each criterion with yes or no."""

    met: Mapping[str, bool]

    @property
    def total(self) -> int:
        """How many criteria are met."""
        return sum(self.met.values())

    @property
    def head(self) -> str:
        """How many, of how many."""
        return say("found", total=self.total, of=len(self.met))

    def __repr__(self) -> str:
        rows = [say("met" if ok else "not-met", what=what) for what, ok in self.met.items()]
        return "\n".join([self.head, *rows])


def rubric(one: PostedPatch, reply: str) -> Rubric:
    """What is found in a reply of about five sentences; its tone and truth only people can judge.

    >>> rubric(make("7", 3), "No.").total
    0
    """
    text = reply.casefold()
    count = len([s for s in re.split(r"[.?!](?:\s|$)", reply) if s.strip()])

    def has(*words: str) -> bool:
        return any(word.casefold() in text for word in words if word)

    first, name, root = one.first, one.after.name, one.after.root
    if first is None:
        met = {
            "read": has(name, root, *WORDS["read"]),
            "answer": has("COMPLETED"),
            "lock": has(*WORDS["lock"]),
            "held": has(*WORDS["held"]),
            "tag": has(*WORDS["tag"]) and 3 <= count <= 8,
        }
    else:
        where = (one.after.nodes[first.node].text, first.node, root)
        met = {
            "where": has(*where, *(say("line", n=n) for n in one.places)),
            "answer": has(*first.outcomes.split(",")),
            "lock": has(*WORDS["lock"], *WORDS["state"]),
            "comes": has(*_TOLD["consequence"].get(first.invariant, ())),
            "way-out": has(*WORDS["way-out"]) and 3 <= count <= 8,
        }
    return Rubric({_TOLD["criteria"][what]: ok for what, ok in met.items()})


def replies(one: PostedPatch) -> list[str]:
    """Two model replies, made from what the search found.

    >>> one = make("7", 3)
    >>> [rubric(one, reply).total for reply in replies(one)]
    [5, 5]
    """
    named = {"name": one.after.name, "root": one.after.root}
    first = one.first
    if first is None:
        return [say("sound-long", **named), say("sound-short", **named)]
    how = "case" if first.context == "none" else "case-with"
    case = say(how, outcomes=first.outcomes, context=first.context)
    what = {"case": case, "at": one.after.nodes[first.node].text, "comes": COMES[first.invariant]}
    return [say("thanks", **named, **what), say("not-right", **what)]


def grade(act: Act) -> list[Score]:
    """The scores of a recorded review: the patch is made anew from its seed."""
    one = make(*asked_for(act))
    what = f"{act.name} level {one.level}"
    found = scores(judge(one, act.given), what, PARTS, "review a patch")
    if act.given.get("reply"):
        reply = rubric(one, str(act.given["reply"]))
        found.append(Score(f"{what}: reply", reply.total, 5, objective="reply to a patch"))
    return found
