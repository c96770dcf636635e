"""The texts of the course in their TOML files: each is used, and each can be filled in."""

import ast
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import faultviz

COURSE = Path(faultviz.__file__).parent / "course"
FILES = sorted(file for file in COURSE.rglob("*.toml") if file.parent.name != "banks")


def leaves(told, *names):
    """Each text with the names that lead to it."""
    if isinstance(told, str):
        yield names, told
    elif isinstance(told, dict | list):
        for name, one in told.items() if isinstance(told, dict) else enumerate(told):
            yield from leaves(one, *names, name)


def said_by(folder):
    """Every text in the code of a folder, also those of which an f-string is made."""
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_text_can_be_filled_in(file):
    """Its places have names, and none is empty."""
    for names, text in leaves(tomllib.loads(file.read_text("utf-8"))):
        assert text.strip(), names
        if "items" not in file.parts:  # the lessons' own have nothing to fill in
            assert all(place is None or place for _, place, _, _ in Formatter().parse(text)), names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_text_is_left_over(file):
    """What no code names is dead; an item's answers and a list are taken whole."""
    told = tomllib.loads(file.read_text("utf-8"))
    known = set(said_by(file.parent))
    tables = {name: one for name, one in told.items() if isinstance(one, dict)}
    whole = {
        "faults",
        "deeds",
        "subjects",
        "criteria",
        "consequence",
        "comes",
        "objectives",
        "when",
    }
    unused = []
    for table, one in tables.items():
        if table in whole or "items" in file.parts:
            continue
        for name in one:
            # The code may make a name of two parts, as in f"without-{role}"; letters name tests.
            starts = {name[: n + 1] for n, letter in enumerate(name) if letter == "-"}
            if not {name, *starts} & known and name not in {"S", "C", "E", "R"}:
                unused.append(f"{table}.{name}")
    assert unused == []
