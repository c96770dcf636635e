"""Questions in the player: from the keyboard, from Python, and what must not be seen before."""

import json
import random
import re

import pytest

import faultviz as fv
from faultviz.player import gating

PLAYER = ".fv-player"
LESSONS = [
    ("mips", "before", "auto"), ("mips", "merged", "auto"), ("mips", "merged", "OK"),
    ("x86", "merged", "auto"), ("s390", "v3", "COMPLETED"),
]  # fmt: skip


def gated(name="mips", revision="merged", outcomes="auto", **more):
    """A player that asks."""
    context = "gmap,write" if name == "s390" else "write"
    return fv.play(name, revision, outcomes, context, gate=True, **more)


def right(question):
    return next(o for o in question.options if o.right)


def wrong(question):
    return next(o for o in question.options if not o.right)


def state_of(page):
    return page.evaluate("model.get('_gated')")


# --- from Python -----------------------------------------------------------------------------


def test_a_right_answer_opens_the_way():
    """Question after question, to the end; then the repr says how long the trace was."""
    p = gated()
    seen = 0
    while str(asked := p.ask()) != "No question is left.":
        seen += 1
        assert repr(p).split("step ")[1].split(",")[0] == f"{p.at}/?"
        assert str(asked).startswith(f"step {p.at}, {p.now.node}: ")
        gate = next(g for g in p.trace_gates if g.n == p.step)
        question = gating.question_of(p._gated, gate)
        assert p.answer(right(question).value).startswith("Right. ")
    assert seen > len(p.trace_gates), "each gate asks for the rule, too"
    assert p.step == len(p.trace.steps)
    assert f"step {p.trace.total}/{p.trace.total}" in repr(p)
    assert p.tally == f"{seen} questions: {seen} right at once"


def test_two_misses_show_the_answer():
    """The first gets a reason, the second the answer; `skip` shows all of it."""
    p = gated()
    p.ask()
    question = p.trace_gates[0].questions[0]
    first = p.answer(wrong(question).value)
    assert first == f"No. {wrong(question).reason}"
    assert p.answer(wrong(question).value).startswith(f"Shown: {right(question).label}. ")
    assert p._gated["q"] == 1
    assert p.skip().startswith("Shown: ")
    results = p._gated["closed"]["1"]
    assert set(results) == {"shown"}
    assert len(results) == len(p.trace_gates[0].questions)


def test_a_node_without_an_edge_is_not_counted():
    """It is said, and nothing else changes; a node that is none is bad input."""
    p = gated()
    while (gate := next(g for g in p.trace_gates if str(g.n) not in p._gated["closed"])) and (
        gate.questions[0].kind != "node"
    ):
        p.ask()
        p.skip()
    p.ask()
    said = p.answer("enter")
    assert said == gate.questions[0].elsewhere
    assert (p._gated["q"], p._gated["misses"]) == (0, 0)
    with pytest.raises(fv.BadInput, match="no node 'nowhere'"):
        p.answer("nowhere")


def test_nothing_is_passed():
    """A step beyond an open question is refused from Python and cut short from the browser."""
    p = gated()
    with pytest.raises(fv.BadInput, match="A question is open at step 1"):
        p.step = 12
    p.set_state({"step": 12})
    assert p.step == 1
    with pytest.raises(fv.BadInput, match="is no answer to"):
        p.answer("blue")
    p.skip()
    with pytest.raises(fv.BadInput, match="No question is open at step 1"):
        p.answer("1")


def test_going_back_never_asks_again():
    """What was answered stays answered; a player that begins later asks nothing before."""
    p = gated()
    p.ask()
    p.skip()
    p.ask()
    at = p.step
    p.step = 1
    assert p.ask()
    assert p.step == at
    late = gated(step=54)
    assert all(int(n) < 54 for n in late._gated["closed"])
    assert late.tally == "0 questions"


def test_a_new_scenario_asks_anew():
    """And one in which something is missing asks nothing: it shows what breaks."""
    p = gated()
    p.ask()
    p.skip()
    p.revision = "before"
    assert p._gated == gating.unasked()
    p.revision = "merged"
    p.without = "completed-check"
    assert p.trace_gates == ()
    assert "/?" not in repr(p)


def test_what_is_asked_is_not_in_repr_or_picture():
    """While a question about the lock is open: no count, no padlock of the answer, no total."""
    p = gated()
    while (p.ask(), next(g for g in p.trace_gates if g.n == p.step))[1].hides != "lock":
        p.skip()
    assert repr(p).endswith("mmap_lock=?)")
    svg = p._repr_svg_()
    assert f"step {p.at} of ?: mmap_lock ?" in svg
    assert "given up" not in svg
    held = p.trace.steps[p.step - 2].mmap_lock > 0
    assert ('class="token held"' in svg) is held


# --- from the keyboard -----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "revision", "outcomes"), LESSONS)
def test_each_gate_wrong_once_then_right_from_the_keyboard(alone, name, revision, outcomes):
    """A reason each time; Step, Play and run-to stop there; the end is reached."""
    p = gated(name, revision, outcomes, view="first")
    page = alone(p)
    reasons = []
    for gate in p.trace_gates:
        page.keyboard.press("End")
        page.keyboard.press("l")
        page.keyboard.press("n")
        assert page.evaluate("model.get('step')") == gate.n
        for question in gate.questions:
            ask = page.locator(".fv-ask").inner_text()
            assert ask == question.ask
            keys = "abcdefghi"
            miss = question.options.index(wrong(question))
            page.keyboard.press(keys[miss])
            said = page.locator(".fv-verdict").inner_text()
            assert said.startswith("No. ")
            reasons.append(said)
            page.keyboard.press(keys[question.options.index(right(question))])
            assert page.locator(".fv-verdict").inner_text().startswith("Right. ")
    assert page.locator(".fv-option").count() == 0
    page.keyboard.press("End")
    assert page.evaluate("model.get('step')") == len(p.trace.steps)
    closed = state_of(page)["closed"].values()
    assert {result for each in closed for result in each} == {"second"}
    assert not page.locator(".fv-gate").is_visible()


def test_the_browser_and_python_answer_alike(alone):
    """The same random answers, clicked here and given there, lead through the same states."""
    dice = random.Random(6)  # noqa: S311 (a test)
    for seed in range(4):
        p = gated("mips", "before" if seed % 2 else "merged")
        page = alone(p)
        for gate in p.trace_gates:
            p.step = gate.n
            page.evaluate(f"model.set('step', {gate.n})")
            while str(gate.n) not in p._gated["closed"]:
                question = gating.question_of(p._gated, gate)
                if dice.random() < 0.15:
                    p.skip()
                    page.keyboard.press("s")
                else:
                    option = dice.choice(question.options)
                    p.answer(option.value)
                    page.locator(f'.fv-option [data-value="{option.value}"]').click()
                assert state_of(page) == p._gated
        assert p.tally.count("question") == 1


def test_nothing_shows_the_future_while_a_question_is_open(alone):
    """List, lane, edges, total, live region, titles: nothing of a later step is in the page."""
    p = gated(outcomes="auto")
    page = alone(p)
    for gate in p.trace_gates:
        page.keyboard.press("End")
        html = page.locator(PLAYER).evaluate("(e) => e.outerHTML")
        rows = page.locator(".fv-trace [data-n]").evaluate_all(
            "(all) => all.map((e) => +e.dataset.n)"
        )
        cells = page.locator(".fv-cell").evaluate_all("(all) => all.map((e) => +e.dataset.n)")
        assert max(rows) == max(cells) == gate.n
        shown = f"Step {p.trace.steps[gate.n - 1].label} of ?"
        assert page.locator(".fv-count span").first.inner_text() == shown
        scenario = page.locator(PLAYER).get_attribute("data-scenario")
        assert scenario == "mips merged, auto, write"
        taken = page.locator(".edge.way-held, .edge.way-open").evaluate_all(
            "(all) => all.map((e) => [e.dataset.from, e.dataset.to, e.dataset.when])"
        )
        past = {tuple(way[1:4]) for s in p._trace["steps"][: gate.n - 1] for way in s["ways"]}
        assert {tuple(way) for way in taken} <= past
        live = page.locator("[aria-live=polite]").inner_text()
        for step in p._trace["steps"][gate.n :]:
            assert step["what"] not in live
            if step["since"] not in {s["since"] for s in p._trace["steps"][: gate.n]}:
                assert step["since"] not in html
        if gate.hides == "lock":
            assert page.locator(".fv-cell.now").inner_text() == "?"
            assert p._trace["steps"][gate.n - 1]["since"] not in html
        if gate.hides == "answer":
            assert p._trace["steps"][gate.n - 1]["what"] not in html
            current = page.locator(".fv-trace [aria-current] .fv-short").inner_text()
            assert not re.search(r" (yes|no)$", current)
        page.keyboard.press("s")
    page.keyboard.press("End")
    assert page.locator(PLAYER).get_attribute("data-scenario") == "mips merged, COMPLETED, write"


def test_a_click_on_a_node_is_an_answer(alone):
    """To where no edge leads it is said and not counted; the right node is right."""
    p = gated()
    page = alone(p)
    gate = next(g for g in p.trace_gates if g.questions[0].kind == "node")
    while page.evaluate("model.get('step')") != gate.n:
        page.keyboard.press("s")
        page.keyboard.press("End")
    page.locator('.node[data-node="enter"]').dispatch_event("click")
    assert page.locator(".fv-verdict").inner_text() == gate.questions[0].elsewhere
    assert state_of(page)["misses"] == 0
    target = right(gate.questions[0]).value
    page.locator(f'.node[data-node="{target}"]').dispatch_event("click")
    assert page.locator(".fv-verdict").inner_text().startswith("Right. ")


def test_play_stops_at_a_question(alone):
    """It does not answer for the learner."""
    p = gated(view="first")
    page = alone(p)
    page.keyboard.press("s")
    page.evaluate("document.querySelector('.fv-speed').value = 'fast'")
    page.keyboard.press("p")
    page.wait_for_function(f"model.get('step') === {p.trace_gates[1].n}")
    page.wait_for_function("document.querySelector('.fv-play').textContent === 'Play'")
    page.keyboard.press("p")
    assert page.locator(".fv-play").inner_text() == "Play"


@pytest.mark.parametrize(("name", "revision", "outcomes"), LESSONS)
def test_on_stage_each_question_is_seen_whole(alone, name, revision, outcomes):
    """Verdict, question, options and buttons; also after a miss, and nothing scrolls."""
    p = gated(name, revision, outcomes)
    page = alone(p, 1280, 720)
    page.keyboard.press("f")
    for gate in p.trace_gates:
        page.keyboard.press("End")
        for question in gate.questions:
            page.keyboard.press("abcd"[question.options.index(wrong(question))])
            panel = page.locator(".fv-gate")
            assert panel.evaluate("(e) => e.scrollHeight <= e.clientHeight + 1"), question
            room = panel.bounding_box()
            lane = page.locator(".fv-say").bounding_box()
            assert room["y"] + room["height"] <= lane["y"] + 1
            page.keyboard.press("abcd"[question.options.index(right(question))])


# --- the vote of a class ---------------------------------------------------------------------


def test_a_class_votes_twice_and_both_bars_stay(alone):
    """A to D in 28 px and more; hands typed as numbers; again; revealed; both rounds remain."""
    p = gated()
    page = alone(p, 1280, 720)
    page.keyboard.press("f")
    page.keyboard.press("s")
    page.keyboard.press("End")
    options = page.locator(".fv-option")
    size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
    assert all(o.locator("button").evaluate(size) >= 28 for o in options.all())
    letters = page.locator(".fv-letter").all_inner_texts()
    assert letters == list("ABCD"[: len(letters)])
    hands = [[12, 30, 5, 3][: len(letters)], [40, 3, 4, 2][: len(letters)]]
    for votes in hands:
        page.keyboard.press("v")
        for hand in votes:
            page.keyboard.type(str(hand))
            page.keyboard.press("Enter")
    for i, row in enumerate(options.all()):
        assert row.locator(".fv-bar-row b").all_inner_texts() == [str(v[i]) for v in hands]
    page.keyboard.press("Enter")
    shown = page.locator(".fv-option.right")
    question = p.trace_gates[1].questions[0]
    assert shown.get_attribute("class")
    assert shown.locator("button").get_attribute("data-value") == right(question).value
    assert page.locator(".fv-bar-row:visible").count() == 2 * len(letters)
    gate, lane = page.locator(".fv-gate").bounding_box(), page.locator(".fv-lane").bounding_box()
    assert gate["y"] + gate["height"] <= lane["y"]
    assert page.locator(".fv-gate").evaluate("(e) => e.scrollHeight <= e.clientHeight + 1")
    page.keyboard.press("n")
    assert state_of(page)["results"] == ["shown"]


def test_a_vote_with_no_number_counts_nothing(alone):
    """Empty, negative or broken input is 0 hands."""
    page = alone(gated(), 1280, 720)
    page.keyboard.press("f")
    page.keyboard.press("v")
    for text in ("", "-4", "2.9"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert page.locator(".fv-bar-row b").all_inner_texts() == ["0", "0", "2"]


def test_what_is_sent_is_json():
    """The questions, too."""
    p = gated("s390")
    assert json.loads(json.dumps(p._gates)) == p._gates
