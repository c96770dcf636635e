"""A trace in plain words: the text form that a screen reader and nbval read.

Here: one sentence per step, and the whole trace as text. Not here: pictures, or what decides a
step (`transitions`). Templates by event; what a node is for stands in its own `why`.
"""

from __future__ import annotations

from faultviz.engine.invariants import MMAP_LOCK
from faultviz.engine.run import Step, Trace
from faultviz.ir import graph as ir
from faultviz.ir.bits import ERROR_BITS, Flag, Result, errno_text, names


def lock_words(count: int) -> str:
    """The lock count as a learner reads it; never "free", others may hold the lock.

    >>> lock_words(1), lock_words(0)
    ('held', 'not held by this task')
    """
    if count == 1:
        return "held"
    if count > 1:
        return f"held {count} times"
    return "not held by this task" if count == 0 else f"given up too often ({count})"


def bits_words(value: int | None, kind: type[Result | Flag]) -> str:
    """A value with its bits: `0x4200 COMPLETED|LOCKED`."""
    if value is None:
        return "none yet"
    return f"{value:#x} {names(value, kind)}"


def sentence(trace: Trace, n: int) -> str:
    """What step `n` does and why, in one or two sentences.

    >>> from faultviz.engine.run import run
    >>> sentence(run("mips", outcomes="COMPLETED"), 11)
    'COMPLETED? Yes: the result is 0x4200 COMPLETED|LOCKED.'
    """
    what, why = parts(trace, n)
    return what if trace.steps[n - 1].event == "test" else f"{what} {why}"


def parts(trace: Trace, n: int) -> tuple[str, str]:
    """What step `n` does, and why it is there.

    >>> from faultviz.engine.run import run
    >>> parts(run("mips", outcomes="OK"), 4)
    ('Take mmap_lock: held now.', 'The VMAs may only be looked at under mmap_lock.')
    """
    step = trace.steps[n - 1]
    op = trace.program.nodes[step.node].op
    why = step.why
    match step.event, op:
        case "test", _:
            what = _asked(trace, step)
        case "fault", _:
            what, why = _returned(trace, step)
        case "acquire" | "release", ir.Lock("mmap_lock"):
            what = f"{capital(step.text)}: {lock_words(step.mmap_lock)} now."
        case "call", ir.Fault():
            what = (
                f"handle_mm_fault is called with {bits_words(step.flags, Flag)}; {op.under} is "
                f"{lock_words(step.holds(op.under))}."
            )
        case "call", ir.Call(function) if function == step.text:
            what = f"Call {function}."
        case "leave", _ if step.depth == 0:
            gives = "" if step.value is None else f" with {errno_text(step.value)}"
            what = f"Leave{gives}: mmap_lock {lock_words(step.mmap_lock)}."
        case _, ir.Let(given=expr) if expr is not None and not _applies(trace, step, expr):
            what = f"{capital(step.text)}: not so here, nothing changes."
        case _:
            what = f"{capital(step.text)}."
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
        return f"handle_mm_fault is called; {op.under} is {lock_words(step.holds(op.under))}."
    if step.answer is None or not isinstance(op, ir.Test):
        return None
    asked = {name for name, _ in ir.masks_of(op.expr)}
    return f"{_asked(trace, step).partition(':')[0]}." if "flags" in asked - {"result"} else None


def _returned(trace: Trace, step: Step) -> tuple[str, str]:
    """What handle_mm_fault came back with, and what that asks of its caller."""
    result = step.result or 0
    op = trace.program.nodes[step.node].op
    lock = op.under if isinstance(op, ir.Fault) else MMAP_LOCK
    held = step.holds(lock) > 0
    inside = _given_up_by(trace, step)
    given_up = "was given up inside" + (f", by {inside}" if inside else "")
    where = "is still held" if held else given_up
    if result & Result.COMPLETED:
        asks = "Handled, and the lock is gone: nobody may give it up a second time."
    elif result & Result.RETRY and held:
        asks = "Not handled, because the caller did not want to wait: so it still has the lock."
    elif result & Result.RETRY:
        asks = "Not handled yet, and the lock is gone: take it and call again, or heed a signal."
    elif result & ERROR_BITS:
        asks = "Not handled, and the lock is still held: the caller must give it up, once."
    else:
        asks = "Handled, and the lock is still held: the caller must give it up, once."
    return f"handle_mm_fault returned {bits_words(result, Result)}; {lock} {where}.", asks


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
    if step.answer is None:
        return f"{capital(step.text)} The way taken leads to {step.to}."
    answer = "Yes" if step.answer else "No"
    reason = ""
    if isinstance(op, ir.Lock):
        return f"{capital(step.text)}: not now, another task has it for writing. {step.why}"
    asked = [name for name, _ in ir.masks_of(op.expr)] if isinstance(op, ir.Test) else []
    if "result" in asked:
        reason = f": the result is {bits_words(step.result, Result)}"
    elif "flags" in asked:
        reason = f": the flags are {bits_words(step.flags, Flag)}"
    return f"{capital(step.text)} {answer}{reason}."


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


def line(step: Step, n: int | None = None) -> str:
    """One line of the text trace: number (`n` where lines are counted anew), lock, event."""
    return f"{n or step.n:3} {step.mmap_lock:2}  {'  ' * step.depth}{short(step)}"


def text(trace: Trace) -> str:
    """The whole trace: number, lock count after the step, what happens; then how it ended.

    >>> from faultviz.engine.run import run
    >>> print(text(run("mips", outcomes="SIGBUS", context="write")).splitlines()[0])
    mips merged, SIGBUS, write
    """
    return "\n".join([title(trace), "step lock", *map(line, trace.steps), *ending(trace)])


def title(trace: Trace, program: str = "") -> str:
    """A trace in a line: the program (handler and revision), what was answered, the context."""
    program = program or f"{trace.handler} {trace.revision}"
    return f"{program}, {','.join(trace.used) or 'no fault'}, {trace.context}"


def ending(trace: Trace) -> list[str]:
    """How it ended: result, counters, broken rules."""
    counts = ", ".join(f"{name} {value}" for name, value in trace.counters.items())
    ends = {
        "leave": f"left {'the handler' if trace.program.kind == 'handler' else trace.program.root}",
        "bug": "the kernel stops",
        "limit": f"stopped after {len(trace.steps)} steps: this goes round without end",
    }
    gives = "" if trace.result is None else f" with {errno_text(trace.result)}"
    said = [f"{ends[trace.end]}{gives}; mmap_lock {lock_words(trace.mmap_lock_at_exit)}; {counts}"]
    return said + [f"broken at step {b.n}: {b.invariant}: {b.why}" for b in trace.violations]
