"""The rules that a question offers as its reason, true ones and misconceptions, each judged here.

Here: for each kind of step two to four rules with what the state says of them. Not here: which
steps are asked about (`gate`), what decided a step (`gate_words`), or the texts (`gate.toml`).
"""

from __future__ import annotations

from typing import NamedTuple

from faultviz.base.texts import texts
from faultviz.course.questions.gate_words import answers, calls_words, result_of, word
from faultviz.engine.narrate import capital
from faultviz.engine.run import Step, Trace
from faultviz.ir.bits import Result

_RULES = texts("faultviz.course.questions", "gate")["rules"]


class Rule(NamedTuple):
    """A rule, whether it is what decides here, and what the state says of that.

    `about` is the misconception that choosing it shows, or nothing.
    """

    text: str
    decides: bool
    reason: str
    about: str = ""


def _rule(name: str, decides: bool, **state: object) -> Rule:
    told = _RULES[name]
    reason = told["yes" if decides else "no"].format(**state)
    return Rule(told["text"], decides, reason, told.get("about", ""))


def call_rules(trace: Trace, calls: int) -> list[Rule]:
    """Why handle_mm_fault is called so often."""
    has = "not-called" if not calls else "answer" if calls == 1 else "answers"
    state = {"many": calls_words(calls), "has": word(has, answers=answers(trace))}
    done = "COMPLETED" in trace.used
    again = calls > 1
    after = "instruction" if trace.program.kind == "handler" else "toucher"
    rules = [
        _rule("again", again, **state),
        _rule("done", done, **state),
        _rule(after, False, **state),
    ]
    if not calls:
        rules.append(_rule("turned-down", True))
    elif not again and trace.used[-1:] == ("RETRY",):
        rules.append(_rule("given-up", True, **state))
    elif not again and not done:
        rules.append(_rule("enough", True, **state))
    return rules


def contract_rules(step: Step, was: int) -> list[Rule]:
    """The corners of the contract, for a return of handle_mm_fault."""
    result, now = step.result or 0, step.mmap_lock
    done, retry = bool(result & Result.COMPLETED), bool(result & Result.RETRY)
    state = {
        "result": result_of(step),
        "moved": word("moved" if now != was else "stayed", was=was, now=now),
        "bit": "COMPLETED" if done else "RETRY",
    }
    return [
        _rule("stays", not done and not retry, **state),
        _rule("nowait" if retry and now >= was else "retry", retry, **state),
        _rule("completed", done, **state),
        _rule("owner", False, **state),
    ]


def hold_rules(was: int, now: int) -> list[Rule]:
    """What taking or giving up mmap_lock does to the count."""
    took = now > was
    right = "not-held" if now < 0 else "taken" if took else "released"
    state = {"was": was, "now": now, "own": word("own", was=was, now=now)}
    return [
        _rule(right, True, **state),
        _rule("exclude" if took else "nobody", False, **state),
        _rule("tasks", False, **state),
    ]


def result_rules(step: Step, reason: str) -> list[Rule]:
    """Why a test of the result comes out as it does."""
    result, held, yes = step.result or 0, step.mmap_lock, bool(step.answer)
    state = {
        "result": result_of(step), "held": held, "reason": reason, "capital": capital(reason)
    }  # fmt: skip
    rules = [
        _rule("all-there", yes, **state),
        _rule("missing", not yes, **state),
        _rule("held" if held > 0 else "unheld", False, **state),
    ]
    if result & Result.COMPLETED:
        rules.append(_rule("every", False, **state))
    elif result & Result.RETRY:
        rules.append(_rule("failure", False, **state))
    return rules


def other_rules(step: Step, reason: str) -> list[Rule]:
    """Why a test that does not read the result comes out as it does."""
    state = {"reason": reason, "capital": capital(reason), "to": step.to}
    lock = _rule("count", False, held=step.mmap_lock)
    if step.answer is None:
        return [_rule("case", True, **state), lock]
    yes = bool(step.answer)
    return [_rule("so", yes, **state), _rule("not-so", not yes, **state), lock]
