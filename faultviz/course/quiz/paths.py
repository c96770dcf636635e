"""Questions about ways through a handler: a balanced one that is wrong, and the next node.

Here: two kinds of question, each with what it is drawn from and a key that the search or a run
gives. Not here: the lock alone (`locks`), handlers that nobody has seen (`transfer`), or how cases
are drawn (`forms`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

from faultviz import ir, models
from faultviz.base.seeds import Draw
from faultviz.course.banks import Bank
from faultviz.course.questions.gate_words import decided, result_of
from faultviz.course.quiz.locks import WHEN, Case, answers_completed, ran
from faultviz.course.quiz.question import Question, Wording, question
from faultviz.edit.ablate import without
from faultviz.engine import narrate
from faultviz.engine.check import check
from faultviz.engine.compare import own_steps
from faultviz.engine.context import Context
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import Step, Trace, run
from faultviz.ir.bits import Result, errno_text
from faultviz.models.words import MEANING

# --- balanced, and wrong -----------------------------------------------------------------------

COUNT_RULES = ("lock-underflow", "lock-balance")
OFFERED = ("lock-required", "result-code", "kernel-fixup", "paired-resources")
"""Rules that a balanced trace may break, or may only seem to."""

_TOLD, _PATH = Wording("quiz", "balance"), Wording("quiz", "path")


def balance_cases(bank: Bank) -> Iterator[Case]:
    """Each place of a fault that breaks a rule with its count right; a test searches again."""
    for n, places in enumerate(bank.balanced):
        yield from ((str(n), *place) for place in places)


@cache
def balanced(name: str, revision: str, role: str) -> tuple[tuple[str, Trace], ...]:
    """The rules that break here on a trace whose count is right all the way, with the trace."""
    program = models.load(name, revision)
    cut = without(program, role) if role else program
    found = []
    for row in check(cut) if cut else []:
        if row.verdict == "violated" and row.outcomes and row.invariant not in COUNT_RULES:
            trace = run(cut or program, revision, row.outcomes, row.context or "none")
            counts = [step.mmap_lock for step in trace.steps]
            broken = {one.invariant for one in trace.violations}
            if broken == {row.invariant} and min(counts) >= 0 and counts[-1] == 0:
                found.append((row.invariant, trace))
    return tuple(found)


def balance(case: Case, draw: Draw) -> Question:
    """Which rule a trace breaks although the lock's count is right from the first to the last."""
    _, name, revision, role = case
    rule, trace = draw.choice(balanced(name, revision, role))
    broken = trace.violations[0]
    kept = [other for other in OFFERED if other != rule]
    answers = [
        _TOLD.answer("right", rule=_rule(rule), n=broken.label, why=broken.why),
        _TOLD.answer("none"),
        _TOLD.answer("balanced", rule=_rule("lock-balance")),
        _TOLD.answer("kept", rule=_rule(draw.choice(kept))),
    ]
    cut, where = _TOLD.say(f"without-{role}") if role else "", _where(trace.given)
    return question(
        "balance",
        "balance",
        _TOLD.say("ask", name=name, when=WHEN[revision], without=cut, where=where),
        answers,
        answers[0].text,
        case,
        draw,
        shown="\n".join(_line(trace, step) for step in _tail(trace)),
    )


def _rule(name: str) -> str:
    return _TOLD.say("rule", rule=name, meaning=INVARIANTS[name])


def _where(context: Context) -> str:
    """The words of a scenario, as a clause."""
    said = [MEANING[word] for word in sorted(context.words - {"write"})]
    words = (one.rpartition(": ")[2].partition(" (")[0] for one in said)
    return "".join(_TOLD.say("where", word=word) for word in words)


def _tail(trace: Trace) -> list[Step]:
    """The handler's own steps from the first that begins or takes anything."""
    steps = own_steps(trace)
    first = next(n for n, step in enumerate(steps) if step.mmap_lock or any(step.others.values()))
    return steps[first:]


def _line(trace: Trace, step: Step) -> str:
    """A step, and what the rules know of it: what needs the lock, what the callers read."""
    op, read = trace.program.nodes[step.node].op, trace.program.function.result
    line = narrate.line(step)
    if isinstance(op, ir.Call) and op.needs_lock and step.event == "call":
        return _TOLD.say("needs-lock", line=line)
    if step.event == "leave" and not step.depth and read:
        fine, *more = (errno_text(value) for value, said in read.items() if said == ir.HANDLED)
        for other in more:
            fine = _TOLD.say("or", fine=fine, value=other)
        value = step.value or 0
        shown = f"{value:#x}" if value > 0 else errno_text(value)
        return _TOLD.say("leaves", line=line, value=shown, fine=fine)
    return line


# --- the next node -----------------------------------------------------------------------------


def path_cases(bank: Bank) -> Iterator[Case]:
    """Each handler, a write to a shared page, and a kind of signal."""
    return product(bank.handlers, ("fresh", "wp"), ("signal", "fatal"))


def asks_signal(case: Case) -> bool:
    """Whether COMPLETED comes, and the first thing asked after it is RETRY with such a signal."""
    name, event, word = case
    if word not in models.load(name).words or not answers_completed(name, event):
        return False
    return _asking(ran(name, "merged", context=f"{event},{word}")) is not None


def path(case: Case, draw: Draw) -> Question:
    """Which node comes after the test of RETRY and a signal, where COMPLETED came."""
    name, event, word = case
    trace = ran(name, "merged", context=f"{event},{word}")
    step = _asking(trace)
    assert step is not None
    program = trace.program
    right = program.nodes[step.to or ""].text
    other = next(
        program.nodes[edge.target].text
        for edge in program.functions[step.function].out_edges[step.node]
        if edge.target != step.to
    )
    state = {
        "right": right, "other": other, "count": step.mmap_lock,
        "reason": narrate.capital(decided(trace, step)),
    }  # fmt: skip
    names = ("right", "other", "unlock", "again", "over")
    return question(
        "path",
        "path",
        _PATH.say("ask", name=name, signal=_PATH.say(word), result=result_of(step), test=step.text),
        [_PATH.answer(one, **state) for one in names],
        right,
        case,
        draw,
    )


def _asking(trace: Trace) -> Step | None:
    """The test of RETRY and a signal, if it is the first one after the call and is answered no."""
    steps = own_steps(trace)
    back = next(i for i, step in enumerate(steps) if step.event == "fault")
    test = next(step for step in steps[back:] if step.event == "test")
    op = trace.program.nodes[test.node].op
    if not isinstance(op, ir.Test) or test.answer is not False:
        return None
    asks = ("result", int(Result.RETRY)) in ir.masks_of(op.expr) and any(ir.words_of(op.expr))
    return test if asks else None
