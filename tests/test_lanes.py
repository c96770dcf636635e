"""The lanes of several threads on one clock: the ticks, and the browser."""

import pytest

import faultviz as fv
from faultviz.lab.contention.cost_model import PER_STEP
from faultviz.lab.contention.lock_queue import Setting, contend
from faultviz.lab.contention.timeline import chart, ticks


@pytest.mark.parametrize("revision", ["before", "merged", "vma-lock"])
def test_each_tick_changes_something(revision):
    """And time goes on; at the end nobody holds the lock, but perhaps a writer."""
    what = Setting(revision, 3, 1, 6, hold=6000.0, think=3000.0, spread=0.0)
    done = contend(what, PER_STEP, spans=True)
    found = ticks(done)
    assert [tick.at for tick in found] == sorted({tick.at for tick in found})
    assert all(tick.said.endswith(".") for tick in found)
    waits = sum(" waits" in tick.said.split(". ")[0] for tick in found)
    assert (waits > 0) is (revision != "vma-lock")
    lines = chart(done).splitlines()
    assert [line.split()[0] for line in lines] == ["thread"] * 3 + ["writer"]
    assert all(len(line) <= 10 + 72 for line in lines)


def test_numbers_that_do_not_fit_are_a_sentence():
    """Too many lanes, a tick that is not there."""
    with pytest.raises(fv.BadInput, match="13 lanes are too many to see: take 12"):
        fv.lanes(threads=12, writers=1)
    shown = fv.lanes()
    with pytest.raises(fv.BadInput, match="There is no tick 99"):
        shown.clock = 99
    text = shown._repr_mimebundle_()
    said = text[0]["text/plain"] if isinstance(text, tuple) else text["text/plain"]
    assert said.startswith("Lanes(merged, 3 threads: clock 1/")


def test_lanes_are_stepped_in_the_browser(alone):
    """By keys; the hand, the sentence and the states follow; stage view fills the screen."""
    shown = fv.lanes("before", threads=3, writers=1)
    page = alone(shown, width=1280)
    root = page.locator(".fv-lanes")
    said = page.locator(".fv-lanes-said")
    for tick in shown.ticks[:6]:
        assert said.inner_text() == tick.said[0].upper() + tick.said[1:]
        for row in page.locator(".fv-lane-row").all():
            who = row.locator("b").inner_text()
            assert row.locator(".fv-lane-now").inner_text() == tick.states.get(who, "is away")
        page.keyboard.press("ArrowRight")
    assert root.get_attribute("data-tick") == "7"
    page.keyboard.press("End")
    assert root.get_attribute("data-tick") == str(len(shown.ticks))
    left = page.locator(".fv-hand").bounding_box()["x"]
    page.keyboard.press("Home")
    assert page.locator(".fv-hand").bounding_box()["x"] < left
    page.keyboard.press("f")
    box = root.bounding_box()
    assert (box["width"], box["height"]) == (1280, 720)
    page.keyboard.press("?")
    assert page.locator(".fv-lanes-help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert root.get_attribute("data-view") == "full"
