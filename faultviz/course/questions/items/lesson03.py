"""The questions of lesson 03, the review of the s390 part."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Item
from faultviz.course.review_thread import tags_before
from faultviz.edit.edits import edited
from faultviz.edit.listing import lines
from faultviz.engine.check import check
from faultviz.engine.run import Trace, run
from faultviz.models import load

GUEST = "gmap,write"


def _taken(trace: Trace) -> int:
    return sum(step.text == "take mmap_lock" for step in trace.steps)


def _done(revision: str, context: str) -> Trace:
    return run("s390", revision, "COMPLETED", context)


def _retry_takes() -> str:
    """Whether a second round of s390 meets the first taking again."""
    label = load("s390", "merged").nodes["retry"]
    return "the label stands behind the first taking" if "take" not in label.text else "it forgot"


def _ack() -> str:
    broken = {row.invariant for row in check("s390", "v3") if row.verdict == "violated"}
    return "object" if broken else "ack"


def _balanced() -> str:
    trace = _done("v3", GUEST)
    balanced = trace.mmap_lock_at_exit == 0
    return "no: it can be right and the code wrong" if balanced and trace.violations else "yes"


def _rule() -> str:
    rule = _done("v3", GUEST).violations[0].invariant
    return {
        "lock-required": "whoever needs mmap_lock is called with it held",
        "lock-balance": "whoever leaves holds mmap_lock as often as at the entry",
        "lock-underflow": "nobody gives up what they do not hold",
    }[rule]


def _half() -> str:
    """What a re-lock alone does to v3, which still remembers that the lock is gone."""
    listing = lines(load("s390", "v3"))
    at = next(line.number for line in listing if line.text == "need_unlock = 0")
    program = edited(load("s390", "v3"), f"{at + 1} add take mmap_lock")
    broken = {row.invariant for row in check(program) if row.verdict == "violated"}
    return {
        frozenset(): "it is right now",
        frozenset({"lock-balance"}): "it leaves with mmap_lock held",
        frozenset({"lock-underflow"}): "it gives mmap_lock up twice",
    }[frozenset(broken)]


def _price() -> str:
    more = _taken(_done("v4", "write")) - _taken(_done("merged", "write"))
    return {1: "mmap_lock is taken once more, for nothing", 0: "nothing"}[more]


def _clear() -> str:
    rows = check("s390", "merged", "result-clear")
    rule = next(row.invariant for row in rows if row.verdict == "violated")
    return {
        "result-code": "its callers take the page fault for a failure",
        "lock-balance": "mmap_lock stays held",
    }[rule]


def _scope() -> str:
    own = [event for event in tags_before("objects") if event.scope == "s390"]
    return "nobody" if not own else "one of them"


ITEMS: dict[str, Item] = {
    "03-retry": Item(
        "On s390 the branch for RETRY takes mmap_lock before it goes to retry. On mips it does "
        "not. Why?",
        (
            ("s390 holds the lock twice", "Its count is never more than one."),
            (
                "the label stands behind the first taking",
                "On mips the label stands before it, so going back takes the lock by itself.",
            ),
            ("it forgot", "Without it the second round would look up the VMA without the lock."),
        ),
        _retry_takes,
    ),
    "03-ack": Item(
        "You maintain s390. You have read the part of v3 that is for you. What do you answer?",
        (
            ("ack", "Then a guest's page is entered into its tables without the lock."),
            ("object", "Say where, with which answer, and what is not protected there."),
        ),
        _ack,
    ),
    "03-M14": Item(
        "On every way through v3 the count is right at the end. Is the handler right, then?",
        (
            ("yes", "The count is asked at the end; a callee may need the lock in the middle."),
            (
                "no: it can be right and the code wrong",
                "Balance is one rule. That a callee is protected is another.",
            ),
        ),
        _balanced,
        "M14",
    ),
    "03-rule": Item(
        "Which rule does v3 break?",
        (
            (
                "whoever leaves holds mmap_lock as often as at the entry",
                "The flag need_unlock takes care of that: the count ends at 0.",
            ),
            ("nobody gives up what they do not hold", "It does not unlock after COMPLETED at all."),
            (
                "whoever needs mmap_lock is called with it held",
                "__gmap_link is entered with count 0.",
            ),
        ),
        _rule,
    ),
    "03-half": Item(
        "Somebody repairs v3 with one line: take mmap_lock after “need_unlock = 0”. And now?",
        (
            ("it is right now", "need_unlock is still 0, so nobody gives the new hold up."),
            ("it leaves with mmap_lock held", "The flag says that there is nothing to unlock."),
            ("it gives mmap_lock up twice", "It does not give it up at all."),
        ),
        _half,
    ),
    "03-price": Item(
        "v4 takes the lock again after every COMPLETED. What does a fault without a guest pay?",
        (
            ("nothing", "It takes the lock again, too, and has no use for it."),
            (
                "mmap_lock is taken once more, for nothing",
                "Only __gmap_link needs it, and there is no guest.",
            ),
        ),
        _price,
    ),
    "03-clear": Item(
        "A suggestion for v4: without a guest go to out at once, and leave the result as it is. "
        "What happens to such a fault?",
        (
            (
                "nothing: it was handled",
                "It was, but the result still says 0x4200, which is not 0.",
            ),
            ("mmap_lock stays held", "It was given up inside, and nobody took it again."),
            (
                "its callers take the page fault for a failure",
                "They read anything but 0 as an error, and know no COMPLETED.",
            ),
        ),
        _clear,
    ),
    "03-scope": Item(
        "Eight people had given a tag before the objection came. How many of them had spoken for "
        "the s390 part?",
        (
            ("all of them", "Four named one architecture of their own, and none of those is s390."),
            ("one of them", "Read the scopes: m68k, arc, csky, xtensa, and the whole."),
            ("nobody", "A tag for the whole says that the idea is right, not each handler."),
        ),
        _scope,
    ),
}
