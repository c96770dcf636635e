"""The player in a browser: in a real JupyterLab, and in a page with a model of ten lines."""

import re
from itertools import pairwise

import pytest
from cells import run_cell as run

from faultviz import models
from faultviz.player import payload, play

pytestmark = pytest.mark.steps  # one notebook is played from its first cell on

SCRIPT = """
from faultviz.models.words import *

root = function("h", Cite("f.c", "h", "unverified"), acquire(),
    do("<script>window.hacked = 1</script>", why="<img src=x onerror='window.hacked = 2'>"),
    fault(), release(), leave(), locals={"flags": DEFAULT}, why="For the test.")
MODEL = program("marked", "handler", root, about="a name that is markup")
"""
PLAYER = ".fv-player"
NOW = ".fv-picture:not([hidden]) .node.now"


def node(page):
    return page.locator(NOW).get_attribute("data-node")


def held(page):
    return "held" in page.locator(".fv-picture:not([hidden]) .token").get_attribute("class")


# --- without a kernel ------------------------------------------------------------------------


def test_keys_walk_the_trace(alone):
    """Each key to its step; the token, the lane and the list say the same."""
    p = play("mips", "before")
    page = alone(p)
    walk = [
        ("ArrowRight", 2), ("n", 3), ("l", 4), ("b", 3), ("ArrowLeft", 2), ("End", 82),
        ("L", 81), ("Home", 1), ("l", 4), ("l", 51), ("ArrowLeft", 9), ("ArrowRight", 51),
    ]  # fmt: skip
    for key, n in walk:
        page.keyboard.press(key)
        step = p.trace.steps[n - 1]
        assert page.evaluate("model.get('step')") == n
        assert node(page) == step.node
        assert held(page) is (step.mmap_lock > 0)
        assert page.locator(".fv-cell.now").inner_text() == str(step.mmap_lock)
        current = page.locator(".fv-trace [aria-current]")
        assert current.get_attribute("data-n") == str(n)
        assert current.locator(".fv-short").inner_text() == p._trace["steps"][n - 1]["short"]
        assert page.locator(".fv-say b").inner_text() == p._trace["steps"][n - 1]["what"]
    given_up = page.locator(".fv-run.row-2").nth(2).inner_text()
    assert given_up.startswith("given up in handle_mm_fault, by")


def test_handle_mm_fault_is_two_steps_and_its_inside_a_choice(alone):
    """Called with the lock held, returned without; `i` steps between them."""
    p = play("mips")
    page = alone(p)
    for _ in range(8):
        page.keyboard.press("n")
    note = page.locator(".fv-picture:not([hidden]) .note")
    assert (node(page), held(page)) == ("handle_mm_fault", True)
    assert note.locator("text").all_text_contents() == ["called", "mmap_lock held"]
    page.keyboard.press("n")
    assert (node(page), held(page)) == ("handle_mm_fault", False)
    assert note.locator("text").all_text_contents()[1] == "lock given up inside"
    page.keyboard.press("b")
    page.keyboard.press("i")
    page.keyboard.press("n")
    assert node(page) == "handle_mm_fault.counted_per_call"
    assert page.locator(".fv-crumbs").text_content() == "__do_page_fault>handle_mm_fault"
    assert page.locator(".fv-trace [data-n]").count() == 56
    page.keyboard.press("i")
    assert page.evaluate("model.get('step')") == 53, "out of it to where it returns"
    assert page.locator(".fv-trace [data-n]").count() == 13
    assert page.locator(".fv-cell").count() == 10, "the lane has grown to what was seen"


def test_a_second_visit_is_drawn_as_it_is(alone):
    """Ways of the round under way are bold, held or not; those of the first round are old."""
    p = play("mips", "before", "RETRY,OK")
    page = alone(p)
    way = page.locator('.edge[data-from="RETRY"][data-when="True"]')
    last = page.locator('.edge[data-from="ERROR"][data-when="False"]')
    second = next(s.n for s in p.trace.steps if s.node == "retry" and s.n > 9)
    page.evaluate(f"model.set('step', {second - 1})")
    assert way.get_attribute("class").split() == ["edge", "way-open"]
    page.evaluate(f"model.set('step', {second})")
    assert way.get_attribute("class").split() == ["edge", "way-open", "old"]
    page.keyboard.press("End")
    assert last.get_attribute("class").split() == ["edge", "way-held"]


def test_a_key_press_changes_classes_and_draws_nothing(alone):
    """The picture's elements are the same ones from the first step to the last."""
    page = alone(play("s390"))
    page.evaluate("""() => {
      const svg = document.querySelector(".fv-picture:not([hidden]) svg");
      window.changes = [];
      new MutationObserver((all) => window.changes.push(...all))
        .observe(svg, { childList: true, subtree: true });
    }""")
    before = page.locator(".fv-picture").count()
    for _ in range(30):
        page.keyboard.press("n")
    drawn = "changes.filter((c) => !c.target.closest('.note'))"
    assert page.evaluate(f"{drawn}.length") == 0
    assert page.locator(".fv-picture").count() == before == 1


def test_play_walks_to_the_end_and_stops(alone):
    """One step after the other; a key stops it."""
    p = play("mips", outcomes="OK")
    page = alone(p)
    page.select_option(".fv-speed", "fast")
    page.locator(PLAYER).focus()
    page.keyboard.press("End")
    page.keyboard.press("b")
    page.keyboard.press("p")
    assert page.locator(".fv-play").inner_text() == "Pause"
    page.wait_for_function("document.querySelector('.fv-play').textContent === 'Play'")
    assert page.evaluate("model.get('step')") == len(p.trace.steps)
    page.keyboard.press(" ")
    page.wait_for_function("model.get('step') === 2")
    page.keyboard.press("Home")
    assert page.locator(".fv-play").inner_text() == "Play"


def test_help_shows_keys_and_contract(alone):
    """`?` and Escape; the table is the four corners."""
    page = alone(play())
    page.keyboard.press("?")
    rows = page.locator(".fv-help table").first.locator("tr")
    assert rows.nth(4).inner_text().split("\t")[:3] == ["COMPLETED", "yes", "no"]
    page.keyboard.press("Escape")
    assert not page.locator(".fv-help").is_visible()
    assert "fv-player" in page.evaluate("document.activeElement.className").split()


def test_a_closed_view_leaves_nothing_behind(alone):
    """No listener on the model, no element in the page."""
    page = alone(play())
    assert page.evaluate("heard.length") > 5
    page.evaluate("window.close()")
    assert page.evaluate("heard.length") == 0
    assert page.locator(PLAYER).count() == 0


def test_a_choice_without_a_kernel_is_answered(alone):
    """A sentence after a while; stepping goes on."""
    page = alone(play())
    page.clock.install()
    page.get_by_role("button", name="v3").click()
    page.clock.fast_forward(5000)
    assert "needs a running kernel" in page.get_by_role("alert").inner_text()
    page.locator(PLAYER).focus()
    page.keyboard.press("n")
    assert page.evaluate("model.get('step')") == 2


@pytest.mark.parametrize("name", ["mips", "s390", "sparc64", "x86", "powerpc"])
def test_the_token_is_always_in_sight(alone, name):
    """At each step: node and token in the pane at full size, cell in the lane, line in the list."""
    page = alone(play(name))
    page.emulate_media(reduced_motion="reduce")
    seen = page.evaluate("""() => {
      const within = (inner, outer) => {
        const a = inner.getBoundingClientRect(), b = outer.getBoundingClientRect();
        return a.left >= b.left - 1 && a.right <= b.right + 1
          && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
      };
      const one = (s) => document.querySelector(s), bad = [], pane = one(".fv-pane");
      for (const { n } of model.get("_trace").steps) {
        model.set("step", n);
        const picture = one(".fv-picture:not([hidden])");
        const [x, y, w] = picture.querySelector(".now").dataset.box.split(" ").map(Number);
        const shape = picture.querySelector(".now .shape");
        if (!within(shape, pane)) bad.push([n, "node"]);
        if (!within(picture.querySelector(".token"), pane)) bad.push([n, "token"]);
        if (Math.abs(shape.getBoundingClientRect().width - w) > 6) bad.push([n, "scale"]);
        if (!within(one(".fv-cell.now"), one(".fv-lane-box"))) bad.push([n, "lane"]);
        if (!within(one(".fv-trace [aria-current] .fv-n"), one(".fv-trace"))) bad.push([n, "list"]);
      }
      return bad;
    }""")
    assert seen == []


@pytest.mark.parametrize("width", [1150, 860, 560])
def test_lane_sentence_and_buttons_fit(alone, width):
    """In a cell of 560 px nothing that is read at each step lies outside or under another."""
    page = alone(play("s390", "v3", "COMPLETED", "gmap,write", step=20), width + 16)
    sizes = page.evaluate("""() => [".fv-player", ".fv-top", ".fv-pane", ".fv-say", ".fv-lane",
      ".fv-buttons", ".fv-legend"].map((s) => {
        const box = document.querySelector(s).getBoundingClientRect();
        return [s, box.top, box.bottom];
      })""")
    (_, top, bottom), *parts = sizes
    assert bottom - top <= 560
    for _, upper, lower in parts:
        assert top <= upper < lower <= bottom + 1
    stacked = [part for part in parts if part[0] != ".fv-say"]
    for (_, _, end), (_, start, _) in pairwise(stacked):
        assert start >= end - 1
    assert stacked[1][2] - stacked[1][1] >= 150, "room for the graph"
    font = page.locator(".fv-cell").first.evaluate(
        "(e) => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert font >= 13


def test_no_text_leaves_its_box(alone):
    """In all pictures of all handlers, entries and the generic code."""
    page = alone(play())
    drawn = {n: payload.pictures(models.load(n)) for n in (*models.HANDLERS, *models.ENTRIES)}
    for name, pictures in {**drawn, "generic": payload.generic_pictures("v3")}.items():
        outside = page.evaluate(
            """(pictures) => {
          const pane = document.querySelector(".fv-pane"), bad = [];
          pane.innerHTML = Object.values(pictures).join("");
          for (const g of pane.querySelectorAll(".node")) {
            const box = g.querySelector(".shape").getBBox();
            const room = g.classList.contains("k-test") ? 7 : 3;
            for (const text of g.querySelectorAll(".say, .c-label")) {
              const { x, width } = text.getBBox();
              if (x < box.x + room || x + width > box.x + box.width - room) {
                bad.push([g.dataset.node, text.textContent]);
              }
            }
          }
          return bad;
        }""",
            pictures,
        )
        assert outside == [], name


def test_a_dark_page_gets_dark_colours(alone):
    """From the system, unless JupyterLab says its theme."""
    page = alone(play())
    ground = f"getComputedStyle(document.querySelector('{PLAYER}')).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(20, 24, 29)"
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="light")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert page.evaluate(ground) == "rgb(20, 24, 29)"


def test_controls_have_names(alone):
    """For a screen reader: each button, select and region; the sentence is announced."""
    page = alone(play())
    for role in ("button", "combobox", "checkbox", "group"):
        for control in page.get_by_role(role).all():
            assert control.evaluate(
                "(e) => (e.ariaLabel || e.labels?.[0]?.textContent || e.textContent).trim() !== ''"
            )
    page.keyboard.press("n")
    page.locator("[aria-live=polite]").get_by_text("No mm, or faults off? No.").wait_for()


# --- in JupyterLab ---------------------------------------------------------------------------


CELLS = (
    "'the kernel answers'",
    "import faultviz as fv\np = fv.play('mips')\np",
    "p",
    "p.step = 55\np.inside",
    "q = fv.play('mips', 'before')\nq",
    "print(repr(q))",
    "m = fv.play('marked.py', step=3)\nm",
    (
        "from ipywidgets.widgets.widget import _instances\n"
        "sum(isinstance(w, type(m)) and w.handler == 'marked.py' for w in _instances.values())"
    ),
    "g = fv.play('mips', view='first', gate=True)\ng",
    "print(g.tally)\ng",
    (
        "import ipywidgets as w\n"
        "k = fv.play('mips', outcomes='OK')\n"
        "s = w.IntSlider(min=1, max=12)\nw.link((k, 'step'), (s, 'value'))\nw.VBox([s, k])"
    ),
    "k.observe(lambda c: 1 / 0, 'step')\n'observed'",
    "fv.ask('00-M4')",
    "fv.sort9('label')",
)


@pytest.fixture(scope="module")
def notebook(jupyterlab, opened):
    """A notebook of these cells in JupyterLab."""
    (jupyterlab.folder / "marked.py").write_text(SCRIPT)
    return opened("player.ipynb", CELLS)


def run_cell(page, n):
    """Run a cell, counted from 0, and give it with its output's text when it is done."""
    cell = run(page, n)
    return cell, cell.locator(".jp-OutputArea-output").all_inner_texts()


def test_in_jupyterlab_step_and_kernel_keep_together(notebook):
    """Keys move it and tell the kernel; the kernel moves it, in every view of it."""
    cell, _ = run_cell(notebook, 1)
    box = cell.locator(PLAYER)
    box.focus()
    for _ in range(9):
        notebook.keyboard.press("ArrowRight")
    assert "returned 0x4200 COMPLETED|LOCKED" in box.locator(".fv-say").inner_text()
    assert notebook.locator(".jp-CodeCell").count() == len(CELLS), "no key was JupyterLab's"
    size = box.bounding_box()
    assert size["height"] <= 560
    assert size["height"] <= notebook.locator(".jp-Notebook").bounding_box()["height"]
    # The picture follows when the token has arrived.
    notebook.wait_for_function(
        """([pane, now]) => {
      const [a, b] = [pane, now].map((e) => e.getBoundingClientRect());
      return a.top <= b.top && b.bottom <= a.bottom;
    }""",
        arg=[box.locator(".fv-pane").element_handle(), box.locator(NOW).element_handle()],
    )
    again, _ = run_cell(notebook, 2)
    assert again.locator(PLAYER).get_attribute("data-step") == "53"
    _, said = run_cell(notebook, 3)
    assert said == ["False"]
    notebook.wait_for_function(
        "[...document.querySelectorAll('.fv-player')].every((p) => p.dataset.step === '55')"
    )
    assert node(cell) == node(again) == "COMPLETED"


def test_in_jupyterlab_a_choice_makes_a_new_trace(notebook):
    """Page event, answer, refusal, handler: each is what the kernel then has. The theme, too."""
    cell, _ = run_cell(notebook, 4)
    title = cell.locator(PLAYER)

    def shows(scenario):
        cell.locator(f"{PLAYER}[data-scenario='{scenario}']").wait_for()

    shows("mips before, RETRY,OK, write")
    title.get_by_role("combobox", name="page event").select_option("dirty")
    shows("mips before, OK, dirty,write")
    answer = title.get_by_role("button", name="COMPLETED", exact=True)
    assert answer.get_attribute("aria-disabled") == "true"
    assert "arrives as RETRY" in answer.get_attribute("title")
    answer.click(force=True)
    assert "arrives as RETRY" in title.get_by_role("alert").inner_text()
    title.get_by_role("button", name="merged").click()
    shows("mips merged, OK, dirty,write")
    title.get_by_role("alert").wait_for(state="hidden")
    answer.click()
    shows("mips merged, COMPLETED, write")
    title.locator("summary").click()
    title.get_by_role("checkbox", name=re.compile("^kernel")).check()
    shows("mips merged, COMPLETED, kernel,write")
    title.get_by_role("combobox", name="handler").select_option("nios2")
    shows("nios2 merged, OK, kernel,write")
    assert title.get_by_role("alert").inner_text().startswith("nios2: COMPLETED cannot happen")
    _, (said,) = run_cell(notebook, 5)
    assert re.match(r"Player\(nios2 merged, step 1/\d+, node=enter, mmap_lock=0\)", said)
    notebook.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
    notebook.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
    notebook.locator(".lm-Menu-itemLabel", has_text=re.compile("^JupyterLab Dark$")).click()
    notebook.wait_for_function(
        f"getComputedStyle(document.querySelector('{PLAYER}')).backgroundColor"
        " === 'rgb(20, 24, 29)'"
    )


def test_in_jupyterlab_a_cell_has_one_live_player(notebook):
    """However often it runs. And a name that is markup is shown, and never run."""
    run_cell(notebook, 1)  # so that this test stands alone, too
    for _ in range(3):
        cell, _ = run_cell(notebook, 6)
        cell.locator(PLAYER).wait_for()
    assert cell.locator(PLAYER).count() == 1
    _, said = run_cell(notebook, 7)
    assert said == ["1"]
    assert "".join(cell.locator(NOW).text_content().split()) == "<script>window.hacked=1</script>"
    assert "<img src=x" in cell.locator(".fv-say").inner_text()
    cell.locator(PLAYER).focus()
    notebook.keyboard.press("n")
    assert notebook.evaluate("window.hacked") is None


def test_in_jupyterlab_questions_are_answered_from_the_keyboard(notebook):
    """In the first view, within 560 px; the kernel knows how it went, and goes on from there."""
    run_cell(notebook, 1)  # so that this test stands alone, too
    cell, said = run_cell(notebook, 8)
    box = cell.locator(PLAYER)
    assert box.bounding_box()["height"] <= 560
    assert "Player(mips merged, step 1/?" in " ".join(said) or said
    box.focus()
    for key in ("c", "1", "1", "a"):
        notebook.keyboard.press(key)
    assert box.locator(".fv-verdict").inner_text().startswith("Right. COMPLETED says")
    notebook.keyboard.press("End")
    assert box.locator(".fv-ask").inner_text().startswith("How often does this task hold")
    again, said = run_cell(notebook, 9)
    assert said[0].strip() == "3 questions: 2 right at once, 1 right at the second try"
    assert again.locator(".fv-ask").inner_text() == box.locator(".fv-ask").inner_text()


def test_in_jupyterlab_traits_link_and_errors_are_said(notebook):
    """A slider moves it and follows it; what a callback raises stands in the widget."""
    run_cell(notebook, 1)
    cell, _ = run_cell(notebook, 10)
    box = cell.locator(PLAYER)
    box.focus()
    notebook.keyboard.press("End")
    slider = cell.locator(".widget-readout")
    notebook.wait_for_function("(e) => e.textContent === '12'", arg=slider.element_handle())
    run_cell(notebook, 11)
    box.focus()
    notebook.keyboard.press("b")
    box.get_by_role("alert").wait_for()
    alert = box.get_by_role("alert").inner_text()
    assert alert.startswith("The player failed: ZeroDivisionError: division by zero")


def test_in_jupyterlab_a_lesson_question_has_reasons(notebook):
    """A choice counts when the button is pressed; its reason is told to a screen reader."""
    run_cell(notebook, 1)
    cell, _ = run_cell(notebook, 12)
    cell.get_by_role("radio").first.check()
    assert cell.locator(".fv-told").first.inner_text() == ""
    cell.get_by_role("button", name="Answer").click()
    cell.locator(".fv-live").get_by_text("No. RETRY gave it up").wait_for(state="attached")


def test_in_jupyterlab_a_small_widget_keeps_its_keys(notebook):
    """Arrows move within the list and the answers, and no key is the notebook's."""
    run_cell(notebook, 1)
    cell, _ = run_cell(notebook, 13)
    cells = notebook.locator(".jp-CodeCell").count()
    cell.get_by_label("Handler").focus()
    notebook.keyboard.press("ArrowDown")
    cell.get_by_label("x86 in lines").wait_for()
    notebook.keyboard.press("Tab")
    notebook.keyboard.press("Space")
    notebook.keyboard.press("ArrowDown")
    assert cell.get_by_role("radio").nth(1).is_checked()
    put = cell.get_by_role("button", name="Put it there")
    while not put.evaluate("(e) => e === document.activeElement"):
        notebook.keyboard.press("Tab")
    notebook.keyboard.press("Enter")
    cell.locator(".fv-told").get_by_text("Right. goto retry leads to").wait_for()
    cell.locator("option:checked", has_text="x86 (placed)").wait_for(state="attached")
    notebook.keyboard.press("Enter")
    cell.get_by_label("mips in lines").wait_for()
    assert notebook.locator(".jp-CodeCell").count() == cells


def test_in_jupyterlab_a_restarted_kernel_is_said(notebook):
    """Last, for it ends the kernel of these tests. Stepping goes on."""
    run_cell(notebook, 1)
    cell, _ = run_cell(notebook, 4)
    box = cell.locator(PLAYER)
    notebook.locator(".lm-MenuBar-itemLabel", has_text="Kernel").click()
    notebook.locator(".lm-Menu-itemLabel", has_text=re.compile("^Restart Kernel…$")).click()
    notebook.locator(".jp-Dialog .jp-mod-accept").click()
    box.get_by_role("alert").wait_for()
    assert box.get_by_role("alert").inner_text().startswith("The kernel restarted: run the cell")
    box.focus()
    notebook.keyboard.press("n")
    assert box.get_attribute("data-step") == "2"
