"""The question that only the test after the course asks: a handler that nobody has seen.

Here: a drawn handler with a proven fault, and three questions on it: which rule breaks, at which
line, and which way there is the shortest. Not here: how handlers are invented and broken
(`seeded`), or the other questions (`locks`, `books`, `paths`).
"""

from __future__ import annotations

from functools import cache
from itertools import count

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.course.banks import CURRENT
from faultviz.course.exercises.seeded import DrawnHandler, make
from faultviz.course.quiz.paths import COUNT_RULES, OFFERED
from faultviz.course.quiz.question import Answer, Question, Wording, question
from faultviz.edit import listing
from faultviz.edit.listing import Line
from faultviz.engine import narrate
from faultviz.engine.check import Found, check
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.models.words import MEANING

LEVEL = 2
SCENARIOS = (
    ("OK", "write"), ("COMPLETED", "write"), ("RETRY,OK", "write"), ("OOM", "write"),
    ("SIGBUS", "write"), ("OK", "none"), ("RETRY", "signal,write"), ("RETRY", "fatal,kernel"),
    ("SIGSEGV", "kernel"), ("OK", "no-vma"), ("OK", "no-access"), ("OK", "no-mm"),
    ("OK", "contended,write"),
)  # fmt: skip
"""Outcomes and contexts from which the wrong ways are drawn."""
WRONG = 3
"""How many wrong answers each question has at the most."""

_TOLD = Wording("quiz", "transfer")


@cache
def transfer(seed: str, bank: int = CURRENT) -> tuple[Question, ...]:
    """The three questions of a seed; what they are about stands above the first."""
    one, first, line = _broken(seed, bank)
    draw = Draw(f"{seed}/transfer")
    broken = {row.invariant for row in check(one.program) if row.verdict == "violated"}
    shown = listing.text(listing.lines(one.program))
    case = (one.program.name, one.seed)
    return (
        question(
            "transfer-rule",
            "transfer",
            _TOLD.say("ask-rule", name=one.program.name),
            _rules(first, line, broken, draw),
            _rule(first.invariant),
            case,
            draw,
            shown,
        ),
        question(
            "transfer-line",
            "transfer",
            _TOLD.say("ask-line"),
            _lines(one.program, first, line, draw),
            _place(line),
            case,
            draw,
        ),
        question(
            "transfer-way",
            "transfer",
            _TOLD.say("ask-way"),
            _paths(one.program, first, draw),
            _in_words(_trace(one.program, first), first.steps),
            case,
            draw,
        ),
    )


def _broken(seed: str, bank: int = CURRENT) -> tuple[DrawnHandler, Found, Line]:
    """The first exercise whose fault has a line, and ways beside it that do not show it."""
    for n in count():
        one = make(ascii(f"{seed}/transfer/{n}"), LEVEL, bank)  # a seed may have any letter
        if one.first is None or one.first.invariant not in (*COUNT_RULES, *OFFERED, "flags-kept"):
            continue
        node = one.first.node
        line = next((line for line in listing.lines(one.program) if line.node == node), None)
        if line and len(_others(one.program, one.first)) >= WRONG - 1:
            return one, one.first, line
    raise AssertionError("no seed is without a fault for ever")


def _rule(name: str) -> str:
    return _TOLD.say("rule", rule=name, meaning=INVARIANTS[name])


def _rules(first: Found, line: Line, broken: set[str], draw: Draw) -> list[Answer]:
    kept = [rule for rule in (*COUNT_RULES, *OFFERED) if rule not in broken]
    none = "none-M15" if broken & set(COUNT_RULES) else "none-M14"
    right = _TOLD.answer("rule", rule=_rule(first.invariant), n=line.number, why=first.why)
    return [
        right,
        _TOLD.answer(none, broken=first.invariant),
        *(
            _TOLD.answer("kept", rule=_rule(rule), kept=rule)
            for rule in draw.sample(kept, min(len(kept), WRONG - 1))
        ),
    ]


def _place(line: Line) -> str:
    return _TOLD.say("line", n=line.number, text=line.text)


def _lines(program: Program, first: Found, right: Line, draw: Draw) -> list[Answer]:
    """The line, and others that do something with the lock, call or leave."""
    doing = (ir.Lock, ir.Fault, ir.Leave, ir.Call)
    nodes = {name for name, node in program.nodes.items() if isinstance(node.op, doing)}
    others = [line for line in listing.lines(program) if line.node in nodes - {first.node}]
    return [
        _TOLD.answer("line", line=_place(right), why=narrate.capital(first.why)),
        *(
            _TOLD.answer("other-line", line=_place(line), n=line.number)
            for line in draw.sample(others, min(len(others), WRONG))
        ),
    ]


def _paths(program: Program, first: Found, draw: Draw) -> list[Answer]:
    others = _others(program, first)
    right = _in_words(_trace(program, first), first.steps)
    return [
        _TOLD.answer("shortest", way=right, broken=first.invariant, n=first.steps),
        *draw.sample(others, min(len(others), WRONG)),
    ]


def _others(program: Program, first: Found) -> list[Answer]:
    """Ways that break the rule later or not at all, each with what becomes of it."""
    found: dict[str, Answer] = {}
    for outcomes, context in SCENARIOS:
        try:
            trace = run(program, outcomes=outcomes, context=context)
        except BadInput:
            continue
        text = _in_words(trace, len(trace.steps))
        same = next((b for b in trace.violations if b.invariant == first.invariant), None)
        if same and same.n <= first.steps:
            continue
        how = "longer" if same else "of-another" if trace.violations else "sound"
        told = same or next(iter(trace.violations), None)
        state = {"n": told.label, "other": told.invariant} if told else {}
        answer = _TOLD.answer(how, way=text, broken=first.invariant, **state)
        found.setdefault(answer.reason, answer)
    return list(found.values())


def _trace(program: Program, first: Found) -> Trace:
    return run(program, outcomes=first.outcomes, context=first.context)


def _in_words(trace: Trace, steps: int) -> str:
    """The first steps of a trace as one tells it: the access, what is special, the answers."""
    words = trace.given.words
    said = [_TOLD.say("store" if "write" in words else "load")]
    meant = [MEANING[word] for word in sorted(words - {"write"})]
    said += [one.partition(" (")[0].removesuffix(" from the start") for one in meant]
    answers = [s.outcome for s in trace.steps[:steps] if s.event == "fault" and s.outcome]
    if answers:
        told, *more = answers
        for answer in more:
            told = _TOLD.say("then", answers=told, answer=answer)
        said.append(_TOLD.say("answered", answers=told))
    return "; ".join(said)
