"""Scenarios: what is run, what is counted, what is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultviz import ir, models
from faultviz.base.errors import BadInput
from faultviz.engine import narrate
from faultviz.engine.check import Everything
from faultviz.engine.run import STEP_LIMIT, run
from faultviz.engine.states import start
from faultviz.engine.transitions import successors
from faultviz.ir import outcomes
from faultviz.ir.bits import Flag, Result
from faultviz.ir.build import program
from faultviz.ir.conditions import free
from faultviz.ir.statements import (
    SimpleStep,
    acquire,
    do,
    fault,
    function,
    leave,
    let,
    release,
    when,
)
from faultviz.models.mm import memory
from faultviz.models.words import Cite

WITH_RETRY = [n for n in models.HANDLERS if n not in ("nios2", "powerpc-copro", "loongarch")]
NAMES = models.HANDLERS + models.ENTRIES


@pytest.mark.parametrize("name", WITH_RETRY)
def test_the_first_write_took_two_rounds_and_takes_one(name):
    """The patch in numbers, on every handler that passes ALLOW_RETRY on a write."""
    before, merged = run(name, "before"), run(name, "merged")
    assert before.counters == {"calls": 2, "pgfault": 2, "minor": 0, "major": 1}
    assert merged.counters == {"calls": 1, "pgfault": 1, "minor": 1, "major": 0}
    assert before.used == ("RETRY", "OK")
    assert merged.used == ("COMPLETED",)
    assert not before.violations
    assert not merged.violations


def test_loongarch_counts_one_round_but_unlocks_twice_until_it_is_fixed():
    """The forgotten handler: no check in the merged patch."""
    assert [b.invariant for b in run("loongarch", "merged").violations] == ["lock-underflow"]
    assert not run("loongarch", "fixed").violations
    assert run("loongarch", "fixed").counters["calls"] == 1


@pytest.mark.parametrize(
    ("name", "context"),
    [("nios2", "write"), ("powerpc-copro", "write"), ("s390", "gmap,nowait,write")],
)
@pytest.mark.parametrize("revision", ["before", "merged"])
def test_where_the_lock_is_never_given_up_nothing_changes(name, context, revision):
    """No ALLOW_RETRY on the write, or RETRY_NOWAIT: one call, minor, in both."""
    trace = run(name, revision, "auto", context)
    assert trace.counters == {"calls": 1, "pgfault": 1, "minor": 1, "major": 0}
    assert trace.used == ("OK",)


def test_gup_puts_a_lost_fault_back_into_the_books():
    """Measured with process_vm_writev: one call in both; before, nobody counts it."""
    before = run("gup", "before", context="locked,write")
    assert before.counters == {"calls": 1, "pgfault": 1, "minor": 0, "major": 0}
    merged = run("gup", "merged", context="locked,write")
    assert merged.counters == {"calls": 1, "pgfault": 1, "minor": 1, "major": 0}
    assert (before.result, merged.result) == (1, 1)


def test_gup_without_the_pointer_never_loses_the_lock():
    """/proc/self/mem, the control: 1, 1, 0 everywhere."""
    for revision in ("before", "merged"):
        assert run("gup", revision).counters["minor"] == 1
        assert run("gup", revision).mmap_lock_at_exit == 1


def test_fixup_user_fault_saves_a_call_but_not_the_lock_round_trip():
    """Two calls before, one after; the lock is taken again either way."""
    before = run("fixup-user-fault", "before", context="unlocked,write")
    after = run("fixup-user-fault", "merged", context="unlocked,write")
    assert (before.counters["calls"], after.counters["calls"]) == (2, 1)
    for trace in (before, after):
        assert trace.mmap_lock_at_exit == 1
        assert [s.event for s in trace.steps].count("acquire") == 2  # fpin, and the lock again


def test_um_says_that_the_trap_comes_again():
    """Measured on 6.1: the return skips the flush that the host needs."""
    trace = run("um", "merged")
    assert trace.counters["calls"] == 1
    assert "again" in trace.steps[-1].why


def test_from_6_4_a_retry_is_not_counted():
    """The same two rounds show as one pgfault: the counter no longer proves the patch."""
    assert run("mips", "before", accounting="6.4").counters["pgfault"] == 1
    assert run("mips", "merged", accounting="6.4").counters["pgfault"] == 1
    assert run("mips", "before", accounting="6.4").counters["major"] == 1


@pytest.mark.parametrize(
    ("event", "outcome", "bits"),
    [
        ("fresh", "COMPLETED", Result.COMPLETED | Result.LOCKED),
        ("wp", "COMPLETED", Result.COMPLETED | Result.WRITE),
        ("mkwrite", "COMPLETED", Result.COMPLETED | Result.LOCKED),
        ("dirty", "OK", Result.LOCKED),
        ("private", "OK", Result.LOCKED),
        ("read", "OK", Result.LOCKED),
    ],
)
def test_the_page_event_decides_the_outcome(event, outcome, bits):
    """Only a write that makes a shared page dirty ends in COMPLETED."""
    trace = run("x86", context=event)
    assert trace.used == (outcome,)
    (answer,) = (s.result for s in trace.steps if s.event == "fault")
    assert answer == bits


def test_the_lock_is_given_up_inside_while_throttling():
    """The generic code steps into maybe_unlock_mmap_for_io, with fpin taken and dropped."""
    trace = run("mips")
    (release,) = (s for s in trace.steps if s.event == "release" and "mmap_lock" in s.text)
    assert release.function == "maybe_unlock_mmap_for_io"
    assert release.others == {"fpin": 1}
    assert release.pte == "writable"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("accounting", ["6.0", "6.4"])
def test_scripted_and_stepped_into_agree(name, accounting):
    """The same outcomes give the same handler steps and the same books."""
    program = models.load(name)
    context = ",".join(w for w in ("locked", "unlocked") if w in program.words)
    context = f"{context},write".lstrip(",")
    for revision in ("before", "merged"):
        inside = run(name, revision, "auto", context, accounting)
        script = run(name, revision, ",".join(inside.used), context, accounting)
        own = [s for s in inside.steps if s.function not in memory.MODEL.functions]
        own = [s for s in own if not (s.event == "call" and s.node.endswith("handle_mm_fault"))]
        # GUP looks the page table up, which a script does not fill after RETRY: it asks once more.
        if (name, revision) == ("gup", "before"):
            assert script.counters["calls"] == 2
            continue
        assert [(s.node, s.event, s.mmap_lock) for s in own] == [
            (s.node, s.event, s.mmap_lock) for s in script.steps
        ]
        assert inside.counters == script.counters


@given(
    st.sampled_from(outcomes.KINDS), st.booleans(), st.integers(0, 0x3FF),
    st.sampled_from(["6.0", "6.4"]),
)  # fmt: skip
@settings(max_examples=200)
def test_the_books_of_a_script_are_those_of_mm_account_fault(kind, major, flags, accounting):
    """`outcomes.counted` and the modelled function say the same."""
    result = outcomes.Outcome(kind, major).bits
    graph = memory.MODEL.at("merged")
    from dataclasses import replace

    root = graph.functions["mm_account_fault"]
    root = replace(root, locals={"ret": result, "flags": flags}, params=())
    alone = replace(graph, root=root.name, functions={root.name: root}, kind="entry")
    late = accounting == "6.4"
    pgfault = 0 if late else 1  # counted by handle_mm_fault itself up to 6.3
    trace = run(alone, "merged", "OK", "none", accounting)
    counted = dict(trace.counters, pgfault=trace.counters["pgfault"] + pgfault)
    expected = {"calls": 0, "pgfault": 0, "minor": 0, "major": 0}
    for counter in outcomes.counted(result, flags, accounting):
        expected[counter] += 1
    assert counted == expected


def attempt(*arguments):
    """A trace, or why there is none."""
    try:
        return run(*arguments)
    except BadInput as refused:
        return refused


@given(st.data())
@settings(max_examples=150)
def test_every_trace_follows_the_graph(data):
    """Steps hang together, and the lock changes only where something changes it."""
    name = data.draw(st.sampled_from(NAMES))
    program = models.load(name)
    revision = data.draw(st.sampled_from(program.revisions))
    words = data.draw(st.sets(st.sampled_from([*program.words, "write"])))
    script = data.draw(st.lists(st.sampled_from(outcomes.KINDS), min_size=1, max_size=4))
    context = ",".join(sorted(words)) or "none"
    trace = attempt(name, revision, ",".join(script), context)
    if isinstance(trace, BadInput):
        assert "cannot be answer" in str(trace)
        return
    held = program.function.held
    for step, following in zip(trace.steps, trace.steps[1:], strict=False):
        assert step.to == following.node
        if step.event not in ("acquire", "release", "fault"):
            assert step.mmap_lock == held
        held = step.mmap_lock
    assert trace.end in ("leave", "bug", "limit")
    assert [s.n for s in trace.steps] == list(range(1, len(trace.steps) + 1))
    assert narrate.text(trace)
    json.dumps(trace.as_dict())


def test_an_endless_loop_stops_with_a_message():
    """um goes round while the entry is gone; the limit says so."""
    trace = run("um", "merged", "OK", "pte-gone")
    assert trace.end == "limit"
    assert len(trace.steps) == STEP_LIMIT
    assert "without end" in narrate.text(trace)


def test_where_a_script_ends_ok_follows():
    """RETRY alone is completed by an OK, and the trace says so."""
    assert run("mips", outcomes="RETRY").as_dict()["outcomes"] == "RETRY,OK"


def test_a_violated_trace_runs_on():
    """The second unlock of sh is seen, and the steps after it too."""
    trace = run("sh", "merged", "SIGBUS")
    assert [b.invariant for b in trace.violations] == ["lock-underflow"]
    assert trace.violations[0].n < len(trace.steps)
    assert trace.mmap_lock_at_exit == -1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"name": "mop"}, "Did you mean mips"),
        ({"name": "mips", "revision": "v5"}, "no revision 'v5'"),
        ({"name": "mips", "revision": "fixed"}, "mips has no revision 'fixed'"),
        ({"name": "mips", "outcomes": "COMPLETE"}, "Did you mean COMPLETED"),
        ({"name": "mips", "outcomes": "OK+MINOR"}, "only \\+MAJOR"),
        ({"name": "mips", "outcomes": ","}, "No outcome is named"),
        ({"name": "mips", "context": "kernal"}, "Did you mean kernel"),
        ({"name": "mips", "context": "gmap"}, "mips never tests the word 'gmap'"),
        ({"name": "mips", "context": "none,kernel"}, "stands alone"),
        ({"name": "mips", "context": "wp,dirty"}, "One page event at a time"),
        ({"name": "mips", "context": "read,write"}, "is no store"),
        ({"name": "mips", "context": "wp", "outcomes": "OK"}, "use it with outcomes auto"),
        ({"name": "mips", "accounting": "5"}, "no accounting '5'"),
        ({"name": "mips", "revision": "before", "outcomes": "COMPLETED"}, "arrives as RETRY"),
        ({"name": "mips", "outcomes": "COMPLETED", "context": "none"}, "WRITE is not set"),
        ({"name": "mips", "outcomes": "RETRY,COMPLETED"}, "carries TRIED"),
        ({"name": "s390", "outcomes": "COMPLETED", "context": "gmap,nowait,write"}, "RETRY_NOWAIT"),
        ({"name": "powerpc-copro", "outcomes": "RETRY"}, "without ALLOW_RETRY"),
        ({"name": "nios2", "outcomes": "COMPLETED"}, "without ALLOW_RETRY"),
        ({"name": "handle_mm_fault"}, "is the generic code"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(arguments, says):
    """What, where, and what to do instead; no traceback of ours."""
    with pytest.raises(BadInput, match=says) as caught:
        run(**arguments)
    assert "\n" not in str(caught.value)


def test_every_error_is_legal_everywhere():
    """HWPOISON and its kin need no flag."""
    for kind in outcomes.ERRORS:
        assert outcomes.refusal(kind, 0, completed=False) is None


def test_retry_may_come_again_after_tried():
    """A killed or contended wait can drop the lock on a later round too."""
    assert outcomes.refusal("RETRY", Flag.ALLOW_RETRY | Flag.TRIED, completed=True) is None
    assert run("mips", outcomes="RETRY,RETRY,OK").counters["calls"] == 3


# --- single operations -----------------------------------------------------------------------


def made(*body, **more):
    """An entry of one function, with a word and variables of its own."""
    here = Cite("mm/test.c", "f", "unverified")
    return program("t", "entry", function("f", here, *body, **more), about="a test")


FIVE = ir.Math("==", ir.Name("x"), ir.Const(5))


@pytest.mark.parametrize(
    ("known", "context", "yes"),
    [
        (True, "none", True), (True, "w,v", True),
        (False, "none", False), (False, "w,v", False),
        ("v", "v", True), ("v", "w", False), ("v", "none", False), ("v", "w,v", True),
        (FIVE, "none", True), (FIVE, "w,v", True),
        (ir.Not(FIVE), "none", False), (ir.Not(FIVE), "w,v", False),
    ],
)  # fmt: skip
def test_what_settles_a_word_decides_its_next_test(known, context, yes):
    """True, false, another word, or a number computed from what was there before the assignment."""
    settle = ir.Settle((("x", ir.Const(7)), ("y", ir.Name("x"))), (("w", known),))
    graph = made(
        when(free("w", "w?", "Known."), do("w first", why="Asked.")),
        when(free("v", "v?", "Known."), do("v first", why="Asked.")),
        SimpleStep(settle, "x = 7", "It changes.", "settle"),
        when(free("w", "w again?", "Asked again."), do("yes", why="It is so.")),
        fault(), leave("x", why="Out."), locals={"x": 5, "y": 0, "flags": 0}, held=1,
    )  # fmt: skip
    trace = run(graph, "merged", "OK", context)
    assert ("yes" in [step.node for step in trace.steps]) is yes
    assert trace.result == 7


def test_a_settle_assigns_from_what_was_before():
    """Two variables change places."""
    swap = ir.Settle((("x", ir.Name("y")), ("y", ir.Name("x"))))
    for name, value in (("x", 2), ("y", 1)):
        graph = made(
            SimpleStep(swap, "swap", "They change.", "swap"), fault(), leave(name, why="Out."),
            locals={"x": 1, "y": 2, "flags": 0}, held=1,
        )  # fmt: skip
        assert run(graph, "merged", "OK", "none").result == value


def test_a_word_that_is_open_again_is_asked_again():
    """The search then follows both answers behind it, whatever the word was before."""
    graph = made(
        when(free("w", "w?", "Known."), do("before", why="Asked.")),
        SimpleStep(ir.Settle(words=(("w", None),)), "w = f()", "Nobody knows.", "settle"),
        when(free("w", "w again?", "Asked again."), do("after", why="Asked.")),
        leave(),
    ).at("merged")  # fmt: skip
    ways, todo = set(), [(start(graph, {}), ())]
    while todo:
        state, way = todo.pop()
        if not state.frames:
            ways.add(tuple(n for n in way if n in ("before", "after")))
        todo += [(m.after, (*way, m.node)) for m in successors(graph, state, Everything(graph))]
    assert ways == {(), ("before",), ("after",), ("before", "after")}


def test_each_operation_has_the_name_of_its_event():
    """What the player draws and `trace --json` says; a plain step is a let."""
    graph = made(
        acquire(), do("plain", why="Nothing."), let(x=1, why="Set."),
        SimpleStep(ir.Settle((("x", ir.Const(2)),)), "x = 2", "Set.", "settle"),
        SimpleStep(ir.Count("minor"), "count", "Count.", "count"),
        SimpleStep(ir.Do(), "signal", "Tell it.", "signal", effect=ir.SIGNAL),
        SimpleStep(ir.Call("g"), "g", "Call it.", "g"),
        when(free("w", "w?", "Asked.")), fault(), release(), leave(),
        locals={"x": 0, "flags": 0},
    )  # fmt: skip
    assert [step.event for step in run(graph, "merged", "OK", "none").steps] == [
        "enter", "acquire", "let", "let", "let", "let", "call", "call", "test", "fault", "release",
        "leave",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "context", "says"),
    [
        ("COMPLETED", "write", "mmap_lock was given up inside."),
        ("RETRY", "write", "mmap_lock was given up inside."),
        ("OK", "write", "mmap_lock is still held."),
        ("SIGBUS", "write", "mmap_lock is still held."),
        ("auto", "write", "mmap_lock was given up inside, by maybe_unlock_mmap_for_io."),
    ],
)
def test_what_came_back_says_where_the_lock_is(outcomes, context, says):
    """The sentence and the count beside it agree."""
    trace = run("mips", "merged", outcomes, context)
    step = next(s for s in trace.steps if s.event == "fault")
    said, why = narrate.parts(trace, step.n)
    assert said.endswith(f"; {says}")
    assert ("is still held" in said) is (step.mmap_lock > 0)
    assert ("lock is gone" in why) is (step.mmap_lock == 0)
