"""The questions of a trace: where a reader can predict what comes, and what each answer says of it.

A gate belongs to one step. While it is open the step is shown without what is asked; its questions
come one after the other, first what happens, then by which rule. Every answer has its own reason,
made from the state. Here: which steps, which questions, which answers. Not here: the rules to
choose from (`gate_rules`), the words for what decided a step (`gate_words`), who answered
(`player`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from faultviz.course.questions.gate_rules import (
    Rule,
    call_rules,
    contract_rules,
    hold_rules,
    other_rules,
    result_rules,
)
from faultviz.course.questions.gate_words import (
    calls_reason,
    count_reason,
    decided,
    given_up,
    pgfault_reason,
    result_of,
)
from faultviz.engine.compare import own_steps
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.engine.narrate import capital
from faultviz.engine.run import Step, Trace
from faultviz.ir import graph as ir

MOST, USUAL = 6, 4
"""How many gates a trace has at the most, and up to how many the less telling steps are asked."""

AFTER = "How often does this task hold mmap_lock after this step?"
NEXT = "Which node comes next?"
WHY = "Which rule decides it?"


class Option(NamedTuple):
    """An answer, and what the state says of it."""

    value: str
    label: str
    right: bool
    reason: str


class Question(NamedTuple):
    """`kind` is calls, pgfault, node, lock or why; `elsewhere` answers a node without an edge."""

    kind: str
    ask: str
    options: tuple[Option, ...]
    elsewhere: str = ""


class Gate(NamedTuple):
    """The questions of step `n`; while they are open `said` stands for its sentence.

    `hides` is what must not be seen: "lock" (the count after the step), "answer" (of a test), or
    nothing, before the first step.
    """

    n: int
    said: str
    hides: str
    questions: tuple[Question, ...]


def gates(trace: Trace, *, inside: bool = False) -> tuple[Gate, ...]:
    """The gates of a trace; with `inside` also on steps below handle_mm_fault.

    >>> from faultviz.engine.run import run
    >>> [(gate.n, gate.hides) for gate in gates(run("mips", outcomes="COMPLETED"))]
    [(1, ''), (9, 'lock'), (10, 'answer'), (11, 'answer')]
    """
    shown = list(trace.steps) if inside else own_steps(trace)
    found: list[tuple[int, Gate]] = []
    met = False
    for before, step, then in zip(shown, shown[1:], [*shown[2:], None], strict=False):
        rank = _rank(trace, before, step, then, met=met)
        met = met or step.event == "fault"
        if rank is None:
            continue
        asks_lock = step.answer is None and not _forks(trace, step)
        gate = _lock_gate(before, step) if asks_lock else _test_gate(trace, step)
        found.append((rank, gate))
    first = sorted(found, key=lambda one: (one[0], one[1].n))
    telling = [gate for rank, gate in first if rank <= 3][: MOST - 1]
    rest = [gate for rank, gate in first if rank > 3][: max(0, USUAL - 1 - len(telling))]
    return (_first_gate(trace), *sorted([*telling, *rest], key=lambda gate: gate.n))


def rule_of(trace: Trace, gate: Gate, question: Question) -> str:
    """Which rule a question is about: calls, pgfault, contract, hold, result or other.

    >>> from faultviz.engine.run import run
    >>> trace = run("mips", outcomes="COMPLETED")
    >>> [rule_of(trace, gate, gate.questions[-1]) for gate in gates(trace)]
    ['calls', 'contract', 'result', 'result']
    """
    step = trace.steps[gate.n - 1]
    if gate.hides == "lock":
        return "contract" if step.event == "fault" else "hold"
    if gate.hides == "answer":
        return "result" if _asks_result(trace, step) else "other"
    return "pgfault" if question.kind == "pgfault" else "calls"


def as_dict(gate: Gate) -> dict[str, Any]:
    """A gate as JSON has it."""
    questions = [
        {**question._asdict(), "options": [option._asdict() for option in question.options]}
        for question in gate.questions
    ]
    return {**gate._asdict(), "questions": questions}


def _rank(trace: Trace, before: Step, step: Step, then: Step | None, *, met: bool) -> int | None:
    """How telling a question at a step is, 1 the most; None where no prediction can fail."""
    op = trace.program.nodes[step.node].op
    if isinstance(op, ir.Fault) and op.under != MMAP_LOCK:
        return None  # the count that is asked for is that of mmap_lock
    if step.event == "fault":
        # With the inside shown, the lock went at a step of its own, which is asked instead.
        return None if step.depth < before.depth and step.mmap_lock == before.mmap_lock else 1
    if step.mmap_lock != before.mmap_lock and step.answer is None:
        return 3 if met or step.depth > 1 else 6
    if not _forks(trace, step) or then is None:
        return None
    asked = {name for name, _ in ir.masks_of(op.expr)} if isinstance(op, ir.Test) else set()
    if met and "result" in asked:
        return 2 if step.answer else 4
    if isinstance(op, ir.Test) and not asked and set(ir.words_of(op.expr)):
        return 8  # only a word of the context decides: a reader cannot know
    return 5 if met else 7


def _asks_result(trace: Trace, step: Step) -> bool:
    """Whether a test reads the result of handle_mm_fault."""
    op = trace.program.nodes[step.node].op
    return isinstance(op, ir.Test) and "result" in {name for name, _ in ir.masks_of(op.expr)}


def _forks(trace: Trace, step: Step) -> bool:
    ways = trace.program.functions[step.function].ways[step.node]
    return step.event == "test" and len({edge.target for edge in ways}) > 1


# --- before the first step -------------------------------------------------------------------


def _first_gate(trace: Trace) -> Gate:
    questions = (
        _number("calls", "How many calls of handle_mm_fault will this scenario make?", trace),
        _number("pgfault", "By how much will pgfault grow?", trace),
        _rules(1, call_rules(trace, trace.counters["calls"])),
    )
    return Gate(1, f"{capital(trace.steps[0].text)}.", "", questions)


def _number(kind: str, ask: str, trace: Trace) -> Question:
    right = trace.counters[kind]
    say = calls_reason if kind == "calls" else pgfault_reason
    low = max(0, right - 1)
    values = range(low, low + 3)
    return Question(
        kind, ask, tuple(Option(str(v), str(v), v == right, say(trace, v)) for v in values)
    )


# --- a lock count ----------------------------------------------------------------------------


def _lock_gate(before: Step, step: Step) -> Gate:
    was, now = before.mmap_lock, step.mmap_lock
    values = sorted(
        {was, now, *[v for v in (0, 1, 2) if v not in (was, now)][: 3 - len({was, now})]}
    )
    if step.event == "fault":
        told, said = given_up(step, was), f"handle_mm_fault returned {result_of(step)}."
        rules = contract_rules(step, was)
    else:
        verb = "takes one hold" if now > was else "gives one hold up"
        told, said = f"the count was {was}, and this step {verb}", f"{capital(step.text)}."
        rules = hold_rules(was, now)
    options = tuple(
        Option(str(v), str(v), v == now, f"{capital(told)}{count_reason(v, was, now)}.")
        for v in values
    )
    question = Question("lock", AFTER, options)
    return Gate(step.n, said, "lock", (question, _rules(step.n, rules)))


# --- a test ----------------------------------------------------------------------------------


def _test_gate(trace: Trace, step: Step) -> Gate:
    program = trace.program
    reason = decided(trace, step)
    ways: dict[str, list[str]] = {}
    for edge in program.functions[step.function].ways[step.node]:
        answer = "yes" if edge.when is True else "no" if edge.when is False else str(edge.when)
        ways.setdefault(edge.target, []).append(answer)
    texts = [program.nodes[target].text for target in ways]
    options = []
    for target, cases in ways.items():
        text, case = program.nodes[target].text, " or ".join(cases)
        label = f"{text} ({case})" if texts.count(text) > 1 else text
        right = target == step.to
        not_taken = "" if right else f", so the way {case} to “{label}” is not taken"
        told = f"{capital(reason)}{not_taken}."
        options.append(Option(target, label, right, told))
    question = Question(
        "node",
        NEXT,
        tuple(options),
        f"No edge leads there from “{step.text}”: this does not count.",
    )
    reads = _asks_result(trace, step)
    shown = f" The result is {result_of(step)}." if reads else ""
    rules = result_rules(step, reason) if reads else other_rules(step, reason)
    said = f"{capital(step.text)}{shown}"
    return Gate(step.n, said, "answer", (question, _rules(step.n, rules)))


def _rules(n: int, rules: list[Rule]) -> Question:
    """The question for the rule, the right one not always in the same place."""
    turn = n % len(rules)
    turned = rules[turn:] + rules[:turn]
    options = tuple(Option(str(i), *rule) for i, rule in enumerate(turned, start=1))
    return Question("why", WHY, options)
