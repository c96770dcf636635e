"""The questions of a trace: where a reader can predict what comes, and what each answer says of it.

A gate belongs to one step. While it is open the step is shown without what is asked; its questions
come one after the other, first what happens, then by which rule. Every answer has its own reason,
made from the state. Here: which steps, which questions, which answers. Not here: the rules to
choose from (`gate_rules`), the words for what decided a step (`gate_words`), who answered
(`player`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from faultviz import ir
from faultviz.course.phrases import phrases
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
    word,
)
from faultviz.engine.compare import own_steps
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.engine.narrate import capital
from faultviz.engine.run import Step, Trace

MOST, USUAL = 6, 4
"""How many gates a trace has at the most, and up to how many the less telling steps are asked."""

_ask, _say = (phrases("faultviz.course.questions", "gate", table) for table in ("asks", "said"))


class Option(NamedTuple):
    """An answer, and what the state says of it; `about` is the misconception that it shows."""

    value: str
    label: str
    right: bool
    reason: str
    about: str = ""


class GateQuestion(NamedTuple):
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
    questions: tuple[GateQuestion, ...]


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


def rule_of(trace: Trace, gate: Gate, question: GateQuestion) -> str:
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
    """A gate as JSON has it: which misconception an answer shows, the page need not know."""
    questions = []
    for question in gate.questions:
        options = [option._asdict() for option in question.options]
        for option in options:
            del option["about"]
        questions.append({**question._asdict(), "options": options})
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
    out_edges = trace.program.functions[step.function].out_edges[step.node]
    return step.event == "test" and len({edge.target for edge in out_edges}) > 1


# --- before the first step -------------------------------------------------------------------


def _first_gate(trace: Trace) -> Gate:
    questions = (
        _number("calls", trace),
        _number("pgfault", trace),
        _rules(1, call_rules(trace, trace.counters["calls"])),
    )
    return Gate(1, _say("sentence", text=capital(trace.steps[0].text)), "", questions)


def _number(kind: str, trace: Trace) -> GateQuestion:
    right = trace.counters[kind]
    say = calls_reason if kind == "calls" else pgfault_reason
    low = max(0, right - 1)
    values = range(low, low + 3)
    options = tuple(Option(str(v), str(v), v == right, say(trace, v)) for v in values)
    return GateQuestion(kind, _ask(kind), options)


# --- a lock count ----------------------------------------------------------------------------


def _lock_gate(before: Step, step: Step) -> Gate:
    was, now = before.mmap_lock, step.mmap_lock
    values = sorted(
        {was, now, *[v for v in (0, 1, 2) if v not in (was, now)][: 3 - len({was, now})]}
    )
    if step.event == "fault":
        told, said = given_up(step, was), _say("returned", result=result_of(step))
        rules = contract_rules(step, was)
    else:
        told = _say("took" if now > was else "gave", was=was)
        said = _say("sentence", text=capital(step.text))
        rules = hold_rules(was, now)
    options = tuple(
        Option(
            str(v), str(v), v == now,
            _say("count", told=capital(told), reason=count_reason(v, was, now)),
        )
        for v in values
    )  # fmt: skip
    question = GateQuestion("lock", _ask("lock"), options)
    return Gate(step.n, said, "lock", (question, _rules(step.n, rules)))


# --- a test ----------------------------------------------------------------------------------


def _test_gate(trace: Trace, step: Step) -> Gate:
    program = trace.program
    reason = decided(trace, step)
    cases: dict[str, str] = {}
    for edge in program.functions[step.function].out_edges[step.node]:
        answer = str(edge.when)
        if isinstance(edge.when, bool):
            answer = word("yes" if edge.when else "no")
        known = cases.get(edge.target)
        cases[edge.target] = _say("or", cases=known, case=answer) if known else answer
    texts = [program.nodes[target].text for target in cases]
    options = []
    for target, case in cases.items():
        text, right = program.nodes[target].text, target == step.to
        label = _say("case", text=text, case=case) if texts.count(text) > 1 else text
        how = "taken" if right else "not-taken"
        told = _say(how, reason=capital(reason), case=case, label=label)
        options.append(Option(target, label, right, told))
    elsewhere = _say("elsewhere", text=step.text)
    question = GateQuestion("node", _ask("node"), tuple(options), elsewhere)
    reads = _asks_result(trace, step)
    rules = result_rules(step, reason) if reads else other_rules(step, reason)
    how = "test-of-result" if reads else "test"
    said = _say(how, text=capital(step.text), result=result_of(step))
    return Gate(step.n, said, "answer", (question, _rules(step.n, rules)))


def _rules(n: int, rules: list[Rule]) -> GateQuestion:
    """The question for the rule, the right one not always in the same place."""
    turn = n % len(rules)
    turned = rules[turn:] + rules[:turn]
    options = tuple(Option(str(i), *rule) for i, rule in enumerate(turned, start=1))
    return GateQuestion("why", _ask("why"), options)
