"""A lesson in JupyterLite, in a real browser: a gate answered, a player stepped, nobody else asked.

Served by Python's own file server, as a teacher may do it.
"""

import subprocess
import sys
from urllib.parse import urlsplit

import hubs
import pytest
from axe_playwright_python.sync_playwright import Axe
from cells import run_first

import faultviz as fv
from faultviz.course.questions.items import item, right
from faultviz.start import jupyter
from faultviz.start.child import environment

PATIENCE = 120_000  # ms; how long it takes is the benchmark's business
CELL = ".jp-Notebook .jp-CodeCell"

pytestmark = pytest.mark.steps  # one session, from its first page on


@pytest.fixture(scope="module")
def served(lite_site):
    """The address of the site."""
    port = jupyter.free_port("127.0.0.1", 18600)
    command = [sys.executable, "-P", "-m", "http.server", "--bind", "127.0.0.1"]
    command += ["--directory", str(lite_site), str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment(), **quiet) as server:
        try:
            assert jupyter.answers(server, "127.0.0.1", port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def lesson(served, browser):
    """Lesson 00 with its first two cells run, and what the page asked for and complained of."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    asked, bad = [], []

    def refuse(route):
        bad.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", refuse)
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.goto(f"{served}/lab/index.html?path=00-start.ipynb")
    run_first(page)
    page.wait_for_selector(".fv-player svg .node", timeout=PATIENCE)
    yield page, asked, bad
    context.close()


def test_a_gate_is_answered_and_a_player_stepped(lesson):
    """By keys: the wrong answer gets its reason, the right one opens the way."""
    page, _, _ = lesson
    here = fv.play("mips", "before", view="first", gate=True)
    hubs.answer_gate(page, here.trace_gates[0], miss=True)
    at = here.trace_gates[0].n
    assert hubs.step(page) == here.trace.steps[at].node


def test_a_question_is_answered_by_the_pages_python(lesson):
    """The reason for a wrong answer comes from the kernel."""
    page, _, _ = lesson
    page.locator(CELL, has_text='fv.ask("00-M4")').locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    asked = page.locator(".fv-sheet")
    asked.get_by_role("radio").first.wait_for(timeout=PATIENCE)
    wrong = right(item("00-M4")) % len(item("00-M4").answers)
    asked.get_by_role("radio").nth(wrong).check()
    asked.get_by_role("button").first.click()
    asked.locator(".fv-told").get_by_text(item("00-M4").answers[wrong][1]).wait_for()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_theme_of_the_system_is_followed_and_axe_finds_nothing(lesson, scheme):
    """In the player and in the answered question."""
    page, _, _ = lesson
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    light = "true" if scheme == "light" else "false"
    page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
    dark = page.locator(".fv-player").evaluate(
        "(e) => Number(getComputedStyle(e).backgroundColor.match(/\\d+/)[0]) < 128"
    )
    assert dark is (scheme == "dark")
    for part in (".fv-player", ".fv-sheet"):
        found = Axe().run(page, context=part).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:100]) for one in found] == []


def test_saved_and_loaded_again_it_steps(lesson):
    """From what the browser keeps, before any cell is run again; what was answered is not kept."""
    page, _, _ = lesson
    page.locator(CELL, has_text='without="completed-check"').locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    players = page.locator(".fv-player")
    players.nth(1).locator(".fv-svg .node").first.wait_for(timeout=PATIENCE)
    page.locator(".jp-Notebook").click(position={"x": 4, "y": 4})
    page.keyboard.press("Control+s")
    page.locator(".lm-DockPanel-tabBar .jp-mod-dirty").wait_for(state="detached")
    page.reload()
    players.nth(1).locator(".fv-svg .node").first.wait_for(timeout=PATIENCE)
    players.nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.locator('.fv-player[data-step="2"]').wait_for()
    assert players.first.locator(".fv-gate").is_visible()
    page.get_by_text("This needs its kernel: run the cell again.").wait_for()


def test_nobody_else_is_asked(lesson):
    """Hundreds of requests, all to where the page came from."""
    _, asked, bad = lesson
    assert bad == []
    assert len(asked) > 100
    assert {urlsplit(url).hostname for url in asked if url.startswith("http")} == {"127.0.0.1"}
