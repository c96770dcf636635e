"""No key pressed in a widget is the notebook's: whatever in it was clicked before.

What can have the focus is found in the page, so that nothing new in a widget goes untested.
"""

import re

import pytest
from cells import run_cell
from widget_page import WIDGETS

import faultviz as fv

pytestmark = pytest.mark.steps  # one notebook is played from its first cell on

KEYS = "dd00iixbamz"
"""What JupyterLab takes for: delete, restart, interrupt, cut, insert twice, as text, undo."""

WATCH = """() => {
  window.lost = [];
  const cells = (nodes) => [...nodes].some((one) => one.matches?.(".jp-Cell, .jp-Dialog"));
  new MutationObserver((all) => {
    for (const { addedNodes, removedNodes } of all) {
      for (const node of addedNodes) if (cells([node])) lost.push(`added ${node.className}`);
      for (const node of removedNodes) if (cells([node])) lost.push(`removed ${node.className}`);
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""

NEXT = """([n, done]) => {
  const out = document.querySelectorAll(".jp-CodeCell")[n].querySelector(".jp-OutputArea");
  const all = [...out.querySelectorAll(
    "a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]")];
  const left = [];
  for (const one of all.filter((one) => one.closest(".jp-OutputArea-output"))) {
    if (!one.matches("[class*=fv-], [class*=fv-] *") || !one.checkVisibility()) continue;
    if (!one.getBoundingClientRect().height) continue; // a picture that has not come yet
    const label = one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent;
    const name = [one.tagName, one.className, one.type, label.slice(0, 60)].join(" ");
    if (done.includes(name)) continue;
    one.scrollIntoView({ block: "center", behavior: "instant" });
    for (const { left: x, top: y, width, height } of one.getClientRects()) {
      for (const [a, b] of [[0.5, 0.5], [0.1, 0.5], [0.02, 0.02], [0.98, 0.5], [0.5, 0.98]]) {
        const at = [x + a * width, y + b * height];
        const hit = document.elementFromPoint(...at);
        if (hit && (one.contains(hit) || one.labels?.[0]?.contains(hit))) return { name, at };
      }
    }
    left.push(name);
  }
  return { left };
}"""
"""The next thing that can have the focus and was not clicked yet, and a point of it."""


@pytest.fixture(scope="module", params=["lab", "notebooks"])
def notebook(opened, request):
    """All widgets, each in a cell of its own; in JupyterLab, and in Notebook 7."""
    cells = ["'the kernel answers'", "import faultviz as fv", *WIDGETS.values()]
    page = opened(f"keys/{request.param}.ipynb", cells, request.param)
    page.evaluate(WATCH)
    run_cell(page, 1)
    return page


@pytest.mark.parametrize("name", WIDGETS)
def test_no_key_is_the_notebooks(notebook, name):
    """A click on each thing that can have the focus, then the keys: nothing is lost."""
    n = 2 + list(WIDGETS).index(name)
    cell = run_cell(notebook, n)
    cell.locator("[class*=fv-]").first.wait_for()
    asked = []
    notebook.on("request", lambda r: re.search("interrupt|restart", r.url) and asked.append(r.url))
    notebook.evaluate("lost.length = 0")
    done = []
    while "at" in (found := notebook.evaluate(NEXT, [n, done])):
        notebook.mouse.click(*found["at"])
        notebook.keyboard.type(KEYS)
        done.append(found["name"])
        assert (notebook.evaluate("lost"), asked) == ([], []), found["name"]
        notebook.keyboard.press("Escape")  # what was opened by the way
    assert found["left"] == []
    assert done
    if name in ("player", "write"):  # a picture, where a click leaves the focus, and a text
        cell.locator(".fv-player, textarea").first.focus()
        with notebook.expect_response(lambda answer: answer.request.method == "PUT"):
            notebook.keyboard.press("Control+s")


@pytest.mark.parametrize(
    ("made", "home", "count"),
    [
        (lambda: fv.play("mips", "before"), ".fv-player", "step"),
        (lambda: fv.play(fv.compare("mips")), ".fv-player", "clock"),
        (lambda: fv.lanes("before", writers=1), ".fv-lanes", "clock"),
        (lambda: fv.exercise("find", "0").desk, ".fv-slot > .fv-player:visible", "step"),
    ],
    ids=["player", "compare", "lanes", "find"],
)
def test_after_a_click_the_arrows_step(alone, made, home, count):
    """Whatever was clicked but what is typed into; a list, when something was chosen in it."""
    page = alone(made(), 1280, 1400)
    controls = page.locator(
        "#here :is(button, [type=checkbox]):enabled:not([aria-disabled]):visible"
    )
    clicked = 0
    for n in range(controls.count()):
        label = controls.nth(n).inner_text()
        if label in ("Stage", "Large", "?", "What if…", "Enter a way", "Play", "More", "Less"):
            continue  # what is shown then has the focus
        controls.nth(n).click()
        at = page.locator(home).first
        assert at.evaluate("(e) => e === document.activeElement"), label
        page.keyboard.press("End")
        before = page.evaluate(f"model.get('{count}')")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(f"model.get('{count}')") == before - 1, label
        clicked += 1
    assert clicked > 2
    for one in page.locator("#here select:visible").all():
        one.select_option(index=1)
        assert page.locator(home).first.evaluate("(e) => e === document.activeElement")


def test_keys_choose_in_a_list_and_enter_leaves_it(alone):
    """Or nobody without a mouse would come to its third row."""
    page = alone(fv.play("mips"))
    speed = page.get_by_label("Speed of play")
    speed.focus()
    page.keyboard.press("ArrowUp")
    assert (speed.input_value(), speed.evaluate("(e) => e === document.activeElement")) == (
        "slow",
        True,
    )
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('step')") == 2


def test_a_vote_is_neither_answered_nor_lost_by_the_way(alone):
    """Tab goes from number to number, Enter on; Escape keeps both the numbers and the stage."""
    page = alone(fv.play("mips", gate=True, view="stage"), 1280, 720)
    page.keyboard.press("v")
    hands, options = page.locator(".fv-hands"), page.locator(".fv-option").count()
    for n in range(hands.count()):
        assert hands.nth(n).evaluate("(e) => e === document.activeElement")
        page.keyboard.type(str(n + 3))
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("#here :modal").is_visible()
    assert [one.input_value() for one in hands.all()] == [str(n + 3) for n in range(hands.count())]
    hands.last.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert not page.locator("#here :modal").is_visible()
    assert page.locator(".fv-bar-row").count() == options
    assert page.evaluate("model.get('_gated').tried ?? []") == []
