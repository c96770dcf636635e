"""What a run says of the machine that it ran on: real runs of pytest, with less than is here."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import machine
import pytest

from faultviz.start import launch

pytestmark = pytest.mark.long  # a dozen runs of pytest

TESTS = """
import pytest

def test_plain():
    pass

def test_in_a_browser(chromium):
    pass

def test_that_boots(kernel_image):
    pass

@pytest.mark.real
@pytest.mark.parametrize("n", range(5))
def test_of_some_length(n):
    pass

@pytest.mark.long
def test_of_all_lengths():
    pass
"""


@pytest.fixture
def small(tmp_path):
    """A function that runs a few tests beside our conftest, and gives exit code and summary."""
    here = Path(__file__).parent
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_small.py").write_text(TESTS)
    for name in ("tests/conftest.py", "tests/helpers", "pyproject.toml"):
        (tmp_path / name).symlink_to(here.parent / name)
    (tmp_path / "bin").mkdir()

    def run(*words, path=tmp_path / "bin", **around):
        kept = {k: v for k, v in os.environ.items() if k != "CI" and "PYTEST" not in k}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words], cwd=tmp_path,
            env={**kept, "PATH": str(path), **around}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = [
            line for line in done.stdout.splitlines() if re.match(r"Ran:|Not run|Left to", line)
        ]
        return done.returncode, said, done.stdout

    return run


@pytest.mark.parametrize("shared", [(), ("-n", "2")], ids=["one", "two"])
def test_what_is_missing_is_said_and_is_no_failure(small, shared):
    """Whether one process runs the tests or several; one line a need."""
    code, said, whole = small(*shared)
    assert code == 0, whole
    assert said[0] == "Ran: 7 tests."
    assert [line.partition(", because")[0] for line in said[1:]] == [
        "Not run here: 1 tests that boot a kernel", "Not run here: 1 tests in a browser",
    ]  # fmt: skip
    assert "there is no qemu-system-x86_64." in said[1]


def test_in_ci_what_the_table_says_must_be_there(small):
    """And the line says so."""
    code, said, whole = small("-n", "2", CI="true")
    assert code == 1, whole
    assert all(line.endswith("The project's CI must have it.") for line in said[1:])


def test_what_this_machine_cannot_is_no_failure_in_ci(small, tmp_path):
    """A browser that is there and does not start: its own last words are the reason."""
    program = tmp_path / "bin" / "chromium"
    program.write_text("#!/bin/sh\necho no room >&2\nexit 1\n")
    program.chmod(0o755)
    code, said, whole = small("-k", "browser", CI="true")
    assert code == 0, whole
    assert said[1].endswith("chromium does not start (no room).")


@pytest.mark.parametrize(
    ("option", "ran", "left"), [("--fast", 1, ["2", "6"]), ("", 6, ["2"]), ("--all", 7, [])]
)
def test_a_length_is_its_markers(small, option, ran, left):
    """What a longer run has is counted."""
    code, said, whole = small("-m", launch.LENGTHS[option])
    assert code == 0, whole
    assert said[0] == f"Ran: {ran} tests."
    assert [re.search(r"\d+", line)[0] for line in said if line.startswith("Left to")] == left


def test_an_order_by_chance_can_be_had_again(small):
    """The same number gives the same order, and another one another."""

    def order(number):
        return re.findall(r"test_\w+\[?\d?", small("-v", FAULTVIZ_ORDER=number)[2])

    assert order("1") == order("1") != order("2")


def test_the_tables_markers_are_pytests(pytestconfig):
    """Each is registered, and so is each length."""
    known = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert {*machine.NEEDS, machine.LONG, machine.REAL} <= known
    assert set(machine.BEARS) == set(machine.NEEDS)


def test_the_cells_of_a_notebook_stay_in_one_process(small, tmp_path):
    """And in their order, whatever the order of all else: each needs the one before."""
    cells = ["a = 1", *(f"assert a == {n}; a += 1" for n in range(1, 6))]
    told = {"metadata": {}, "outputs": [], "execution_count": None, "cell_type": "code"}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    (tmp_path / "notebooks").mkdir()
    for name in "abc":
        made = [{**told, "id": f"{name}{n}", "source": cell} for n, cell in enumerate(cells)]
        (tmp_path / f"notebooks/{name}.ipynb").write_text(json.dumps({**book, "cells": made}))
    code, said, whole = small("-n", "2", "notebooks", "tests", "-k", "Cell", FAULTVIZ_ORDER="1")
    assert code == 0, whole
    assert said[0] == "Ran: 18 tests, of these 18 cells of notebooks."
