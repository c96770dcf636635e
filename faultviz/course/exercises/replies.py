"""The reply to a patch: what is found in it, model replies, and what a whole review is worth.

Here: the rubric, which looks for words and no more. Not here: the patch, and whether the answer to
it is right (`reviews`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from faultviz.course.exercises.reviews import PARTS, Review, judge, make
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score

_CONSEQUENCE = {
    "lock-underflow": ("another", "other", "reader", "twice", "second"),
    "lock-balance": ("held", "never", "hang", "deadlock", "leak", "stays"),
    "lock-required": ("protect", "needs", "without", "race", "unlocked"),
    "result-code": ("error", "failure", "failed", "caller"),
    "kernel-fixup": ("loop", "again", "ever", "fix", "hang"),
    "paired-resources": ("exception", "tracking", "ended", "exit"),
    "flags-kept": ("flag", "lost", "retry", "default"),
}
_WAY_OUT = (
    "should", "instead", "before", "take", "lock again", "re-lock", "relock", "return", "goto",
    "move", "put", "keep", "test", "check", "must", "please",
)  # fmt: skip


class Rubric(NamedTuple):
    """What a reply says of what a good one says: each criterion with yes or no."""

    met: Mapping[str, bool]

    @property
    def total(self) -> int:
        """How many criteria are met."""
        return sum(self.met.values())

    def __repr__(self) -> str:
        rows = [f"  {'yes' if ok else 'no ':3}  {what}" for what, ok in self.met.items()]
        return "\n".join([f"{self.total} of {len(self.met)} found in the reply.", *rows])


def rubric(one: Review, reply: str) -> Rubric:
    """What is found in a reply of about five sentences; its tone and truth only people can judge.

    >>> rubric(make("7", 3), "No.").total
    0
    """
    text = reply.casefold()
    count = len([s for s in re.split(r"[.?!](?:\s|$)", reply) if s.strip()])

    def has(*words: str) -> bool:
        return any(word.casefold() in text for word in words if word)

    if one.sound:
        return Rubric({
            "says what was read": has(one.after.name, one.after.root, "handler", "patch"),
            "says for which answer": has("COMPLETED"),
            "says in which state the lock is": has("mmap_lock", "lock"),
            "says what was held against it": has("every", "all", "each", "way", "path", "rule"),
            "ends in a tag, in three to eight sentences": (
                has("Acked-by", "Reviewed-by") and 3 <= count <= 8
            ),
        })  # fmt: skip
    first = one.first
    assert first is not None
    node = one.after.nodes[first.node]
    where = (node.text, first.node, one.after.root, *(f"line {n}" for n in one.places))
    return Rubric({
        "says where": has(*where),
        "says for which answer": has(*first.outcomes.split(",")),
        "says in which state the lock is": has("mmap_lock", "lock", "flag", "result"),
        "says what comes of it": has(*_CONSEQUENCE.get(first.invariant, ())),
        "says a way out, in three to eight sentences": has(*_WAY_OUT) and 3 <= count <= 8,
    })  # fmt: skip


def replies(one: Review) -> list[str]:
    """Two model replies, made from what the search found.

    >>> one = make("7", 3)
    >>> [rubric(one, reply).total for reply in replies(one)]
    [5, 5]
    """
    name, root = one.after.name, one.after.root
    if one.sound:
        one_way = (
            f"I read the patch for {name} with every answer of handle_mm_fault. After COMPLETED "
            "mmap_lock is gone, and no way gives it up again. What needs the lock is done with it "
            "held. No other answer is treated differently.\n\nReviewed-by: You <you@example.org>"
        )
        other = (
            f"For the {name} part: {root} asks for COMPLETED before its unlock, so the lock is "
            "given up once on all paths. The other three answers go where they went. I did not "
            "run it.\n\nAcked-by: You <you@example.org>"
        )
        return [one_way, other]
    first = one.first
    assert first is not None
    node = one.after.nodes[first.node]
    case = first.outcomes + (f" with {first.context}" if first.context != "none" else "")
    comes = _COMES[first.invariant]
    one_way = (
        f"Thanks for the patch. Please look at {case} in {root}. That way comes to “{node.text}”. "
        f"There {comes}. It should be put right before this goes in; I would test exactly that "
        "answer."
    )
    other = (
        f"I do not think that this is right for {case}. At “{node.text}” {comes}. The other "
        "answers look fine to me. Could you take care of this one instead of leaving it to the "
        "common path, and say in the message how you checked it?"
    )
    return [one_way, other]


_COMES = {
    "lock-underflow": "mmap_lock is given up twice, and another reader's hold is used up",
    "lock-balance": "mmap_lock stays held for ever: the next writer will hang",
    "lock-required": "mmap_lock is not held, although what is called needs it",
    "result-code": "mmap_lock is right, but the caller reads the result as an error",
    "kernel-fixup": "mmap_lock is right, but kernel code faults again, for ever, without a fix-up",
    "paired-resources": "mmap_lock is right, but context tracking is never ended on this exit",
    "flags-kept": "the lock is right, but a flag is lost, and with it the right to retry",
}


def grade(act: Act) -> list[Score]:
    """The scores of a recorded review: the patch is made anew from its seed."""
    level = act.given.get("level")
    one = make(act.seed, int(level) if level else None)
    verdict = judge(one, act.given)
    what = f"{act.name} level {one.level}"
    scores = [
        Score(f"{what}: {part}", verdict.points.get(part, 0), 1, objective="review a patch")
        for part in PARTS
    ]
    if act.given.get("reply"):
        found = rubric(one, str(act.given["reply"]))
        scores.append(Score(f"{what}: reply", found.total, 5, objective="reply to a patch"))
    return scores
