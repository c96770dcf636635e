"""A learner's answers: what is kept, that nothing is lost, and that the file can be taken along."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from ipywidgets.widgets.widget import _instances

import faultviz as fv
from faultviz.course.grading.answer_file import (
    Act,
    Answers,
    answers,
    as_text,
    book,
    load,
    merged,
    read,
    record,
    written,
)
from faultviz.course.questions.items import right
from faultviz.player import gating
from faultviz.player.saved import Record
from faultviz.start import jupyter

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def kept(work):
    """The file as it lies there."""
    return read((work / "answers.json").read_bytes())


def acts(*names, code="AAAA-2222", day="2026-01-01"):
    """The text of a file with one answer of each name."""
    made = (
        Act(f"{day}-{name}", f"{day}T00:00:00.000Z", "ask", name, "", {"answer": name})
        for name in names
    )
    return written(Answers(code, tuple(made)))


# --- the file ----------------------------------------------------------------------------------


def test_an_act_is_in_the_file_at_once(work):
    """A format number, a code of one's own, the acts in order; one line each, nothing beside."""
    record("ask", "00-M4", {"answer": "twice"})
    record("quiz", "pre", {"answers": {}}, "K7F2")
    found = json.loads((work / "answers.json").read_text())
    assert list(found) == ["format", "code", "acts"]
    assert found["format"] == 1
    assert CODE.fullmatch(found["code"])
    assert [(a["kind"], a["name"], a["seed"], a["given"]) for a in found["acts"]] == [
        ("ask", "00-M4", "", {"answer": "twice"}),
        ("quiz", "pre", "K7F2", {"answers": {}}),
    ]
    assert len((work / "answers.json").read_text().splitlines()) == 8
    assert {file.name for file in work.iterdir()} == {"answers.json", ".answers.lock"}
    assert as_text() == (work / "answers.json").read_text()


def test_codes_differ(tmp_path, monkeypatch):
    """They say nothing, and no two learners have the same."""
    codes = set()
    for n in range(50):
        monkeypatch.setenv("FAULTVIZ_WORK", str(tmp_path / str(n)))
        codes.add(answers().code)
    assert len(codes) == 50


WRITER = """
import sys
from faultviz.course.grading.answer_file import record
for n in range(60):
    record("ask", f"{sys.argv[1]} {n}", {"n": n})
"""


def test_two_kernels_of_one_learner_lose_nothing(work):
    """Both write as fast as they can, and whoever reads meanwhile finds a whole file."""
    command = [sys.executable, "-c", WRITER]
    with subprocess.Popen([*command, "a"]) as a, subprocess.Popen([*command, "b"]) as b:
        while a.poll() is None or b.poll() is None:
            if (work / "answers.json").exists():
                kept(work)
    names = [act.name for act in kept(work).acts]
    for who in ("a", "b"):
        assert [n for n in names if n.startswith(who)] == [f"{who} {n}" for n in range(60)]
    assert len(names) == 120
    assert len({file.name for file in work.iterdir()}) == 2


def test_where_a_module_of_locks_is_empty_answers_are_kept_all_the_same(work, monkeypatch):
    """As in a browser's Python."""
    monkeypatch.setitem(sys.modules, "fcntl", ModuleType("fcntl"))
    record("ask", "00-M4", {"answer": 1})
    assert [act.name for act in kept(work).acts] == ["00-M4"]
    assert book().trouble == ""


def test_what_another_kernel_wrote_over_is_written_again(work):
    """Where the system has no locks: each kernel has what it knew in memory."""
    record("ask", "one", {})
    (work / "answers.json").write_text(acts("other", code=answers().code))
    record("ask", "two", {})
    assert [act.name for act in kept(work).acts] == ["other", "one", "two"]


def test_a_damaged_file_is_set_aside_and_never_written_over(work):
    """Each time under a name of its own, which no grading reads."""
    work.mkdir()
    for n, (damage, aside) in enumerate(
        (
            (b'{"format": 1, "co', "answers.json.damaged"),
            (b"\xff\xfe\x00", "answers.json.damaged-2"),
            (b"[]", "answers.json.damaged-3"),
            (b"", "answers.json.damaged-4"),
        )
    ):
        (work / "answers.json").write_bytes(damage)
        record("ask", f"after {n}", {})
        assert (work / aside).read_bytes() == damage
        assert book().said == f"answers.json was damaged: it is kept as {aside}."
    assert [act.name for act in kept(work).acts] == [f"after {n}" for n in range(4)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("7", "no format number"),
        ('{"format": 1, "code": 3, "acts": []}', "no code"),
        ('{"format": 1, "code": "A"}', "no list of acts"),
        ('{"format": 1, "code": "A", "acts": [7]}', "act 1 has no id"),
        (acts("a").replace('"seed": "", ', ""), "act 1 has no seed"),
        ('{"format": 2}', "use a newer faultviz"),
    ],
)
def test_what_is_no_file_of_answers_is_refused_in_a_sentence(text, says):
    """And loading it changes nothing."""
    record("ask", "mine", {})
    before = as_text()
    with pytest.raises(fv.BadInput, match=says):
        load(text)
    assert as_text() == before


def test_a_file_of_a_newer_version_is_left_as_it_is(work):
    """What is answered meanwhile is in memory, and the widget says so."""
    work.mkdir()
    newer = '{"format": 99, "all": "different"}'
    (work / "answers.json").write_text(newer)
    record("ask", "mine", {})
    assert (work / "answers.json").read_text() == newer
    assert "format 99, and this faultviz knows 1" in repr(fv.work())
    assert [act.name for act in answers().acts] == ["mine"]


def test_where_nothing_can_be_written_answers_stay_in_memory(tmp_path, monkeypatch):
    """No lesson stops; one sentence says so; and when the folder is back they are written."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    monkeypatch.setenv("FAULTVIZ_WORK", str(blocked / "folder"))
    q = fv.ask("00-M4")
    assert q.answer(2).startswith("Right.")
    mine = fv.work()
    assert repr(mine) == (
        "Work: answers.json cannot be written (Not a directory): your answers are in memory only, "
        "so download them before you leave."
    )
    assert mine._said["text"] in repr(mine)
    code = mine.code
    assert [act.name for act in read(mine._text).acts] == ["00-M4"]
    blocked.unlink()
    record("ask", "later", {})
    there = kept(blocked / "folder")
    assert ([act.name for act in there.acts], there.code) == (["00-M4", "later"], code)
    assert repr(mine) == "Work: your answers are kept in answers.json"


def test_a_write_that_fails_leaves_the_old_file(work, monkeypatch):
    """All of it or nothing, and no half file beside it."""
    record("ask", "one", {})
    before = (work / "answers.json").read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", full)
        record("ask", "two", {})
    assert (work / "answers.json").read_bytes() == before
    assert "No space left on device" in book().said
    assert {file.name for file in work.iterdir()} == {"answers.json", ".answers.lock"}
    record("ask", "three", {})
    assert [act.name for act in kept(work).acts] == ["one", "two", "three"]
    assert book().said == ""


def test_record_never_raises(work):
    """Whatever was given: what JSON cannot say is kept as a text, a ring is said."""
    ring = []
    ring.append(ring)
    record("ask", "ring", ring)
    assert book().said.startswith("An answer could not be kept: ValueError")
    record("ask", "half \ud800", {"set": {1}})
    (act,) = kept(work).acts
    assert (act.name, act.given) == ("half \ud800", {"set": "{1}"})


def test_the_folder_is_where_python_started(tmp_path):
    """A cell that goes elsewhere does not take the answers along."""
    code = (
        "import os; from faultviz.course.grading.answer_file import record; "
        'os.chdir("/"); record("ask", "x", {})'
    )
    around = {**os.environ, "FAULTVIZ_WORK": ""}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=around, check=True)
    assert [act.name for act in kept(tmp_path).acts] == ["x"]


def test_lab_keeps_them_in_work(tmp_path, monkeypatch):
    """Whichever folder of the clone a notebook is opened in."""
    seen = {}
    monkeypatch.setattr(jupyter, "call", lambda _, around, *_1, **_2: seen.update(around) or 0)
    monkeypatch.delenv("FAULTVIZ_WORK")
    jupyter.run(Path(sys.executable), tmp_path, "127.0.0.1", 8888, (), browser=False)
    assert seen["FAULTVIZ_WORK"] == str(tmp_path / "work")
    monkeypatch.setenv("FAULTVIZ_WORK", "elsewhere")
    jupyter.run(Path(sys.executable), tmp_path, "127.0.0.1", 8888, (), browser=False)
    assert seen["FAULTVIZ_WORK"] == "elsewhere"


# --- another file ------------------------------------------------------------------------------


def test_another_file_is_taken_over_without_doubles(work):
    """Its acts come where their time puts them, its code becomes the learner's; twice is once."""
    record("ask", "mine", {})
    assert load(acts("early", "earlier")) == 2
    assert load(acts("early", "earlier", "third")) == 1
    there = kept(work)
    assert [act.name for act in there.acts] == ["early", "earlier", "third", "mine"]
    assert there.code == "AAAA-2222"
    assert load(as_text()) == 0


def test_merging_is_the_same_either_way_round():
    """And with itself changes nothing."""
    one, two = read(acts("a", "b")).acts, read(acts("c", day="2025-12-31")).acts
    assert merged(one, two) == merged(two, one)
    assert merged(one, one) == one
    assert [act.name for act in merged(one, two)] == ["c", "a", "b"]


def test_a_clock_that_goes_back_changes_no_order(work):
    """A file from a machine whose clock is ahead: what follows still comes after it."""
    load(acts("future", day="2999-01-01"))
    record("ask", "now", {})
    assert [act.name for act in kept(work).acts] == ["future", "now"]


# --- what is kept ------------------------------------------------------------------------------


def test_each_try_at_a_question_is_kept_up_to_the_right_one(work):
    """By the text of the answer: a later version may ask in another order."""
    q = fv.ask("00-M4")
    key = right(q.item)
    wrong = next(n for n in (1, 2) if n != key)
    for number in (wrong, key, wrong):
        q.answer(number)
    texts = [text for text, _ in q.item.answers]
    assert [act.given["answer"] for act in kept(work).acts] == [texts[wrong - 1], texts[key - 1]]
    assert {(act.kind, act.name) for act in kept(work).acts} == {("ask", "00-M4")}


def answer_all(player):
    """Each question wrong once, then right; the first gate's second question is skipped."""
    given = []
    while str(player.ask()) != "No question is left.":
        gate = next(g for g in player.trace_gates if g.n == player.step)
        number = player._gated["q"] if player._gated["n"] == gate.n else 0
        question = gate.questions[number]
        if (gate.n, number) == (1, 1):
            player.skip()
            given += [(1, 1, None), (1, 2, None)]
            continue
        for good in (False, True):
            option = next(o for o in question.options if o.right is good)
            player.answer(option.value)
            given.append((gate.n, number, option.value))
    return given


def test_each_answer_at_a_step_is_kept(work):
    """With all that it takes to ask again: scenario, step, number of the question."""
    p = fv.play("s390", "v3", "COMPLETED", "gmap,write", gate=True)
    given = answer_all(p)
    found = kept(work).acts
    assert [(a.given["step"], a.given["question"], a.given["value"]) for a in found] == given
    assert {(act.kind, act.name) for act in found} == {("gate", "s390")}
    scenario = {"revision": "v3", "outcomes": "COMPLETED", "context": "gmap,write", "without": ""}
    assert all(scenario.items() <= act.given.items() for act in found)
    assert {act.given["inside"] for act in found} == {False}


def test_answers_inside_say_so(work):
    """The questions of a trace with its inside are others."""
    p = fv.play("mips", gate=True)
    p.inside = True
    p.ask()
    p.skip()
    assert {act.given["inside"] for act in kept(work).acts} == {True}


def test_the_browser_may_tell_several_answers_at_once(work):
    """States between may be passed over on the way; the answers are all in the last one."""
    p, shadow = fv.play("mips", gate=True), fv.play("mips", gate=True)
    first, second, *_ = shadow.trace_gates
    state = gating.unasked()
    for value in ("2", "0", "1"):
        state = gating.answered(state, first, value)
    state = gating.answered(state, first, None)
    state = gating.answered(state, second, second.questions[0].options[0].value, inside=False)
    p.set_state({"_gated": state})
    p.set_state({"_gated": state})
    assert [(a.given["step"], a.given["question"], a.given["value"]) for a in kept(work).acts] == [
        tuple(one[:3]) for one in state["tried"]
    ]


def test_what_is_answered_in_the_browser_is_what_python_keeps(alone, work):
    """The real keys: a miss, a skip, the vote of a class; all told to a player like it."""
    p = fv.play("mips", gate=True)
    page = alone(p, 1280, 720)
    gate = p.trace_gates[0]
    values = [option.value for option in gate.questions[0].options]
    right_one = next(o.value for o in gate.questions[0].options if o.right)
    wrong_one = next(v for v in values if v != right_one)
    page.keyboard.press("abc"[values.index(wrong_one)])
    page.keyboard.press("abc"[values.index(right_one)])
    page.keyboard.press("f")
    page.keyboard.press("v")  # a class votes on the second question
    for _ in gate.questions[1].options:
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.keyboard.press("s")
    p.set_state({"_gated": page.evaluate("model.get('_gated')")})
    told = [(a.given["step"], a.given["question"], a.given["value"]) for a in kept(work).acts]
    assert told == [(1, 0, wrong_one), (1, 0, right_one), (1, 1, None), (1, 2, None)]


# --- the widget --------------------------------------------------------------------------------


def test_the_widget_holds_the_file_and_its_text_form_nothing_of_it(work):
    """So that a notebook alone, or run twice, says the same."""
    mine = fv.work()
    assert repr(mine) == "Work: your answers are kept in answers.json"
    assert mine._repr_mimebundle_()[0]["text/plain"] == repr(mine)
    fv.ask("00-M4").answer(2)
    assert (mine.count, mine._count) == (1, 1)
    assert mine._text == (work / "answers.json").read_text()
    assert mine._where == str(work / "answers.json")
    assert (mine._code, mine._said) == (mine.code, {})


def test_the_browser_asks_before_a_click(work):
    """What another notebook answered is in the link, too."""
    mine = fv.work()
    (work / "answers.json").write_text(acts("other", code=mine.code))
    mine.set_state({"_asked": 1})
    assert [act.name for act in read(mine._text).acts] == ["other"]


def test_load_from_the_page_and_from_a_file(work, tmp_path):
    """What is no answers is said, and nothing changes."""
    mine = fv.work()
    mine.set_state({"_loaded": {"seq": 1, "text": acts("a", "b")}})
    assert mine._said == {
        "seq": 1, "text": "2 answers taken over; your code is AAAA-2222.",
    }  # fmt: skip
    mine.set_state({"_loaded": {"seq": 2, "text": "{}"}})
    assert mine._said["text"] == "These are no answers: there is no format number."
    assert mine.count == 2
    (tmp_path / "old.json").write_text(acts("c"))
    assert mine.load(tmp_path / "old.json").startswith("1 answer taken over")
    with pytest.raises(fv.BadInput, match=r"none\.json cannot be read: No such file"):
        mine.load(tmp_path / "none.json")


def test_a_closed_widget_leaves_nothing_behind(work):
    """However often its cell runs."""
    before = set(_instances)
    mine = fv.work()
    assert len(set(_instances) - before) == 2
    mine.close()
    assert set(_instances) == before
    text = mine._text
    record("ask", "after", {})
    assert mine._text == text


def test_the_report_says_how_one_stands(work):
    """First tries by rule and by objective, and a misconception until it is answered right."""
    mine = fv.work()
    assert mine.report() == "Nothing is answered yet."
    q = fv.ask("02-M6")
    key = right(q.item)
    q.answer(next(n for n in (1, 2) if n != key))
    p = fv.play("mips", gate=True)
    p.ask()
    p.answer("1")
    said = mine.report()
    assert said.startswith("2 questions answered, 1 right at the first try.\n")
    assert "\n  calls    1 of 1  how many calls\n" in said
    assert "\n  lesson 02    0 of 1\n" in said
    assert "\n  M6  COMPLETED takes the place of OK" in said
    q.answer(key)
    assert "No misconception is left." in mine.report()
    assert "lesson 02    0 of 1" in mine.report(), "the first try stays what it was"


def test_the_record_of_work_is_one_plain_page(work):
    """A code, a date, no name; nothing in it can run, whatever the file says."""
    answer_all(fv.play("mips", gate=True))
    record("exercise", "<script>alert(1)</script>", {}, "<img src=x>")
    page = (made := fv.work().record_of_work()).page
    assert isinstance(made, Record)
    assert repr(made) == "Record of work: Download saves it as record-of-work.html"
    assert answers().code in page
    assert re.search(r"Made on \d{4}-\d\d-\d\d with faultviz", page)
    assert "<script" not in page
    assert "<img" not in page
    assert "tests of the result" in page


def test_the_record_of_a_whole_course_fits_one_sheet(browser_page, work):
    """As printed: every handler's questions answered, and a dozen exercises."""
    for name in ("00-M4", "01-M13", "02-M6", "00a-M1", "02-M12"):
        q = fv.ask(name)
        q.answer(1)
    for revision in ("before", "merged"):
        answer_all(fv.play("mips", revision, gate=True))
    for n in range(12):
        record("exercise", "find", {"ack": True, "level": 1}, str(n))
    browser_page.set_content(fv.work().record_of_work().page)
    pdf = browser_page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
