"""The rules that a question offers as its reason, true ones and misconceptions, each judged here.

Here: for each kind of step two to four rules with what the state says of them. Not here: which
steps are asked about (`gate`), or what decided a step (`gate_words`).
"""

from __future__ import annotations

from typing import NamedTuple

from faultviz.course.questions.gate_words import answers, calls_words, result_of
from faultviz.engine.narrate import capital
from faultviz.engine.run import Step, Trace
from faultviz.ir.bits import Result


class Rule(NamedTuple):
    """A rule, whether it is what decides here, and what the state says of that."""

    text: str
    decides: bool
    reason: str


def _rule(text: str, decides: bool, if_so: str, if_not: str) -> Rule:
    return Rule(text, decides, if_so if decides else if_not)


def call_rules(trace: Trace, calls: int) -> list[Rule]:
    """Why handle_mm_fault is called so often."""
    many = calls_words(calls)
    has = "handle_mm_fault is not called"
    if calls:
        has = f"the answer{' is' if calls == 1 else 's are'} {answers(trace)}"
    done = "COMPLETED" in trace.used
    again = calls > 1
    after = Rule(
        "The instruction runs again afterwards, and that is one more call",
        False,
        f"It does run again, but it finds a usable entry or a signal: no trap, {many}.",
    )
    if trace.program.kind != "handler":
        after = Rule(
            "Whoever asked for the page touches it afterwards, and that is one more call",
            False,
            f"Whoever touches it finds the entry there, or was told of a failure: {many}.",
        )
    rules = [
        _rule(
            "RETRY: not handled yet, so handle_mm_fault is called again",
            again,
            f"RETRY comes first and asks for another call: {has}, {many}.",
            f"No call is made again after RETRY here: {has}.",
        ),
        _rule(
            "COMPLETED: handled, so nobody calls again",
            done,
            f"COMPLETED says that it is done: {has}, {many}.",
            f"COMPLETED does not come here: {has}.",
        ),
        after,
    ]
    if not calls:
        down = "The fault is turned down before the call"
        why = "No VMA permits the access, there is no mm, or the task is being killed: 0 calls."
        rules.append(Rule(down, True, why))
    elif not again and trace.used[-1:] == ("RETRY",):
        ends = "RETRY, and yet no other call: it is given up, or the page is there already"
        rules.append(Rule(ends, True, f"Nobody calls again: {has}, {many}."))
    elif not again and not done:
        one = f"One call is enough: {has}, which asks for no other; {many}."
        rules.append(Rule("OK or an error: one call settles it", True, one))
    return rules


def contract_rules(step: Step, was: int) -> list[Rule]:
    """The corners of the contract, for a return of handle_mm_fault."""
    result, shown, now = step.result or 0, result_of(step), step.mmap_lock
    done, retry = bool(result & Result.COMPLETED), bool(result & Result.RETRY)
    kept = retry and now >= was
    moved = f"the count went from {was} to {now}" if now != was else f"the count stays {now}"
    return [
        _rule(
            "OK or an error: mmap_lock stays with its caller",
            not done and not retry,
            f"Neither RETRY nor COMPLETED is set in the result {shown}: {moved}.",
            f"This is neither: {'COMPLETED' if done else 'RETRY'} is set in the result {shown}.",
        ),
        _rule(
            "RETRY with NOWAIT: not handled, and mmap_lock stays held"
            if kept
            else "RETRY: not handled yet, and mmap_lock was given up inside",
            retry,
            f"RETRY is set in the result {shown}: {moved}.",
            f"RETRY is not set in the result {shown}.",
        ),
        _rule(
            "COMPLETED: handled, and mmap_lock was given up inside",
            done,
            f"COMPLETED is set in the result {shown}: {moved}.",
            f"COMPLETED is not set in the result {shown}.",
        ),
        Rule(
            "Who took mmap_lock gives it up: a callee never does",
            False,
            f"A callee may, and its result says so: with the result {shown} {moved}.",
        ),
    ]


def hold_rules(was: int, now: int) -> list[Rule]:
    """What taking or giving up mmap_lock does to the count."""
    took = now > was
    verb = "taken" if took else "given up"
    right = f"One hold is {verb}: the count changes by one"
    end = ""
    if now < 0:
        right = "A hold is given up that this task does not have"
        end = ": another task's hold is lost"
    own = f"{was} before this step, {now} after it"
    return [
        Rule(right, True, f"The count is {own}{end}."),
        Rule(
            "Readers exclude each other: it waits until no other reader is left",
            False,
            f"Readers share it; this task's own count goes from {was} to {now}.",
        )
        if took
        else Rule(
            "Now nobody holds mmap_lock",
            False,
            f"Only this task's count is {now}: another reader may hold it still.",
        ),
        Rule(
            "The count says how many tasks hold mmap_lock",
            False,
            f"It counts this task's own holds, whoever else has one: {own}.",
        ),
    ]


def result_rules(step: Step, reason: str) -> list[Rule]:
    """Why a test of the result comes out as it does."""
    result, shown, held = step.result or 0, result_of(step), step.mmap_lock
    yes, told = bool(step.answer), f"{capital(reason)}."
    rules = [
        _rule("All that the test asks for is there", yes, told, f"Not all is there: {reason}."),
        _rule(
            "Something that the test asks for is missing",
            not yes,
            told,
            f"Nothing is missing: {reason}.",
        ),
        Rule(
            f"mmap_lock decides: it is {'held' if held > 0 else 'not held by this task'}",
            False,
            f"The test reads the result {shown}; the count is {held} whichever way is taken.",
        ),
    ]
    if result & Result.COMPLETED:
        only = "only one that gave the lock up inside; where it stays held, the answer is still OK"
        text = "After the patch every finished fault is COMPLETED"
        rules.append(Rule(text, False, f"COMPLETED is set in the result {shown}, but {only}."))
    elif result & Result.RETRY:
        text = "RETRY is a failure, and a failure leaves the handler"
        rules.append(
            Rule(text, False, f"RETRY in the result {shown} says “not yet”: it is no error bit.")
        )
    return rules


def other_rules(step: Step, reason: str) -> list[Rule]:
    """Why a test that does not read the result comes out as it does."""
    held, told = step.mmap_lock, f"{capital(reason)}."
    lock = Rule(
        "The count of mmap_lock decides", False, f"The count is {held} whichever way is taken."
    )
    if step.answer is None:
        case = f"{capital(reason)}: it goes to {step.to}."
        return [Rule("The value has a case of its own", True, case), lock]
    yes = bool(step.answer)
    return [
        _rule("What the test asks for is so", yes, told, f"It is not so: {reason}."),
        _rule("What the test asks for is not so", not yes, told, f"It is so: {reason}."),
        lock,
    ]
