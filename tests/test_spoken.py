"""What is heard, felt and printed: a screen reader's log, forced colours, zoom, fingers, paper.

The golden file (helpers/spoken.py) holds one lesson's widgets; here, too, what must hold of any.
"""

import re

import pytest
import spoken
from widget_page import WIDGETS, shown

import faultviz as fv
from faultviz.course.quiz import form

ROOTS = ".fv-player, .fv-desk-home, .fv-sheet, .fv-lanes, .fv-work"


def made(call):
    """The widget of a call; an exercise's is its desk."""
    widget = eval(call, {"fv": fv})  # noqa: S307 (a call of our own)
    return getattr(widget, "desk", widget)


@pytest.fixture
def listening(alone):
    """A function that shows a widget, and hears all that a screen reader says by itself."""

    def show(widget, *told, **more):
        page = alone(widget, *told, **more)
        page.evaluate(spoken.LISTEN)
        return page

    return show


def heard(page, *wanted):
    """What is said from now on, until all that is wanted was."""
    said = []
    for text in wanted:
        while not any(text in one for one in said):
            page.wait_for_function("window.heard_.length > 0")
            said += page.evaluate(spoken.HEARD)
    return said + page.evaluate(spoken.HEARD)


def once(said):
    """Nothing of it twice."""
    sentences = [part for one in said for part in re.split(r"(?<=[.?!]) +", one) if len(part) > 24]
    assert len(sentences) == len({*sentences}), said


# --- said ------------------------------------------------------------------------------------


def test_a_lesson_is_heard_as_it_was(repo, browser, tmp_path, monkeypatch):
    """Tree and log; `tests/helpers/anew.py spoken` makes the file anew."""
    pages = []

    def show(widget, **more):
        pages.append(browser.new_page())
        return shown(pages[-1], widget, **more)

    told = spoken.text(repo, show)
    for page in pages:
        page.close()
    assert told == (repo / spoken.FILE).read_text("utf-8")


def test_a_question_with_its_reason_is_said_once(listening):
    """And again where the same answer is given again; nothing before anybody is there."""
    q = fv.ask("00-M4")
    q.answer(1)
    page = listening(q, answers=True)
    assert heard(page) == []
    page.get_by_role("radio").nth(2).check()
    for _ in range(2):
        page.get_by_role("button", name="Answer").click()
        once(said := heard(page, "No. Two calls, one taking before each."))
        assert len(said) == 1


def test_a_test_handed_in_says_how_it_went(listening):
    """What is missing, then the outcome and where the reasons are."""
    asked = form("post").questions
    page = listening(fv.quiz("post"), answers=True)
    hand_in = page.get_by_role("button", name="Hand in")
    hand_in.click()
    once(heard(page, "No answer yet: 1, 2"))
    for fields, number in ((0, 0), (1, 1)):
        for n in range(len(asked)):
            page.locator("fieldset").nth(2 * n + fields).get_by_role("radio").nth(number).check()
    hand_in.click()
    once(heard(page, "The reasons stand below their questions."))


def test_a_place_is_judged_aloud(listening):
    """In the sorter."""
    page = listening(fv.sort9("label"), answers=True)
    page.get_by_role("button", name="Put it there").click()
    assert heard(page, "Choose a bin first.") == ["Choose a bin first."]
    page.get_by_role("radio").nth(2).check()
    page.get_by_role("button", name="Put it there").click()
    once(heard(page, "No. That is how s390 does it."))


def test_a_desk_and_the_bench_say_what_they_found(listening):
    """Verdict and reasons, which Python says; the rule that breaks, and why."""
    page = listening(fv.exercise("find", "0").desk, answers=True)
    page.get_by_role("button", name="Ack", exact=True).click()
    page.get_by_role("button", name="Check").click()
    page.locator(".fv-form .fv-said p").first.wait_for()
    once(said := heard(page, page.locator(".fv-form .fv-said b").first.inner_text()))
    for part in page.locator(".fv-form .fv-part").all():
        assert part.inner_text().split("\n")[-1] in " ".join(said)


def test_the_bench_says_which_rule_breaks(listening):
    """And why."""
    bench = fv.bench("mips")
    bench.edit("18 off")
    page = listening(bench, answers=True)
    page.get_by_label("I expect broken").select_option("lock-underflow")
    page.get_by_role("button", name="Search").click()
    page.locator(".fv-form .fv-said p, .fv-broke").first.wait_for()
    once(said := heard(page, page.locator(".fv-form .fv-said b").first.inner_text()))
    assert said


def test_two_on_one_clock_and_lanes_are_said(listening):
    """A tick, with its count; what did not change is not said again."""
    page = listening(fv.play(fv.compare("mips")))
    for _ in range(4):
        page.keyboard.press("n")
        once(heard(page, "mips before"))
    page.keyboard.press("End")
    assert "Over." in heard(page, "Over.")[0]


# --- seen ------------------------------------------------------------------------------------

SEEN = """(all) => Object.fromEntries(Object.entries(all).map(([name, selector]) => {
  const one = document.querySelector(selector);
  const style = getComputedStyle(one);
  const [shape, text] = [".shape", "text"].map((of) => one.querySelector(of));
  const fill = (at) => at && getComputedStyle(at).fill;
  return [name, shape ? [fill(shape), fill(text)] : [style.backgroundColor, style.color]];
}))"""


def test_forced_colours_show_what_counts(alone):
    """Where the task stands and what is pressed have the system's mark; the verdict is there."""
    page = alone(fv.play("mips", "v3", gate=True, outcomes="COMPLETED", view="full"), 1100)
    page.emulate_media(forced_colors="active")
    marked = {
        "pressed": ".fv-seg [aria-pressed=true]",
        "row": ".fv-trace [aria-current]",
        "cell": ".fv-cell.now",
        "node": ".node.now",
        "step": ".fv-step",
    }
    plain = {"button": ".fv-seg [aria-pressed=false]", "node": ".node:not(.now)"}
    (mark,) = {tuple(one) for one in page.evaluate(SEEN, marked).values()}
    assert mark not in {tuple(one) for one in page.evaluate(SEEN, plain).values()}
    assert mark[0] != mark[1]
    page.keyboard.press("a")
    assert page.locator(".fv-verdict").is_visible()
    assert page.locator(".fv-gate").evaluate("(e) => getComputedStyle(e).borderStyle") != "none"


@pytest.mark.parametrize("name", WIDGETS)
def test_fingers_zoom_and_right_to_left(browser, name, page_errors):
    """Targets of 24 and 44 px, 400 % without a sideways scroll, and code that is not turned."""
    widget = made(WIDGETS[name])
    for touch in (False, True):
        context = browser.new_context(has_touch=touch)
        page = shown(context.new_page(), widget, 1280, 720)
        small = page.evaluate(SMALL, 44 if touch else 24)
        assert small == []
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate(TURNED, ROOTS) == []
        page.set_viewport_size({"width": 320, "height": 256})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
        assert page.evaluate(CUT) == []
        context.close()


SMALL = """(least) => [...document.querySelectorAll(
    "#here :is(a[href], button, input, select, textarea, summary, [tabindex='0'])")]
  .filter((one) => one.checkVisibility() && !one.matches(".fv-word"))
  .map((one) => {
    const boxes = [one, ...(one.labels ?? [])].map((box) => box.getBoundingClientRect());
    const [wide, high] = ["width", "height"].map((side) => Math.max(...boxes.map((b) => b[side])));
    return [Math.min(wide, high), `${one.tagName} ${one.className} ${one.textContent.slice(0, 9)}`];
  })
  .filter(([size]) => size < least - 0.5)"""
"""What can have the focus and is too small to be hit; a word in a sentence has the line's size."""

CUT = """() => [...document.querySelectorAll("#here :is(a[href], button, input, select, summary)")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => {
    for (let at = one.parentElement; at; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return false;
    }
    const { left, right } = one.getBoundingClientRect();
    return left < 0 || right > innerWidth;
  })
  .map((one) => one.outerHTML.slice(0, 80))"""
"""What is pressed and lies beyond the edge, where nothing scrolls to it."""

TURNED = """(roots) => [...document.querySelectorAll(roots)]
  .flatMap((root) => [root, ...root.querySelectorAll("*")])
  .filter((one) => getComputedStyle(one).direction !== "ltr")
  .map((one) => one.outerHTML.slice(0, 80))"""


def test_paper_has_what_is_seen(alone, tmp_path):
    """The node, its path, the sentence and the switches are on it, with their colours."""
    page = alone(fv.play("mips", "v3", outcomes="COMPLETED", view="full", step=9), 1100)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    inside = """() => {
      const pane = document.querySelector(".fv-pane").getBoundingClientRect();
      const nodes = [...document.querySelectorAll(".fv-picture:not([hidden]) .node")];
      return nodes.every((one) => {
        const box = one.getBoundingClientRect();
        return box.left >= pane.left && box.right <= pane.right && box.bottom <= pane.bottom;
      });
    }"""
    assert page.evaluate(inside)
    style = "(e) => [getComputedStyle(e).printColorAdjust, getComputedStyle(e).backgroundColor]"
    pressed = page.locator(".fv-seg [aria-pressed=true]")
    assert pressed.all_inner_texts() == ["v3", "COMPLETED"]
    for one in pressed.all():
        assert one.evaluate(style) == ["exact", "rgb(21, 25, 30)"]
    file = tmp_path / "paper.pdf"
    file.write_bytes(page.pdf(format="A4"))
    assert b"/Type /Page" in file.read_bytes() or file.stat().st_size > 10_000
