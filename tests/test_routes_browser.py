"""Two routes in a real JupyterLab: a lecture on the stage, and a lone reader whose session ends."""

import json
import re
import shutil

import pytest
from cells import run_cell

from faultviz.course.routes import FILES
from faultviz.engine.run import run
from faultviz.start import jupyter

pytestmark = pytest.mark.steps  # one notebook is played from its first cell on

FIRST = "import faultviz as fv\n\n'the kernel answers'"
STAGE = ".fv-on-top > .fv-player"
LETTERS = 20
"""Pixels that the last row can read, at 1280 by 720."""


@pytest.fixture(scope="module")
def source(repo):
    """A function that gives the text of a lesson's cell, which must be on the route."""

    def of(lesson, id_, route):
        book = json.loads((repo / "notebooks" / f"{FILES[lesson]}.ipynb").read_text("utf-8"))
        (cell,) = (cell for cell in book["cells"] if cell["id"] == id_)
        assert route in cell["metadata"]["tags"]
        return "".join(cell["source"])

    return of


# --- the lecture -----------------------------------------------------------------------------

SHOWN = (("00", "c08"), ("00", "c21"), ("03", "c09"), ("03", "c13"))
"""Cells of `lecture-45` that a class looks at."""

LAST = (("11", "c02"), ("11", "c05"), ("11", "c26"), ("11", "c28"))
"""Cells of `self-study` for which a reader comes back."""


@pytest.fixture(scope="module")
def lecture(jupyterlab, opened, source):
    """All of these, in a JupyterLab with the letters of `lab --stage`."""
    place = jupyterlab.folder / ".CONFIG" / "lab" / "user-settings"
    jupyter.large(place)
    cells = [source(*cell, "lecture-45") for cell in SHOWN]
    cells += [source(*cell, "self-study") for cell in LAST]
    yield opened("lecture/lecture.ipynb", [FIRST, *cells])
    shutil.rmtree(place)


def staged(page, lesson, id_):
    """Run a cell and put its picture on the stage."""
    cell = run_cell(page, 1 + SHOWN.index((lesson, id_)))
    cell.locator(".fv-player").focus()
    page.keyboard.press("f")
    stage = page.locator(STAGE)
    stage.wait_for()
    assert stage.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 720}
    return stage


def in_sight(part):
    """Whether all of it is on the screen, and nothing of it must be scrolled to."""
    return part.evaluate(
        """(e) => {
      const { top, left, bottom, right } = e.getBoundingClientRect();
      return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
        && e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1;
    }"""
    )


def letters(part):
    """The size of its letters in pixels."""
    return part.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")


def test_each_question_on_the_stage_has_a_reason_in_sight(lecture):
    """Answered wrong once, then right; question, reasons and options fit, and are large."""
    stage = staged(lecture, "00", "c08")
    gate, ask, verdict = (stage.locator(f".fv-{name}") for name in ("gate", "ask", "verdict"))
    asked = 0
    for _ in range(40):
        options = stage.locator(".fv-option")
        if not options.count():
            if stage.get_attribute("data-step") == str(len(run("mips").steps)):
                break
            lecture.keyboard.press("ArrowRight")
            continue
        asked += 1
        question = ask.inner_text()
        assert min(letters(ask), letters(options.first)) >= LETTERS
        for letter in "abcd"[: options.count()]:
            lecture.keyboard.press(letter)
            told = verdict.inner_text()
            assert in_sight(gate), question
            assert letters(verdict) >= LETTERS
            if not told.startswith("No"):
                break
            assert len(told) > len("No. ")
            assert ask.inner_text() == question
    assert asked == 9
    assert stage.locator(".fv-say b").inner_text() == "Leave: mmap_lock not held by this task."
    assert stage.locator(".fv-cell.now").inner_text() == "0"
    lecture.keyboard.press("Escape")


def test_the_broken_handler_shows_whose_hold_is_lost(lecture):
    """The last number of the lane, and the other reader's line below it."""
    stage = staged(lecture, "00", "c21")
    lecture.keyboard.press("End")
    assert stage.locator(".fv-cell.now").inner_text() == "-1"
    lost = stage.locator(".fv-run.row-3.gone")
    assert lost.inner_text().startswith("the other reader's hold is consumed")
    assert letters(lost) >= LETTERS
    lecture.keyboard.press("Escape")


def test_the_callee_without_its_lock_is_seen_on_the_stage(lecture):
    """v3 of s390: the rule is named at the step, and the lane keeps the mark."""
    stage = staged(lecture, "03", "c13")
    wrong = run("s390", "v3", "COMPLETED", "gmap,write").violations[0].n
    for _ in range(60):
        if stage.get_attribute("data-step") == str(wrong):
            break
        lecture.keyboard.press("s" if stage.locator(".fv-option").count() else "ArrowRight")
    broken = stage.locator(".fv-broken p")
    assert "lock-required" in broken.inner_text()
    assert letters(broken) >= LETTERS
    assert stage.locator(".fv-cell.broken").inner_text() == "0"
    lecture.keyboard.press("Escape")


def test_a_vote_below_the_diff_is_large(lecture):
    """`lab --stage`: question, options and the reason of a wrong answer."""
    cell = run_cell(lecture, 1 + SHOWN.index(("03", "c09")))
    cell.get_by_role("radio").first.check()
    cell.get_by_role("button", name="Answer").click()
    told = cell.locator(".fv-told").get_by_text("No. Then a guest's page is entered")
    told.wait_for()
    for part in (told, cell.locator("label").first, cell.locator("legend").first):
        assert letters(part) >= LETTERS


# --- alone -----------------------------------------------------------------------------------

READ = (("00a", "c06"), ("00", "c08"), ("11", "c02"))


def test_a_reader_comes_back_after_a_reload_and_in_another_session(
    opened, source, lecture, tmp_path
):
    """Answers given before count in the report of the capstone; its record is there to print."""
    cells = [source(*cell, "self-study") for cell in READ]
    page = opened("alone/alone.ipynb", [FIRST, *cells])
    asked = run_cell(page, 1)
    for n in (1, 0):
        asked.get_by_role("radio").nth(n).check()
        asked.get_by_role("button", name="Answer").click()
        asked.locator(".fv-told").get_by_text(("Right. ", "No. ")[n]).wait_for()
    run_cell(page, 2).locator(".fv-player").focus()
    for key in ("a", "b", "b", "a"):
        page.keyboard.press(key)
    page.locator(".fv-verdict").get_by_text("Right. COMPLETED says").wait_for()
    page.locator('[data-command="docmanager:save"]').click()
    page.locator(".lm-TabBar-tab.jp-mod-dirty").wait_for(state="detached")
    page.reload()
    picture = page.locator(".fv-player")
    picture.wait_for()
    picture.focus()
    page.keyboard.press("ArrowRight")
    assert picture.get_attribute("data-step") == "2", "what was answered is not asked again"
    box = run_cell(page, 3).locator(".fv-work")
    box.get_by_text(". 6 answers,").wait_for()
    with page.expect_download() as download:
        box.get_by_role("link", name="Download").click()
    kept = tmp_path / "answers.json"
    download.value.save_as(kept)

    page, at = lecture, 1 + len(SHOWN)  # another folder, another kernel
    box = run_cell(page, at).locator(".fv-work")
    box.locator("input").set_input_files(kept)
    box.get_by_role("alert").get_by_text("6 answers taken over").wait_for()
    found = run_cell(page, at + 1)
    found.get_by_role("button", name="Ack", exact=True).click()
    found.get_by_role("button", name="Check", exact=True).click()
    found.get_by_text("0 of 4 points").first.wait_for()
    said = run_cell(page, at + 2).locator(".jp-OutputArea-output").inner_text()
    for part in (r"lesson 00a +0 of 1", r"find what breaks +0 of 4"):
        assert re.search(part, said)
    frame = run_cell(page, at + 3).frame_locator("iframe")
    frame.get_by_role("heading", name="Record of work").wait_for()
