"""Learners open copies without outputs, and their work is never lost."""

import json
import shutil
import subprocess
import sys

import pytest

from faultviz.start import copies
from faultviz.start.child import CannotStart
from faultviz.start.copies import make


def lesson(*sources, tags=()):
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {"tags": list(tags)}, "source": source,
         "outputs": [{"output_type": "stream", "name": "stdout", "text": "7"}],
         "execution_count": i}
        for i, source in enumerate(sources)
    ]  # fmt: skip
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"widgets": {}}, "cells": cells}


@pytest.fixture
def course(tmp_path):
    """A clone with one lesson."""
    (tmp_path / "notebooks").mkdir()
    write(tmp_path, lesson("3 + 4"))
    return tmp_path


def write(root, book, folder="notebooks"):
    (root / folder / "a.ipynb").write_text(json.dumps(book))


def copy_of(root):
    return json.loads((root / "work/a.ipynb").read_text())


def sources(book):
    return [cell["source"] for cell in book["cells"]]


def test_no_learner_copy_holds_an_output(repo, tmp_path):
    """Of all lessons, made as Binder makes them; the cells are the same ones."""
    shutil.copytree(repo / "notebooks", tmp_path / "notebooks")
    command = [sys.executable, "-m", "faultviz.start.copies", "."]
    subprocess.run(command, cwd=tmp_path, check=True)
    lessons = sorted(p.name for p in (repo / "notebooks").glob("*.ipynb"))
    assert sorted(p.name for p in (tmp_path / "work").glob("*.ipynb")) == lessons
    for name in lessons:
        stored = json.loads((repo / "notebooks" / name).read_text())
        copy = json.loads((tmp_path / "work" / name).read_text())
        assert sources(copy) == sources(stored)
        for cell in copy["cells"]:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
            hidden = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
            assert hidden is ("reveal" in cell["metadata"].get("tags", []))
        assert "widgets" not in copy["metadata"]


def test_binder_makes_them(repo):
    """After the package is installed."""
    last = (repo / "binder/postBuild").read_text().splitlines()[-1]
    assert last == "python -m faultviz.start.copies ."


def test_an_untouched_copy_follows_the_lesson(course):
    """Also where it was run, and holds outputs by now."""
    make(course)
    run = copy_of(course)
    run["cells"][0] |= {"outputs": [{"output_type": "stream", "text": "7"}], "execution_count": 1}
    write(course, run, "work")
    assert make(course) == []
    assert copy_of(course) == run, "the lesson is the same: the outputs stay"
    write(course, lesson("3 + 5"))
    assert make(course) == []
    assert sources(copy_of(course)) == ["3 + 5"]


def test_a_changed_copy_stays(course):
    """And a line says so when the lesson is newer."""
    make(course)
    write(course, lesson("mine"), "work")
    assert make(course) == []
    write(course, lesson("3 + 5"))
    for _ in range(2):
        (said,) = make(course)
        assert said.startswith("work/a.ipynb has your changes and stays")
        assert sources(copy_of(course)) == ["mine"]
    (course / "work/a.ipynb").rename(course / "work/mine.ipynb")
    assert make(course) == []
    assert sources(copy_of(course)) == ["3 + 5"]
    assert (course / "work/mine.ipynb").is_file()


def test_what_is_broken_is_not_overwritten(course):
    """A copy that is no JSON, a record that is none: nothing is lost, nothing half written."""
    make(course)
    (course / "work/a.ipynb").write_text("{half")
    make(course)
    assert (course / "work/a.ipynb").read_text() == "{half"
    (course / "work" / copies.RECORD).write_text("[")
    make(course)
    assert (course / "work/a.ipynb").read_text() == "{half"


def test_a_crash_leaves_the_old_copy(course, monkeypatch):
    """The new one takes its place at once or not at all."""
    make(course)
    old = (course / "work/a.ipynb").read_text()
    write(course, lesson("3 + 5"))
    monkeypatch.setattr(
        copies.Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with pytest.raises(CannotStart, match="cannot be copied"):
        make(course)
    assert (course / "work/a.ipynb").read_text() == old
    assert [p.name for p in (course / "work").iterdir() if "tmp" in p.name] == []


def test_bad_lessons_and_folders_are_one_sentence(course):
    """What, where, what to do."""
    (course / "notebooks/a.ipynb").write_text("{")
    with pytest.raises(CannotStart, match=r"a\.ipynb is no notebook: .*git checkout"):
        make(course)
    shutil.rmtree(course / "work")
    (course / "work").write_text("a file")
    with pytest.raises(CannotStart, match=r"The lessons cannot be copied to .*work"):
        make(course)
    assert (course / "work").is_file()
