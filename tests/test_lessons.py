"""The lessons as a reader needs them: head, questions before answers, key points, folds."""

import json
import re

import pytest

ORDER = ["00a-what-a-fault-is", "00-start", "01-fault-path", "02-retry-and-completed"]
BELONG = {"00a": {"M1", "M2", "M9", "M10", "M11"}, "00": {"M3", "M4", "M7", "M9"},
          "01": {"M4", "M8", "M13"}, "02": {"M5", "M6", "M8", "M12", "M16"}}  # fmt: skip


@pytest.fixture(params=ORDER)
def lesson(request, repo):
    book = json.loads((repo / "notebooks" / f"{request.param}.ipynb").read_text("utf-8"))
    cells = [
        (c["cell_type"], "".join(c["source"]), set(c["metadata"].get("tags", ())))
        for c in book["cells"]
    ]
    return request.param, cells


def test_the_head_says_what_it_takes_and_gives(lesson):
    """Minutes that add up, what is needed, two or three questions, two to four objectives."""
    name, cells = lesson
    head = cells[0][1]
    assert head.startswith(f"# {name.partition('-')[0]} ")
    total, teaching, exercises = map(int, re.search(
        r"\*\*(\d+) minutes\*\* \((\d+) teaching, (\d+) exercises\)", head).groups())  # fmt: skip
    assert total == teaching + exercises
    needs = re.search(r"needs: ([^.;,]+)", head)[1]
    before = [one.partition("-")[0] for one in ORDER[: ORDER.index(name)]]
    assert needs in ([*before[-1:], "nothing"] if before else ["nothing"])
    questions, objectives = head.split("Questions")[1].split("After this notebook you can")
    assert 2 <= questions.count("\n- ") <= 3
    assert 2 <= objectives.count("\n- ") <= 4


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
    assert any("fv.play(" in source or "fv.ask(" in source for _, source, _ in cells[:4])


def test_misconceptions_are_provoked_and_then_refuted(lesson):
    """In this order, each by an item and by a cell that is folded and computes something."""
    name, cells = lesson
    provoked, refuted = {}, {}
    for at, (kind, source, tags) in enumerate(cells):
        for tag in tags:
            what, _, which = tag.partition("-")
            if what == "provokes":
                assert "fv.ask(" in source
                provoked[which] = at
            if what == "refutes":
                assert "reveal" in tags
                assert kind == "code"
                refuted[which] = at
    assert set(provoked) == set(refuted) == BELONG[name.partition("-")[0]]
    assert all(provoked[m] < refuted[m] for m in provoked)


def test_all_misconceptions_of_the_first_lessons_are_met():
    """M14 and M15 belong to the lessons after these."""
    assert set().union(*BELONG.values()) == {f"M{n}" for n in range(1, 17)} - {"M14", "M15"}


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
    assert len(reveals) >= 6
    for at in reveals:
        before = " ".join(source for _, source, _ in cells[max(0, at - 3) : at])
        assert re.search(r"Predict|fv\.ask|\?|fv\.play", before)


def test_nobody_calls_the_lock_free(lesson, repo):
    """Others may hold it; and no cell shows an address."""
    name, cells = lesson
    for _, source, _ in cells:
        assert not re.search(r"lock (is|was) free|free lock", source)
    text = (repo / "notebooks" / f"{name}.ipynb").read_text("utf-8")
    assert not re.search(r"object at 0x", text)
