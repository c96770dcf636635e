"""The bench: edits, a prediction, a way of one's own, and the search that judges them."""

import pytest
from ipywidgets.widgets.widget import _instances

import faultviz as fv
from faultviz.course.exercises import counterexamples
from faultviz.course.grading.answer_file import Act, answers
from faultviz.course.grading.scoring import grade
from faultviz.edit.allowances import Edit, refused
from faultviz.edit.edits import edited, kept
from faultviz.edit.listing import lines
from faultviz.picture import layout
from faultviz.player.bench_payload import places


def wish(bench, **wanted):
    """What the page sends."""
    bench.desk._given = {"seq": f"page/{id(wanted)}", **wanted}
    return bench.desk.told


def broken():
    """The bench with mips' check for COMPLETED switched off."""
    bench = fv.bench("mips")
    bench.edit("18 off")
    return bench


def test_edits_are_made_taken_back_and_refused():
    """What is refused changes nothing."""
    bench = broken()
    with pytest.raises(fv.BadInput, match=r"18 to retry: line 18 \(if COMPLETED\?\) allows off"):
        bench.edit("18 to retry")
    with pytest.raises(fv.BadInput, match="is no edit: write a line number"):
        bench.edit("break it")
    with pytest.raises(fv.BadInput, match="line 18 is gone by another edit"):
        bench.edit("18 not")
    assert repr(bench) == "Bench(mips merged, 18 off)"
    assert "18      if COMPLETED?   <- off" in bench.text()
    bench.edit("30 to bad_area", "20 add take mmap_lock")
    assert repr(bench.undo()) == "Taken back: 20 add take mmap_lock."
    assert [str(edit) for edit in bench.edits] == ["18 off", "30 to bad_area"]
    bench.reset()
    assert repr(bench) == "Bench(mips merged, no edit)"
    assert bench.program is bench.original
    with pytest.raises(fv.BadInput, match="There is no edit to take back"):
        bench.undo()


def test_only_shipped_handlers_are_on_the_bench():
    """A name, not a path; the nearest names are said."""
    with pytest.raises(fv.BadInput, match=r"There is no handler 'mps'. Did you mean mips"):
        fv.bench("mps")
    with pytest.raises(fv.BadInput, match="no revision"):
        fv.bench("mips", "v9")


def test_one_predicts_before_the_search():
    """A rule or none; a way that cannot be gone names its first impossible node."""
    bench = broken()
    with pytest.raises(fv.BadInput, match="First predict which rule breaks"):
        bench.search()
    with pytest.raises(fv.BadInput, match=r"There is no rule 'underflow'. Did you mean"):
        bench.predict("underflow")
    with pytest.raises(fv.BadInput, match="At step 3 “handle_mm_fault” cannot come"):
        bench.trace(["no_mm_or_faults_off", "handle_mm_fault"])
    with pytest.raises(fv.BadInput, match="Two ways are compared after"):
        bench.compare()


def test_a_longer_way_stands_beside_the_shortest():
    """Who is shorter, and where they part; the act has what the grader needs."""
    bench = broken()
    bench.predict("lock-underflow")
    path = [s.node for s in fv.run(bench.program, outcomes="RETRY,OK", context="write").steps]
    bench.trace(path)
    said = str(bench.search())
    assert "Your way does not break lock-underflow; the shortest does, at step 13." in said
    assert "They part at step 13: yours “Mark TRIED”, the shortest “Give up mmap_lock”." in said
    assert bench.compare().first == 13
    (act,) = answers().acts
    assert (act.kind, act.name) == ("trace", "mips merged")
    assert act.given == {"edits": ["18 off"], "rule": "lock-underflow", "path": path}
    assert [score.points for score in grade(act)] == [1, 0, 0]
    bench.trace(outcomes="COMPLETED")
    assert "3 of 3 points" in bench.search()
    assert "The two are the same." in bench.search()
    bench.trace(outcomes="COMPLETED", context="kernel,write,signal")
    assert bench.pair.rule == "lock-underflow"


def test_the_edits_may_break_nothing():
    """Then that is what is to be predicted."""
    bench = fv.bench("mips")
    bench.edit("12 move 7")
    bench.predict("lock-balance")
    assert "0 of 1 points" in bench.search()
    bench.predict("none")
    assert "no rule is broken.\nYou predicted none: 1 of 1 points." in str(bench.search())
    assert [score.points for act in answers().acts for score in grade(act)] == [0, 1]
    bench.reset()
    bench.predict("none")
    bench.search()
    assert len(answers().acts) == 2, "what nobody edited is no answer"


def test_a_new_edit_begins_anew():
    """Prediction, way, result and comparison are gone; rules are not said before a search."""
    bench = broken()
    bench.predict("lock-underflow")
    bench.trace(outcomes="COMPLETED")
    bench.search()
    yours, shortest = bench._sides
    assert (yours["name"], shortest["name"]) == ("yours", "shortest")
    assert (len(yours["trace"]["steps"]), bench._first) == (14, None)
    assert any(step["broken"] for step in yours["trace"]["steps"])
    bench.edit("31 off")
    assert bench._sides == []
    assert (bench.rule, bench.given, bench.desk.way, bench.desk.told["found"]) == ("", {}, [], None)
    bench.desk.choose(outcomes="OK", context="write")
    assert not any(step["broken"] for step in bench.desk._trace["steps"])


def test_the_page_edits_and_searches():
    """As Python does; a refusal is a sentence."""
    bench = fv.bench("mips")
    assert wish(bench, do="undo")["problem"] == "There is no edit to take back."
    told = wish(bench, do="edit", edit="18 off")
    assert (told["made"], told["notes"], told["problem"]) == (["18 off"], {18: "off"}, "")
    told = wish(bench, do="check", rule="lock-underflow", how="path", path=["enter", "ERROR"])
    assert told["problem"].startswith("At step 2 “ERROR” cannot come")
    told = wish(bench, do="check", rule="lock-underflow", how="said", outcomes="COMPLETED",
                context="write")  # fmt: skip
    assert told["said"]["head"] == "1 rule is broken. Your prediction: 3 of 3 points."
    (one,) = told["found"]
    wish(bench, do="play", outcomes=one["outcomes"], context=one["context"])
    assert (bench.desk.outcomes, bench.desk.context) == ("COMPLETED", "write")
    assert wish(bench, do="reset")["made"] == []


@pytest.mark.parametrize("name", ["mips", "arm64", "s390", "gup"])
def test_a_line_offers_just_what_it_allows(name):
    """Every change that the page lists is allowed, and there are some."""
    bench = fv.bench(name)
    listing = bench.listing
    can = bench.desk.told["can"]
    listed = [
        edit
        for n, one in can.items()
        for edit in [
            *(row[0] for kind in ("buttons", "to", "add") for row in one[kind]),
            *(f"{n} move {to}" for to in one["move"]),
        ]
    ]
    assert len(listed) > 300
    assert [e for e in listed if refused(listing, Edit.read(e))] == []


def test_nodes_of_an_edited_handler_stand_in_the_original_lines():
    """So that the line where the task stands is marked."""
    original = fv.load("mips", "merged")
    listing = lines(original)
    texts = {line.number: line.text for line in listing}
    for changes in (["18 off"], ["6 add mark TRIED", "31 off"], ["20 move 14"], ["26 to retry"]):
        program = edited(original, *changes)
        found = places(kept(listing, *changes), lines(program))
        shown = {line.node: line.text for line in lines(program)}
        changed = {int(change.split()[0]) for change in changes}
        assert len(found) > 30
        assert all(shown[node] == texts[n] for node, n in found.items() if n not in changed)


def test_without_a_layout_two_ways_stand_in_a_table(monkeypatch):
    """The shipped picture is there, that of the edited handler is not; and it comes back."""

    def render(*_):
        raise fv.BadInput("Nothing here can lay out a graph.")

    monkeypatch.setattr(layout, "render", render)
    bench = broken()
    assert bench.desk._pictures == {}
    bench.predict("lock-underflow")
    bench.trace(outcomes="COMPLETED")
    bench.search()
    assert bench._table.startswith("<table")
    bench.reset()
    assert bench.desk._pictures != {}


def test_a_closed_bench_leaves_nothing():
    """Nor does a comparison that another one took the place of."""
    before = set(_instances)
    bench = broken()
    bench.predict("lock-underflow")
    bench.trace(outcomes="COMPLETED")
    bench.search()
    bench.search()
    bench.close()
    assert set(_instances) == before


@pytest.mark.parametrize("name", ["trace", "/etc/passwd merged", "../mips merged", "mips v9"])
def test_a_file_cannot_name_anything_else(name):
    """Of a file only names of handlers are taken."""
    act = Act("", "", "trace", name, "0", {"edits": ["18 off"], "rule": "lock-underflow"})
    if name == "trace":
        assert len(grade(act)) == 2
        return
    with pytest.raises(fv.BadInput):
        grade(act)


def test_the_exercise_on_ways_is_never_sound():
    """The rule that is named is broken, and its shortest way is worth both points."""
    for seed in map(str, range(12)):
        one = counterexamples.make(seed)
        given = {"outcomes": one.first.outcomes, "context": one.first.context}
        assert counterexamples.judge(one, given).total == 2
        assert counterexamples.make(seed, one.level).program == one.program
