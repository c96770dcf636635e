"""What Binder installs is what uv.lock says, each file by its hash."""

import os
import tomllib

import hashed
import hubs
from packaging.requirements import Requirement

EXTRAS = ("lab", "lessons")
"""What Binder has beside the core."""


def test_its_file_names_those_of_the_extras(repo):
    """Hashes are asked for even of a file that has none, and nothing else is installed."""
    told = (repo / "binder/requirements.txt").read_text().splitlines()
    assert [line for line in told if line[:1] != "#"] == [
        "--require-hashes", *(f"-r requirements/{extra}.txt" for extra in EXTRAS),
    ]  # fmt: skip


def test_what_a_lesson_needs_is_among_them(repo):
    """By name, each with a hash; what only Windows and macOS need has a marker."""
    files = (repo / f"binder/requirements/{extra}.txt" for extra in EXTRAS)
    found = dict(line for file in files for line in hashed.lines(file))
    told = tomllib.loads((repo / "pyproject.toml").read_text())["project"]
    asked = [*told["dependencies"]]
    asked += [one for extra in EXTRAS for one in told["optional-dependencies"][extra]]
    linux = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}
    names = {one.name for one in found if not one.marker or one.marker.evaluate(linux)}
    assert {Requirement(one).name for one in asked} <= names
    assert {"wasmtime", "ipykernel", "hatchling"} <= names
    assert not {"pywinpty", "colorama", "appnope", "pytest", "playwright", "faultviz"} & names
    assert all(found.values())


def test_its_python_is_one_that_the_package_runs_on(repo):
    """Without runtime.txt Binder takes an older one."""
    assert (repo / "binder/runtime.txt").read_text() == f"python-{hubs.BINDER_PYTHON}\n"


def test_the_package_itself_is_installed_without_a_look_at_the_index(repo):
    """The folder binder/ hides pyproject.toml, so postBuild does it."""
    script = repo / "binder/postBuild"
    assert os.access(script, os.X_OK)
    assert "pip install --no-deps --no-build-isolation --no-index ." in script.read_text()
