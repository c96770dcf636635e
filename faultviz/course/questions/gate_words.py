"""What decided a step, in words: the reasons that a question gives for its answers.

Here: which phrase the state of a step gets. Not here: the phrases (`gate.toml`), or which steps are
asked about (`gate`).
"""

from __future__ import annotations

from faultviz import ir
from faultviz.course.phrases import phrases
from faultviz.engine import narrate
from faultviz.engine.run import Step, Trace
from faultviz.ir.bits import ERROR_BITS, Flag, Result, names

word, _given_up, _count, _calls, _pgfault = (
    phrases("faultviz.course.questions", "gate", table)
    for table in ("words", "given-up", "count", "calls", "pgfault")
)


def result_of(step: Step) -> str:
    """The result as it is shown: `0x4200 COMPLETED|LOCKED`; without any bit it is OK."""
    return narrate.bits_words(step.result, Result) if step.result else word("ok")


def answers(trace: Trace) -> str:
    """The answers of handle_mm_fault in this trace: `RETRY, then OK`."""
    told, *more = trace.used or ("",)
    for answer in more:
        told = word("then", answers=told, answer=answer)
    return told


def calls_words(calls: int) -> str:
    """`1 call`, `2 calls`."""
    return word("call" if calls == 1 else "calls", calls=calls)


def decided(trace: Trace, step: Step) -> str:
    """What made a test come out as it did, without a full stop.

    >>> from faultviz.engine.run import run
    >>> trace = run("mips", outcomes="COMPLETED")
    >>> decided(trace, trace.steps[10])
    'COMPLETED is set in the result 0x4200 COMPLETED|LOCKED'
    """
    op = trace.program.nodes[step.node].op
    if isinstance(op, ir.Lock):
        return word("lock-free" if step.answer else "lock-written")
    if isinstance(op, ir.Test):
        said, so = _part(op.expr, trace, step)
        if so is step.answer:
            return said
    answer = {True: "yes", False: "no", None: "a-case"}[step.answer]
    return word("answered", text=step.text, answer=word(answer))


def _part(expr: ir.Expr, trace: Trace, step: Step) -> tuple[str, bool | None]:
    """A condition in words, and whether it holds; None where a step cannot tell."""
    match expr:
        case ir.Bits(name, mask) if name in ("result", "flags"):
            kind: type[Result | Flag] = Result if name == "result" else Flag
            value = (step.result if name == "result" else step.flags) or 0
            asked = names(value & mask or mask, kind)
            several = sum(bool(bit & mask) for bit in kind) > 1
            how = "set" if value & mask else "none-set" if several else "not-set"
            shown = result_of(step) if name == "result" else narrate.bits_words(value, kind)
            return word(how, bits=asked, name=name, value=shown), bool(value & mask)
        case ir.Free(name):
            has = name in trace.given.words
            return word("has-word" if has else "has-no-word", word=name), has
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
                    if told and not settles:
                        said = word("but", before=word("and").join(told), said=said)
                    return said, settles
                told.append(said)
            return word("and").join(told), not settles
    return "", None


def given_up(step: Step, before: int) -> str:
    """Why the lock is held or not after a return of handle_mm_fault, without a full stop."""
    result, bits = step.result or 0, ""
    if result & Result.COMPLETED:
        how = "completed"
    elif result & Result.RETRY:
        how = "retry" if step.mmap_lock < before else "nowait"
    else:
        how, bits = "neither", names(result & ERROR_BITS, Result)
        how = "error" if result & ERROR_BITS else how
    return _given_up(how, result=result_of(step), bits=bits)


def count_reason(value: int, was: int, now: int) -> str:
    """What a lock count would mean; of the right one, that it is so."""
    if value in (now, was):
        return _count("right" if value == now else "unchanged", value=value)
    how = "taken" if value > was else "given-up"
    between = value > was > now or value < was < now
    if not between:
        how = "taken-once-more" if value > max(was, now) else "given-up-once-more"
    return _count(how, value=value)


def calls_reason(trace: Trace, value: int) -> str:
    """Why handle_mm_fault is called so often and not otherwise; a miss does not give the number."""
    calls, used = trace.counters["calls"], trace.used
    if not calls:
        return _calls("turned-down-many" if value else "turned-down", value=value)
    if value == calls:
        return _calls("right", answers=answers(trace), calls=calls_words(calls))
    how = "permitted" if not value else "few" if value < calls else "many"
    return _calls(how, first=used[0], last=used[-1], value=value)


def pgfault_reason(trace: Trace, value: int) -> str:
    """Why pgfault grows so much and not otherwise."""
    pgfault = trace.counters["pgfault"]
    rule = _pgfault("every" if trace.accounting == "6.0" else "finished")
    how = "right" if value == pgfault else "few" if value < pgfault else "many"
    calls = calls_words(trace.counters["calls"])
    return _pgfault(how, rule=rule, value=value, calls=calls, pgfault=pgfault)
