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
from faultviz.course.exercises.seeded import DrawnHandler, make
from faultviz.course.quiz.paths import COUNT_RULES, OFFERED
from faultviz.course.quiz.question import Answer, Question, question
from faultviz.edit import listing
from faultviz.edit.listing import Line
from faultviz.engine import narrate as story
from faultviz.engine.check import Found, check
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.models.words import MEANING

LEVEL = 2
WAYS = (
    ("OK", "write"), ("COMPLETED", "write"), ("RETRY,OK", "write"), ("OOM", "write"),
    ("SIGBUS", "write"), ("OK", "none"), ("RETRY", "signal,write"), ("RETRY", "fatal,kernel"),
    ("SIGSEGV", "kernel"), ("OK", "no-vma"), ("OK", "no-access"), ("OK", "no-mm"),
    ("OK", "contended,write"),
)  # fmt: skip
"""Outcomes and contexts from which the wrong ways are drawn."""
WRONG = 3
"""How many wrong answers each question has at the most."""


@cache
def transfer(seed: str) -> tuple[Question, ...]:
    """The three questions of a seed; what they are about stands above the first."""
    one, first, line = _broken(seed)
    draw = Draw(f"{seed}/transfer")
    broken = {row.invariant for row in check(one.program) if row.verdict == "violated"}
    shown = listing.text(listing.lines(one.program))
    case = (one.program.name, one.seed)
    return (
        question(
            "transfer-rule",
            "transfer",
            f"{one.program.name} is a handler that no kernel has, posted for review. Somewhere it "
            "breaks a rule. Which rule breaks on the shortest way to such a place?",
            _rules(first, line, broken, draw),
            _rule(first.invariant),
            case,
            draw,
            shown,
        ),
        question(
            "transfer-line",
            "transfer",
            "At which line is that rule broken on the shortest way?",
            _lines(one.program, first, line, draw),
            _place(line),
            case,
            draw,
        ),
        question(
            "transfer-way",
            "transfer",
            "Which way is the shortest to it?",
            _ways(one.program, first, draw),
            _way(_trace(one.program, first), first.steps),
            case,
            draw,
        ),
    )


def _broken(seed: str) -> tuple[DrawnHandler, Found, Line]:
    """The first exercise whose fault has a line, and ways beside it that do not show it."""
    for n in count():
        one = make(ascii(f"{seed}/transfer/{n}"), LEVEL)  # a seed may have any letter
        if one.first is None or one.first.invariant not in (*COUNT_RULES, *OFFERED, "flags-kept"):
            continue
        node = one.first.node
        line = next((line for line in listing.lines(one.program) if line.node == node), None)
        if line and len(_others(one.program, one.first)) >= WRONG - 1:
            return one, one.first, line
    raise AssertionError("no seed is without a fault for ever")


def _rule(name: str) -> str:
    return f"{name}: {INVARIANTS[name]}"


def _rules(first: Found, line: Line, broken: set[str], draw: Draw) -> list[Answer]:
    kept = [rule for rule in (*COUNT_RULES, *OFFERED) if rule not in broken]
    none = ("none: the count of mmap_lock is right", "M14")
    if broken & set(COUNT_RULES):
        none = ("none: a machine would run with it", "M15")
    return [
        Answer(_rule(first.invariant), f"Line {line.number}: {first.why}"),
        Answer(none[0], f"On one way {first.invariant} is broken, and one way is enough.", none[1]),
        *(
            Answer(_rule(rule), f"The search finds no way that breaks {rule}.")
            for rule in draw.sample(kept, min(len(kept), WRONG - 1))
        ),
    ]


def _place(line: Line) -> str:
    return f"line {line.number}: {line.text}"


def _lines(program: Program, first: Found, right: Line, draw: Draw) -> list[Answer]:
    """The line, and others that do something with the lock, call or leave."""
    doing = (ir.Lock, ir.Fault, ir.Leave, ir.Call)
    nodes = {name for name, node in program.nodes.items() if isinstance(node.op, doing)}
    others = [line for line in listing.lines(program) if line.node in nodes - {first.node}]
    return [
        Answer(_place(right), story.capital(first.why)),
        *(
            Answer(_place(line), f"Nothing is broken at line {line.number} on the shortest way.")
            for line in draw.sample(others, min(len(others), WRONG))
        ),
    ]


def _ways(program: Program, first: Found, draw: Draw) -> list[Answer]:
    others = _others(program, first)
    right = _way(_trace(program, first), first.steps)
    return [
        Answer(right, f"It breaks {first.invariant} at step {first.steps}; no way is shorter."),
        *draw.sample(others, min(len(others), WRONG)),
    ]


def _others(program: Program, first: Found) -> list[Answer]:
    """Ways that break the rule later or not at all, each with what becomes of it."""
    found: dict[str, Answer] = {}
    for outcomes, context in WAYS:
        try:
            trace = run(program, outcomes=outcomes, context=context)
        except BadInput:
            continue
        text = _way(trace, len(trace.steps))
        steps = [b.n for b in trace.violations if b.invariant == first.invariant]
        if steps and steps[0] <= first.steps:
            continue
        broken = trace.violations[0].invariant if trace.violations else ""
        said = f"This way ({text}) breaks no rule."
        if steps:
            said = f"It breaks {first.invariant} at step {steps[0]}, and there is a shorter way."
        elif broken:
            said = f"It breaks {broken}, which is another rule, at step {trace.violations[0].n}."
        found.setdefault(said, Answer(text, said))
    return list(found.values())


def _trace(program: Program, first: Found) -> Trace:
    return run(program, outcomes=first.outcomes, context=first.context)


def _way(trace: Trace, steps: int) -> str:
    """The first steps of a trace as one tells it: the access, what is special, the answers."""
    words = trace.given.words
    said = ["a store" if "write" in words else "a load"]
    meant = [MEANING[word] for word in sorted(words - {"write"})]
    said += [one.partition(" (")[0].removesuffix(" from the start") for one in meant]
    answers = [s.outcome for s in trace.steps[:steps] if s.event == "fault" and s.outcome]
    if answers:
        said.append(f"handle_mm_fault answers {', then '.join(answers)}")
    return "; ".join(said)
