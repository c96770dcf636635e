"""Exercises and the bench in a real JupyterLab: answered in the page, a way by keys alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from faultviz import reviews
from faultviz.exercises import make
from faultviz.run import run

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
    here.get_by_label("Your reply").fill(reviews.replies(REVIEW)[0])
    here.get_by_role("button", name="Hold it against the rubric").click()
    here.get_by_text("Two replies that say it all").wait_for()


def test_the_bench_searches_what_was_broken(lab):
    """A line off, a prediction, the search; and axe finds nothing."""
    here = desk(lab, "bench")
    here.locator(".fv-lines").get_by_text("if COMPLETED?").click()
    change = here.locator(".fv-edits select")
    change.select_option("18 off")
    here.get_by_role("button", name="Change", exact=True).click()
    here.get_by_label("I expect broken:").select_option("lock-underflow")
    here.locator(".fv-form").get_by_label("outcomes").fill("COMPLETED")
    here.get_by_role("checkbox", name="write", exact=True).check()
    here.get_by_role("button", name="Search").click()
    here.get_by_text("lock-underflow at give_up_mmap_lock").wait_for()
    assert "3 of 3 points" in here.inner_text()
    found = Axe().run(lab, context=".fv-desk")
    assert [(v["id"], v["nodes"][0]["html"][:90]) for v in found.response["violations"]] == []
