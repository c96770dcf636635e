"""The rooms of faultviz/: each imports only those below it, and nothing imports in a circle."""

import json
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import rooms

import faultviz

PACKAGE = Path(faultviz.__file__).parent
OUTSIDE = {"faultviz", "faultviz.__main__"}
"""The public names, and who chooses between the start and the command line: they stand above."""
PLAIN = ("start", "base", "ir", "edit", "models", "engine")
"""Rooms that need nothing but Python."""
CORE_AT_MOST = 16_500
"""Lines of what the first lesson needs: to be read in an afternoon."""


@pytest.fixture(scope="module")
def graph():
    return rooms.graph(PACKAGE)


def test_the_folder_holds_rooms(repo):
    """Every one is in the list; beside them stand only three files."""
    here = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}
    assert here == {*rooms.listed(repo), "__init__.py", "__main__.py", "py.typed"}


def test_nothing_imports_upward(repo, graph):
    """Not even within a function."""
    order = rooms.listed(repo)
    up = {
        (name, other)
        for name, others in graph.items()
        for other in others
        if name not in OUTSIDE
        and (other in OUTSIDE or order.index(rooms.room(other)) > order.index(rooms.room(name)))
    }
    assert up == set()


def test_the_start_names_no_other_room(graph):
    """It runs where nothing is installed."""
    others = {o for name, all_ in graph.items() if rooms.room(name) == "start" for o in all_}
    assert {rooms.room(other) for other in others} == {"start"}


def test_no_import_leads_back(graph):
    """Nor do files import in a circle: prepare() names it."""
    TopologicalSorter({n: others - {n} for n, others in graph.items()}).prepare()


def test_import_linter_agrees(repo):
    """The contract in pyproject.toml is the list that all of this reads."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=repo, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_drawn_it_stays_small(repo, graph):
    """At most 17 rooms, and no more than 11 floors of them."""
    floors = {}
    for name in rooms.listed(repo):
        below = {
            rooms.room(o) for n, others in graph.items() if rooms.room(n) == name for o in others
        }
        floors[name] = 1 + max((floors[one] for one in below - {name, ""}), default=0)
    assert len(floors) <= 17
    assert max(floors.values()) <= 11


def test_a_name_stands_once(graph):
    """A command is named as it is typed, and so may be called like what it runs."""
    names = Counter(n.rpartition(".")[2] for n in graph if rooms.room(n) != "cli")
    assert [name for name, count in names.items() if count > 1] == []


def test_every_folder_says_what_lives_there():
    """And what does not."""
    for file in PACKAGE.rglob("__init__.py"):
        said = file.read_text("utf-8").split('"""')[1]
        assert said.splitlines()[0].endswith((".", "`.")), file
        assert file.parent == PACKAGE or "Not here:" in said, file


def test_no_room_bears_a_public_name(repo):
    """Importing it would bind it in the package, in place of the function."""
    assert {*rooms.listed(repo)} & {*faultviz.__all__} == set()


def test_the_lower_rooms_are_plain_python():
    """No widget and no third-party package."""
    known = rooms.modules(PACKAGE)
    plain = {"faultviz", *sys.stdlib_module_names}
    outside = {
        (name, other)
        for name, file in known.items()
        if rooms.room(name) in PLAIN
        for other in rooms.imported(file, known)
        if other.split(".")[0] not in plain
    }
    assert outside == set()


def test_the_core_is_read_in_an_afternoon():
    """What the first lesson needs has no more lines than this."""
    assert sum(rooms.lines(PACKAGE / name) for name in rooms.CORE) <= CORE_AT_MOST


def test_contributing_shows_the_rooms_as_they_are(repo):
    """`.venv/bin/python tests/helpers/anew.py map` writes it anew."""
    assert rooms.drawn(repo) in (repo / "CONTRIBUTING.md").read_text("utf-8")


def test_every_file_of_before_the_rooms_can_be_found(repo):
    """`tests/data/moves.json`: where it was in 0.1.0's flat folder, and where it is."""
    moves = json.loads((repo / "tests/data/moves.json").read_text("utf-8"))
    assert [new for new in moves.values() if not (PACKAGE.parent / new).exists()] == []
    named = {Path(old).stem for old in moves if old.startswith("faultviz/start")}
    assert {"start", "start_lab", "start_env"} <= named
