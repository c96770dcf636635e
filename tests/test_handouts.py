"""Hand-outs: one page of A4 each, without colour, and nothing in the gaps but in the solutions."""

import re

import pytest
from click.testing import CliRunner

from faultviz.base.errors import BadInput
from faultviz.cli import main
from faultviz.engine.run import run
from faultviz.picture import svg
from faultviz.player.bundle import script
from faultviz.publish.handouts import HANDOUTS, handout, names
from faultviz.publish.handouts.contract import CONTRACT
from faultviz.publish.handouts.part import own, part

COLOURED = """() => [...document.querySelectorAll("*")].flatMap((one) => {
  const looks = getComputedStyle(one);
  const names = ["color", "backgroundColor", "borderTopColor", "fill", "stroke"];
  return names.map((name) => looks[name]);
}).filter((said) => {
  const found = said.match(/^rgba?\\((\\d+), (\\d+), (\\d+)/);
  return found && !(found[1] === found[2] && found[2] === found[3]);
})"""


@pytest.mark.parametrize("name", names())
def test_a_hand_out_is_one_page_of_a4_in_grey(browser_page, name):
    """As Chromium prints it, with room to spare for a printer with wider letters."""
    browser_page.set_content(handout(name))
    browser_page.emulate_media(media="print")
    printed = browser_page.pdf(prefer_css_page_size=True)
    boxes = {tuple(map(float, m.split())) for m in re.findall(rb"MediaBox \[([^\]]+)\]", printed)}
    assert len(re.findall(rb"/Type /Page\b", printed)) == 1
    assert {(round(wide), round(high)) for _, _, wide, high in boxes} == {(595, 842)}
    assert browser_page.evaluate(COLOURED) == []
    printable = (297 - 2 * 11) * 96 / 25.4
    assert browser_page.evaluate("document.body.offsetHeight") < 0.98 * printable


@pytest.mark.parametrize("name", [name for name, one in HANDOUTS.items() if one.gaps])
def test_only_a_solution_fills_the_gaps(name):
    """A learner who looks into the file of the hand-out finds nothing there either."""
    assert 'class="given"' not in handout(name)
    solved = handout(f"{name}-solution")
    assert 'class="given"' in solved
    assert solved.count("<b></b>") == 0


def test_the_counts_of_a_solution_are_those_of_the_run():
    """s390 v3 with a guest: the lane, and the box in which the callee has no lock."""
    page = handout("s390-solution")
    lane = page.split('aria-label="lane of v3, with a guest"')[1].split("</div></div>")[0]
    steps = own(run("s390", "v3", "COMPLETED", "gmap,write"))
    tail = [s for s in steps if s.n >= next(s.n for s in steps if s.node == "handle_mm_fault")]
    assert re.findall(r"<b>(.*?)</b>", lane) == [str(s.mmap_lock) for s in tail]
    (bad,) = re.findall(r'class="bad"><small>(\d+)', lane)
    (found,) = run("s390", "v3", "COMPLETED", "gmap,write").violations
    assert bad == found.label
    assert steps[int(bad) - 1].text == "__gmap_link"
    assert f"{bad}, __gmap_link" in page


def test_the_table_is_the_one_that_the_player_shows():
    """And what it says of the lock is what a run does."""
    shown = script().split("const CONTRACT = ")[1].split("];")[0]
    assert re.findall(r'"([^"]*)"', shown)[4:] == [text for row in CONTRACT for text in row]
    for outcome, _, held, _ in CONTRACT:
        said = {"ERROR": "SIGBUS", "RETRY": "RETRY,OK"}.get(outcome, outcome)
        trace = run("mips", "merged", said)
        answered = next(step for step in trace.steps if step.event == "fault")
        assert answered.mmap_lock == held.startswith("yes")


def test_a_part_of_a_picture_holds_what_was_met():
    """No node that no trace comes to, no edge that none takes."""
    trace = run("mips", "merged", "COMPLETED")
    some = part([trace])
    assert set(some.nodes) == {step.node for step in own(trace)}
    assert svg.svg(some).count('class="edge') == len(own(trace)) - 1


def test_the_command_writes_all_pages(tmp_path):
    """`all` is every hand-out with its solution; a wrong name is one sentence."""
    told = CliRunner().invoke(main.main, ["handout", "all", "-o", str(tmp_path / "new")])
    assert told.exit_code == 0
    assert {file.stem for file in (tmp_path / "new").iterdir()} == set(names())
    with pytest.raises(BadInput, match="contract"):
        handout("contrast")
