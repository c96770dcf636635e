"""A trace in plain words: the text form that a screen reader and nbval read.

Here: which sentence a step gets, and the whole trace as text. Not here: the sentences
(`sentences.toml`), pictures, or what decides a step (`transitions`). What a node is for stands in
its own `why`.
"""

from __future__ import annotations

from collections.abc import Sequence

from faultviz import ir
from faultviz.base.texts import texts
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.engine.run import Step, Trace
from faultviz.ir.bits import ERROR_BITS, Flag, Result, errno_text, names

_SAID = texts("faultviz.engine", "sentences")
_LOCK, _STEP, _RETURNED, _TRACE = (_SAID[name] for name in ("lock", "step", "returned", "trace"))


def lock_words(count: int) -> str:
    """The lock count as a learner reads it; never "free", others may hold the lock.

    >>> lock_words(1), lock_words(0)
    ('held', 'not held by this task')
    """
    how = {0: "not_held", 1: "held"}.get(count, "held_more" if count > 1 else "below")
    return str(_LOCK[how].format(count=count))


def bits_words(value: int | None, kind: type[Result | Flag]) -> str:
    """A value with its bits: `0x4200 COMPLETED|LOCKED`."""
    if value is None:
        return str(_SAID["value"]["none"])
    return str(_SAID["value"]["bits"].format(value=value, names=names(value, kind)))


def sentence(trace: Trace, n: int) -> str:
    """What step `n` does and why, in one or two sentences.

    >>> from faultviz.engine.run import run
    >>> sentence(run("mips", outcomes="COMPLETED"), 11)
    'COMPLETED? Yes: the result is 0x4200 COMPLETED|LOCKED.'
    """
    what, why = parts(trace, n)
    return what if trace.steps[n - 1].event == "test" else _said("both", what=what, why=why)


def parts(trace: Trace, n: int) -> tuple[str, str]:
    """What step `n` does, and why it is there.

    >>> from faultviz.engine.run import run
    >>> parts(run("mips", outcomes="OK"), 4)
    ('Take mmap_lock: held now.', 'The VMAs may only be looked at under mmap_lock.')
    """
    step = trace.steps[n - 1]
    op = trace.program.nodes[step.node].op
    why = step.why
    text = capital(step.text)
    match step.event, op:
        case "test", _:
            what = _asked(trace, step)
        case "fault", _:
            what, why = _returned(trace, step)
        case "acquire" | "release", ir.Lock("mmap_lock"):
            what = _said("lock", text=text, lock=lock_words(step.mmap_lock))
        case "call", ir.Fault():
            what = _called("called", step, op)
        case "call", ir.Call(function) if function == step.text:
            what = _said("call", function=function)
        case "leave", _ if step.depth == 0:
            how = "leave" if step.value is None else "leave_with"
            what = _said(how, value=errno_text(step.value or 0), lock=lock_words(step.mmap_lock))
        case _, ir.Let(given=expr) if expr is not None and not _applies(trace, step, expr):
            what = _said("unchanged", text=text)
        case _:
            what = _said("plain", text=text)
    return what, why


def brief(trace: Trace, n: int) -> str | None:
    """What step `n` does, without the fault flags, where the sentence has them; else None.

    >>> from faultviz.engine.run import run
    >>> brief(run("mips"), 9)
    'handle_mm_fault is called; mmap_lock is held.'
    """
    step = trace.steps[n - 1]
    op = trace.program.nodes[step.node].op
    if step.event == "call" and isinstance(op, ir.Fault):
        return _called("called_brief", step, op)
    if step.answer is None or not isinstance(op, ir.Test):
        return None
    asked = {name for name, _ in ir.masks_of(op.expr)}
    return _answered(step) if "flags" in asked - {"result"} else None


def _said(how: str, **filled: object) -> str:
    return str(_STEP[how].format(**filled))


def _called(how: str, step: Step, op: ir.Fault) -> str:
    lock = lock_words(step.holds(op.under))
    return _said(how, flags=bits_words(step.flags, Flag), under=op.under, lock=lock)


def _returned(trace: Trace, step: Step) -> tuple[str, str]:
    """What handle_mm_fault came back with, and what that asks of its caller."""
    result = step.result or 0
    op = trace.program.nodes[step.node].op
    lock = op.under if isinstance(op, ir.Fault) else MMAP_LOCK
    held = step.holds(lock) > 0
    inside = _given_up_by(trace, step)
    where = "held" if held else "given_up_by" if inside else "given_up"
    if result & Result.COMPLETED:
        asks = "completed"
    elif result & Result.RETRY:
        asks = "retry_held" if held else "retry"
    else:
        asks = "error" if result & ERROR_BITS else "ok"
    place = _RETURNED[where].format(function=inside)
    what = _RETURNED["what"].format(bits=bits_words(result, Result), lock=lock, where=place)
    return what, _RETURNED[asks]


def _given_up_by(trace: Trace, fault: Step) -> str | None:
    """The function inside handle_mm_fault that gave up mmap_lock, where it was stepped into."""
    for step in reversed(trace.steps[: fault.n - 1]):
        if step.depth <= fault.depth:
            return None
        if trace.program.nodes[step.node].op == ir.Lock("mmap_lock", -1):
            return step.function
    return None


def _applies(trace: Trace, step: Step, given: ir.Expr) -> bool:
    """Whether an assignment with a condition was made; yes where a step cannot tell."""
    known = {"flags": step.flags, "result": step.result}
    if not {name for name, _ in ir.masks_of(given)} <= known.keys():
        return True
    facts = dict.fromkeys(ir.words_of(given), False)
    facts |= dict.fromkeys(trace.context.split(","), True)
    return bool(ir.evaluate(given, known.get, facts))


def _asked(trace: Trace, step: Step) -> str:
    """A test with its answer and what decided it."""
    op = trace.program.nodes[step.node].op
    text = capital(step.text)
    if step.answer is None:
        return _said("way", text=text, to=step.to)
    if isinstance(op, ir.Lock):
        return _said("try_failed", text=text, why=step.why)
    asked = [name for name, _ in ir.masks_of(op.expr)] if isinstance(op, ir.Test) else []
    if "result" in asked:
        return _answered(step, _said("by_result", bits=bits_words(step.result, Result)))
    if "flags" in asked:
        return _answered(step, _said("by_flags", bits=bits_words(step.flags, Flag)))
    return _answered(step)


def _answered(step: Step, reason: str = "") -> str:
    how = ("yes" if step.answer else "no") + ("_by" if reason else "")
    return _said(how, text=capital(step.text), reason=reason)


def capital(text: str) -> str:
    """The first letter large, unless the first word is a name of the kernel's."""
    first = text.split(" ", maxsplit=1)[0]
    named = "=" in text or not first.replace("-", "").replace(",", "").isalpha()
    return text if named else text[:1].upper() + text[1:]


def yes_no(answer: bool | None) -> str:
    """A test's answer in a word; nothing where none was given."""
    return "" if answer is None else "yes" if answer else "no"


def answered(step: Step) -> str:
    """The node's text, for a test with its answer."""
    return f"{step.text} {yes_no(step.answer)}".rstrip()


def short(step: Step) -> str:
    """What a step does in a few words; a lock that was tried for says so in the next step."""
    return step.text if step.event == "acquire" else answered(step)


def line(step: Step, width: int = 3) -> str:
    """One line of the text trace: number, in so many places, lock, event."""
    return f"{step.label:>{width}} {step.mmap_lock:2}  {'  ' * step.depth}{short(step)}"


def lines(steps: Sequence[Step]) -> list[str]:
    """A line each; the numbers end below each other."""
    width = max(3, *(len(step.label) for step in steps))
    return [line(step, width) for step in steps]


def text(trace: Trace) -> str:
    """The whole trace: number, lock count after the step, what happens; then how it ended.

    >>> from faultviz.engine.run import run
    >>> print(text(run("mips", outcomes="SIGBUS", context="write")).splitlines()[0])
    mips merged, SIGBUS, write
    """
    return "\n".join([title(trace), _TRACE["columns"], *lines(trace.steps), *ending(trace)])


def title(trace: Trace, program: str = "") -> str:
    """A trace in a line: the program (handler and revision), what was answered, the context."""
    program = program or f"{trace.handler} {trace.revision}"
    outcomes = ",".join(trace.used) or _TRACE["no_fault"]
    return str(_TRACE["title"].format(program=program, outcomes=outcomes, context=trace.context))


def counts(trace: Trace) -> str:
    """What was counted, in one line."""
    return ", ".join(_TRACE["count"].format(name=k, value=v) for k, v in trace.counters.items())


def ending(trace: Trace) -> list[str]:
    """How it ended: result, counters, broken rules."""
    how = {"leave": "left_handler" if trace.program.kind == "handler" else "left"}
    end = _TRACE[how.get(trace.end, trace.end)]
    end = end.format(root=trace.program.root, steps=len(trace.steps))
    gives = "end" if trace.result is None else "end_with"
    lock, value = lock_words(trace.mmap_lock_at_exit), errno_text(trace.result or 0)
    said = [_TRACE[gives].format(end=end, lock=lock, counts=counts(trace), value=value)]
    return said + [_TRACE["broken"].format(**b._asdict()) for b in trace.violations]
