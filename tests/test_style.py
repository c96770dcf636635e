"""The repository's code: typed, linted, formatted."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "command",
    [["mypy", "--strict", "faultviz"], ["ruff", "check", "."], ["ruff", "format", "--check", "."]],
    ids=" ".join,
)
def test_the_tool_has_nothing_to_say(repo, command):
    """What it says is the failure's text."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=repo, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
