"""The built package: complete, light, and what the tests run against."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import faultviz
from faultviz.start.environment import BUILD

SDIST = BUILD.replace("build_wheel", "build_sdist")


def built(repo, folder, code):
    """The one file that the build backend makes."""
    subprocess.run([sys.executable, "-P", "-c", code, str(folder)], cwd=repo, check=True)
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(repo, tmp_path_factory):
    with zipfile.ZipFile(built(repo, tmp_path_factory.mktemp("wheel"), BUILD)) as file:
        yield file


@pytest.fixture(scope="module")
def told(repo):
    return tomllib.loads((repo / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def locked(repo):
    return tomllib.loads((repo / "uv.lock").read_text())["package"]


def sources(repo):
    """What the package consists of in the repository."""
    files = (p for p in (repo / "faultviz").rglob("*") if p.is_file())
    return {p.relative_to(repo).as_posix() for p in files if "__pycache__" not in p.parts}


def test_the_tests_run_against_the_installed_wheel():
    """`python3 -m faultviz test` keeps the source out of reach; run in place it is the source."""
    home = Path(faultviz.__file__).parent.parent
    installed = home == Path(sysconfig.get_path("purelib"))
    assert installed == ("FAULTVIZ_REPO" in os.environ)


def test_every_file_of_the_package_is_in_the_wheel(repo, wheel):
    """Data too: what the player, the layouts and the recorded measurements are read from."""
    packed = {name for name in wheel.namelist() if name.startswith("faultviz/")}
    assert packed == sources(repo)
    assert {
        "faultviz/py.typed",
        "faultviz/lab/recorded/data/uml.csv",
        "faultviz/player/js/main.js",
    } <= packed


def test_the_wheel_says_what_it_is(wheel, told):
    """Name, licence, Python, needs and the command."""
    (folder,) = {top for n in wheel.namelist() if (top := n.split("/")[0]).endswith(".dist-info")}
    said = message_from_string(wheel.read(f"{folder}/METADATA").decode())
    assert (said["Name"], said["Version"]) == ("faultviz", faultviz.__version__)
    assert (said["License-Expression"], said["Requires-Python"]) == ("BSD-3-Clause", ">=3.11")
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
    needed = {Requirement(r) for r in said.get_all("Requires-Dist") if "extra ==" not in r}
    assert needed == {Requirement(r) for r in told["dependencies"]}
    assert b"faultviz = faultviz.__main__:script" in wheel.read(f"{folder}/entry_points.txt")
    assert b"Root-Is-Purelib: true" in wheel.read(f"{folder}/WHEEL")


def test_the_source_package_has_what_its_tests_need(repo, tmp_path):
    """Of the package all, and beside it the lock and the tests."""
    with tarfile.open(built(repo, tmp_path, SDIST)) as file:
        packed = {name.partition("/")[2] for name in file.getnames()}
    assert sources(repo) <= packed
    assert {"uv.lock", "pyproject.toml", "LICENSE", "tests/conftest.py"} <= packed


def test_the_package_itself_needs_pure_python_only(told, locked):
    """It must also run in a browser's Python."""
    wheels = {p["name"]: [w["url"] for w in p.get("wheels", ())] for p in locked}
    for needed in [*told["dependencies"], *told["optional-dependencies"]["lessons"]]:
        (wheel,) = wheels[Requirement(needed).name]
        assert wheel.endswith("-none-any.whl")


def test_the_lock_is_that_of_the_project(told, locked):
    """`uv lock` was run after the last change of pyproject.toml."""
    (own,) = (p for p in locked if p["name"] == "faultviz")
    asked = {
        (r["name"], r.get("specifier"), extra.partition("extra == ")[2].strip("'"))
        for r in own["metadata"]["requires-dist"]
        for extra in [r.get("marker", "")]
    }
    extras = {"": told["dependencies"], **told["optional-dependencies"]}
    expected = {
        (r.name, str(r.specifier) or None, extra)
        for extra, needs in extras.items()
        for r in map(Requirement, needs)
    }
    assert asked == expected


def test_one_version_of_each_package_serves_every_python(locked):
    """A class has one environment; each version is there as a wheel, or is pure."""
    names = [p["name"] for p in locked]
    assert sorted(set(names)) == sorted(names)
    assert [p["name"] for p in locked if not p.get("wheels") and "registry" in p["source"]] == []
