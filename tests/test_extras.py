"""What the core needs is there for everybody; all else is an extra, or one sentence."""

import ast
import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import hashed
import pytest
from packaging.utils import canonicalize_name

AWAY = """
import json, sys
from importlib.machinery import PathFinder
real, away = PathFinder.find_spec, {*json.loads(sys.argv[1])}
def find(cls, name, *rest):
    return None if name.partition(".")[0] in away else real(name, *rest)
PathFinder.find_spec = classmethod(find)
import faultviz as fv
from click.testing import CliRunner
from faultviz.base.errors import CannotHere
from faultviz.cli.main import main
def said(make):
    try:
        return make() and "no sentence"
    except CannotHere as reason:
        return str(reason)
def call(*words):
    done = CliRunner().invoke(main, words)
    return [done.exit_code, done.stdout, done.stderr]
"""
"""A process in which the modules of all extras are not installed."""

ENTRIES = {
    "lessons": ("simulate", "condition", "theorem", "truth_table"),
    "kernel": ("tree", "reads_c", "kernel_check"),
    "lab": ("export", "png", "markdown"),
    "site": ("lite", "reference"),
}
"""Where each extra is first missed; that of the tests is set up by `faultviz test` itself."""

CALLS = """
from pathlib import Path
def site():
    from faultviz.publish.site.packages import pyodide_version
    pyodide_version()
def reference():
    from faultviz.publish.site.reference import page
    page("faultviz.engine.run")
def markdown():
    from faultviz.publish.export.cells_html import markdown
    markdown("text")
def png():
    from faultviz.picture.sheet import png
    png("<svg/>")
def export():
    from faultviz.publish.export.running import ran
    ran({"cells": []}, Path())
def reads_c():
    import faultviz.kernel.c.expressions
def tree():
    from faultviz.kernel import KernelTree
    return KernelTree(Path(TREE))["um"]
made = {
    "simulate": said(lambda: fv.simulate(1, 0)),
    "condition": said(lambda: fv.condition("mips", "find_vma")),
    "theorem": said(lambda: fv.theorem("orders")),
    "truth_table": said(lambda: fv.truth_table("mips", "mark TRIED")),
    "lite": said(site), "reference": said(reference), "markdown": said(markdown), "png": said(png),
    "export": said(export), "reads_c": said(reads_c), "tree": said(tree),
    "kernel_check": call("kernel", "check", TREE)[2].removeprefix("faultviz: ").rstrip(),
    "simulate_command": call("simulate")[2].removeprefix("faultviz: ").rstrip(),
}
print(json.dumps(made))
"""


@pytest.fixture(scope="module")
def project(repo):
    return tomllib.loads((repo / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def away(repo, project):
    """What a machine with all extras can import beyond what the core brings."""

    def asked(name):
        told = hashed.read(repo / f"binder/requirements/{name}.txt")
        return {
            canonicalize_name(one.name) for one in told if not one.marker or one.marker.evaluate()
        }

    more = {name for extra in project["optional-dependencies"] for name in asked(extra)}
    more -= asked("core")
    found = packages_distributions().items()
    return sorted(name for name, dists in found if {*map(canonicalize_name, dists)} <= more)


@pytest.fixture(scope="module")
def without(away):
    def run(code):
        done = subprocess.run(
            [sys.executable, "-c", AWAY + code, json.dumps(away)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def plays(repo):
    """The calls of the player in lesson 00, as they stand there."""
    book = json.loads((repo / "notebooks/00-start.ipynb").read_text("utf-8"))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "fv.play":
                    yield ast.unparse(node)


def test_the_first_lessons_player_steps_without_any_extra(repo, without):
    """As does the search; and what is away is really away."""
    calls = [*plays(repo)]
    assert calls
    code = "".join(f"p = {one}\nsteps.append(len(p.trace.steps))\n" for one in calls)
    told = without(
        f"steps = []\n{code}rows = fv.check('mips')\n"
        "loaded = sorted(away & {name.partition('.')[0] for name in sys.modules})\n"
        "print(json.dumps([steps, len(rows), loaded]))"
    )
    steps, rows, loaded = told
    assert min(steps) > 5
    assert rows > 10
    assert loaded == []


@pytest.mark.parametrize(
    "words",
    [("list",), ("show", "mips"), ("trace", "mips"), ("check", "mips"), ("compare", "mips"),
     ("glossary",), ("--help",)],
)  # fmt: skip
def test_the_commands_core_words_need_no_extra(without, words):
    """The same as with all of them."""
    code, out, err = without(f"print(json.dumps(call(*{words!r})))")
    assert (code, err) == (0, "")
    assert len(out) > 20


def test_each_extra_is_named_where_it_is_first_missed(without, project, repo):
    """One sentence: what needs it, which module, which extra, and the line to type."""
    told = without(f"TREE = {str(repo / 'tests/data/0.1.0/tree')!r}{CALLS}")
    assert {*ENTRIES} == {*project["optional-dependencies"]} - {"test"}
    for extra, names in ENTRIES.items():
        for name in names:
            assert told[name].endswith(
                f", which the extra {extra} brings: pip install 'faultviz[{extra}]' installs it."
            ), name
            assert told[name].count(". ") == 0
    assert told["simulate_command"] == told["condition"]
