"""The rooms of CONTRIBUTING: nothing imports upward, and the core needs nothing but Python."""

import ast
import sys
from importlib import resources

ROOMS = (
    "errors", "ending", "files", "seeds", "work", "glossary", "bits", "expr", "ir", "outcomes",
    "conditions", "flow", "build", "models", "rules", "moves", "scenario", "run", "drop", "check",
    "listing", "relisting", "edits", "invented", "follow", "story", "compare", "families",
    "gate_words", "gate_rules", "gate", "formula", "logic", "theorems", "shape", "layers", "placed",
    "layout", "draw", "small", "sheet", "gallery", "figures", "kernel", "lab", "toy", "thread",
    "items", "scoring", "tables", "sorting", "answered", "writing", "exercises", "traces",
    "reviews", "replies", "standing", "grading", "quiz", "routes", "handouts", "player", "export",
    "start_child", "start_lock", "start_why", "start_tools", "start_env", "start_copies",
    "start_lab", "start", "site", "grading_command", "cli_told", "cli",
)  # fmt: skip
CORE = ROOMS[: ROOMS.index("gate") + 1]
UPWARD = {("start", "cli")}
"""The start hands over to the command once it may; the command knows `lab` and `test`."""


def modules():
    """Each module's room with what it imports, also inside functions."""
    package = resources.files("faultviz")
    todo = [(package, "")]
    while todo:
        folder, room = todo.pop()
        for file in folder.iterdir():
            if file.is_dir():
                todo.append((file, room or file.name))
            elif file.name.endswith(".py") and (room or not file.name.startswith("__")):
                names = set(imported(ast.parse(file.read_text("utf-8"))))
                yield room or file.name.removesuffix(".py"), names


def imported(tree):
    """Full names, `faultviz.x` for what is taken from the package itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "faultviz":
            yield from (f"faultviz.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_nothing_imports_upward():
    """A room knows only those below it."""
    known = [
        (room, name.split(".")[1])
        for room, names in modules()
        for name in names
        if name.startswith("faultviz.") and not name.startswith("faultviz.__")
    ]
    up = {(room, other) for room, other in known if ROOMS.index(other) > ROOMS.index(room)}
    assert up == UPWARD


def test_the_core_is_plain_python():
    """No widget and no third-party package below the pictures."""
    known = {"faultviz", *sys.stdlib_module_names}
    outside = {
        (room, name)
        for room, names in modules()
        for name in names
        if room in CORE and name.split(".")[0] not in known
    }
    assert outside == set()
