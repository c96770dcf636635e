"""Families, read off the graphs: against the facts, as an exercise, and as a gallery."""

import re

import pytest
from ipywidgets.widgets.widget import _instances

import faultviz as fv
from faultviz import models
from faultviz.analysis.classification import (
    BINS,
    NINE,
    QUESTIONS,
    bare_return,
    family,
    special,
    where,
    work_behind,
)
from faultviz.base.errors import BadInput
from faultviz.course.exercises.sorting import bins, placed
from faultviz.course.grading.answer_file import Act, answers
from faultviz.course.grading.scoring import grade
from faultviz.engine.check import check

LOCK = {
    "arm": "inside", "arm64": "inside", "microblaze": "inside", "nios2": "inside",
    "powerpc": "inside", "powerpc-copro": "none", "s390": "before", "sparc64": "inside",
    "x86": "inside",
}  # fmt: skip
"""Where the lock is not simply behind the label, as read in the 2022 sources (shapes of 2022)."""

RETURNS = {
    "arm": "zero", "arm64": "zero", "m68k": "code", "powerpc": "code", "powerpc-copro": "code",
    "s390": "code", "um": "code",
}  # fmt: skip
"""What is not void, as read there; what arm and arm64 give is always 0."""

GOES_ON = {"microblaze": "skip", "powerpc": "work", "s390": "lock", "sparc64": "work",
           "um": "skip", "loongarch": "none"}  # fmt: skip
"""Where COMPLETED is not a return that skips nothing, as read there."""


@pytest.mark.parametrize("name", models.HANDLERS)
def test_a_family_is_what_was_read_in_the_source(name):
    """Lock, value and target; the order has its own test (test_models)."""
    own = family(name)
    assert own.label == LOCK.get(name, "after")
    assert own.returns == RETURNS.get(name, "nothing")
    assert own.target == GOES_ON.get(name, "leave")
    assert all(getattr(own, question) in BINS[question] for question in QUESTIONS)


def test_no_two_of_the_nine_are_alike():
    """So each is worth a look; and the rest are in the gallery."""
    assert len({family(name) for name in NINE}) == len(NINE) == 9
    assert not {*NINE} & {*fv.gallery()}
    assert {*NINE, *fv.gallery()} == {*models.HANDLERS}


@pytest.mark.parametrize("by", QUESTIONS)
def test_each_place_has_a_reason(by):
    """One bin is right; the others name a handler that belongs there, and what shows it."""
    assert len(bins(by)) >= 3
    for name in NINE:
        said = {short: placed(by, name, short) for short in bins(by)}
        assert sum(place.right for place in said.values()) == 1
        assert len({place.reason for place in said.values()}) == len(said)
        for short, place in said.items():
            assert where(name, by) in place.reason
            if not place.right:
                other = re.match(r"That is how ([\w-]+) does it\. Of ", place.reason)[1]
                assert getattr(family(other), by) == short
    with pytest.raises(BadInput, match="Nothing is sorted by 'colour'"):
        bins("colour")
    with pytest.raises(BadInput, match="There is no bin 'up'"):
        placed(by, "mips", "up")


def test_only_handlers_have_families():
    """An unknown name is refused, with the nearest."""
    with pytest.raises(BadInput, match="There is no handler 'mps'"):
        family("mps")


@pytest.mark.parametrize(
    ("name", "rule"), [("sparc64", "paired-resources"), ("s390", "result-code"), ("powerpc", "")]
)
def test_a_plain_return_loses_what_was_left(name, rule):
    """A rule sees the pair and the result, none the lost count; the lock is right in all three."""
    known = {(row.invariant, row.node) for row in check(name, "merged")}
    broken = [row for row in check(bare_return(name)) if row.verdict == "violated"]
    new = {row.invariant for row in broken if (row.invariant, row.node) not in known}
    assert new == ({rule} if rule else set())
    assert work_behind(name, "COMPLETED+MAJOR", "gmap,write" if name == "s390" else "write")
    with pytest.raises(BadInput, match="loongarch merged has no test of COMPLETED"):
        bare_return("loongarch")


# --- the exercise --------------------------------------------------------------------------------


def test_sorting_goes_by_python_and_by_the_button(alone, monkeypatch, tmp_path):
    """Only the button counts; after a right place it leads to the next handler."""
    monkeypatch.setenv("FAULTVIZ_WORK", str(tmp_path))
    s = fv.sort9("label")
    assert str(s.place("mips", 3)).startswith("No. That is how s390 does it. Of mips: goto retry")
    assert str(s.place("mips", 1)).startswith("Right. goto retry leads to")
    page = alone(s, answers=True)
    said, button = page.locator(".fv-told").first, page.locator(".fv-sorting button")
    assert "Right. goto retry" in said.inner_text(), "what was said stays until the next choice"
    assert button.inner_text() == "Next handler"
    button.click()
    assert page.get_by_label("Handler").input_value() == "x86"
    assert said.inner_text() == ""
    button.click()
    assert said.inner_text() == "Choose a bin first."
    page.get_by_role("radio").nth(1).check()
    assert s.tries["x86"] == 0
    button.click()
    page.locator(".fv-sum").get_by_text("2 of 9 placed, 1 at the first try: mips, x86").wait_for()
    assert (s.tries["x86"], s.solved["x86"]) == (1, True)
    page.locator("summary").click()
    page.locator("svg .node").first.wait_for()
    assert repr(s).endswith("2 of 9 placed, 1 at the first try: mips, x86")
    kept = [(act.kind, act.name, act.given["handler"], act.given["bin"]) for act in answers().acts]
    assert kept == [
        ("sort", "label", "mips", "before"),
        ("sort", "label", "mips", "after"),
        ("sort", "label", "x86", "inside"),
    ]
    assert [grade(act)[0].points for act in answers().acts] == [0, 1, 1]
    with pytest.raises(BadInput, match="'alpha' is none of the nine"):
        s.place("alpha", 1)
    with pytest.raises(BadInput, match="no bin 5: choose 1 to 4"):
        s.place("mips", 5)


def test_all_nine_can_be_placed(alone, monkeypatch, tmp_path):
    """And then the button has nowhere to go."""
    monkeypatch.setenv("FAULTVIZ_WORK", str(tmp_path))
    s = fv.sort9("target")
    for name in NINE:
        s.place(name, list(s.bins).index(family(name).target) + 1)
    assert repr(s).splitlines()[-1].startswith("9 of 9 placed, 9 at the first try: mips, x86")
    page = alone(s)
    page.locator(".fv-sorting button").click()
    assert page.get_by_label("Handler").input_value() == NINE[-1]


def test_a_closed_sorting_leaves_nothing_behind():
    """A cell that runs again and again does not grow."""
    before = set(_instances)
    fv.sort9("returns").close()
    assert set(_instances) == before


def test_a_sorting_that_makes_no_sense_is_refused():
    """An unknown question or bin in a file of answers."""
    act = Act("", "", "sort", "colour", "", {"handler": "mips", "bin": "red"})
    with pytest.raises(BadInput, match="Nothing is sorted by 'colour'"):
        grade(act)


# --- the gallery ---------------------------------------------------------------------------------


def test_the_gallery_says_one_sentence_of_each():
    """In text and beside a small picture, with its name for who cannot see it."""
    said = fv.gallery()
    assert len(repr(said).splitlines()) == len(said)
    assert all(special(name).endswith(".") and special(name).count(". ") == 0 for name in said)
    html = said._repr_html_()
    assert html.count("<figure") == html.count('role="img"') == len(said)
    assert 'width="170"' in html
    with pytest.raises(BadInput, match="There is no handler 'pdp11'"):
        fv.gallery(["pdp11"])
