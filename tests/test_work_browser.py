"""Answers in a real JupyterLab: saved by the browser, and loaded into a fresh kernel."""

import json
import re

import pytest
from cells import run_cell

pytestmark = pytest.mark.steps  # one notebook is played from its first cell on

BOX = ".fv-work"
CELLS = (
    "'the kernel answers'",
    "import faultviz as fv\nmine = fv.work()\nmine",
    "fv.ask('00-M4')",
    "fv.play('mips', view='first', gate=True)",
    "print(mine.report())",
    "mine.record_of_work()",
)


def saved(page, link, folder):
    """What a click on a link saves: the name that the browser gives it, and the file."""
    with page.expect_download() as download:
        link.click()
    file = folder / "saved"
    download.value.save_as(file)
    return download.value.suggested_filename, file


@pytest.fixture(scope="module")
def first(opened):
    """A notebook with two answers, given by hand."""
    page = opened("one/answers.ipynb", CELLS)
    line = run_cell(page, 1).locator(f"{BOX} .fv-work-line")
    assert re.match(r"Your code: \S{4}-\S{4}\. 0 answers, kept in /.*/one/answers\.json\.",
                    line.inner_text())  # fmt: skip
    asked = run_cell(page, 2)
    asked.get_by_role("radio").first.check()
    asked.get_by_role("button", name="Answer").click()
    line.get_by_text(". 1 answer,").wait_for()
    player = run_cell(page, 3).locator(".fv-player")
    player.focus()
    page.keyboard.press("a")
    line.get_by_text(". 2 answers,").wait_for()
    return page


def test_download_saves_the_file_that_the_kernel_wrote(first, jupyterlab, tmp_path):
    """Both answers, the one given in the player's own questions, too; by mouse and by keyboard."""
    box = first.locator(BOX).first
    name, file = saved(first, box.get_by_role("link", name="Download"), tmp_path)
    assert name == "answers.json"
    assert file.read_bytes() == (jupyterlab.folder / "one" / "answers.json").read_bytes()
    kinds = [(act["kind"], act["name"]) for act in json.loads(file.read_text())["acts"]]
    assert kinds == [("ask", "00-M4"), ("gate", "mips")]
    box.get_by_role("link", name="Download").focus()
    with first.expect_download():
        first.keyboard.press("Enter")


def test_load_takes_it_over_in_a_fresh_kernel(first, opened, jupyterlab, tmp_path):
    """Another notebook, another folder, as after a session that has ended; what is none is said."""
    _, file = saved(first, first.locator(BOX).get_by_role("link", name="Download"), tmp_path)
    code = json.loads(file.read_text())["code"]
    page = opened("two/answers.ipynb", CELLS)
    box = run_cell(page, 1).locator(BOX)
    with page.expect_file_chooser() as chooser:
        box.get_by_role("button", name="Load").click()
    chooser.value.set_files(file)
    told = box.get_by_role("alert")
    told.get_by_text(f"2 answers taken over; your code is {code}.").wait_for()
    assert box.locator(".fv-work-line").inner_text().startswith(f"Your code: {code}. 2 answers")
    there = json.loads((jupyterlab.folder / "two" / "answers.json").read_text())
    assert there == json.loads(file.read_text())
    said = run_cell(page, 4).locator(".jp-OutputArea-output").inner_text()
    assert said.startswith("2 questions answered, ")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"format": "old"}')
    box.locator("input").set_input_files(wrong)
    told.get_by_text("These are no answers: there is no format number.").wait_for()
    assert there == json.loads((jupyterlab.folder / "two" / "answers.json").read_text())


def test_the_record_is_seen_and_saved(first, tmp_path):
    """The page in its frame is the file that the link saves, and nothing runs in it."""
    box = run_cell(first, 5).locator(BOX)
    inside = box.frame_locator("iframe")
    inside.get_by_role("heading", name="Record of work").wait_for()
    assert box.locator("iframe").get_attribute("sandbox") == ""
    name, file = saved(first, box.get_by_role("link", name="Download"), tmp_path)
    assert name == "record-of-work.html"
    assert file.read_text() == box.locator("iframe").get_attribute("srcdoc")


def test_after_the_kernel_has_ended_download_still_has_all(first, jupyterlab, tmp_path):
    """Last, for it ends the kernel of these tests; Load then says what to do."""
    first.locator(".lm-MenuBar-itemLabel", has_text="Kernel").click()
    first.locator(".lm-Menu-itemLabel", has_text=re.compile("^Shut Down Kernel$")).click()
    first.wait_for_function(
        """async () => !(await (await fetch("/api/sessions")).json())
      .some((session) => session.path === "one/answers.ipynb" && session.kernel)""",
        polling=200,
    )
    box = first.locator(BOX).first
    _, file = saved(first, box.get_by_role("link", name="Download"), tmp_path)
    assert file.read_bytes() == (jupyterlab.folder / "one" / "answers.json").read_bytes()
    box.locator("input").set_input_files(file)
    box.get_by_role("alert").get_by_text("The kernel does not answer").wait_for()
