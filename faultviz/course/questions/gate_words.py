"""What decided a step, in words: the reasons that a question gives for its answers.

Here: templates over the state of a step. Not here: which steps are asked about (`gate`).
"""

from __future__ import annotations

from faultviz.engine import narrate as story
from faultviz.engine.run import Step, Trace
from faultviz.ir import graph as ir
from faultviz.ir.bits import ERROR_BITS, Flag, Result, names


def result_of(step: Step) -> str:
    """The result as it is shown: `0x4200 COMPLETED|LOCKED`; without any bit it is OK."""
    return story.bits_words(step.result, Result) if step.result else "0x0 OK"


def answers(trace: Trace) -> str:
    """The answers of handle_mm_fault in this trace: `RETRY, then OK`."""
    return ", then ".join(trace.used)


def calls_words(calls: int) -> str:
    """`1 call`, `2 calls`."""
    return f"{calls} call{'' if calls == 1 else 's'}"


def decided(trace: Trace, step: Step) -> str:
    """What made a test come out as it did, without a full stop.

    >>> from faultviz.engine.run import run
    >>> trace = run("mips", outcomes="COMPLETED")
    >>> decided(trace, trace.steps[10])
    'COMPLETED is set in the result 0x4200 COMPLETED|LOCKED'
    """
    op = trace.program.nodes[step.node].op
    if isinstance(op, ir.Lock):
        taken = "no other task has it for writing"
        return f"mmap_lock: {taken}" if step.answer else "another task has mmap_lock for writing"
    if isinstance(op, ir.Test):
        said, so = _part(op.expr, trace, step)
        if so is step.answer:
            return said
    answer = {True: "yes", False: "no", None: "the case that it has"}[step.answer]
    return f"“{step.text}” is answered {answer} here"


def _part(expr: ir.Expr, trace: Trace, step: Step) -> tuple[str, bool | None]:
    """A condition in words, and whether it holds; None where a step cannot tell."""
    match expr:
        case ir.Bits(name, mask) if name in ("result", "flags"):
            kind: type[Result | Flag] = Result if name == "result" else Flag
            value = (step.result if name == "result" else step.flags) or 0
            asked = names(value & mask or mask, kind)
            verb = "is set" if value & mask else "is not set"
            if not value & mask and "|" in asked:
                asked, verb = f"none of {asked}", "is set"
            shown = result_of(step) if name == "result" else story.bits_words(value, kind)
            return f"{asked} {verb} in the {name} {shown}", bool(value & mask)
        case ir.Free(word):
            has = word in trace.given.words
            return f"the context has {'' if has else 'no '}{word}", has
        case ir.Not(part):
            said, so = _part(part, trace, step)
            return said, None if so is None else not so
        case ir.And(parts) | ir.Or(parts):
            settles = isinstance(expr, ir.Or)
            told: list[str] = []
            for part in parts:
                said, so = _part(part, trace, step)
                if so is None:
                    return "", None
                if so is settles:
                    before = f"{' and '.join(told)}, but " if told and not settles else ""
                    return before + said, settles
                told.append(said)
            return " and ".join(told), not settles
    return "", None


def given_up(step: Step, before: int) -> str:
    """Why the lock is held or not after a return of handle_mm_fault, without a full stop."""
    result, shown = step.result or 0, result_of(step)
    if result & Result.COMPLETED:
        return f"COMPLETED is set in the result {shown}: mmap_lock was given up inside"
    if result & Result.RETRY and step.mmap_lock < before:
        return f"RETRY is set in the result {shown}: mmap_lock was given up inside"
    if result & Result.RETRY:
        kept = "but RETRY_NOWAIT was passed: mmap_lock was not given up"
        return f"RETRY is set in the result {shown}, {kept}"
    if result & ERROR_BITS:
        bits = names(result & ERROR_BITS, Result)
        return f"{bits} is set in the result {shown}, an error: mmap_lock was not given up"
    return f"neither RETRY nor COMPLETED is set in the result {shown}: mmap_lock was not given up"


def count_reason(value: int, was: int, now: int) -> str:
    """What a lock count would mean; of the right one, that it is so."""
    if value == now:
        return f": {now}"
    if value == was:
        return f"; {value} would mean that nothing changed"
    more = "taken once more" if value > max(was, now) else "given up once more"
    if value > was > now or value < was < now:
        more = "taken" if value > was else "given up"
    return f"; {value} would mean that it was {more}"


def calls_reason(trace: Trace, value: int) -> str:
    """Why handle_mm_fault is called so often and not otherwise; a miss does not give the number."""
    calls = trace.counters["calls"]
    if value == calls and calls:
        return f"handle_mm_fault answers {answers(trace)}: {calls_words(calls)}."
    if not calls:
        turned = "The handler turns this fault down before handle_mm_fault"
        return f"{turned}: 0 calls." if not value else f"{turned}: {value} would be too many."
    if not value:
        return "The VMA permits the access, so handle_mm_fault is called: 0 would be too few."
    if value < calls:
        return f"The first answer is {trace.used[0]}, not handled yet: {value} would be too few."
    return f"Nobody calls again after {trace.used[-1]}: {value} would be too many."


def pgfault_reason(trace: Trace, value: int) -> str:
    """Why pgfault grows so much and not otherwise."""
    calls, pgfault = trace.counters["calls"], trace.counters["pgfault"]
    rule = "Up to 6.3 pgfault counts every call, finished or not"
    if trace.accounting != "6.0":
        rule = "From 6.4 on pgfault counts only a fault that is finished"
    if value == pgfault:
        return f"{rule}: {calls_words(calls)}, {pgfault}."
    return f"{rule}: {value} would be too {'few' if value < pgfault else 'many'}."
