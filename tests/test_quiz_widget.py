"""Taking a test: what is kept, what is said and when, and that nothing is left behind."""

import json
from importlib import import_module

import pytest
from ipywidgets.widgets.widget import _instances

import faultviz as fv
from faultviz.course.grading.answer_file import answers
from faultviz.course.quiz import form

PRE, POST = form("pre").questions, form("post").questions


def rights(asked):
    return [one.right for one in asked]


def wrongs(asked):
    """The first answer that is wrong."""
    return [2 if one.right == 1 else 1 for one in asked]


def told_of(test):
    """All that the page is told of a test."""
    return json.dumps(test.told, ensure_ascii=False)


def test_fv_quiz_is_the_function():
    """Although a package bears its name; both can be had."""
    import_module("faultviz.course.quiz.exam")
    assert fv.quiz("pre").form == form("pre")


def test_a_test_is_kept_as_it_was_answered():
    """Texts and not numbers, who was sure of what, and the seed."""
    sure = [n % 2 == 0 for n in range(8)]
    fv.quiz("pre", seed="K7F2-9QXM").answer(*[1] * 8, sure=sure)
    (act,) = answers().acts
    asked = form("pre", "K7F2-9QXM").questions
    assert (act.kind, act.name, act.seed) == ("quiz", "pre", "K7F2-9QXM")
    assert act.given == {
        "answers": {one.name: one.answers[0].text for one in asked},
        "sure": {one.name: yes for one, yes in zip(asked, sure, strict=True)},
        "bank": 1,
    }


def test_the_test_before_teaches_nothing():
    """How many were right, and no reason, not even after it was handed in."""
    test = fv.quiz("pre")
    assert (
        test.answer(*wrongs(PRE)) == "Kept. 0 of 8 right; which ones, you learn after the course."
    )
    seen = told_of(test) + test.as_text()
    assert not any(answer.reason in seen for one in PRE for answer in one.answers)
    assert "Right" not in seen
    with pytest.raises(fv.BadInput, match="when the test after the course is handed in"):
        test.reasons()


def test_the_test_after_gives_reasons_and_the_gain():
    """A reason at each question, what is left, what to read; as text, too."""
    fv.quiz("pre").answer(*wrongs(PRE), sure=False)
    test = fv.quiz("post")
    said = test.answer(*rights(POST)[:8], *wrongs(POST)[8:])
    assert said.splitlines()[1].startswith("Before 0 of 8 right, after 8 of 8: 8 more.")
    assert "Not tried with a class" in said
    assert test.as_text() == said
    reasons = test.reasons().splitlines()
    assert [line.split(". ")[1] for line in reasons] == ["Right"] * 8 + ["No"] * 3
    assert f"Right is “{POST[-1].key}”" in reasons[-1]
    assert test.outcome.before
    assert repr(test) == "Test after the course, 9 questions, seed faultviz: handed in"


def test_the_button_says_what_is_missing(alone):
    """And records nothing before all is said; then it hands in, once."""
    test = fv.quiz("pre")
    page = alone(test, answers=True)
    button, said = page.get_by_role("button", name="Hand in"), page.locator(".fv-told").first
    items = page.locator(".fv-item").all()
    for n, item in enumerate(items):
        if n > 0:
            item.get_by_role("radio").first.check()
        if n > 1:
            item.get_by_label("I am not sure").check()
    button.click()
    said.get_by_text("No answer yet: 1. Sure or not sure? 2.").wait_for()
    assert answers().acts == ()
    assert "6 of 8 answered" in repr(test)
    assert page.get_by_text("6 of 8 answered").is_visible()
    items[0].get_by_role("radio").first.check()
    for item in items[:2]:
        item.get_by_label("I am sure").check()
    button.click()
    said.get_by_text("Kept.").wait_for()
    button.click()
    said.get_by_text("It is handed in already.").wait_for()
    (act,) = answers().acts
    assert [*act.given["sure"].values()] == [True, True, *[False] * 6]
    assert all(one.is_disabled() for one in page.get_by_role("radio").all())


def test_bad_answers_are_refused_whole():
    """Nothing is kept of them."""
    test = fv.quiz("pre")
    for numbers, sure, said in (
        ([1] * 7, True, r"8 answers to give \(1 to 8\), not 7"),
        ([1] * 7 + [6], True, "Question 8 has no answer 6: choose 1 to 4"),
        ([1] * 8, [True], r"8 sure to give \(1 to 8\), not 1"),
    ):
        with pytest.raises(fv.BadInput, match=said):
            test.answer(*numbers, sure=sure)
    assert answers().acts == ()
    assert repr(test).endswith("0 of 8 answered")
    test.answer(*[1] * 8)
    with pytest.raises(fv.BadInput, match="run the cell again"):
        test.answer(*[1] * 8)
    with pytest.raises(fv.BadInput, match="no test 'before'"):
        fv.quiz("before")


def test_what_a_cell_shows_is_the_whole_test():
    """Where no widget can live, the questions can still be read; the same for all."""
    test = fv.quiz("post")
    text = test._repr_mimebundle_()[0]["text/plain"]
    assert text == test.as_text() == fv.quiz("post").as_text()
    assert all(one.ask in text for one in POST)
    assert not any(answer.reason in text for one in POST for answer in one.answers)


def test_a_seed_is_text(alone):
    """Markup in it is shown, not obeyed."""
    page = alone(fv.quiz("pre", seed="<b>x</b>"))
    assert page.get_by_text("seed <b>x</b>").is_visible()


@pytest.mark.parametrize("taken", [False, True])
def test_a_closed_test_leaves_nothing_behind(taken):
    """A cell that runs again and again does not grow."""
    before = set(_instances)
    test = fv.quiz("post")
    if taken:
        test.answer(*rights(POST))
    assert len(set(_instances) - before) == 2, "one widget and its layout"
    test.close()
    assert set(_instances) == before


def test_a_file_that_cannot_be_written_is_said(work):
    """The answers are there; the learner has to know that they are in memory only."""
    work.parent.mkdir(exist_ok=True)
    work.write_text("a file where the folder should be")
    said = fv.quiz("pre").answer(*[1] * 8)
    assert said.startswith("Kept. ")
    assert "cannot be written" in said


def test_the_text_of_a_test_has_no_address_of_memory():
    """It is the same each time."""
    assert " object at 0x" not in fv.quiz("pre").as_text()
