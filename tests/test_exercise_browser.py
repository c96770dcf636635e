"""Exercises and the bench in a real JupyterLab: answered in the page, a way by keys alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

import faultviz as fv
from faultviz.course.exercises import replies, reviews
from faultviz.course.exercises.seeded import make
from faultviz.engine.run import run
from faultviz.picture import layout

pytestmark = pytest.mark.steps  # one notebook is played from its first cell on

FIND = make("0")
REVIEW = next(one for n in range(20) if not (one := reviews.make(str(n), 3)).sound)
CELLS = (
    "'the kernel answers'",
    "import faultviz as fv\nfv.exercise('find', '0')",
    f"fv.exercise('review', '{REVIEW.seed}', level=3)",
    "fv.bench('mips')",
)


@pytest.fixture(scope="module")
def lab(opened):
    """A notebook with an exercise, a review and a bench."""
    page = opened("exercises/exercises.ipynb", CELLS)
    for n in range(1, len(CELLS)):
        page.locator(".jp-CodeCell").nth(n).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        page.locator(".jp-CodeCell").nth(n).locator(".fv-desk").wait_for()
    return page


def faults(page):
    """What axe finds in the exercises of a page."""
    found = Axe().run(page, context=".fv-desk")
    return [(v["id"], v["nodes"][0]["html"][:90]) for v in found.response["violations"]]


def desk(page, kind):
    """The one of a kind."""
    return page.locator(f'.fv-desk[data-kind="{kind}"]')


def test_a_way_is_entered_by_keys_alone(lab):
    """Right and left choose an edge, Enter goes along it; the way is the search's own."""
    first = FIND.first
    steps = run(FIND.program, outcomes=first.outcomes, context=first.context).steps
    wanted = [step.node for step in steps[: first.steps]]
    here = desk(lab, "find")
    here.get_by_role("button", name="Enter a way").click()
    way = here.locator(".fv-way")
    way.focus()
    texts = {node.id: node.text for node in FIND.program.nodes.values()}
    for node in wanted[1:]:
        for _ in range(4):
            if way.locator(".fv-next .aimed").inner_text().endswith(texts[node]):
                break
            lab.keyboard.press("ArrowRight")
        lab.keyboard.press("Enter")
    assert way.locator(".fv-passed li").count() == len(wanted)


def test_an_objection_gets_its_points_part_by_part(lab):
    """Rule, node and the way that was entered: four of four."""
    here = desk(lab, "find")
    here.get_by_role("button", name="Objection").click()
    here.locator(".fv-form").get_by_label("rule", exact=False).first.select_option(
        FIND.first.invariant
    )
    here.locator(".fv-form").get_by_label("broken at").select_option(FIND.first.node)
    here.get_by_text("the way that I entered").click()
    here.get_by_role("button", name="Check").click()
    here.get_by_text("4 of 4 points").first.wait_for()
    here.get_by_role("button", name="Show the worked answer").click()
    here.locator(".fv-worked", has_text=f"at {FIND.first.node}").wait_for()


def test_a_review_is_answered_in_its_mail(lab):
    """Ack or objection with line and scenario; the diff is marked by sign and by colour."""
    here = desk(lab, "review")
    added = here.locator(".fv-mail").get_by_text("if COMPLETED?").first
    assert added.is_visible()
    here.get_by_role("button", name="Objection").click()
    here.locator(".fv-form").get_by_label("rule", exact=False).first.select_option(
        REVIEW.first.invariant
    )
    here.locator(".fv-form input[type=number]").fill(str(min(REVIEW.places)))
    here.locator(".fv-form").get_by_label("outcomes").fill(REVIEW.first.outcomes)
    for word in REVIEW.first.context.split(","):
        if word != "none":
            here.get_by_role("checkbox", name=word, exact=True).check()
    here.get_by_role("button", name="Check").click()
    here.get_by_text("3 of 3 points").first.wait_for()
    here.get_by_label("Your reply").fill(replies.replies(REVIEW)[0])
    here.get_by_role("button", name="Hold it against the rubric").click()
    here.get_by_text("Two replies that say it all").first.wait_for()


def test_the_bench_searches_what_was_broken(lab):
    """A line off, a prediction, the search; and axe finds nothing."""
    here = desk(lab, "bench")
    here.locator(".fv-lines").get_by_text("if COMPLETED?").click()
    change = here.locator(".fv-edits select")
    change.select_option("18 off")
    here.get_by_role("button", name="Change", exact=True).click()
    here.locator(".fv-lines .edited").wait_for()  # an edit begins the form anew
    here.get_by_label("I expect broken:").select_option("lock-underflow")
    here.locator(".fv-form").get_by_label("outcomes").fill("COMPLETED")
    here.get_by_role("checkbox", name="write", exact=True).check()
    here.get_by_role("button", name="Search").click()
    here.get_by_text("lock-underflow at give_up_mmap_lock").first.wait_for()
    assert "3 of 3 points" in here.inner_text()
    assert faults(lab) == []
    both = lab.locator(".fv-two")
    both.get_by_role("heading", name="yours: mips merged, COMPLETED, write").wait_for()
    cell = lab.locator(".jp-CodeCell").nth(3).locator(".cm-content")
    cell.click()
    lab.keyboard.press("Shift+Enter")
    both.wait_for(state="detached")
    desk(lab, "bench").get_by_text("Choose a line above").wait_for()
    assert desk(lab, "bench").count() == 1


@pytest.mark.parametrize("kind", ["find", "review", "write"])
def test_nothing_is_wrong_for_who_cannot_see_or_use_a_pointer(alone, kind):
    """In a dark theme too, with a way under way and a verdict; no key is held back."""
    ex = fv.exercise(kind, "0")
    ex.answer(ex.solution()) if kind == "write" else ex.answer(outcomes="OK", context="write")
    ex.worked()
    ex.desk.entering = kind != "review"
    page = alone(ex.desk, 1280, 720)
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []
    if kind == "write":
        page.get_by_label("Your handler").press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Check"
    page.get_by_role("button", name="Large").click()
    assert page.locator(".fv-desk-home.large").bounding_box()["width"] == 1280
    page.keyboard.press("Escape")
    assert page.locator("#here .fv-desk").is_visible()


def test_a_click_goes_along_what_leaves_no_choice(alone):
    """Two clicks pass five nodes; what is beyond a choice is refused; Backspace takes one back."""
    ex = fv.exercise("find", "0")
    ex.desk.entering = True
    page = alone(ex.desk)
    way = page.locator(".fv-way")
    way.locator('.node[data-node="no_mm_or_faults_off"]').click()
    way.locator('.node[data-node="find_vma"]').click()
    assert page.evaluate("model.get('way')") == [
        "enter", "no_mm_or_faults_off", "add_USER", "retry", "find_vma",
    ]  # fmt: skip
    way.locator('.node[data-node="handle_mm_fault"]').click()
    assert "without a choice between" in way.locator(".fv-say").inner_text()
    page.keyboard.press("Backspace")
    assert page.evaluate("model.get('way')").pop() == "retry"
    assert way.locator(".step-no").all_text_contents() == ["1", "2", "3", "4"]
    assert not way.locator(".token").is_visible()


def test_without_a_picture_the_page_says_so(alone, monkeypatch):
    """One sentence; the form offers only what can be given without it."""

    def render(*_):
        raise fv.BadInput("Nothing here can lay out a graph.")

    monkeypatch.setattr(layout, "render", render)
    page = alone(fv.exercise("find", "1").desk)
    assert page.get_by_text("There is no picture here").is_visible()
    page.get_by_role("button", name="Objection").click()
    assert page.get_by_label("outcomes").is_visible()
    assert not page.get_by_text("the way that I entered").is_visible()
    assert faults(page) == []


def other_rule(page):
    """Another row of the list of rules."""
    page.get_by_label("rule").first.select_option(index=3)


def other_scenario(page):
    """Its outcomes as one types them."""
    page.get_by_label("outcomes").fill("OK")
    page.keyboard.press("Tab")


CHANGED = {
    "find": lambda page: page.get_by_role("button", name="Objection").click(),
    "review": lambda page: page.get_by_role("button", name="Objection").click(),
    "trace": other_scenario,
    "write": lambda page: page.get_by_label("Your handler").press_sequentially("x"),
    "bench": other_rule,
}
"""By kind: how what was judged becomes another choice."""


@pytest.mark.parametrize("kind", CHANGED)
def test_an_old_verdict_stands_beside_no_new_choice(alone, kind):
    """It would be taken for that one's."""
    made = fv.bench("mips") if kind == "bench" else fv.exercise(kind, "0")
    page = alone(made, answers=True)
    if kind in ("find", "review"):
        assert page.get_by_role("button", name="Check").is_disabled()
        page.get_by_role("button", name="Objection").click()
        assert page.get_by_role("button", name="Check").is_disabled()  # nothing is objected to yet
        page.get_by_role("button", name="Ack", exact=True).click()
    if kind == "write":
        page.get_by_label("Your handler").fill(made.solution())
    if kind == "bench":
        page.get_by_label("rule").first.select_option(index=1)
    page.locator(".fv-form .fv-step").click()
    page.locator(".fv-form > .fv-said p").first.wait_for()
    CHANGED[kind](page)
    page.locator(".fv-form > .fv-said p").first.wait_for(state="detached")
