"""A trace in plain words: the text form that a screen reader and nbval read.

Here: one sentence per step, and the whole trace as text. Not here: pictures, or what decides a
step (`moves`). Templates by event; what a node is for stands in its own `why`.
"""

from __future__ import annotations

from faultviz import ir
from faultviz.bits import Flag, Result, errno_text, names
from faultviz.run import Step, Trace


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


def bits_words(value: int | None, kind: type[Result] | type[Flag]) -> str:
    """A value with its bits: `0x4200 COMPLETED|LOCKED`."""
    if value is None:
        return "none yet"
    return f"{value:#x} {names(value, kind)}"


def sentence(trace: Trace, n: int) -> str:
    """What step `n` does and why, in one or two sentences.

    >>> from faultviz.run import run
    >>> sentence(run("mips", outcomes="COMPLETED"), 11)
    'COMPLETED? Yes: the result is 0x4200 COMPLETED|LOCKED.'
    """
    step = trace.steps[n - 1]
    said = _what(trace, step)
    return said if step.event == "test" else f"{said} {step.why}"


def _what(trace: Trace, step: Step) -> str:
    match step.event:
        case "test":
            return _asked(trace, step)
        case "fault":
            return (
                f"handle_mm_fault returned {bits_words(step.result, Result)}; mmap_lock is "
                f"{lock_words(step.mmap_lock)}."
            )
        case "acquire" | "release" if trace.program.nodes[step.node].op == ir.Lock("mmap_lock", -1):
            return f"Give up mmap_lock: {lock_words(step.mmap_lock)} now."
        case "acquire":
            return f"{_capital(step.text)}: mmap_lock {lock_words(step.mmap_lock)} now."
        case "call" if trace.program.nodes[step.node].op.__class__ is ir.Fault:
            return (
                f"handle_mm_fault is called with {bits_words(step.flags, Flag)}; mmap_lock is "
                f"{lock_words(step.mmap_lock)}."
            )
        case "leave" if step.depth == 0:
            gives = "" if step.value is None else f" with {errno_text(step.value)}"
            return f"Leave{gives}: mmap_lock {lock_words(step.mmap_lock)}."
    return f"{_capital(step.text)}."


def _asked(trace: Trace, step: Step) -> str:
    """A test with its answer and what decided it."""
    op = trace.program.nodes[step.node].op
    if step.answer is None:
        return f"{_capital(step.text)} The way taken leads to {step.to}."
    answer = "Yes" if step.answer else "No"
    reason = ""
    if isinstance(op, ir.Lock):
        return f"{_capital(step.text)}: not now, another task has it for writing. {step.why}"
    asked = _masks(op.expr) if isinstance(op, ir.Test) else []
    if "result" in asked:
        reason = f": the result is {bits_words(step.result, Result)}"
    elif "flags" in asked:
        reason = f": the flags are {bits_words(step.flags, Flag)}"
    return f"{_capital(step.text)} {answer}{reason}."


def _masks(expr: ir.Expr) -> list[str]:
    """The variables whose bits a condition looks at."""
    match expr:
        case ir.Bits(name):
            return [name]
        case ir.Not(part):
            return _masks(part)
        case ir.And(parts) | ir.Or(parts):
            return [name for part in parts for name in _masks(part)]
    return []


def _capital(text: str) -> str:
    """The first letter large, unless the first word is a name of the kernel's."""
    first = text.split(" ")[0]
    return text if "_" in first or not first.isalpha() else text[:1].upper() + text[1:]


def line(step: Step) -> str:
    """One line of the text trace."""
    answer = "" if step.answer is None else (" yes" if step.answer else " no")
    if step.event == "acquire" and step.answer is not None:
        answer = ""
    indent = "  " * step.depth
    return f"{step.n:3} {step.mmap_lock:2}  {indent}{step.text}{answer}"


def text(trace: Trace) -> str:
    """The whole trace: number, lock count after the step, what happens; then how it ended.

    >>> from faultviz.run import run
    >>> print(text(run("mips", outcomes="SIGBUS", context="write")).splitlines()[0])
    mips merged, SIGBUS, write
    """
    head = f"{trace.handler} {trace.revision}, {','.join(trace.used) or 'no fault'}, {trace.context}"
    body = [line(step) for step in trace.steps]
    return "\n".join([head, "step lock", *body, *ending(trace)])


def ending(trace: Trace) -> list[str]:
    """How it ended: result, counters, broken rules."""
    counts = ", ".join(f"{name} {value}" for name, value in trace.counters.items())
    ends = {
        "leave": "left the handler",
        "bug": "the kernel stops",
        "limit": f"stopped after {len(trace.steps)} steps: this goes round without end",
    }
    gives = "" if trace.result is None else f" with {errno_text(trace.result)}"
    said = [f"{ends[trace.end]}{gives}; mmap_lock {lock_words(trace.mmap_lock_at_exit)}; {counts}"]
    return said + [f"broken at step {b.n}: {b.invariant}: {b.why}" for b in trace.violations]
