"""What a teacher is told is true: plans, cells, questions, solutions; and no learner meets it."""

import json
import re
from itertools import pairwise

import pytest
from click.testing import CliRunner

from faultviz.cli.main import main
from faultviz.course.questions.items import CHECKS, ITEMS, right
from faultviz.course.routes import FILES, ROUTES, cell_tags
from faultviz.course.routes.plan import length, markdown, markdown_cuts
from faultviz.lab.contention.simulation import gain, simulate
from faultviz.player.exercise import exercise
from faultviz.start import copies
from faultviz.start.copies import learner_copy

WANTED = {"lecture-90": (87, 93), "lecture-45": (43, 47), "self-study": (225, 300),
          "newcomer": (270, 330)}  # fmt: skip


@pytest.fixture(scope="module")
def books(repo):
    """Each lesson's cells."""
    return {
        lesson: json.loads((repo / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
        for lesson, name in FILES.items()
    }


@pytest.fixture(scope="module")
def told(repo):
    """What teachers read."""
    return (repo / "notebooks/instructor.md").read_text("utf-8")


def minutes_of(cells):
    """The minutes of a lesson's head."""
    return int(re.search(r"\*\*(\d+) minutes\*\*", "".join(cells[0]["source"]))[1])


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_takes_its_time(name):
    """The sum of its stops is what the lecture, or a lone reader, has."""
    least, most = ROUTES[name].minutes
    low, high = WANTED[name]
    assert low <= least <= most <= high


@pytest.mark.parametrize("name", ROUTES)
def test_cells_bear_the_route(name, books):
    """Tags and minutes stand in the notebooks, and add up to the plan's."""
    route = ROUTES[name]
    for lesson, cells in books.items():
        found = cell_tags.marks(lesson, [cell["id"] for cell in cells], [route])
        for cell in cells:
            tags = cell["metadata"].get("tags", ())
            assert (name in tags) is (name in found[cell["id"]])
        stored = sum(cell["metadata"].get("minutes", {}).get(name, 0) for cell in cells)
        assert stored == sum(stop.minutes for stop in route.of(lesson))


def test_whoever_reads_alone_has_the_minutes_of_the_heads(books):
    """Each lesson of self-study takes what its head says; the two tests come on top."""
    route = ROUTES["self-study"]
    for lesson in route.lessons:
        stops = route.of(lesson)
        tests = sum(s.minutes for s in stops if s.what.startswith("The test "))
        assert sum(stop.minutes for stop in stops) - tests == minutes_of(books[lesson])


@pytest.mark.parametrize("name", ["lecture-90", "lecture-45"])
def test_the_plans_are_the_routes(name, told):
    """Each row of the two lectures, and what to cut when late."""
    assert markdown(ROUTES[name]) in told
    assert markdown_cuts(ROUTES[name]) in told


def test_the_other_routes_are_told_with_their_time(told):
    """And the command prints all four."""
    for name in ("self-study", "newcomer"):
        row = next(line for line in told.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.endswith(f"| {length(ROUTES[name])} |")
    for name in ROUTES:
        done = CliRunner().invoke(main, ["route", name])
        assert done.exit_code == 0
        assert done.output.startswith(f"{name}, ")
    bad = CliRunner().invoke(main, ["route", "lecture-60"])
    assert (bad.exit_code, "There is no route 'lecture-60'" in bad.output) == (2, True)


def test_cells_and_questions_that_it_names_exist(told, books):
    """No id of a cell, no name of a question that a lesson does not have."""
    named = re.findall(r"`(\d\da?) ([ck]\w+)`", told)
    assert len(named) > 60
    for lesson, id_ in named:
        assert id_ in {cell["id"] for cell in books[lesson]}, (lesson, id_)
    questions = re.findall(r"`(\d\da?-\w+)`", told)
    assert len(questions) > 30
    assert set(questions) <= {*ITEMS, *CHECKS}


def test_expected_wrong_answers_are_wrong_answers(told):
    """As the questions have them, and not the right one."""
    rows = re.findall(r"^\| `(\d\da?-\w+)` \| (.+?) \| .+ \|$", told, re.MULTILINE)
    assert len(rows) > 30
    for name, wrong in rows:
        texts = [text for text, _ in ITEMS[name].answers]
        assert wrong in texts
        assert texts[right(ITEMS[name]) - 1] != wrong


def test_a_lesson_has_its_row_with_the_minutes_of_its_head(told, books):
    """Minutes, talk and exercises."""
    for lesson, cells in books.items():
        head = "".join(cells[0]["source"])
        numbers = re.search(
            r"\*\*(\d+) minutes\*\* \((\d+) teaching, (\d+) exercises\)", head
        ).groups()
        row = re.search(rf"^\| {lesson} [^|]+ \| (\d+) \| (\d+) \| (\d+) \|", told, re.MULTILINE)
        assert row.groups() == numbers, lesson


def test_every_prompt_in_words_has_its_solution(told, books):
    """Each cell that asks to predict or to say something, but not by a question with choices."""
    solved = set(
        re.findall(r"^\| `(\d\da?) (\w+)` \| .", told.split("## Solutions")[1], re.MULTILINE)
    )
    asked = {
        (lesson, cell["id"])
        for lesson, cells in books.items()
        for cell in cells
        if re.search(r"\*\*(Predict|Say)\b", "".join(cell["source"]))
    }
    assert len(asked) > 50
    assert asked <= solved


def test_the_loads_of_lesson_09(told):
    """Two writers do what one does not, whatever its rhythm that we tried."""
    (row,) = re.findall(r"^\| `09 c29` \| (.+) \|$", told, re.MULTILINE)
    for threads, writers, hold, think in ((2, 1, 10e3, 15e3), (2, 2, 10e3, 15e3), (1, 1, 5e3, 6e3)):
        load = {"hold": hold, "think": think, "replications": 3}
        rows = simulate(["before", "merged"], [threads], [writers], 300, **load)
        ratio = gain(rows)[threads, writers].value
        assert f"{ratio:.2f}" in row
        assert (ratio >= 1.4) is (writers == 2)


def test_the_worked_answers_are_printed(told, books, capsys):
    """The lines for the capstone run as they stand, and answer what lesson 11 asks."""
    (code,) = re.findall(r"```python\n(import faultviz as fv.+?)```", told, re.DOTALL)
    exec(compile(code, "instructor.md", "exec"), {})  # noqa: S102
    said = capsys.readouterr().out
    asked = [
        call
        for cell in books["11"]
        for call in re.findall(
            r'exercise\("(\w+)", f"{SEED} (\d)", level=(\d)\)', "".join(cell["source"])
        )
    ]
    assert len(asked) == 9
    for kind, number, level in asked:
        one = exercise(kind, f"capstone {number}", int(level))
        assert one.solution().strip() in said, (kind, number)


def test_the_first_minutes_add_up(told):
    """Twenty to prepare; the board as long as the lecture's first stops."""
    for title, wanted in (("## Prepare", 20), ("## The first 15", 15)):
        part = told.split(title)[1].split("\n## ")[0]
        assert sum(map(int, re.findall(r"^\| (\d+) \|", part, re.MULTILINE))) == wanted
    assert [stop.lesson for at, stop in ROUTES["lecture-90"].clock() if at < 15] == ["00a"] * 3
    assert next(at for at, stop in ROUTES["lecture-90"].clock() if stop.lesson != "00a") == 15


def test_a_table_ends_where_the_text_begins(told):
    """Without an empty line the text would be a row."""
    lines = told.splitlines()
    for row, after in pairwise(lines):
        assert not row.startswith("|") or after.startswith("|") or not after


@pytest.mark.parametrize("name", ["lecture-90", "lecture-45"])
def test_a_lecture_needs_no_other_cell(name, books):
    """The first code cell of a lesson, run beforehand, is all that its stops need."""
    names, begun = {}, set()
    for stop in ROUTES[name].stops:
        cells = books[stop.lesson]
        ids = [cell["id"] for cell in cells]
        shown = cells[ids.index(stop.first) : ids.index(stop.last) + 1]
        if stop.lesson not in begun:
            begun.add(stop.lesson)
            names[stop.lesson] = {}
            shown = [next(c for c in cells if c["cell_type"] == "code"), *shown]
        for cell in shown:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), cell["id"], "exec"), names[stop.lesson])  # noqa: S102


def test_solutions_are_what_the_lessons_print(told, books):
    """Each quoted output of a solution stands in the outputs of its lesson."""
    solutions = told.split("## Solutions")[1].split("```python")[0]
    checked = 0
    for lesson, id_, answer in re.findall(
        r"^\| `(\d\da?) (\w+)` \| (.+) \|$", solutions, re.MULTILINE
    ):
        if lesson == "08":  # needs a tree, so its outputs are not stored
            continue
        shown = json.dumps([c.get("outputs") for c in books[lesson]], ensure_ascii=False)
        shown = shown.replace('\\"', '"')
        for found in re.findall(r"`([^`]+)`", answer):
            quoted = found.replace("\\|", "|")
            if " " in quoted and re.search(r"[:=]|  ", quoted):
                assert quoted in shown, (lesson, id_, quoted)
                checked += 1
    assert checked > 20


def test_the_table_of_exam_items_is_that_of_the_command(told):
    """Kind, objective, misconceptions and lesson are the same for each seed."""
    for seed in ("2027", "another"):
        printed = CliRunner().invoke(main, ["items", "--format", "table", "--seed", seed]).output
        rows = [[part.strip() for part in line.split("|")[1:6]] for line in printed.splitlines()]
        rows = [row for row in rows if len(row) == 5 and re.match(r"\d+ ", row[0])]
        assert len(rows) == 20
        for row in rows:
            assert f"| {' | '.join(row)} |" in told


def test_each_minute_of_a_lecture_follows_the_last(told):
    """No gap and no overlap on its clock."""
    for name in ("lecture-90", "lecture-45"):
        clock = [(at, at + stop.minutes) for at, stop in ROUTES[name].clock()]
        assert clock[0][0] == 0
        assert all(before[1] == then[0] for before, then in pairwise(clock))
        assert clock[-1][1] == ROUTES[name].minutes[0]


def test_no_learner_meets_what_is_for_teachers(tmp_path, repo):
    """The copies are the lessons alone, without outputs, and with the answers folded."""
    (tmp_path / "notebooks").symlink_to(repo / "notebooks")
    copies.make(tmp_path)
    made = sorted(file.name for file in (tmp_path / "work").iterdir())
    assert [name for name in made if not name.startswith(".")] == sorted(
        f"{name}.ipynb" for name in FILES.values()
    )
    for name in FILES.values():
        book = json.loads((tmp_path / "work" / f"{name}.ipynb").read_text("utf-8"))
        for cell in book["cells"]:
            assert not cell.get("outputs")
            if "reveal" in cell["metadata"].get("tags", ()):
                assert cell["metadata"]["jupyter"]["source_hidden"] is True


def test_no_key_stands_in_a_lesson(books):
    """No answer of a question is given in a cell that is not folded, before the question."""
    for cells in books.values():
        text = " ".join(
            "".join(cell["source"])
            for cell in learner_copy({"cells": cells, "metadata": {}})["cells"]
            if cell["cell_type"] == "code" and "reveal" not in cell["metadata"].get("tags", ())
        )
        assert "right(" not in text
        assert "worked(" not in text
        assert ".key()" not in text


@pytest.mark.parametrize("name", [name for name in ITEMS if len(name) > 5 or "-M" in name])
def test_no_reason_stands_above_its_question(name, books):
    """Whoever reads on meets neither the right answer nor a reason before the question is asked."""
    if name in CHECKS["00a-check"]:
        return
    above = []
    for cell in books[name.partition("-")[0]]:
        source = " ".join("".join(cell["source"]).split())
        if f'fv.ask("{name}")' in source:
            break
        if "reveal" not in cell["metadata"].get("tags", ()):
            above.append(source)
    else:
        pytest.fail("nobody asks it")
    one = ITEMS[name]
    key = one.answers[right(one) - 1][0]
    for said in (*(reason for _, reason in one.answers), *([key] if len(key) > 30 else [])):
        assert said not in " ".join(above)


def test_every_command_that_is_named_can_be_typed(told):
    """Each subcommand and each option is there."""
    spans = re.findall(r"(?:`|^)(?:python3 -m )?faultviz ([^`#\n]+)", told, re.MULTILINE)
    assert len(spans) > 12
    for span in spans:
        name, *words = span.split()
        if name in ("lab", "test"):
            continue
        command = main.get_command(None, name)
        assert command, span
        known = {word for one in command.params for word in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= known, span
