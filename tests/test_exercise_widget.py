"""Exercises as widgets: what is asked and said, what is kept, and that nothing is left behind."""

import re

import pytest
from ipywidgets.widgets.widget import _instances

import faultviz as fv
from faultviz.course.exercises import replies
from faultviz.course.grading.answer_file import answers
from faultviz.course.grading.scoring import grade
from faultviz.engine.replay import replay
from faultviz.picture import layout
from faultviz.player.desk import Desk, about

KINDS = ("find", "trace", "review", "write")


@pytest.fixture
def no_layout(monkeypatch):
    """A browser's Python: no Graphviz of any kind."""

    def render(*_):
        raise fv.BadInput("Nothing here can lay out a graph.")

    monkeypatch.setattr(layout, "render", render)


def some(kind, sound):
    """An exercise with or without a fault."""
    return next(ex for n in range(40) if (ex := fv.exercise(kind, n)).one.sound is sound)


def wish(ex, **wanted):
    """What the page sends."""
    ex.desk._given = {"seq": f"page/{id(wanted)}", **wanted}
    return ex.desk.told


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_is_the_same_exercise(kind):
    """Any text or number is a seed; without one it is the same for everybody."""
    assert fv.exercise(kind).as_text() == fv.exercise(kind, "0").as_text()
    assert fv.exercise(kind, 12).as_text() == fv.exercise(kind, "12").as_text()
    assert fv.exercise(kind, "12").as_text() != fv.exercise(kind, "K7F2-9QXM").as_text()
    assert fv.exercise(kind, "12", level=3).level == 3
    assert fv.exercise(kind, "12").as_text().startswith(f"Exercise({kind}, seed 12, level ")


def test_what_is_no_exercise_is_said():
    """With the nearest names."""
    with pytest.raises(fv.BadInput, match=r"There is no exercise 'fnd'. Did you mean find"):
        fv.exercise("fnd")
    with pytest.raises(fv.BadInput, match="There is no level 4: choose 1, 2 or 3"):
        fv.exercise("review", "0", level=4)


def full(ex):
    """The answer that has all points."""
    first = ex.one.first
    way = {"outcomes": first.outcomes, "context": first.context}
    match ex.kind:
        case "trace":
            return way
        case "find":
            return way | {"rule": first.invariant, "node": first.node}
    return way | {"rule": first.invariant, "line": min(ex.one.places)}


@pytest.mark.parametrize("kind", ["find", "trace", "review"])
def test_tries_are_kept_and_graded_alike(kind):
    """The points that were shown are those that the file is given; the first try counts."""
    ex = fv.exercise(kind, "0")
    poor = ex.answer(outcomes="OK", context="write")
    good = ex.answer(**full(ex))
    assert re.fullmatch(r"(\d) of \1 points\.", str(good).splitlines()[0])
    assert str(good).splitlines()[-1] == f"The first try counts: {str(poor).splitlines()[0]}"
    acts = answers().acts
    assert [(act.kind, act.name, act.seed) for act in acts] == [(ex.act, kind, "0")] * 2
    for act, said in zip(acts, (poor, good), strict=True):
        assert act.given["level"] == ex.level
        points = sum(score.points for score in grade(act))
        assert str(said).startswith(f"{points} of ")


def test_an_ack_is_kept_as_one():
    """Full marks where the handler is sound, none where it is not."""
    assert str(some("find", sound=True).answer(ack=True)).startswith("4 of 4")
    assert str(some("find", sound=False).answer(ack=True)).startswith("0 of 4")
    assert str(some("review", sound=True).answer(ack=True)).startswith("3 of 3")
    assert [act.given["ack"] for act in answers().acts] == [True] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_worked_answer_comes_after_a_try(kind):
    """It is not even in the page before."""
    ex = fv.exercise(kind, "0")
    with pytest.raises(fv.BadInput, match="comes after a try"):
        ex.worked()
    assert "worked" not in ex.desk.told
    ex.answer(ex.solution()) if kind == "write" else ex.answer(outcomes="OK")
    assert str(ex.worked()) == ex.solution() == ex.desk.told["worked"]


def test_rules_are_said_only_after_a_try():
    """Stepping shows the lock, but not whether that is right; then the own way is shown."""
    ex = fv.exercise("find", "0")
    first = ex.one.first
    ex.desk.choose(outcomes=first.outcomes, context=first.context)
    assert not any(step["broken"] for step in ex.desk._trace["steps"])
    ex.desk.choose(outcomes="OK", context="write")
    ex.answer(**full(ex))
    assert (ex.desk.outcomes, ex.desk.context) == (first.outcomes, first.context)
    broken = [step["n"] for step in ex.desk._trace["steps"] if step["broken"]]
    assert broken[0] == first.steps


def test_a_way_by_nodes_is_as_good_as_one_in_words():
    """With the entry or without it; it is drawn, where the handler can go it."""
    ex = fv.exercise("find", "0")
    first = ex.one.first
    steps = fv.run(ex.one.program, outcomes=first.outcomes, context=first.context).steps
    path = [step.node for step in steps[: first.steps]]
    said = ex.answer(rule=first.invariant, node=first.node, path=path[1:])
    assert str(said).startswith("4 of 4")
    assert ex.desk.way == path
    wrong = ex.answer(rule=first.invariant, node=first.node, path=[path[1], path[4]])
    assert "Way: At step 3 “" in wrong
    assert ex.desk.way == path


@pytest.mark.parametrize("kind", ["find", "trace", "review"])
def test_what_the_page_sends_is_an_answer(kind):
    """The form of the page, checked and shown; a fault of the form is a sentence there."""
    ex = fv.exercise(kind, "0")
    told = wish(ex, do="worked")
    assert told["problem"] == "The worked answer comes after a try: answer() first."
    form = {name: str(value) for name, value in full(ex).items()}
    told = wish(ex, do="check", ack=False, how="said", **form)
    assert told["problem"] == ""
    assert told["said"]["full"]
    assert all(points == of for points, of, _ in told["said"]["rows"])
    assert wish(ex, do="worked")["worked"] == ex.solution()


def test_a_way_is_followed_before_it_is_checked():
    """Whether it can go so, and if not the first node that cannot come; no try is counted."""
    ex = fv.exercise("trace", "0")
    trace = fv.run(ex.one.program, outcomes="RETRY,OK", context="write")
    ex.desk.way = [step.node for step in trace.steps]
    assert wish(ex, do="follow")["followed"]["said"].startswith("It can: outcomes RETRY,OK")
    ex.desk.way = [*ex.desk.way[:2], ex.desk.way[5]]
    assert "At step 3 “" in wish(ex, do="follow")["followed"]["said"]
    assert ex.tries == 0


def test_a_reply_is_held_against_the_rubric():
    """After the first answer; the model replies come with it, and the reply is kept."""
    ex = some("review", sound=False)
    with pytest.raises(fv.BadInput, match="First say what you think"):
        ex.reply("No.")
    ex.answer(**full(ex))
    with pytest.raises(fv.BadInput, match="The reply is empty"):
        ex.reply("  ")
    model = fv.exercise("review", ex.seed).one
    said = ex.reply(str(ex.one.first.outcomes) + " breaks it.")
    assert "Two replies that say it all:" in said
    assert ex.desk.told["replied"]["letters"] == replies.replies(model)
    (score,) = [s for s in grade(answers().acts[-1]) if s.what.endswith("reply")]
    assert f"{score.points} of 5" in said


def test_a_handler_is_written():
    """A text is kept; a program is judged; what is no handler is a sentence and no try."""
    ex = fv.exercise("write", "0")
    with pytest.raises(fv.BadInput, match=r"nothing leads to|runs off the end"):
        ex.answer(ex.starter)
    assert "nothing leads to" in wish(ex, do="check", text=ex.starter)["problem"]
    assert ex.tries == 0
    assert str(ex.answer(ex.one.sound)).endswith("Only a text is kept as your answer.")
    assert not answers().acts
    assert wish(ex, do="check", text=ex.solution())["said"]["full"]
    (act,) = answers().acts
    (score,) = grade(act)
    assert score.points == score.of


def test_the_mail_has_the_numbers_of_the_new_file():
    """Each line of the diff that is in it stands there with its number."""
    for seed in range(8):
        told = fv.exercise("review", seed).desk.told
        lines = {n: text for n, text, _ in told["lines"]}
        rows = [row for row in told["mail"]["rows"] if row[0] in "+ "]
        assert rows
        assert all(lines[n] == text for _, n, text in rows)
        assert {sign for sign, _, _ in told["mail"]["rows"]} >= {"@", "+"}


@pytest.mark.parametrize("seed", range(6))
def test_a_program_is_told_as_it_is(seed):
    """Lines, places, nodes to choose, and what a way needs to be entered."""
    program = fv.exercise("find", seed).one.program
    told = about(program)
    assert set(told["places"]) == {node for node, _ in told["nodes"]} <= set(program.nodes)
    assert set(told["texts"]) == set(program.nodes)
    assert told["entries"][told["root"]] == program.function.entry
    for outcomes in told["scripts"]:
        trace = fv.run(program, outcomes=outcomes)
        nodes = [step.node for step in trace.steps]
        assert [step.node for step in replay(program, nodes).trace.steps] == nodes


@pytest.mark.parametrize("kind", ["find", "trace", "review"])
def test_without_a_layout_the_listing_is_enough(kind, no_layout):
    """One sentence says so; the rest works."""
    ex = fv.exercise(kind, "0")
    assert ex.desk._pictures == {}
    assert ex.desk.told["none"].startswith("There is no picture here")
    assert wish(ex, do="check", ack=False, how="said", **full(ex))["said"]["full"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_exercise_leaves_nothing(kind):
    """No widget stays, whatever was done before."""
    before = set(_instances)
    ex = fv.exercise(kind, "0")
    ex.answer(ex.solution()) if kind == "write" else ex.answer(outcomes="OK")
    ex.close()
    assert set(_instances) == before


def test_a_desk_offers_only_what_belongs_to_it():
    """One program: no other handler, no other revision, nothing to take away."""
    desk = fv.exercise("find", "0").desk
    assert isinstance(desk, Desk)
    for kind in ("handler", "revision", "event", "missing"):
        assert desk._choices[kind] == []
    assert [c["value"] for c in desk._choices["outcome"]][:2] == ["OK", "RETRY,OK"]
