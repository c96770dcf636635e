"""What Binder installs is what uv.lock says."""

import os
import tomllib

from faultviz.publish import pins


def test_the_requirements_are_the_lock(repo):
    """Made by the module, and made anew after each change of the lock."""
    made = pins.HEADER.splitlines() + pins.pins(repo / "uv.lock")
    assert (repo / "binder/requirements.txt").read_text().splitlines() == made


def test_what_a_lesson_needs_is_among_them(repo):
    """By name, and what only Windows and macOS need is not."""
    names = {pin.partition("==")[0] for pin in pins.pins(repo / "uv.lock")}
    told = tomllib.loads((repo / "pyproject.toml").read_text())["project"]
    asked = [*told["dependencies"]]
    asked += [one for extra in ("lab", "lessons") for one in told["optional-dependencies"][extra]]
    assert {a.partition(">=")[0].partition("[")[0] for a in asked} <= names
    assert {"wasmtime", "ipykernel", "hatchling"} <= names
    assert not {"pywinpty", "colorama", "appnope", "pytest", "playwright", "faultviz"} & names


def test_its_python_is_one_that_the_package_runs_on(repo):
    """Without runtime.txt Binder takes an older one."""
    assert (repo / "binder/runtime.txt").read_text() == f"python-{pins.BINDER_PYTHON}\n"
    assert pins.BINDER["python_version"] == pins.BINDER_PYTHON


def test_the_package_itself_is_installed_without_a_look_at_the_index(repo):
    """The folder binder/ hides pyproject.toml, so postBuild does it."""
    script = repo / "binder/postBuild"
    assert os.access(script, os.X_OK)
    assert "pip install --no-deps --no-build-isolation --no-index ." in script.read_text()
