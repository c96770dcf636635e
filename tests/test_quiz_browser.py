"""The test before the course in a real JupyterLab, taken from the keyboard alone."""

import json
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe

from faultviz.course.quiz import form

pytestmark = pytest.mark.steps  # one notebook is played from its first cell on

CELLS = ("'the kernel answers'", "import faultviz as fv\nfv.quiz('pre')", "fv.quiz('post')")


def run_cell(page, n, last):
    """Run a cell, counted from 0, and give it when the last line of its output is there."""
    cell = page.locator(".jp-CodeCell").nth(n)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    cell.get_by_text(last).first.wait_for()
    return cell


WHERE = """() => {
  const at = document.activeElement, quiz = at.closest(".fv-quiz");
  if (at.matches(".fv-quiz button")) return "button";
  return quiz ? [...quiz.querySelectorAll("fieldset")].indexOf(at.closest("fieldset")) : -1;
}"""


def take(page, cell, asked, numbers, sure):
    """Tab from one choice to the next, Space and arrows to choose, Enter at the end."""
    cell.get_by_role("radio").first.focus()
    for n, (number, yes) in enumerate(zip(numbers, sure, strict=True)):
        for place, down in ((2 * n, number - 1), (2 * n + 1, 0 if yes else 1)):
            tab_to(page, place)
            for key in ("Space", *["ArrowDown"] * down):
                page.keyboard.press(key)
    cell.get_by_text(f"{len(asked)} of {len(asked)} answered").wait_for()
    tab_to(page, "button")
    page.keyboard.press("Enter")


def tab_to(page, place):
    """On to a choice of the test, by its place among them, or to its button."""
    for _ in range(12):
        if (at := page.evaluate(WHERE)) == place:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab came to {at}, not to {place}")


@pytest.fixture(scope="module")
def lab(opened):
    """A notebook with both tests."""
    return opened("quiz/quiz.ipynb", CELLS)


def test_the_test_before_is_taken_from_the_keyboard(lab, jupyterlab):
    """Each answer is kept as it was given; the status is told, and no verdict comes with it."""
    asked = form("pre").questions
    cell = run_cell(lab, 1, "Not tried with a class")
    numbers = [one.right % len(one.answers) + 1 for one in asked]
    sure = [n % 2 == 0 for n in range(len(asked))]
    take(lab, cell, asked, numbers, sure)
    told = cell.locator(".fv-told").get_by_text("Kept. 0 of 8 right")
    told.wait_for()
    text = cell.locator(".jp-OutputArea-output").inner_text()
    assert not any(answer.reason in text for one in asked for answer in one.answers)
    kept = json.loads((jupyterlab.folder / "quiz" / "answers.json").read_text())["acts"]
    (act,) = kept
    assert (act["kind"], act["name"], act["seed"]) == ("quiz", "pre", "faultviz")
    texts = {one.name: one.answers[n - 1].text for one, n in zip(asked, numbers, strict=True)}
    assert act["given"]["answers"] == texts
    assert act["given"]["sure"] == {one.name: yes for one, yes in zip(asked, sure, strict=True)}


def test_after_the_test_after_the_gain_is_seen(lab):
    """Each objective before and after, a reason at each question; what is missing is said first."""
    asked = form("post").questions
    cell = run_cell(lab, 2, "Not tried with a class")
    hand_in = cell.get_by_role("button", name="Hand in")
    hand_in.focus()
    lab.keyboard.press("Enter")
    cell.locator(".fv-told").get_by_text("No answer yet: 1, 2, 3, 4, 5, 6, 7, 8, 9a,").wait_for()
    take(lab, cell, asked, [one.right for one in asked], [True] * len(asked))
    cell.locator(".fv-outcome").get_by_text("Before 0 of 8 right, after 8 of 8: 8 more.").wait_for()
    rows = cell.locator("table tr")
    assert rows.nth(1).inner_text().split("\t")[1:] == ["wrong, sure", "right, sure"]
    assert cell.get_by_text("Right. ").count() == len(asked)
    assert cell.get_by_role("radio").first.is_disabled()


def test_nothing_is_cut_or_covered(lab):
    """In a page of 1280 by 720: each answer keeps to its room; axe finds nothing to say."""
    for n in (1, 2):
        boxes = lab.locator(".jp-CodeCell").nth(n).locator(".fv-answers")
        for box in boxes.all():
            labels = [label.bounding_box() for label in box.locator("label").all()]
            room = box.bounding_box()
            assert all(b["x"] + b["width"] <= room["x"] + room["width"] + 1 for b in labels)
            for above, below in pairwise(labels):
                beside = below["x"] >= above["x"] + above["width"]
                assert beside or below["y"] >= above["y"] + above["height"] - 1
    assert Axe().run(lab, context=".fv-quiz").response["violations"] == []
