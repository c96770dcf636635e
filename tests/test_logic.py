"""Conditions, truth tables and theorems: what they say is what happens."""

import os
import re
import subprocess
import sys
from itertools import product

import pytest

import faultviz as fv
from faultviz import models
from faultviz.analysis import theorems
from faultviz.analysis.formula import in_words, simplest
from faultviz.analysis.reachability import condition, conditions, first_rounds, met_as
from faultviz.base.errors import BadInput
from faultviz.course.exercises import truth_tables
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import grade
from faultviz.engine.check import Everything
from faultviz.engine.run import run
from faultviz.engine.states import start
from faultviz.engine.transitions import successors
from faultviz.ir.outcomes import ERRORS, KINDS

EVERY = [
    (name, revision)
    for name in models.HANDLERS + models.ENTRIES
    for revision in models.load(name).revisions
    # Between v3 and merged only s390 changed (test_models).
    if revision in ("before", "merged", "fixed") or name == "s390"
]


def held(text):
    """A formula's text as a function of what holds; by Python's own and, or, not."""
    names = sorted(set(re.findall(r"[A-Za-z][\w-]*", text)) - {"and", "or", "not"})
    body = re.sub(r"[A-Za-z][\w-]*", lambda m: _python(m[0]), text)
    return names, eval(f"lambda v: bool({body})")  # noqa: S307 (the text is our own)


def _python(name):
    if name in ("and", "or", "not"):
        return name
    return {"always": "True", "never": "False"}.get(name, f"v[{name!r}]")


def meaning(answer, facts):
    """What the names of a formula are in a scenario."""
    names = {kind: answer == kind for kind in KINDS} | facts
    return names | {"ERROR": answer in ERRORS, "called": answer is not None}


def leaves(program):
    """Every scenario's first round by the engine's own moves: what decided it, and what was met.

    Written once more and otherwise than in `logic`: a round is a list of nodes, cut afterwards.
    """
    choices = Everything(program)

    def go_on(state, met, answers):
        if not state.frames or len(answers) == 2:
            yield dict(state.facts), answers, met
            return
        at = state.frames[-1].node
        for move in successors(program, state, choices):
            now = [*answers, move.outcome] if move.outcome else answers
            # The second answer belongs to the second round, but its call ends the first.
            yield from go_on(move.after, [*met, at], now)

    for facts, answers, met in go_on(start(program, {}), [], []):
        first = answers[0] if answers else None
        if choices.major:
            facts["MAJOR"] = bool(first and first.major)
        yield facts, first.kind if first else None, set(met)


@pytest.mark.parametrize(("name", "revision"), EVERY)
def test_conditions_say_what_happens(name, revision):
    """For every node, all words and all answers of the first round, by brute force over moves."""
    program = models.load(name, revision)
    rounds = list(leaves(program))
    for reached in conditions(name, revision):
        names, holds = held(reached.text)
        node = met_as(program, reached.node)
        for facts, answer, met in rounds:
            known = meaning(answer, facts)
            open_ = [n for n in names if n not in known and n not in ("always", "never")]
            for values in product((False, True), repeat=len(open_)):
                case = known | dict(zip(open_, values, strict=True))
                assert holds(case) is (node in met), (reached.node, reached.text, case)


@pytest.mark.parametrize("name", ["mips", "um", "nios2"])
def test_conditions_say_what_a_run_shows(name):
    """Every scenario on its own, by `run`: no word left open, nothing shared."""
    program = models.load(name, "merged")
    told = [(c.node, held(c.text)[1]) for c in conditions(name)]
    words = sorted({*program.words, "write"})
    tried = 0
    for on, answer in product(product((False, True), repeat=len(words)), KINDS):
        facts = dict(zip(words, on, strict=True))
        context = ",".join(word for word in words if facts[word]) or "none"
        try:
            trace = run(name, "merged", answer, context)
        except BadInput:
            continue  # such an answer cannot come
        calls = [s.n for s in trace.steps if s.event == "fault"]
        steps = trace.steps[: calls[1]] if len(calls) > 1 else trace.steps
        case = meaning(trace.used[0] if trace.used else None, facts)
        met = {s.node for s in steps}
        assert {node for node, holds in told if holds(case)} == met, (context, answer)
        tried += 1
    assert tried > 200


def test_a_condition_has_one_text_whatever_python_hashes(tmp_path):
    """In another process with other hashes, the same texts."""
    code = (
        "from faultviz.analysis.reachability import conditions\n"
        "for n in ('mips', 's390'): print(conditions(n))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert "COMPLETED and gmap" in texts.pop()


def test_conditions_that_can_be_known_beforehand():
    """The four ways out of mips, and where COMPLETED cannot come."""
    mips = {c.node: c.text for c in conditions("mips")}
    assert mips["return_2"] == "COMPLETED"
    assert mips["give_up_mmap_lock"] == "OK"
    assert mips["goto_retry"] == "RETRY and not fatal and (kernel or not signal)"
    assert mips["enter"] == "always"
    assert str(condition("mips", "BUG()")) == "HWPOISON"
    assert condition("powerpc-copro", "return_0").text == "never"
    assert condition("s390", "take_mmap_lock_2", "v4").text == "COMPLETED"
    assert {c.text for c in conditions("mips", "before") if "COMPLETED" in c.text} == set()


def test_every_way_is_told_apart():
    """No two ways can be one scenario; together they are all."""
    met = list(first_rounds(models.load("mips", "merged")))
    for i, a in enumerate(met):
        for b in met[:i]:
            differ = any(a.words.get(w, v) is not v for w, v in b.words.items())
            assert differ or a.answer != b.answer


def test_what_cannot_be_asked_is_said():
    """Unknown nodes, doubtful texts, the generic code."""
    with pytest.raises(BadInput, match="mips merged has no node 'add_TRYED'"):
        fv.condition("mips", "add_TRYED")
    with pytest.raises(BadInput, match="4 nodes of mips merged say 'give up mmap_lock'"):
        fv.condition("mips", "give up mmap_lock")
    with pytest.raises(BadInput, match="is the generic code"):
        fv.condition("handle_mm_fault", "enter")


def test_formulas_are_short_and_read_well():
    """Not before and before or; what nobody asks may be anything."""
    rows = [dict(zip("abc", row, strict=True)) for row in product((False, True), repeat=3)]
    on = [r for r in rows if r["a"] and (r["b"] or not r["c"])]
    assert in_words(simplest(on, [r for r in rows if r not in on])) == "a and (b or not c)"
    assert in_words(simplest(on, [])) == "always"
    assert in_words(simplest([], on)) == "never"
    assert in_words(simplest([{"a": True}], [{"a": False}])) == "a"


# --- truth tables --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mips", "um"])
def test_tables_and_formulas_agree(name):
    """The key comes from runs, the formula from `logic`: one and the same wherever both exist."""
    compared = 0
    for reached in conditions(name):
        try:
            table = fv.truth_table(name, reached.node)
        except BadInput:
            continue
        holds = held(reached.text)[1]
        for row, key in zip(table.rows, table.key, strict=True):
            case = dict.fromkeys((*KINDS, "ERROR"), False)
            case |= dict(zip(table.columns, row, strict=True))
            answers = [v for n, v in case.items() if n in KINDS or n == "ERROR"]
            if "called" in reached.text and not any(answers):
                continue  # the table cannot say whether it was called
            assert holds(case | {"called": any(answers)}) is key, (reached.node, case)
            compared += 1
    assert compared > 60


def test_a_table_is_filled_in_and_graded():
    """Right rows count, open ones are no mistakes, and the first wrong row gets its tests."""
    table = fv.truth_table("mips", "mark TRIED", given="RETRY")
    assert repr(table).count("_") == len(table.rows) == 8
    assert table.solved().count("yes") > repr(table).count("yes")
    assert repr(table.check("???? ????")) == "0 of 8 rows right, 8 open."
    right = "".join("yn"[not key] for key in table.key)
    assert repr(table.check(right)) == "8 of 8 rows right."
    assert (table.check("y" * 8).right, table.check("y" * 8).rows) == (sum(table.key), 8)
    with pytest.raises(BadInput, match="has 8 rows: write y, n or"):
        table.check("yes")
    act = Act("", "", "table", table.name, "", {"filled": right})
    assert grade(act)[0].points == 1
    with pytest.raises(BadInput, match="has 8 rows, not 2"):
        grade(act._replace(given={"filled": "yn"}))
    with pytest.raises(BadInput, match="no table"):
        grade(act._replace(name="reached:mips"))


def test_tables_that_nobody_would_fill_in():
    """Too long, or nothing to ask."""
    with pytest.raises(BadInput, match="none to fill in by hand: choose another node"):
        fv.truth_table("mips", "enter")
    with pytest.raises(BadInput, match="give the answer, given='RETRY'"):
        fv.truth_table("x86", "retry")
    with pytest.raises(BadInput, match="'CCR' is no order"):
        truth_tables.orders_table("CCR", "CER")
    with pytest.raises(BadInput, match="There is no answer 'MAYBE'"):
        fv.truth_table("mips", "mark TRIED", given="MAYBE")


# --- theorems ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", theorems.THEOREMS)
def test_theorems_are_proved_and_their_assumptions_needed(name):
    """Without it each is refuted, with a witness."""
    assert fv.theorem(name).verdict == "proved"
    if theorems.THEOREMS[name][1]:
        without = fv.theorem(name, assume=False)
        assert without.verdict == "refuted"
        assert repr(without).splitlines()[1].startswith("refuted: ")
    else:
        with pytest.raises(BadInput, match="assumes nothing"):
            fv.theorem(name, assume=False)


def test_the_theorem_of_the_orders_is_what_a_table_by_hand_shows():
    """With at most one bit every row is a yes; the witness is a row with a no."""
    for other in ("CRE", "ECR", "ERC", "RCE", "REC"):
        table = truth_tables.orders_table("CER", other)
        one = [key for row, key in zip(table.rows, table.key, strict=True) if sum(row) <= 1]
        assert one == [True] * 4
        assert not all(table.key)


def test_a_theorem_is_decided_anew(monkeypatch):
    """Were the rule of scripted answers another one, nothing would be proved."""
    monkeypatch.setattr(theorems, "refusal", lambda *_, **__: None)
    found = fv.theorem("completed-flags")
    assert found.verdict == "refuted"
    assert "with the flags 0x0 they disagree" in found.how
    with pytest.raises(BadInput, match="There is no theorem 'order'"):
        fv.theorem("order")
