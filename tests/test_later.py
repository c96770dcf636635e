"""After mid-2022: the VMA's own lock as a model, and the facts that no model holds."""

from itertools import pairwise

import pytest

import faultviz as fv
from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.course.questions.gate import gates
from faultviz.engine import narrate
from faultviz.ir.bits import Flag
from faultviz.kernel.judge.expected import explained
from faultviz.lab.recorded.records import recorded
from faultviz.models.later import FACTS, KNOWN, facts, told
from faultviz.picture.svg import svg

NAME = "x86-6.12"


def trace(outcomes, context="write", revision="merged"):
    """A run with the books of 6.4."""
    return fv.run(NAME, revision, outcomes, context, "6.4")


@pytest.mark.parametrize(
    ("outcomes", "context", "took", "calls"),
    [
        ("COMPLETED", "write", 0, 1),
        ("OK", "write", 0, 1),
        ("RETRY,OK", "write", 1, 2),
        ("RETRY,COMPLETED", "write", 1, 2),
        ("COMPLETED", "no-vma-lock,write", 1, 1),
        ("COMPLETED", "kernel,write", 1, 1),
    ],
)
def test_mmap_lock_is_taken_only_behind_the_short_way(outcomes, context, took, calls):
    """After RETRY, where the VMA cannot be locked at once, and from kernel mode."""
    one = trace(outcomes, context)
    held = [step.mmap_lock for step in one.steps]
    assert sum(b > a for a, b in pairwise(held)) == took
    assert one.counters["calls"] == calls
    assert one.violations == ()


def test_completed_gives_up_the_lock_that_it_ran_under():
    """The VMA's on the short way, mmap_lock on the other; never both."""
    short = next(s for s in trace("COMPLETED").steps if s.event == "fault")
    long = next(s for s in trace("COMPLETED", "no-vma-lock,write").steps if s.event == "fault")
    assert short.flags & Flag.VMA_LOCK
    assert not long.flags & Flag.VMA_LOCK
    assert (short.holds("vma_lock"), long.holds("mmap_lock")) == (0, 0)
    told_short, told_long = (
        narrate.sentence(trace("COMPLETED", words), step.n)
        for words, step in (("write", short), ("no-vma-lock,write", long))
    )
    assert "; vma_lock was given up inside" in told_short
    assert "; mmap_lock was given up inside" in told_long


def test_a_retry_put_back_reads_as_it_was_measured():
    """One pgfault, one minor, no major, although it is called twice: TRIED is not set."""
    (row,) = [r for r in recorded("bytepatch_debian.csv") if r.kernel.startswith("6.12.117 with")]
    one = trace("RETRY,OK", revision="before")
    assert one.counters == {"calls": 2, "pgfault": 1, "minor": 1, "major": 0}
    assert one.counters["minor"] == row.minor_per_page
    assert one.counters["major"] == row.major_per_page
    assert one.counters["pgfault"] == row.pgfault_per_page
    assert trace("RETRY+MAJOR,OK").counters["major"] == 1


def test_every_rule_holds_until_the_test_is_gone():
    """Then the VMA's lock is given up twice on the short way, mmap_lock on the other."""
    assert {row.verdict for row in fv.check(NAME)} == {"holds"}
    broken = [r for r in fv.check(NAME, "merged", drop="completed-check") if r.verdict != "holds"]
    assert {r.invariant for r in broken} == {"lock-underflow", "paired-resources"}
    (plain,) = [r for r in broken if r.outcomes == "COMPLETED" and r.context == "write"]
    assert "vma_lock was ended once more than it was begun" in plain.reason


def test_the_generic_code_of_2022_is_not_entered_under_another_lock():
    """A sentence says what to do, in the player, too."""
    with pytest.raises(BadInput, match=r"under vma_lock as well.* name the outcomes"):
        fv.run(NAME)
    with pytest.raises(BadInput, match="name the outcomes"):
        fv.play(NAME)
    assert fv.play(NAME, outcomes="COMPLETED").now.n == 1


def test_no_question_asks_for_mmap_lock_where_another_lock_goes():
    """The call under the VMA's lock is shown, not asked."""
    one = trace("RETRY,OK")
    first = next(s.n for s in one.steps if s.event == "fault")
    assert first not in {gate.n for gate in gates(one)}


def test_it_stands_beside_the_24():
    """Had by name, drawn, and left out of what is done for all."""
    assert NAME in models.LATER
    assert NAME not in models.HANDLERS + models.ENTRIES
    assert NAME not in {row.handler for row in fv.check(revision="merged")}
    for revision in ("before", "merged"):
        assert svg(models.load(NAME, revision)).startswith("<svg")
    cites = {node.cite.source for node in models.load(NAME).nodes.values()}
    assert cites == {"6.12.117"}


def test_each_fact_says_how_it_is_known():
    """And where, unless it is from memory."""
    for fact in facts():
        assert fact.known in KNOWN
        assert fact.what.endswith(".")
        assert bool(fact.where) is (fact.known != "unverified")
    assert {fact.known for fact in facts()} == set(KNOWN)
    lines = told(facts()).splitlines()
    assert sum(line[0] != " " for line in lines) == sum(map(len, FACTS.values()))
    assert max(map(len, lines)) <= 100
    with pytest.raises(BadInput, match=r"no topic 'umm'.*mean um"):
        facts("umm")


def test_the_signals_are_those_of_the_checks():
    """Eleven in the models; ten explained as repaired in later trees; the eleventh is ia64."""
    rows = fv.check(revision="merged")
    loops = {r.handler for r in rows if (r.invariant, r.verdict) == ("kernel-fixup", "violated")}
    case = "RETRY with a signal, kernel"
    repaired = {one.handler for one in explained() if one.since and case in one.cases}
    assert (len(loops), len(repaired)) == (11, 10)
    assert loops - repaired == {"ia64"}


def test_what_is_measured_of_um_is_in_the_file():
    """2.000 minor with the flush passed by, 1.000 later."""
    shared = {r.kernel: r for r in recorded("uml.csv") if r.mode == "shared"}
    assert (shared["6.1.176 (um)"].minor_per_page, shared["6.1.176 (um)"].major_per_page) == (2, 0)
    assert shared["6.12.113 (um)"].minor_per_page == 1


def test_what_was_read_in_source_is_there(tree):
    """loongarch's test, um's return before its flush, the count at the door; later, inside."""
    version = tuple(int(part) for part in tree.version.split(".")[:2])
    assert "VM_FAULT_COMPLETED" in tree.read("arch/loongarch/mm/fault.c")
    um = tree.read("arch/um/kernel/trap.c")
    after = um[um.index("VM_FAULT_COMPLETED") :]
    assert ("flush_tlb_page(" in after) is (version < (6, 9))
    memory = tree.read("mm/memory.c")
    account = memory.index("void mm_account_fault(")
    door = memory.index("vm_fault_t handle_mm_fault(struct")
    counted = memory.index("count_vm_event(PGFAULT)")
    assert (account < counted < door) is (version >= (6, 4))
    assert (account < door < counted) is (version < (6, 4))
