"""The questions of a trace: where they stand, one right answer each, a reason for every answer."""

import re

import pytest

import faultviz as fv
from faultviz.course.questions.gate import MOST, as_dict, gates
from faultviz.engine.compare import own_steps
from faultviz.engine.run import run
from faultviz.ir.bits import Flag, Result

OUTCOMES = ("auto", "OK", "RETRY,OK", "COMPLETED", "SIGBUS")
EVENTS = ("write", "read", "private", "dirty", "wp")
LESSONS = [
    *(("mips", r, o, "write") for r in ("before", "merged") for o in ("auto", "OK")),
    ("mips", "before", "RETRY,OK", "write"), ("mips", "merged", "COMPLETED", "write"),
    ("mips", "merged", "SIGBUS", "write"), ("mips", "before", "RETRY", "signal,write"),
    *(("mips", "merged", "auto", event) for event in EVENTS[1:]),
    *(("x86", r, "auto", "write") for r in ("before", "merged")),
    *(("s390", r, "COMPLETED", "gmap,write") for r in ("v3", "v4", "merged")),
    ("s390", "before", "RETRY,OK", "gmap,write"),
]  # fmt: skip
BITS = "|".join(flag.name for kind in (Result, Flag) for flag in kind if flag.name)


def every(name, inside=False):
    """Traces of a handler with their gates, for what can happen."""
    for revision in ("before", "v3", "merged"):
        for outcomes in OUTCOMES:
            try:
                trace = run(name, revision, outcomes)
            except fv.BadInput:
                continue
            yield trace, gates(trace, inside=inside)


def lesson(args):
    try:
        return run(*args)
    except fv.BadInput:
        return None


@pytest.mark.parametrize("inside", [False, True], ids=["over", "inside"])
@pytest.mark.parametrize("name", fv.handlers() + fv.entries())
def test_a_trace_has_three_to_seven_questions(name, inside):
    """One gate before the first step, the cap is hard, and each stands on a step that is shown."""
    for trace, found in every(name, inside):
        shown = [s.n for s in (trace.steps if inside else own_steps(trace))]
        assert found[0].n == 1
        assert [g.n for g in found] == sorted({g.n for g in found})
        assert all(g.n in shown for g in found)
        assert len(found) <= MOST
        forks = sum(s.answer is not None for s in trace.steps if s.n in shown)
        if trace.counters["calls"] and forks > 1:
            assert len(found) >= 3, (trace, found)


@pytest.mark.parametrize("name", fv.handlers() + fv.entries())
def test_each_question_has_one_right_answer_and_a_reason_for_each(name):
    """Two to four options; the reasons of a question differ; nothing is given away before."""
    for inside in (False, True):
        for trace, found in every(name, inside):
            for gate in found:
                assert gate.questions[-1].kind == "why"
                for question in gate.questions:
                    assert 2 <= len(question.options) <= 4
                    assert sum(o.right for o in question.options) == 1
                    values = [o.value for o in question.options]
                    reasons = [o.reason for o in question.options]
                    assert len(set(values)) == len(values)
                    assert len(set(reasons)) == len(reasons), reasons
                    assert all(r.endswith(".") and len(r) > 12 for r in reasons)
                    assert not re.search(r"\bfree\b", " ".join(reasons))
                assert_true(trace, gate, inside)


def assert_true(trace, gate, inside):
    """The right answer is what the trace does next."""
    step = trace.steps[gate.n - 1]
    for question in gate.questions:
        (right,) = (o for o in question.options if o.right)
        if question.kind == "lock":
            assert right.value == str(step.mmap_lock)
            assert gate.hides == "lock"
            assert not re.search(r"held|given up", gate.said) or step.event != "fault"
        elif question.kind == "node":
            assert right.value == step.to == trace.steps[gate.n].node
            ways = trace.program.functions[step.function].out_edges[step.node]
            assert {o.value for o in question.options} == {edge.target for edge in ways}
            assert "does not count" in question.elsewhere
            assert gate.hides == "answer"
            assert not re.search(r"\b(yes|no)\b[:.]", gate.said.lower())
        elif question.kind in ("calls", "pgfault"):
            assert right.value == str(trace.counters[question.kind])


@pytest.mark.parametrize("name", ["gup", "mips"])
def test_one_call_that_ended_in_retry_is_not_called_ok(name):
    """GUP finds the page by looking it up, a dying task goes: neither is an OK."""
    context = "write,locked" if name == "gup" else "write,fatal"
    why = gates(run(name, "before", context=context))[0].questions[-1]
    (right,) = (o for o in why.options if o.right)
    assert right.label.startswith("RETRY, and yet no other call")
    assert right.reason == "Nobody calls again: the answer is RETRY, 1 call."


@pytest.mark.parametrize("args", LESSONS, ids=["-".join(a) for a in LESSONS])
def test_in_the_lessons_each_wrong_answer_names_what_decided(args):
    """A bit of the result or of the flags, a count, or a word of the context."""
    trace = lesson(args)
    if trace is None:
        pytest.fail(f"{args} cannot happen")
    for inside in (False, True):
        for gate in gates(trace, inside=inside):
            step = trace.steps[gate.n - 1]
            for question in gate.questions:
                for option in question.options:
                    if option.right:
                        continue
                    bits = re.findall(rf"\b(?:{BITS})\b", option.reason)
                    counts = re.findall(r"(?<![\w.])-?\d+(?![\w.]*\w)", option.reason)
                    words = re.findall(r"the context has", option.reason)
                    assert bits or counts or words, option
                    if question.kind == "node" and bits and step.result:
                        assert (
                            f"{step.result:#x}" in option.reason
                            or "flags" in option.reason
                            or words
                        )
                    if question.kind in ("lock", "calls", "pgfault"):
                        assert re.search(rf"\b{option.value} would (mean|be)", option.reason)


def test_the_dictionary_is_what_the_gate_says():
    """For the browser, without loss but for the misconception, which grading alone asks for."""
    gate = gates(run("mips"))[1]
    told = as_dict(gate)
    assert (told["n"], told["hides"], told["said"]) == (gate.n, "lock", gate.said)
    assert [q["kind"] for q in told["questions"]] == ["lock", "why"]
    option = gate.questions[0].options[0]._asdict()
    assert told["questions"][0]["options"][0] | {"about": option["about"]} == option


def test_reasons_of_the_model_answer():
    """As a reader meets them: mips, the test of COMPLETED, from both sides."""
    (gate,) = (
        g for g in gates(run("mips", outcomes="COMPLETED")) if g.said.startswith("COMPLETED?")
    )
    assert gate.said == "COMPLETED? The result is 0x4200 COMPLETED|LOCKED."
    said = {o.label: o.reason for o in gate.questions[0].options}
    assert said == {
        "return": "COMPLETED is set in the result 0x4200 COMPLETED|LOCKED.",
        "ERROR?": "COMPLETED is set in the result 0x4200 COMPLETED|LOCKED, so the way no to "
        "“ERROR?” is not taken.",
    }
    trace = run("mips", "before", "RETRY,OK")
    (first, *_) = (g for g in gates(trace) if g.hides == "lock")
    assert first.said == "handle_mm_fault returned 0x400 RETRY."
