"""The lessons as a reader needs them: head, questions before answers, key points, folds."""

import ast
import contextlib
import inspect
import io
import json
import os
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import faultviz as fv
from faultviz.course.questions.items import CHECKS, ITEMS
from faultviz.course.routes import FILES
from faultviz.player.form_widget import AsText
from faultviz.start.copies import learner_copy

NOTEBOOKS = Path(os.environ.get("FAULTVIZ_REPO") or Path(__file__).parent.parent) / "notebooks"
LESSONS = tuple(name for number, name in FILES.items() if number != "08")
"""In the order in which they build on each other; 08 needs a tree and has tests of its own."""
CORE = LESSONS[:5]
ORDER = [name for name in LESSONS if (NOTEBOOKS / f"{name}.ipynb").exists()]


ASKED = re.compile(r'fv\.ask\("([^"]+)"\)')


@pytest.fixture(params=ORDER)
def name(request):
    """A lesson's name, of all in their order."""
    return request.param


@pytest.fixture
def stored(name, repo):
    """Its cells as they are stored, with their outputs."""
    return json.loads((repo / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]


@pytest.fixture
def lesson(name, stored):
    """Its name, and for each cell the kind, the source and the tags."""
    cells = [
        (c["cell_type"], "".join(c["source"]), set(c["metadata"].get("tags", ()))) for c in stored
    ]
    return name, cells


def test_the_head_says_what_it_takes_and_gives(lesson):
    """Minutes that add up, what is needed, two or three questions, two to four objectives."""
    name, cells = lesson
    head = cells[0][1]
    assert head.startswith(f"# {name.partition('-')[0]} ")
    total, teaching, exercises = map(int, re.search(
        r"\*\*(\d+) minutes\*\* \((\d+) teaching, (\d+) exercises\)", head).groups())  # fmt: skip
    assert total == teaching + exercises
    needs = re.search(r"needs: ([^.;,]+)", head)[1]
    before = [one.partition("-")[0] for one in LESSONS[: LESSONS.index(name)]]
    named = re.findall(r"\b\d\da?\b", needs)
    assert set(named) <= set(before)
    assert named or needs == "nothing"
    questions, objectives = head.split("Questions")[1].split("After this notebook you can")
    assert 2 <= questions.count("\n- ") <= 3
    assert 2 <= objectives.count("\n- ") <= 4


def test_the_readme_lists_it(lesson, repo):
    """With the minutes of its head."""
    name, cells = lesson
    minutes = re.search(r"\*\*(\d+) minutes\*\*", cells[0][1])[1]
    readme = (repo / "README.md").read_text("utf-8")
    assert re.search(rf"^\| `{name}` \| .* \| {minutes} \|$", readme, re.MULTILINE)


def test_a_lesson_has_about_25_cells_and_ends_with_key_points(lesson):
    """One key point at least for each objective; the last cell is for the teacher."""
    _, cells = lesson
    assert 20 <= len(cells) <= 40
    (points,) = [source for _, source, tags in cells if "key-points" in tags]
    assert 3 <= points.count("\n- ") <= 5
    assert cells[-1][2] == {"instructor"}
    assert "minutes of talk" in cells[-1][1]
    assert max(len(source.splitlines()) for _, source, _ in cells[1:]) <= 20


def test_the_first_win_comes_early(lesson):
    """A picture or a question that answers within the first four cells."""
    _, cells = lesson
    assert any(re.search(r"fv\.(play|ask|lanes|work)\(", source) for _, source, _ in cells[:4])


def test_misconceptions_are_provoked_and_then_refuted(lesson):
    """In this order, each by an item and by a cell that is folded and computes something."""
    name, cells = lesson
    provoked, refuted = {}, {}
    for at, (kind, source, tags) in enumerate(cells):
        for tag in tags:
            what, _, which = tag.partition("-")
            if what == "provokes":
                assert ITEMS[ASKED.search(source)[1]].about == which
                provoked[which] = at
            if what == "refutes":
                assert "reveal" in tags
                assert kind == "code"
                refuted[which] = at
    assert set(provoked) == set(refuted)
    assert provoked or name not in CORE
    assert all(provoked[m] < refuted[m] for m in provoked)


def test_what_refutes_shows_something(stored):
    """A folded cell without an output would answer nothing."""
    for cell in stored:
        if "reveal" in cell["metadata"].get("tags", ()):
            assert cell["cell_type"] == "code"
            assert cell["outputs"]


def test_each_question_is_asked_in_its_lesson(lesson):
    """Alone or in a set; none lies on the shelf for nothing, none is asked elsewhere."""
    name, cells = lesson
    asked = [one for _, source, _ in cells for one in ASKED.findall(source)]
    asked = [part for one in asked for part in CHECKS.get(one, (one,))]
    number = name.partition("-")[0]
    assert sorted(asked) == sorted(one for one in ITEMS if one.partition("-")[0] == number)


def test_only_folded_cells_answer_for_the_learner(lesson):
    """Whoever reads on finds no answer that was typed in before."""
    _, cells = lesson
    for kind, source, tags in cells:
        if kind == "code" and re.search(r"\.(answer|ask|skip)\(", ASKED.sub("", source)):
            assert "reveal" in tags


@pytest.mark.real
def test_each_cell_may_run_twice(lesson):
    """And says the same the second time; counts of this machine are left out."""
    _, cells = lesson
    names = {}
    for kind, source, _ in cells:
        if kind == "code":
            once, again = said(source, names), said(source, names)
            assert once == again or "NBVAL_IGNORE_OUTPUT" in source


def said(source, names):
    """What a cell prints, and what it shows at its end."""
    *body, last = ast.parse(source).body
    shows = isinstance(last, ast.Expr)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(ast.Module(body if shows else [*body, last], []), "cell", "exec"), names)  # noqa: S102
        shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if shows else None  # noqa: S307
    return out.getvalue(), repr(shown)


def test_each_misconception_is_met():
    """M1 to M16, each in some lesson; which, the tags of its cells say."""
    tags = {
        tag
        for one in ORDER
        for cell in json.loads((NOTEBOOKS / f"{one}.ipynb").read_text("utf-8"))["cells"]
        for tag in cell["metadata"].get("tags", ())
    }
    met = {tag.removeprefix("provokes-") for tag in tags if tag.startswith("provokes-")}
    assert met == {f"M{n}" for n in range(1, 17)}


def test_players_ask_and_show_little_at_first(lesson):
    """Gate and first view, unless something is missing on purpose or two stand on one clock."""
    _, cells = lesson
    for _, source, _ in cells:
        for call in re.findall(r"fv\.play\((.*)\)$", source, re.MULTILINE):
            if "fv.compare" in call:
                continue
            assert "gate=True" in call or "without=" in call
            assert 'view="first"' in call or ("fv.ask" not in source and "p.ask()" in source)


def test_answers_are_folded_for_learners(lesson):
    """Whatever drives a trace or answers a question in code comes after a prompt to predict."""
    _, cells = lesson
    reveals = [at for at, (_, _, tags) in enumerate(cells) if "reveal" in tags]
    assert len(reveals) >= (6 if "capstone" not in lesson[0] else 2)
    for at in reveals:
        before = " ".join(source for _, source, _ in cells[max(0, at - 3) : at])
        assert re.search(r"Predict|fv\.ask|\?|fv\.play", before)


def test_nobody_calls_the_lock_free(lesson, repo):
    """Others may hold it; and no cell shows an address."""
    name, cells = lesson
    for _, source, _ in cells:
        assert not re.search(r"\bfree\b(?!\()", source)
    text = (repo / "notebooks" / f"{name}.ipynb").read_text("utf-8")
    assert not re.search(r"object at 0x", text)


def pictured():
    """What fv gives that is shown as more than text: its name, and the classes of what comes.

    What is answered (`AsText`) is text where no widget lives.
    """
    for name in fv.__all__:
        if inspect.isfunction(made := getattr(fv, name)):
            kind = get_type_hints(made)["return"]
            classes = [one for one in (kind, *get_args(kind)) if inspect.isclass(one)]
            drawn = [one for one in classes if {"_repr_svg_", "_repr_html_"} & {*dir(one)}]
            if any(not issubclass(one, AsText) for one in drawn):
                yield name, {one.__name__ for one in classes}


def test_whatever_has_a_picture_is_one(repo):
    """Where nothing is run, as on GitHub; all of them together stay small, and copies have none."""
    drawn, seen, known = 0, set(), dict(pictured())
    shown = re.compile(rf"(?:{'|'.join(set().union(*known.values()))})\(")
    for file in sorted((repo / "notebooks").glob("*.ipynb")):
        book = json.loads(file.read_text("utf-8"))
        for cell in (one for one in book["cells"] if one["cell_type"] == "code"):
            last = "".join(cell["source"]).rpartition("\n")[2]
            made = {name for name in known if last.startswith(f"fv.{name}(")}
            for data in (one["data"] for one in cell["outputs"] if "data" in one):
                said = "".join(data["text/plain"])
                if made or shown.match(said):
                    picture = "".join(data.get("image/svg+xml", ""))
                    assert picture.startswith("<svg"), (file.name, last)
                    drawn += len(picture)
                    seen |= made
        assert not any(cell.get("outputs") for cell in learner_copy(book)["cells"])
    assert seen >= {"play", "compare", "lanes", "gallery"}
    assert 0 < drawn < 2_000_000
