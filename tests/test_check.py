"""The search: what it must find without being told, and that it finds the shortest."""

from itertools import product

import pytest

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.edit.ablate import without
from faultviz.engine import invariants
from faultviz.engine.check import check, search
from faultviz.engine.run import run
from faultviz.ir import outcomes
from faultviz.ir.bits import Flag
from faultviz.ir.build import program
from faultviz.ir.conditions import free, local
from faultviz.ir.statements import acquire, do, fault, function, leave, let, release, when
from faultviz.models.mm.fixup import CARELESS
from faultviz.models.mm.gup import WRITEV
from faultviz.models.words import MAJOR, Cite

LIVELOCKS = {
    "alpha", "hexagon", "ia64", "m68k", "microblaze", "nios2", "openrisc", "parisc", "riscv",
    "sparc32", "sparc64",
}  # fmt: skip
"""Handlers that in mid-2022 return plainly when kernel code is killed during a retry."""


TRIED = ("bad-ra", "fatal", "gmap", "kernel", "nowait", "pte-gone", "unlocked", "write")
"""The words of the brute force: all of them would take minutes."""


def violated(rows):
    """The broken rules of some rows, by handler and revision."""
    return {(r.handler, r.revision, r.invariant, r.node) for r in rows if r.verdict == "violated"}


@pytest.fixture(scope="module")
def everything():
    """One check of all programs in all revisions."""
    return check()


def test_nothing_but_the_known_defects_is_found(everything):
    """Every defect of the real code, in the revisions that have it, and no other."""
    found = {(h, r, i) for h, r, i, _ in violated(everything)}
    expected = {("s390", "v3", "lock-required")}
    for revision in ("before", "v3", "v4", "merged"):
        expected |= {(h, revision, "kernel-fixup") for h in LIVELOCKS}
        expected |= {
            ("sh", revision, "lock-underflow"),
            ("nios2", revision, "flags-kept"),
            ("sparc64", revision, "paired-resources"),
        }
    expected |= {("loongarch", r, "lock-underflow") for r in ("v3", "v4", "merged")}
    assert found == expected


def test_the_s390_defect_of_v3(everything):
    """__gmap_link is entered without the lock although the count at exit is right."""
    (row,) = (r for r in everything if (r.handler, r.revision) == ("s390", "v3")
              and r.verdict == "violated")  # fmt: skip
    assert row.node == "gmap_link" or "__gmap_link" in row.reason
    assert row.outcomes == "COMPLETED"
    assert row.context == "gmap,write"
    trace = run("s390", "v3", row.outcomes, row.context)
    assert trace.mmap_lock_at_exit == 0
    assert [b.invariant for b in trace.violations] == ["lock-required"]


def test_sh_unlocks_twice_at_two_places(everything):
    """Older than the patch: SIGBUS and SIGSEGV, each at its own node."""
    rows = [r for r in everything if (r.handler, r.revision) == ("sh", "before")
            and r.verdict == "violated"]  # fmt: skip
    assert {r.outcomes for r in rows} == {"SIGBUS", "SIGSEGV"}
    assert {r.node.split(".")[0] for r in rows} == {"do_sigbus", "bad_area"}


def test_every_counterexample_replays(everything):
    """The scenario of a row, run, breaks that rule at that node in that many steps."""
    for row in everything:
        if row.verdict != "violated" or row.steps is None:
            continue
        trace = run(row.handler, row.revision, row.outcomes, row.context)
        broken = [(b.invariant, b.node, b.n) for b in trace.violations]
        assert (row.invariant, row.node, row.steps) in broken


@pytest.mark.parametrize("role", ["completed-check", "completed-body"])
def test_without_the_check_every_handler_breaks_where_completed_can_come(role):
    """All but powerpc-copro and nios2, and there the reason is said."""
    rows = check(models.HANDLERS, "merged", role)
    broken = {r.handler for r in rows if r.verdict == "violated" and _new(r)}
    assert broken == set(models.HANDLERS) - {"powerpc-copro", "nios2", "loongarch"}
    for name, why in (("powerpc-copro", "ALLOW_RETRY"), ("nios2", "WRITE and ALLOW_RETRY")):
        reasons = {r.reason for r in rows if r.handler == name and r.verdict == "holds"}
        assert all("COMPLETED cannot happen" in reason and why in reason for reason in reasons)


def _new(row):
    """Whether a violation comes from the dropped role, not from the handler's own faults."""
    return "COMPLETED" in (row.outcomes or "")


def test_um_without_the_check_is_the_worst_case():
    """The walk without the lock, an unlock too many, and a call of handle_mm_fault at 0."""
    rows = [r for r in check("um", "merged", "completed-check") if r.verdict == "violated"]
    assert {r.invariant for r in rows} >= {"lock-underflow", "lock-required"}
    assert any("handle_mm_fault" in (r.node or "") and "pte-gone" in r.context for r in rows)


@pytest.mark.parametrize(
    ("name", "role", "invariant"),
    [
        ("s390", "relock", "lock-required"),
        ("s390", "relock", "lock-underflow"),
        ("s390", "result-clear", "result-code"),
        ("gup", "locked-clear", "gup-locked"),
        ("gup", "eagain-case", "result-code"),
        ("fixup-user-fault", "relock", "lock-balance"),
    ],
)
def test_each_role_has_its_consequence(name, role, invariant):
    """What the review asked for is what breaks without it."""
    rows = check(name, "merged", role)
    assert invariant in {r.invariant for r in rows if r.verdict == "violated"}


def test_rows_are_one_per_rule_and_node(everything):
    """No rule both holds and is violated; none is reported twice at a node."""
    keys = [(r.handler, r.revision, r.invariant, r.node) for r in everything]
    assert len(keys) == len(set(keys))
    held = {(r.handler, r.revision, r.invariant) for r in everything if r.verdict == "holds"}
    assert not held & {k[:3] for k in violated(everything)}
    assert {r.invariant for r in everything} == set(invariants.INVARIANTS)


def test_nothing_to_judge_gives_no_row(everything):
    """A void handler has no result to read; only GUP has `*locked`."""
    mips = {r.invariant for r in everything if r.handler == "mips"}
    assert "result-code" not in mips
    assert "paired-resources" not in mips
    assert {r.handler for r in everything if r.invariant == "gup-locked"} == {"gup"}
    stores = {r.handler for r in everything if r.invariant == "null-pointer"}
    assert stores == {"fixup-user-fault", "futex", "vfio", "kvm"}
    before = {r.invariant for r in everything if r.revision == "before"}
    assert "completed-legal" not in before


def test_a_fix_up_is_asked_of_handlers_that_kernel_code_enters(everything):
    """Not of entries, which kernel code calls, nor of a handler that no kernel fault reaches."""
    asked = {r.handler for r in everything if r.invariant == "kernel-fixup"}
    assert asked == {n for n in models.HANDLERS if "kernel" in models.load(n).words}
    here = Cite("mm/test.c", "f", "unverified")
    for kind, word in product(("handler", "entry"), ("kernel", "other")):
        asks = when(free(word, "asks?", "To ask."), do("then", why="Then."))
        made = program("t", kind, function("f", here, asks, leave()), about="a test")
        judged = invariants.judged(made.at("merged"))
        assert ("kernel-fixup" in judged) is ((kind, word) == ("handler", "kernel")), (kind, word)


def test_major_is_tried_wherever_a_node_asks_for_it():
    """A guard of an assignment asks, too; and where MAJOR makes no difference it is left out."""
    here = Cite("mm/test.c", "f", "unverified")
    lost = when(local("x", why="To ask."), leave(why="The lock is forgotten."))
    body = (acquire(), fault(), let(x=1, if_=MAJOR, why="Noted."), lost, release(), leave())
    made = program("t", "handler", function("f", here, *body), about="a test")
    (row,) = [row for row in check(made, "merged") if row.verdict == "violated"]
    assert row.invariant == "lock-balance"
    assert row.outcomes.endswith("+MAJOR")
    plain = {row.outcomes for row in check("x86-6.12", drop="completed-check") if row.outcomes}
    assert {"RETRY,HWPOISON"} <= plain


@pytest.mark.parametrize(
    ("name", "revision", "role"),
    [
        ("mips", "merged", "completed-check"), ("s390", "v3", None), ("sh", "before", None),
        ("um", "merged", "completed-check"), ("sparc64", "merged", None),
        ("fixup-user-fault", "merged", "relock"), ("alpha", "merged", None),
    ],
)  # fmt: skip
def test_the_search_agrees_with_brute_force(name, revision, role):
    """Every context times every script of three: the same rules broken, none of them sooner."""
    program = models.load(name, revision)
    if role:
        program = without(program, role)
    best = {}
    words = [w for w in program.words if w in TRIED]
    for chosen in product((False, True), repeat=len(words)):
        context = ",".join(w for w, on in zip(words, chosen, strict=True) if on) or "none"
        for script in product(outcomes.KINDS, repeat=2):
            try:
                trace = run(program, revision, ",".join(script), context)
            except BadInput:
                continue
            for b in trace.violations:
                key = (b.invariant, b.node)
                best[key] = min(best.get(key, b.n), b.n)
    rows = check(program)
    found = {(r.invariant, r.node): r.steps for r in rows if r.verdict == "violated"}
    assert found == best


def test_the_generic_code_is_one_from_v3_on():
    """So one run of it serves all later revisions."""
    from faultviz.models.mm.memory import MODEL

    later = [MODEL.at(r).functions for r in ("v3", "v4", "merged", "fixed")]
    assert all(functions == later[0] for functions in later)
    assert MODEL.at("before").functions != later[0]


def test_a_generic_code_that_answers_too_freely_is_caught(monkeypatch):
    """completed-legal can fail: a result that ignores TRIED is an illegal answer."""
    import sys

    module = sys.modules["faultviz.engine.check"]
    monkeypatch.setattr(module, "_answers", lambda flags: frozenset({0x4200}))
    rows = check("mips", "merged")
    assert ("mips", "merged", "completed-legal", "handle_mm_fault") in violated(rows)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"names": "mop"}, "Did you mean mips"),
        ({"names": "mips", "revision": "v9"}, "no revision 'v9'"),
        ({"names": "mips", "revision": "fixed"}, "has no revision 'fixed'"),
        ({"names": "mips", "drop": "relok"}, "Did you mean relock"),
        ({"names": "mips", "drop": "relock"}, "Nothing in mips has the role"),
    ],
)
def test_bad_input_is_one_sentence(arguments, says):
    """As everywhere."""
    with pytest.raises(BadInput, match=says):
        check(**arguments)


@pytest.mark.parametrize(
    ("revision", "outcomes"), [("before", {"RETRY"}), ("merged", {"RETRY", "COMPLETED"})]
)
def test_a_pointer_that_was_not_passed_is_stored_through(revision, outcomes):
    """Only by a caller that breaks the contract; each that is there keeps it."""
    broken = [r for r in check(CARELESS, revision) if r.verdict == "violated"]
    assert {r.invariant for r in broken} == {"null-pointer"}
    assert {r.outcomes for r in broken} == outcomes
    assert {r.reason for r in broken} == {"*unlocked is set, but unlocked is NULL."}
    for name in ("fixup-user-fault", "futex", "vfio", "kvm"):
        rows = {r.invariant: r.verdict for r in check(name, revision)}
        assert rows["null-pointer"] == "holds"


def test_a_caller_of_gup_pays_for_locked_that_was_not_cleared():
    """It gives up a hold that another reader has; with it cleared all rules hold."""
    assert {r.verdict for r in check(WRITEV)} == {"holds"}
    broken = {r.invariant: r for r in check(WRITEV, "merged", "locked-clear")}
    assert broken["lock-underflow"].node == "give_up_mmap_lock"
    assert broken["lock-underflow"].outcomes == "COMPLETED"


def test_flags_of_the_caller_arrive():
    """vfio says that the address space may be another's, and hmm and KSM do, too."""
    for name in ("vfio", "hmm", "ksm"):
        _, seen = search(models.load(name, "merged"))
        assert all(flags & Flag.REMOTE for flags in seen.flags), name
