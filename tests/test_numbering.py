"""One numbering of a run: over every model, revision and page event, and with each role taken away.

Picture, list and address are looked at in the browser, in test_page.
"""

import json
import re

import pytest
from click.testing import CliRunner

import faultviz as fv
from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.cli.main import main
from faultviz.edit import ablate
from faultviz.engine import narrate
from faultviz.engine.check import check
from faultviz.engine.compare import compare
from faultviz.engine.context import joined
from faultviz.engine.run import run
from faultviz.ir.bits import Result
from faultviz.models.mm.memory import MODEL, PAGE_EVENTS
from faultviz.player import payload
from faultviz.player.still import still
from faultviz.publish.export.strip import text_trace
from faultviz.publish.handouts.part import own

NAMES = models.HANDLERS + models.ENTRIES


def programs(name):
    """A model at each revision, and the merged one without each of its roles."""
    whole = models.load(name)
    yield from (models.at(whole, revision) for revision in whole.revisions)
    last = models.at(whole, "merged")
    yield from filter(None, (ablate.without(last, role) for role in ablate.ROLES))


def pair(label):
    """A number as it is ordered: 9.10 comes after 9.9."""
    own, _, below = label.partition(".")
    return int(own), int(below or 0)


def answers(trace):
    """What handle_mm_fault gave, without the bit that says whose page is locked."""
    return [(step.result or 0) & ~Result.LOCKED for step in trace.steps if step.event == "fault"]


@pytest.mark.parametrize("name", NAMES)
def test_each_step_has_one_number_in_order_that_finds_it_again(name):
    """Own steps count on, those below begin anew at each call; the scripted run has the same."""
    for program in programs(name):
        for event in PAGE_EVENTS:
            trace = run(program, context=event)
            labels = trace.labels
            assert sorted({*labels}, key=pair) == [*labels]
            assert [trace.position(label) for label in labels] == [s.n for s in trace.steps]
            mine = [step for step in trace.steps if "." not in step.label]
            assert [step.label for step in mine] == [str(n + 1) for n in range(trace.total)]
            below = {step.n for step in trace.steps if step.function in MODEL.functions}
            back = {step.n for step in trace.steps if step.event == "fault"}
            assert {step.n for step in trace.steps if "." in step.label} == below | back
            words = joined(sorted(trace.given.words))
            scripted = run(program, None, ",".join(trace.used) or "OK", words)
            assert scripted.labels == tuple(str(n + 1) for n in range(scripted.total))
            if answers(trace) == answers(scripted):  # a scripted OK has no bit beside it
                assert [step.node for step in mine] == [step.node for step in scripted.steps]


@pytest.mark.parametrize("name", NAMES)
def test_text_and_page_say_the_same_number(name):
    """The text of a trace, that of an export, and what the browser is told."""
    trace = run(name)
    told = payload.told(trace)
    assert [(step["own"], step["below"]) for step in told["steps"]] == [*map(pair, trace.labels)]
    assert told["steps"][-1]["own"] == trace.total
    head = 2  # the title, and the names of the columns
    for text in (narrate.text(trace), text_trace(trace, inside=True)):
        lines = text.splitlines()[head : head + len(trace.steps)]
        assert [line.split()[0] for line in lines] == [*trace.labels]


def test_the_search_counts_as_the_run_does():
    """Each shortest counterexample breaks its rule at the step of that number."""
    rows = [row for row in check() if row.verdict == "violated" and row.steps]
    assert len(rows) > 40
    for row in rows:
        trace = run(row.handler, row.revision, row.outcomes, row.context)
        assert str(row.steps) in {b.label for b in trace.violations if b.node == row.node}, row


@pytest.mark.parametrize("name", NAMES)
def test_two_on_one_clock_are_found_by_their_numbers(name):
    """Where one side's handle_mm_fault took more steps the pair has both numbers."""
    both = compare(name)
    longer = max((both.old, both.new), key=lambda trace: trace.total)
    for n, (old, new) in enumerate(both.pairs(), start=1):
        shown = [step.label for step in (old, new) if step]
        assert both.label(n) == " and ".join(dict.fromkeys(shown))
        step = old if longer is both.old else new
        assert both.place(step.label) == n


def test_the_lesson_run_has_the_numbers_of_paper_and_search():
    """mips: the call is 9, its return the last below it; 57 of 58 was step 13 on paper."""
    cut = ablate.without(models.load("mips", "merged"), "completed-check")
    trace = run(cut)
    (bad,) = trace.violations
    assert (bad.n, bad.label, trace.total) == (57, "13", 14)
    assert "broken at step 13: lock-underflow" in narrate.text(trace)
    assert "step 13 of 14: mmap_lock given up too often" in still(trace, bad.n)
    (row,) = (r for r in check(cut) if r.verdict == "violated")
    assert row.steps == 13
    assert [step.label for step in own(trace)] == [str(n) for n in range(1, 15)]
    before = run("mips", "before")
    assert [s.label for s in before.steps if s.node == "handle_mm_fault"] == [
        "9", "9.42", "20", "20.15",
    ]  # fmt: skip


def test_a_step_that_is_typed_is_a_number_as_it_is_shown_or_a_place():
    """In play, in a player and in the command; what is none is refused in a sentence."""
    player = fv.play("mips", step="9.44")
    assert (player.step, player.at) == (53, "9.44")
    player.step = "12"
    assert (player.step, player.at, player.now.event) == (56, "12", "leave")
    assert "step 12/12" in repr(player)
    player.step = 53
    assert player.at == "9.44"
    two = fv.play(fv.compare("mips"), step="11")
    assert (two.clock, two.both.first) == (12, 12)
    assert "step 11/25, first difference 11" in repr(two)
    known = "choose 1 to 12, or 9.1 to 9.44 inside handle_mm_fault"
    for bad, said in (
        ("9.45", f"There is no step '9.45': {known}."),
        ("", f"There is no step '': {known}."),
        (57, "There is no step 57: this trace has steps 1 to 56; as shown, in quotes, 1 to 12"),
        (9.3, "A step is a number as it is shown, such as '9.3', not 9.3."),
        (True, "not True"),
    ):
        with pytest.raises(BadInput, match=re.escape(said)):
            fv.play("mips", step=bad)
    with pytest.raises(BadInput, match=re.escape("There is no step '9.45'")):
        player.step = "9.45"
    with pytest.raises(BadInput, match="There is no step '26': choose 1 to 25"):
        fv.play(fv.compare("mips"), step="26")


def test_json_has_the_number_as_a_further_field():
    """`n` and `first` are what they were."""
    told = json.loads(CliRunner().invoke(main, ["trace", "mips", "--json"]).stdout)
    assert [step["n"] for step in told["steps"]] == [*range(1, 57)]
    assert [step["label"] for step in told["steps"]] == [*run("mips").labels]
    told = json.loads(CliRunner().invoke(main, ["compare", "mips", "--json"]).stdout)
    assert (told["first"], told["label"]) == (12, "11")


def test_a_question_names_its_step_as_the_picture_does():
    """Where it is asked, and where it holds the player up."""
    player = fv.play("mips", gate=True)
    asked = []
    while player.limit and player.limit.n < 55:
        asked.append(str(player.ask()).split(",")[0])
        player.skip()
    assert asked == ["step 1", "step 9.44", "step 10"]
    with pytest.raises(BadInput, match="A question is open at step 11"):
        player.step = "12"
