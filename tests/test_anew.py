"""Every stored thing is what is made today, and what is not is named: `tests/helpers/anew.py`."""

import re
import shutil
import subprocess
import sys

import anew
import machine
import pytest

from faultviz.base.version import __version__
from faultviz.start.environment import BUILD

CHEAP = [
    pytest.param(name, marks=[pytest.mark.real] if name == "figures" else [])  # seconds
    for name, thing in anew.THINGS.items()
    if thing.cheap
]


@pytest.mark.parametrize("name", CHEAP)
def test_nothing_that_is_stored_is_stale(repo, name):
    """`tests/helpers/anew.py` would change nothing. (nbval compares the lessons' outputs.)"""
    assert [(file, why) for file, why, _ in anew.differences(repo, anew.THINGS[name])] == []


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone of three stored files, one of each fault, and one that nothing makes."""
    made = {"made/same": b"1\n", "made/other": b"2\n", "made/missing": b"3\n"}
    thing = anew.Thing(lambda repo: made, ("made/*",))
    monkeypatch.setattr(anew, "THINGS", {"thing": thing, "none": anew.Thing(lambda repo: {})})
    (tmp_path / "made").mkdir()
    for name, text in (("same", "1\n"), ("other", "old\n"), ("left", "over\n")):
        (tmp_path / "made" / name).write_text(text)
    return tmp_path


def test_what_is_stale_is_said_and_left(clone, capsys):
    """One line each, exit code 1; nothing is changed."""
    before = {file: file.read_bytes() for file in clone.rglob("*") if file.is_file()}
    assert anew.main(["--check", "--repo", str(clone)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "made/other: not what is made today",
        "made/missing: missing",
        "made/left: nothing makes it",
    ]
    assert {file: file.read_bytes() for file in clone.rglob("*") if file.is_file()} == before


def test_what_is_stale_is_made_anew(clone, capsys):
    """And then nothing is; one thing can be asked for alone."""
    assert anew.main(["none", "--check", "--repo", str(clone)]) == 0
    assert anew.main(["--repo", str(clone)]) == 0
    assert "wrote made/other" in capsys.readouterr().out
    assert {p.name: p.read_text() for p in (clone / "made").iterdir()} == {
        "same": "1\n", "other": "2\n", "missing": "3\n",
    }  # fmt: skip
    assert anew.main(["--check", "--repo", str(clone)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing is stale."


def test_a_thing_that_there_is_not_is_refused(clone, capsys):
    """With the names of those that there are."""
    with pytest.raises(SystemExit) as refused:
        anew.main(["layouts"])
    assert refused.value.code == 2
    assert "nothing here is called layouts: thing, none" in capsys.readouterr().err


def test_it_is_run_as_contributing_has_it(repo):
    """By its path, from anywhere, in a shell that knows nothing of a test."""
    done = subprocess.run(
        [sys.executable, str(repo / "tests/helpers/anew.py"), "map", "--check"],
        capture_output=True, text=True, check=False, env=machine.in_a_shell(),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "Nothing is stale.\n"), done.stderr


def test_one_place_says_the_version(repo, tmp_path):
    """Another one there, and whoever names it follows: the wheel, the links, the images."""
    told = repo / "CHANGELOG.md"
    assert (
        re.search(r"^## (\S+)", told.read_text("utf-8"), re.MULTILINE)[1].strip(",") == __version__
    )
    place = "faultviz/base/version.py"
    for name in ("README.md", "pyproject.toml", "binder", ".github", ".ci"):
        copy = shutil.copytree if (repo / name).is_dir() else shutil.copy
        copy(repo / name, tmp_path / name)
    (tmp_path / place).parent.mkdir(parents=True)
    text = (repo / place).read_text("utf-8").replace(__version__, "98.7.6rc5")
    (tmp_path / place).write_text(text)
    assert anew.main(["version", "--repo", str(tmp_path)]) == 0
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    ours = [file for file in files if file.parent.name != "requirements"]  # of other packages
    assert [file.name for file in ours if __version__ in file.read_text("utf-8")] == []
    (tmp_path / "LICENSE").touch()
    command = [sys.executable, "-P", "-c", BUILD, str(tmp_path / "dist")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "faultviz-98.7.6rc5-py3-none-any.whl\n", done.stderr


OUTPUTS = [
    {"output_type": "stream", "name": "stdout", "text": "a"},
    {"output_type": "stream", "name": "stderr", "text": "warned"},
    {
        "output_type": "execute_result",
        "data": {"text/plain": "x", "image/svg+xml": "<svg/>", "text/html": "<p>"},
    },
    {"output_type": "stream", "name": "stdout", "text": "b"},
]


def test_of_a_lesson_words_and_pictures_are_kept():
    """What is printed in one piece, no warning, no HTML."""
    found = anew.stored({"outputs": OUTPUTS})
    assert [one.get("text") or one["data"] for one in found] == [
        "ab", {"text/plain": "x", "image/svg+xml": "<svg/>"},
    ]  # fmt: skip
    assert OUTPUTS[0]["text"] == "a"
