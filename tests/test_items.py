"""The questions of the lessons: one right answer each, computed where it can be, and reasons."""

from dataclasses import replace

import pytest
from ipywidgets.widgets.widget import _instances

import faultviz as fv
from faultviz.course.questions.items import CHECKS, ITEMS, lesson00, lesson01, right
from faultviz.course.toy import RwLock


@pytest.mark.parametrize("name", ITEMS)
def test_a_question_has_reasons_that_differ(name):
    """Two to four answers, one of them the key's, a reason for each."""
    one = ITEMS[name]
    texts = [text for text, _ in one.answers]
    reasons = [reason for _, reason in one.answers]
    assert 2 <= len(texts) == len(set(texts)) <= 4
    assert len(set(reasons)) == len(reasons)
    assert all(reason.endswith(".") for reason in reasons)
    assert one.ask.endswith("?")
    assert 1 <= right(one) <= len(texts)


def test_the_right_answer_is_not_always_in_one_place():
    """No more than two thirds of them, so that a place is no hint."""
    places = [right(one) for one in ITEMS.values()]
    assert max(places.count(p) for p in set(places)) <= len(places) * 2 / 3


def test_keys_follow_the_models(monkeypatch):
    """Another trace, another key: what is right is asked of run, not remembered."""
    assert right(ITEMS["00-M4"]) == 2
    monkeypatch.setattr(lesson00, "run", lambda *_, **__: fv.run("mips", "merged"))
    assert right(ITEMS["00-M4"]) == 1


def test_a_widget_gives_the_reason_and_counts_tries():
    """And its text form is its repr."""
    q = fv.ask("00-M4")
    assert q.answer(1).startswith("No. RETRY gave it up")
    assert q.answer(2).startswith("Right. Once before each call")
    assert q.verdict == "Right. Once before each call of handle_mm_fault."
    assert (q.tries, q.solved) == (2, True)
    assert q._repr_mimebundle_()[0]["text/plain"] == repr(q)
    with pytest.raises(fv.BadInput, match="no answer 7: choose 1 to 3"):
        q.answer(7)
    with pytest.raises(fv.BadInput, match="no question '00-M44'"):
        fv.ask("00-M44")


def test_the_self_check_names_the_parts_to_read(monkeypatch, tmp_path):
    """All right at once: skip. One wrong: that part."""
    check = fv.ask("00a-check")
    keys = [right(one.item) for one in check.asks]
    assert check.answer(*keys) == "6 of 6 right at once. You may skip this lesson."
    monkeypatch.setenv("FAULTVIZ_WORK", str(tmp_path))  # another learner
    check = fv.ask("00a-check")
    wrong = next(n for n in (1, 2) if n != keys[3])
    said = check.answer(*keys[:3], wrong, *keys[4:])
    assert said == "5 of 6 right at once. Read part 3."
    check.asks[3].answer(keys[3])
    assert repr(check) == "5 of 6 right at once. Read part 3.", "the first try is what counts"
    assert all(ITEMS[name].where for name in CHECKS["00a-check"])


def test_only_the_button_answers(alone):
    """Arrow keys move the choice past answers that nobody gave; a verdict goes with it."""
    q = fv.ask("00-M4")
    page = alone(q, answers=True)
    button, said = page.get_by_role("button", name="Answer"), page.locator(".fv-told").first
    assert button.is_disabled()
    page.get_by_role("radio").first.focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "Enter", "ArrowUp", "Escape"):
        page.keyboard.press(key)
    assert page.get_by_role("radio").nth(1).is_checked()
    assert (q.tries, q.verdict, said.inner_text()) == (0, "", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said.get_by_text("Right. Once before each call of handle_mm_fault.").wait_for()
    assert (q.tries, q.solved) == (1, True)
    page.get_by_role("radio").first.check()
    assert said.inner_text() == "", "an old verdict never stands beside a new choice"
    q.answer(2)
    assert q.told["items"][0]["number"] == q._form["00-M4"] == 2


def test_a_question_in_a_set_is_answered_in_the_page(alone):
    """Each for itself, and the line below counts; what is shown is text."""
    check = fv.ask("00a-check")
    page = alone(check, answers=True)
    for n, one in enumerate(check.asks):
        item = page.locator(".fv-item").nth(n)
        item.get_by_role("radio").nth(right(one.item) - 1).check()
        item.get_by_role("button").click()
        item.get_by_text("Right. ").wait_for()
    page.locator(".fv-sum").get_by_text(
        "6 of 6 right at once. You may skip this lesson."
    ).wait_for()
    assert page.locator(".fv-item label").first.inner_text() == check.asks[0].item.answers[0][0]


def test_what_goes_wrong_is_said_in_the_page(alone):
    """A sentence, and what was chosen stays; without a kernel, too."""
    page = alone(fv.ask("00-M4"))
    page.clock.install()
    page.get_by_role("radio").first.check()
    page.get_by_role("button").click()
    page.clock.fast_forward(9000)
    page.get_by_role("alert").get_by_text("The kernel does not answer").wait_for()
    assert page.get_by_role("radio").first.is_checked()


@pytest.mark.parametrize("name", ["00-M4", "00a-check"])
def test_a_closed_question_leaves_nothing_behind(name):
    """A cell that runs again and again does not grow: not even layouts and styles stay."""
    before = set(_instances)
    q = fv.ask(name)
    assert len(set(_instances) - before) == 2, "one widget and its layout"
    q.close()
    assert set(_instances) == before


def test_the_self_check_has_a_text_form():
    """All its questions, where no widget can live."""
    check = fv.ask("00a-check")
    text = check._repr_mimebundle_()[0]["text/plain"]
    assert text.startswith("6 questions: 0 answered\n1. A store traps")
    assert all(repr(one) in text for one in check.asks)


@pytest.mark.parametrize("name", ITEMS)
def test_a_key_is_computed(name):
    """Each asks a model, the toy or a recorded measurement; none is a remembered text."""
    assert ITEMS[name].key.__code__.co_names


def test_keys_follow_the_measurements(monkeypatch):
    """Were the dirty page the slow one, that would be the answer."""
    assert right(ITEMS["01-M13"]) == 2
    rows = [row for row in lesson01.recorded("debian_plain.csv") if row.kernel == "6.1.176"]
    swap = {"shared": "already_dirty", "already_dirty": "shared"}
    changed = tuple(replace(row, mode=swap.get(row.mode, row.mode)) for row in rows)
    monkeypatch.setattr(lesson01, "recorded", lambda _: changed)
    assert right(ITEMS["01-M13"]) == 1


def test_keys_follow_the_toy(monkeypatch):
    """A lock that lets a reader past a waiting writer gives another key."""
    assert right(ITEMS["00a-6"]) == 1
    monkeypatch.setattr(RwLock, "read", lambda lock, who: lock._enter(who, f"{who} reads."))
    assert right(ITEMS["00a-6"]) == 2
