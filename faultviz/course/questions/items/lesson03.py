"""The questions of lesson 03, the review of the s390 part."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Key
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
    return "label" if "take" not in label.text else "forgot"


def _ack() -> str:
    broken = {row.invariant for row in check("s390", "v3") if row.verdict == "violated"}
    return "object" if broken else "ack"


def _balanced() -> str:
    trace = _done("v3", GUEST)
    balanced = trace.mmap_lock_at_exit == 0
    return "no" if balanced and trace.violations else "yes"


def _rule() -> str:
    rule = _done("v3", GUEST).violations[0].invariant
    return {"lock-required": "required", "lock-balance": "balance", "lock-underflow": "underflow"}[
        rule
    ]


def _half() -> str:
    """What a re-lock alone does to v3, which still remembers that the lock is gone."""
    listing = lines(load("s390", "v3"))
    at = next(line.number for line in listing if line.text == "need_unlock = 0")
    program = edited(load("s390", "v3"), f"{at + 1} add take mmap_lock")
    broken = {row.invariant for row in check(program) if row.verdict == "violated"}
    return {
        frozenset(): "right",
        frozenset({"lock-balance"}): "held",
        frozenset({"lock-underflow"}): "twice",
    }[frozenset(broken)]


def _price() -> str:
    more = _taken(_done("v4", "write")) - _taken(_done("merged", "write"))
    return {1: "once", 0: "nothing"}[more]


def _clear() -> str:
    rows = check("s390", "merged", "result-clear")
    rule = next(row.invariant for row in rows if row.verdict == "violated")
    return {"result-code": "failure", "lock-balance": "held"}[rule]


def _scope() -> str:
    own = [event for event in tags_before("objects") if event.scope == "s390"]
    return "nobody" if not own else "one"


KEYS: dict[str, Key] = {
    "03-retry": _retry_takes,
    "03-ack": _ack,
    "03-M14": _balanced,
    "03-rule": _rule,
    "03-half": _half,
    "03-price": _price,
    "03-clear": _clear,
    "03-scope": _scope,
}
