"""Lessons as pages, slides and paper: they need no kernel and ask nobody for anything."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

from faultviz.base.errors import BadInput
from faultviz.cli.main import main
from faultviz.course.questions.items import item, right
from faultviz.course.routes import ROUTES
from faultviz.engine.run import run
from faultviz.publish.export import book, export, export_route, inside, running, slides, strip
from faultviz.publish.export.cells_html import HtmlCells, sealed

pytestmark = pytest.mark.real  # lessons are run for it

LESSONS = {
    "00": "00-start", "02": "02-retry-and-completed", "09": "09-contention", "11": "11-capstone",
}  # fmt: skip


@pytest.fixture(scope="session")
def ran(repo, tmp_path_factory):
    """A function that gives the cells of a lesson, run once; no event loop runs yet."""
    from faultviz.publish import export as room

    made = {}

    def cells(lesson):
        if lesson not in made:
            made[lesson] = room.run(repo / "notebooks" / f"{LESSONS[lesson]}.ipynb")
        return made[lesson]

    cells("00"), cells("02"), cells("09"), cells("11")
    return cells


@pytest.fixture
def shown(ran, browser_page, page_errors):
    """A function that opens an exported text in the browser."""

    def show(text, dark=False, **size):
        browser_page.emulate_media(
            color_scheme="dark" if dark else "light", reduced_motion="reduce"
        )
        browser_page.set_viewport_size({"width": 1280, "height": 720, **size})
        browser_page.set_content(text)
        return browser_page

    yield show
    assert page_errors == []


def test_without_a_loopback_the_export_says_so_at_once(monkeypatch, tmp_path):
    """No kernel is started, and nobody waits a minute for it."""

    def refuse(*_, **__):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(running.socket, "create_connection", refuse)
    with pytest.raises(BadInput, match=r"127\.0\.0\.1.*Network is unreachable.*lo up"):
        running.ran({"cells": [], "metadata": {}}, tmp_path)


# --- which cells ---------------------------------------------------------------------------------


def test_answers_are_there_only_when_they_are_wanted(ran):
    """Without them a reader finds neither cells nor keys in the text of the page."""
    without, with_ = (export(ran("00"), "html", solutions=s) for s in (False, True))
    key = "Once before each call of handle_mm_fault."
    assert 'id="c05"' not in without
    assert 'id="c05"' in with_
    assert key not in without
    assert key not in with_  # the questions answer when they are asked
    assert key in export(ran("00"), "print", solutions=True)
    assert key not in export(ran("00"), "print")


def test_what_is_for_the_teacher_is_no_part_of_a_page(ran):
    """But it is the speaker's note of the first slide."""
    told = "9 minutes of talk."
    assert told not in export(ran("00"), "html", solutions=True)
    screens = export(ran("00"), "slides").split('<section class="slide"')
    assert [told in one for one in screens[:3]] == [False, True, False]


def test_what_needs_a_kernel_says_so(ran):
    """Exercises, the bench and the learner's file: their text, and one sentence."""
    page = export(ran("11"), "html")
    for sentence in set(inside.NO_KERNEL.values()):
        assert page.count(sentence) > 0
    told = [one for cell in ran("11") for one in cell.told]
    assert all(one["solution"] == "" or one["solution"] not in page for one in told)


def test_a_cell_that_depends_on_the_machine_says_so(ran):
    """Once for each, and the mark for the tests is not shown."""
    page = export(ran("00"), "html")
    assert page.count("Measured where this page was made") == 1
    assert "NBVAL" not in page


@pytest.mark.parametrize("to", ["html", "slides", "print"])
def test_nothing_names_another_place(ran, to):
    """No address in any of the files but that of SVG's own names."""
    page = export(ran("02"), to, solutions=True)
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+[^\s\"'<]*", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert page.count("<script") == (0 if to == "print" else page.count('id="held-') + 1)


def test_players_of_one_handler_share_what_is_held(ran):
    """Three of mips in lesson 00: their scenarios stand in the page once."""
    page = export(ran("00"), "html")
    assert len(re.findall(r'data-from="(held-\w+)"', page)) == 3
    assert len(re.findall(r'id="held-\w+"', page)) == 1


# --- on paper ------------------------------------------------------------------------------------


def test_a_strip_has_a_picture_for_each_change():
    """In each the token stands at its node; a broken rule is said at its step."""
    trace = run("s390", "v3", "COMPLETED", "gmap,write")
    made = strip.strip(trace)
    steps = strip.telling(trace)
    assert made.count("<svg") == made.count('class="token') == len(steps)
    assert [step.n for step in steps if step.mmap_lock] == [5, 6]
    (broken,) = re.findall(r'<li class="frame broken">.*?</li>', made)
    assert "lock-required" in broken
    assert "__gmap_link" in broken


def test_a_picture_that_asks_gives_nothing_away_on_paper(ran):
    """Without the solutions there is the graph alone; with them the strip and the trace."""
    bare, solved = (export(ran("00"), "print", solutions=s) for s in (False, True))
    head = "mips before, RETRY,OK, write"
    assert head not in bare
    assert head in solved
    assert strip.ASKS in bare
    assert 'class="strip"' in solved


def test_a_lesson_prints_on_a4(shown, ran):
    """No page of a script, and nothing wider than the paper."""
    page = shown(export(ran("02"), "print", solutions=True), width=680)
    page.emulate_media(media="print")
    assert page.locator(".strip svg").count() > 10
    assert page.locator("button, select").count() == 0
    wide = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    printed = page.pdf(prefer_css_page_size=True)
    assert wide
    assert 4 <= len(re.findall(rb"/Type /Page\b", printed)) <= 12


# --- in a browser --------------------------------------------------------------------------------


def test_a_player_of_a_lesson_is_stepped(shown, ran):
    """It asks first, as in the notebook; another one is shown without what is missing."""
    page = shown(export(ran("00"), "html"))
    player = page.locator("#c02 .fv-player")
    player.focus()
    page.keyboard.press("b")
    assert "Right." in player.locator(".fv-verdict").inner_text()
    page.locator("#c21").scroll_into_view_if_needed()
    other = page.locator("#c21 .fv-player")
    other.focus()
    page.keyboard.press("End")
    assert "given up too often" in other.locator(".fv-lock").inner_text()
    page.keyboard.press("w")
    page.keyboard.press("1")
    other.locator("select[data-choice=event]").select_option("read")
    assert other.get_attribute("data-scenario").startswith("mips merged")


def test_lanes_and_two_on_one_clock_are_stepped(shown, ran):
    """Each with its own keys."""
    page = shown(export(ran("09"), "html"))
    lanes = page.locator(".fv-lanes").first
    lanes.focus()
    page.keyboard.press("ArrowRight")
    assert lanes.get_attribute("data-tick") == "2"
    page = shown(export(ran("02"), "html"))
    duo = page.locator("#c03 .fv-player")
    duo.focus()
    page.keyboard.press("d")
    assert "Step 11 of 25" in duo.inner_text()


def test_a_question_answers_in_the_page(shown, ran):
    """A wrong choice gets its reason, a right one too; without a choice it says so."""
    page = shown(export(ran("00"), "html"))
    box = page.locator("#c04")
    button = box.get_by_role("button", name="Answer")
    button.click()
    assert box.locator(".verdict").inner_text() == "Choose an answer first."
    box.get_by_label("once").check()
    button.click()
    assert box.locator(".verdict").inner_text().startswith("No. RETRY gave it up")
    box.get_by_label("twice").check()
    button.click()
    assert box.locator(".verdict").inner_text().startswith("Right. Once before")


@pytest.mark.parametrize("mode", ["pre", "post"])
def test_a_test_is_handed_in(shown, mode):
    """Before the course only a number comes back, after it each reason."""
    items = [
        {"ask": f"q{n}", "shown": "", "listing": "", "answers": ["yes", "no"],
         "reasons": ["So it is.", "It is."], "key": 1}
        for n in (1, 2)
    ]  # fmt: skip
    told = {"kind": "asks", "mode": mode, "title": "T", "items": items}
    output = {"output_type": "execute_result", "data": {inside.MIME: told}}
    page = shown(export([book.Cell("a", "code", "1", (output,))], "html"))
    page.get_by_role("button", name="Hand in").click()
    assert page.locator(".sum").inner_text() == "No answer yet: 1, 2."
    for box, choice in zip(page.locator(".ask").all(), ("yes", "no"), strict=True):
        box.get_by_label(choice).check()
    page.get_by_role("button", name="Hand in").click()
    assert page.locator(".sum").inner_text() == "1 of 2 right."
    said = [one.inner_text() for one in page.locator(".verdict").all()]
    assert said == (["", ""] if mode == "pre" else ["Right. So it is.", "No. It is."])
    assert page.get_by_role("button", name="Hand in").is_disabled()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_a_lesson(shown, ran, dark):
    """Questions, an opened answer and a stepped player among what it looks at."""
    page = shown(export(ran("00"), "html", solutions=True), dark)
    page.wait_for_selector("#c02 .fv-player")
    page.locator("#c05 summary").click()
    page.locator("#c04").get_by_label("once").check()
    page.locator("#c04").get_by_role("button").click()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:100]) for one in found] == []


def test_a_page_whose_script_is_blocked_says_so(shown, ran):
    """By whoever serves it, where no-script does not help: a sentence, and all that is text."""
    policy = '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">'
    page = shown(export(ran("00"), "html").replace("<head>", f"<head>{policy}"))
    page.wait_for_selector("#blocked", state="visible")
    assert "Scripts do not run here" in page.locator("#blocked").inner_text()


# --- slides --------------------------------------------------------------------------------------


def test_slides_are_turned_and_a_player_in_them_is_stepped(shown, ran):
    """Arrows turn slides until the picture has them; Page Down turns from everywhere."""
    page = shown(export(ran("02"), "slides", solutions=True))
    now = page.locator(".slide.shown")
    count = page.locator(".deck-count")
    titles = [now.get_attribute("data-title")]
    while not now.locator(".fv-here").count():
        page.keyboard.press("ArrowRight")
        titles.append(now.get_attribute("data-title"))
    assert titles[-1] == "One clock"
    duo = now.locator(".fv-player")
    duo.wait_for()
    at = count.inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    staged = page.locator(".fv-player[data-view=stage]")
    assert "Step 2 of 25" in staged.inner_text()
    assert count.text_content() == at
    page.keyboard.press("PageDown")
    assert page.locator(".fv-player[data-view=stage]").count() == 0
    assert count.text_content() != at
    page.keyboard.press("ArrowLeft")
    assert count.text_content() == at


def test_notes_are_shown_to_who_asks_for_them(shown, ran):
    """Below the slide, and in a window of their own."""
    page = shown(export(ran("00"), "slides"))
    assert not page.locator(".notes").first.is_visible()
    page.keyboard.press("n")
    assert "9 minutes of talk" in page.locator(".slide.shown .notes").inner_text()
    with page.expect_popup() as opened:
        page.keyboard.press("w")
    notes = opened.value
    assert "9 minutes of talk" in notes.locator("body").inner_text()
    page.keyboard.press("ArrowRight")
    assert "2 of" in notes.locator("p").first.inner_text()


def test_the_speaker_finds_answers_and_misconceptions_in_the_notes(ran):
    """With the solutions: what is right, and what to say to each wrong vote."""
    told = item("00-M4")
    wrong = [*told.answers]
    good, reason = wrong.pop(right(told) - 1)
    bare, solved = (export(ran("00"), "slides", solutions=s) for s in (False, True))
    (slide,) = (
        re.sub(r"<[^>]+>", "", one.split("<aside")[1])
        for one in solved.split('<section class="slide"')
        if f"<legend>{told.ask}" in one
    )
    assert f"{good}. {reason}" in slide
    for text, why in wrong:
        assert f"Not “{text}”: {why}" in slide
    assert reason not in bare


def test_axe_finds_nothing_in_slides(shown, ran):
    """With the notes open, on the first slide and on one with a picture."""
    page = shown(export(ran("00"), "slides"))
    page.keyboard.press("n")
    for _ in range(3):
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:100]) for one in found] == []
        page.keyboard.press("ArrowRight")


def test_what_belongs_together_is_one_screen():
    """A question stands below the text that leads to it, a reason below its answer."""
    ask = (
        {"output_type": "execute_result", "data": {inside.MIME: {"kind": "asks", "items": [1]}}},
    )
    test = ({"output_type": "x", "data": {inside.MIME: {"kind": "asks", "items": [1, 2]}}},)
    player = ({"output_type": "x", "data": {inside.MIME: {"kind": "player"}}},)
    printed = ({"output_type": "stream", "text": "a\n" * 9},)
    long = ({"output_type": "stream", "text": "a\n" * 10},)
    cells = [
        book.Cell("lead", "text", "Predict."), book.Cell("ask", "code", "", ask),
        book.Cell("answer", "code", "", printed, ("reveal",)), book.Cell("why", "text", "So."),
        book.Cell("head", "text", "## New"), book.Cell("test", "code", "", test),
        book.Cell("much", "text", "x" * 421), book.Cell("ask2", "code", "", ask),
        book.Cell("look", "text", "Look."), book.Cell("player", "code", "", player),
        book.Cell("seen", "text", "Seen."), book.Cell("table", "code", "", long),
        book.Cell("after", "text", "After."),
    ]  # fmt: skip
    screens = [[cell.id for cell in some] for some in slides.together(cells)]
    assert screens == [
        ["lead", "ask"], ["answer", "why"], ["head"], ["test"], ["much"], ["ask2"], ["look"],
        ["player"], ["seen", "table"], ["after"],
    ]  # fmt: skip


def test_a_long_line_stays_on_the_screen(shown):
    """Smaller while it can be read, else wrapped; nothing is cut off at the right."""
    lines = {"a": 90, "b": 118, "c": 300}
    cells = [
        book.Cell(name, "code", "1", ({"output_type": "stream", "text": "y" * n + "\n"},))
        for name, n in lines.items()
    ]
    page = shown(export([book.Cell("t", "text", "# T"), *cells], "slides"))
    told = page.locator("section.shown .output pre").evaluate_all(
        """(all) => all.map((pre) => [parseFloat(getComputedStyle(pre).fontSize),
          pre.scrollWidth <= pre.clientWidth, pre.clientHeight])"""
    )
    sizes, fit, heights = zip(*told, strict=True)
    assert all(fit)
    assert 14 <= sizes[1] < sizes[0] == sizes[2]
    assert heights[0] < 2 * sizes[0] + 20 < heights[2]
    assert heights[1] < heights[0] + 1


def test_a_long_text_stands_in_two_columns(shown):
    """Where its lines are short: then all of it is on the screen, in letters that can be read."""
    cells = {"short": "line\n" * 40, "wide": "a line of more than half a slide, " * 3 + "\n"}
    outputs = [({"output_type": "stream", "text": text},) for text in cells.values()]
    page = shown(export([book.Cell("a", "code", "1", outputs[0])], "slides"))
    slide = page.locator("section.shown")
    pre = slide.locator(".output pre")
    assert pre.evaluate("(e) => getComputedStyle(e).columnCount") == "2"
    assert slide.evaluate("(e) => e.scrollHeight <= e.clientHeight + 1")
    assert pre.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 14
    page = shown(export([book.Cell("a", "code", "1", outputs[1])], "slides"))
    pre = page.locator("section.shown .output pre")
    assert pre.evaluate("(e) => getComputedStyle(e).columnCount") == "auto"


def test_a_route_is_one_deck_with_its_minutes(ran, monkeypatch, tmp_path):
    """Every stop in its order, with the minutes of the plan in the notes."""
    from faultviz.publish import export as room

    files = {}
    for lesson in ROUTES["lecture-45"].lessons:
        stops = ROUTES["lecture-45"].of(lesson)
        ids = dict.fromkeys(id_ for stop in stops for id_ in (stop.first, stop.last))
        order = sorted(ids, key=lambda id_: (int(re.sub(r"\D", "", id_)), id_))
        files[lesson] = [book.Cell(id_, "text", f"# {lesson} {id_}") for id_ in order]
    monkeypatch.setattr(room, "run", lambda file: files[file.stem.split("-")[0]])
    deck = export_route("lecture-45", tmp_path)
    minutes = re.findall(r'data-minutes="(\d+) to (\d+)"', deck)
    clock = {(str(at), str(at + stop.minutes)) for at, stop in ROUTES["lecture-45"].clock()}
    assert set(minutes) == clock
    assert minutes == sorted(minutes, key=lambda one: int(one[0]))
    for stop in ROUTES["lecture-45"].stops:
        assert stop.what.split(":")[0] in deck
    first = deck.split('<section class="slide"')[1].split("<aside")[0]
    begins = {lesson: at for at, stop in reversed([*ROUTES["lecture-45"].clock()])
              for lesson in [stop.lesson]}  # fmt: skip
    rows = re.findall(r"<td[^>]*>(\d+)</td>\s*<td[^>]*>(\w+) ", first)
    assert {(lesson, int(at)) for at, lesson in rows} == {*begins.items()}


# --- the command, and what it refuses ------------------------------------------------------------


def test_a_cell_that_stops_is_named(tmp_path):
    """With its id and the error; nothing is written."""
    file = tmp_path / "own.ipynb"
    cell = {"cell_type": "code", "id": "bad", "metadata": {}, "source": ["1 /", " 0"],
            "outputs": [], "execution_count": None}  # fmt: skip
    file.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    told = CliRunner().invoke(main, ["export", str(file), "-o", str(tmp_path / "x.html")])
    assert told.exit_code == 2
    assert "own.ipynb stops at cell bad: ZeroDivisionError: division by zero" in told.output
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name a notebook, or a route"),
        (["--route", "lecture-90"], "add --to slides"),
        (["--route", "lecture", "--to", "slides"], "There is no route"),
        (["nowhere.ipynb"], "nowhere.ipynb cannot be read"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(words, said):
    """On stderr, with exit code 2."""
    told = CliRunner().invoke(main, ["export", *words])
    assert told.exit_code == 2
    assert said in told.output


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    """JSON or not."""
    head = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}'
    cells = ('{"cells": 1}', '{"cells": [1]}', *(f'{head}, "cells": {one}}}' for one in (
        "1", "[1]", '[{"source": ""}]', '{"a": 1}', "null")))  # fmt: skip
    for text in ("[]", "x", "{}", head + "}", "[" * 9999, '{"nbformat": "x"}', *cells):
        (tmp_path / "x.ipynb").write_text(text)
        with pytest.raises(BadInput, match="is no notebook"):
            book.read(tmp_path / "x.ipynb")


def test_an_older_notebook_is_read_in_todays_format(tmp_path):
    """Version 3 has worksheets; of version 4 some cells have no id, and lines in a list."""
    file = tmp_path / "x.ipynb"
    code = {"cell_type": "code", "input": ["1"], "outputs": [], "language": "python"}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [code]}]}
    file.write_text(json.dumps(old))
    assert [cell.source for cell in book.cells(book.read(file))] == ["1"]
    text = {"cell_type": "markdown", "metadata": {}, "source": ["a\n", "b"]}
    file.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [text]})
    )
    assert book.cells(book.read(file)) == [book.Cell("cell-0", "text", "a\nb")]


def test_a_link_and_a_seal():
    """Links may lead elsewhere; what is sealed is not in the clear."""
    made = HtmlCells("html", solutions=False, link=lambda to: to.replace(".ipynb", ".html"))
    assert 'href="00-start.html"' in made.text("[x](00-start.ipynb)")
    assert "twice" not in sealed("twice")
