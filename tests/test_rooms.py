"""The rooms of faultviz/: each imports only those below it, and nothing imports in a circle."""

import ast
import json
import re
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
FIRST_LESSON = """
import sys
import faultviz as fv
fv.play("mips", "before", view="first", gate=True)
print(*(name for name in sys.modules if name.startswith("faultviz.")))
"""
"""What the first cell of lesson 00 does."""
CORE_AT_MOST = 10_600
"""Lines of Python that it loads: to be read in an afternoon."""
ON_DEMAND = {"analysis", "cli", "kernel", "lab", "publish"}
"""Rooms of which the first lesson loads nothing."""
LONG = 350
"""Lines that a file may have without a reason."""
REASONS = {
    "ir/graph.py": "one vocabulary: an operation is read beside the node and graph it stands in",
    "ir/statements.py": "one vocabulary: what a model is written with is looked up in one place",
}


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


def test_a_class_has_a_name_of_its_own():
    """So that a name says which one is meant, wherever it stands."""
    names = Counter(
        node.name
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_a_long_file_has_its_reason():
    """And a reason has its file: what became short loses it."""
    long = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if len(file.read_text("utf-8").splitlines()) > LONG
    }
    assert long == {*REASONS}


def private(file, known):
    """The names beginning with one underscore that a file takes from other modules."""
    tree = ast.parse(file.read_text("utf-8"))
    modules = {}
    for node in ast.walk(tree):
        for name in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            full = f"{node.module}.{name.name}" if isinstance(node, ast.ImportFrom) else name.name
            if full in known:
                modules[name.asname or name.name] = full
            if isinstance(node, ast.ImportFrom) and node.module in known:
                yield name.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in modules:
            yield node.attr


def test_no_piece_takes_what_is_private_to_another():
    """Neither by importing it nor as an attribute of a module."""
    known = rooms.modules(PACKAGE)
    taken = {
        (name, one)
        for name, file in known.items()
        for one in private(file, known)
        if one.startswith("_") and not one.startswith("__")
    }
    assert taken == set()


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
    """What the first lesson loads; the rest waits until it is asked for."""
    loaded = subprocess.run(
        [sys.executable, "-c", FIRST_LESSON], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {rooms.room(name) for name in loaded} & ON_DEMAND == set()
    files = rooms.modules(PACKAGE)
    lines = sum(len(files[name].read_text("utf-8").splitlines()) for name in loaded)
    assert 5_000 < lines <= CORE_AT_MOST


def test_what_contributing_says_to_open_is_there(repo):
    """Each file and folder that its table names."""
    told = (repo / "CONTRIBUTING.md").read_text("utf-8").split("### To change something, open\n")[1]
    rows = told.split("\n\n")[0].partition("|---|")[2]
    named = re.findall(r"`([\w./-]+/[\w.-]*)`", rows)
    assert len(named) > 30
    assert [one for one in named if not (PACKAGE / one.replace("NAME", "mips")).exists()] == []


def test_contributing_shows_the_rooms_as_they_are(repo):
    """`.venv/bin/python tests/helpers/anew.py map` writes it anew."""
    assert rooms.drawn(repo) in (repo / "CONTRIBUTING.md").read_text("utf-8")


GONE = "gone: "
"""How an entry begins that names a reason, and no file."""


def found(old, moves):
    """Where a file went, by its own entry or by that of its folder; nothing where none has one."""
    folders = (one for one in moves if one.endswith("/") and old.startswith(one))
    entry = old if old in moves else max(folders, key=len, default=None)
    return entry and moves[entry] + old.removeprefix(entry)


def test_every_file_of_before_the_rooms_can_be_found(repo):
    """`moves.json`: where each of `before-the-rooms.txt` is now, or why there is none any more."""
    data = repo / "tests/data"
    moves = json.loads((data / "moves.json").read_text("utf-8"))
    before = (data / "before-the-rooms.txt").read_text("utf-8").splitlines()
    now = {old: found(old, moves) for old in before}
    assert [old for old, new in now.items() if new is None] == []
    gone = {old: new for old, new in now.items() if new.startswith(GONE)}
    assert [old for old, why in gone.items() if not why.removeprefix(GONE)] == []
    there = [new for old, new in now.items() if old not in gone]
    assert [new for new in there if not (PACKAGE.parent / new).exists()] == []
    own = {old for old in moves if not old.endswith("/")}
    assert own <= {*before}
