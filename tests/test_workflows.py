"""The workflows of a host that no test of ours can run: their form, and what they call of ours."""

import os
import re

import pytest
import yaml

from faultviz.cli.main import main

NAMES = ("site", "tests")


@pytest.fixture(params=NAMES)
def workflow(repo, request):
    """A workflow: its text and what it says."""
    text = (repo / ".github/workflows" / f"{request.param}.yml").read_text("utf-8")
    return text, yaml.safe_load(text)


def test_there_are_no_others(repo):
    """Or nobody would look at them."""
    assert {file.stem for file in (repo / ".github/workflows").iterdir()} == {*NAMES}


def test_it_says_that_it_was_not_run(workflow):
    """Before anything else of it."""
    text, _ = workflow
    assert "NOT RUN by this project" in text.split("name:")[0]


def test_an_action_is_named_by_its_commit(workflow):
    """All forty digits, with the version for those who read."""
    text, told = workflow
    used = [one for one in text.splitlines() if "uses:" in one]
    steps = [step for job in told["jobs"].values() for step in job["steps"]]
    assert len(used) == sum("uses" in step for step in steps)
    for line in used:
        assert re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\b", line), line


def test_a_job_may_do_what_it_says_and_no_more(workflow):
    """Nothing is permitted to all of them; who builds writes nothing, who writes builds nothing."""
    _, told = workflow
    assert told["permissions"] == {}
    for job in told["jobs"].values():
        may = {name for name, kind in job["permissions"].items() if kind == "write"}
        assert may <= {"pages", "id-token"}
        assert not (may and any("run" in step for step in job["steps"]))


def ours(told):
    """The steps that run a program."""
    return [step["run"] for job in told["jobs"].values() for step in job["steps"] if "run" in step]


def test_the_site_is_built_by_our_command(repo):
    """As it is written, and what it makes is what is given away."""
    told = yaml.safe_load((repo / ".github/workflows/site.yml").read_text("utf-8"))
    (command,) = ours(told)
    words = command.removeprefix("python3 -m faultviz ").split()
    assert words == ["site", "-o", "site"]
    assert main.get_command(None, words[0]).name == "site"
    steps = told["jobs"]["build"]["steps"]
    uploaded = next(step for step in steps if "upload-pages" in step.get("uses", ""))
    assert uploaded["with"]["path"] == words[-1]


def test_the_tests_are_run_by_our_script(repo):
    """The one that the project's own CI runs."""
    told = yaml.safe_load((repo / ".github/workflows/tests.yml").read_text("utf-8"))
    *_, command = ours(told)
    assert command == ".ci/run"
    assert os.access(repo / command, os.X_OK)
