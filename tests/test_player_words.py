"""Words of the glossary in the player: dotted, and explained for pointer and keyboard alike."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

import faultviz as fv
from faultviz.course.glossary import GLOSSARY, forms

PLAYER = ".fv-player"
WORD = ".fv-say .fv-word"


def tip(page):
    """What is explained now; nothing where the box is closed."""
    box = page.locator(".fv-tip")
    return box.inner_text() if box.is_visible() else ""


def shown(name):
    """What the box says of a word."""
    return f"{name} {GLOSSARY[name].sentence}"


def test_words_are_dotted_once_and_change_no_sentence(alone):
    """At each step: those of the glossary, each at its first place, and the text as it was."""
    p = fv.play("mips", "before")
    page = alone(p)
    of = {way: name for form, name in forms() for way in (form, form[0].upper() + form[1:])}
    any_form = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(of, key=len, reverse=True))})(?![\w-])")
    for step in p._trace["steps"]:
        page.evaluate(f"model.set('step', {step['n']})")
        for part, text in (("b", step["what"]), ("span", step["why"])):
            said = page.locator(f".fv-say > {part}")
            assert said.text_content() == text
            words = said.locator(".fv-word").all_text_contents()
            expected = dict.fromkeys(of[form] for form in any_form.findall(text))
            assert [of[word] for word in words] == [*expected]


def test_the_pointer_brings_a_meaning_and_takes_it_away(alone):
    """It stays while the pointer is on it, and goes with Escape, wherever the focus is."""
    page = alone(fv.play("mips", outcomes="COMPLETED", step=11), motion="no-preference")
    word = page.locator(WORD).first
    word.hover()
    assert tip(page) == shown(word.inner_text())
    page.locator(".fv-tip").hover()
    page.wait_for_timeout(400)
    assert tip(page), "it can be read, and its text marked"
    page.locator(".fv-count").hover()
    page.locator(".fv-tip").wait_for(state="hidden")
    word.hover()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    assert tip(page) == ""


@pytest.mark.parametrize("view", ["first", "full", "stage"])
def test_the_keyboard_brings_a_meaning_and_steps_on(alone, view):
    """Tab comes to a word; Escape, Enter and space close its meaning; an arrow key still steps."""
    page = alone(fv.play("mips", outcomes="COMPLETED", step=11, view=view), 1280, 720)
    word = page.locator(WORD).first
    for _ in range(40):
        if word.evaluate("(e) => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    assert tip(page) == shown(word.inner_text())
    meaning = word.get_attribute("aria-describedby")
    assert page.locator(f"[id='{meaning}']").text_content() == GLOSSARY[word.inner_text()].sentence
    page.keyboard.press("Escape")
    assert tip(page) == ""
    assert page.evaluate("model.get('view')") == view, "Escape closed that, and no more"
    for key, open_ in (("Enter", True), ("Enter", False), (" ", True)):
        page.keyboard.press(key)
        assert bool(tip(page)) is open_
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('step')") == 12
    assert tip(page) == ""
    assert page.locator(PLAYER).evaluate("(e) => e === document.activeElement")
    page.keyboard.press("b")
    assert page.evaluate("model.get('step')") == 11


@pytest.mark.parametrize("size", [(880, 720), (1280, 720), (500, 720)])
def test_a_meaning_lies_within_the_player(alone, size):
    """Every word of every step, at each width."""
    p = fv.play("mips", outcomes="RETRY,OK")
    page = alone(p, *size)
    outer = page.locator(PLAYER).bounding_box()
    for n in (4, 9, 10, 12, 14, 16):
        page.evaluate(f"model.set('step', {n})")
        for word in page.locator(WORD).all():
            word.focus()
            inner = page.locator(".fv-tip").bounding_box()
            at = word.bounding_box()
            assert outer["x"] <= inner["x"]
            assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
            assert outer["y"] <= inner["y"]
            assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]
            apart = inner["y"] >= at["y"] + 8 or inner["y"] + inner["height"] <= at["y"] + 8
            assert apart, "the word itself can be read"


def test_questions_are_explained_and_their_buttons_are_not(alone):
    """A button that holds another would be none; the verdict is a text again."""
    page = alone(fv.play("mips", view="first", gate=True))
    page.keyboard.press("End")
    page.keyboard.press("s")
    seen = set()
    for _ in range(12):
        seen |= set(page.locator(".fv-ask .fv-word, .fv-verdict .fv-word").all_inner_texts())
        page.keyboard.press("s")
        page.keyboard.press("End")
    assert {"COMPLETED", "mmap_lock"} & seen
    assert page.locator("button .fv-word").count() == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_an_open_meaning(alone, dark):
    """In one player and in two on one clock."""
    one = fv.play("mips", outcomes="COMPLETED", step=11)
    for shows in (one, fv.play(fv.compare("mips"), step=12)):
        page = alone(shows, 1280, 720)
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        page.locator(WORD).first.focus()
        assert tip(page)
        result = Axe().run(page, context=PLAYER)
        assert [v["id"] for v in result.response["violations"]] == []


def test_two_players_in_a_page_have_their_own_meanings(alone):
    """No id comes twice."""
    page = alone(fv.play("mips", step=12))
    page.evaluate("page = window; show(); 0")
    ids = page.locator("[id^=fv-]").evaluate_all("(all) => all.map((e) => e.id)")
    assert len(ids) == len(set(ids)) >= 2 * len(GLOSSARY)


def test_a_word_that_comes_under_a_resting_pointer_does_not_open(alone):
    """A verdict moves the question down: its words would lie over the answers just clicked."""
    page = alone(fv.play("mips", "before", view="first", gate=True), 1280, 720)
    for option in range(page.locator(".fv-option").count() - 1):
        page.locator(".fv-option button").nth(option).hover()
        word = page.locator(".fv-ask .fv-word").first.bounding_box()
        at = page.locator(".fv-option button").nth(option).bounding_box()
        x = word["x"] + word["width"] / 2
        page.mouse.move(x, at["y"] + at["height"] / 2)
        page.mouse.down()
        page.mouse.up()
        page.locator(".fv-verdict:not(:empty)").wait_for()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert not page.locator(".fv-tip").is_visible()
