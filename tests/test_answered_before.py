"""What was answered stands in a fresh widget, as after a restart, and is kept no second time."""

import pytest

import faultviz as fv
from faultviz.course.grading.answer_file import answers

EXERCISES = {
    "find": lambda one: one.answer(ack=True),
    "trace": lambda one: one.answer(outcomes="OK"),
    "review": lambda one: one.answer(ack=False, rule="lock-underflow", line=3),
    "write": lambda one: one.answer(one.solution()),
}


def test_a_question_shows_its_last_answer_and_counts_on():
    """A miss first, then the right one: both tries are known to the fresh one."""
    first = fv.ask("00-M4")
    first.answer(1)
    again = fv.ask("00-M4")
    assert (again.verdict, again.tries, again.solved) == (first.verdict, 1, False)
    assert again._form["00-M4"] == 1
    again.answer(2)
    third = fv.ask("00-M4")
    assert (third.verdict, third.tries, third.solved) == (again.verdict, 2, True)
    assert len(answers().acts) == 2


def test_a_set_of_questions_says_how_it_stands():
    """Each of its questions has its answer."""
    fv.ask("00a-check").answer(1, 1, 1)
    assert repr(fv.ask("00a-check")) == "6 questions: 3 answered"
    assert len(answers().acts) == 3


@pytest.mark.parametrize("kind", EXERCISES)
def test_an_exercise_shows_the_last_try(kind):
    """With its verdict, and with what the form held; another seed has none of it."""
    first = fv.exercise(kind, "7")
    EXERCISES[kind](first)
    again = fv.exercise(kind, "7")
    assert (again.verdict, again.tries) == (first.verdict, 1)
    assert again.desk._form == first.desk._form
    assert fv.exercise(kind, "8").tries == 0
    assert len(answers().acts) == 1


def test_a_reply_stands_there_again():
    """With the rubric that it met."""
    first = fv.exercise("review", "0")
    first.answer(ack=True)
    first.reply("The lock is given up twice. Please return at once.")
    assert fv.exercise("review", "0").desk.told["replied"] == first.desk.told["replied"]


def test_a_test_shows_what_was_handed_in_and_no_verdict():
    """It can be handed in once more."""
    first = fv.quiz("pre")
    first.answer(*[1] * 8, sure=False)
    again = fv.quiz("pre")
    assert [one.chosen for one in again.asked] == [1] * 8
    assert {one.sure for one in again.asked} == {False}
    assert (again.handed_in, again.said) == (
        False, "You handed this in before: these are your answers.",
    )  # fmt: skip
    assert len(answers().acts) == 1
