"""The set-up on a stranger's machine: no room, closed folders, a proxy, no network, odd paths.

Each start is the whole command in a small clone; what it refuses is one sentence, and the next
start goes on.
"""

import shutil
import subprocess
import sys

import pytest
import small_projects
from small_projects import RAN, around, asked_at, given_by, path_with, refused, start

from faultviz.start import environment

pytestmark = pytest.mark.long  # whole set-ups

TOOLS = ["uv", "pip"] if shutil.which("uv") else ["pip"]
KB, MB = 1 << 10, 1 << 20
ROOMS = (0, 4 * KB, 16 * KB, 200 * KB, 2 * MB, 13 * MB, 18 * MB, 22 * MB, 26 * MB, 50 * MB)
"""What a disk has left: from nothing to enough; between them something else does not fit."""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """What the small project needs."""
    return small_projects.wheels(tmp_path_factory.mktemp("given") / "wheels")


@pytest.fixture
def clone(tmp_path, wheels):
    """A clone in small."""
    return small_projects.project(tmp_path / "clone", wheels)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_projects.small_disk(folder) as disk:
        yield disk


@pytest.fixture(params=TOOLS)
def home(request, tmp_path, wheels):
    """The surroundings of an account that has this tool, and a folder as its index."""
    folder = tmp_path / "home"
    folder.mkdir()
    path = path_with(tmp_path, uv=request.param == "uv")
    return around(folder, PATH=path, TMPDIR=str(tmp_path), **given_by(wheels))


def left(folder):
    """What lies there, but for what a start may leave."""
    return {path.name for path in folder.iterdir()} - {".venv", ".venv.lock"}


def test_a_start_leaves_nothing_but_the_environment(clone, home, tmp_path):
    """No temporary file; and a second one has nothing to do."""
    before = left(clone), left(tmp_path)
    done = start(clone, home)
    assert RAN in done.stdout, done.stderr
    assert (left(clone), left(tmp_path)) == before
    assert not [*(clone / ".venv").glob("*.tmp")]
    done = start(clone, home)
    assert RAN in done.stdout
    assert "Setting up" not in done.stderr


def test_at_any_step_a_full_disk_is_one_sentence(small_disk, wheels, home):
    """With more room from start to start, until there is enough; each begins as the first."""
    clone = small_projects.project(small_disk.seen / "clone", wheels)
    before = left(clone)
    steps = set()
    for room in ROOMS:
        small_disk.leave(room)
        done = start(clone, home, small_disk.enter)
        steps.add(len(done.stderr.splitlines()))
        if not done.returncode:
            break
        said = refused(done)
        assert said.startswith(f"faultviz: The disk of {small_disk.folder / 'clone'}"), said
        assert "is full: make room there" in said
        assert left(clone) == before
        assert not (clone / ".venv").exists() or environment.read(clone / ".venv")
    assert RAN in done.stdout, done.stderr
    assert len(steps) > 2, "it did not fail at different steps"
    assert left(clone) == before
    # The wheel alone: the packages stay.
    (clone / "pyproject.toml").write_text((clone / "pyproject.toml").read_text() + "# changed\n")
    for room in (0, 4 * KB, 24 * KB):
        small_disk.leave(room)
        assert "is full" in refused(start(clone, home, small_disk.enter))
        assert environment.read(clone / ".venv")["extras"] == [
            "kernel",
            "lab",
            "lessons",
            "site",
            "test",
        ]
    small_disk.leave(2 * MB)
    done = start(clone, home, small_disk.enter)
    assert RAN in done.stdout, done.stderr
    assert "Setting up" not in done.stderr


PREPARED = (
    "import pathlib; from faultviz.start.environment import ready; "
    "ready(pathlib.Path(), ['kernel', 'test'])"
)
"""What `test` does before it copies the tests."""


def prepare(clone, surroundings, before=()):
    """The set-up alone; `start` would go on to use the folder of temporary files."""
    done = subprocess.run(
        [*before, sys.executable, "-S", "-c", PREPARED], cwd=clone, env=surroundings,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert environment.read(clone / ".venv")["extras"] == ["kernel", "test"]


def test_a_full_cache_and_a_full_temporary_folder_are_done_without(clone, small_disk, home):
    """What is set up has a disk with room."""
    full = small_disk.seen / "clone"
    full.mkdir()
    small_disk.leave(0)
    inside = str(small_disk.folder / "clone")
    names = ("XDG_CACHE_HOME", "UV_CACHE_DIR", "TMPDIR")
    before = left(clone)
    prepare(clone, {**home, **dict.fromkeys(names, inside)}, [*small_disk.enter[:-1], str(clone)])
    assert left(clone) == before


def test_a_path_may_have_spaces_and_umlauts(tmp_path, wheels, home):
    """And whatever a shell or a format would take for its own."""
    name = "ä clone, ü; it's %s {0} $HOME"
    clone = small_projects.project(tmp_path / name / "clone", wheels)
    for one in ("home", "temporary"):
        (tmp_path / name / one).mkdir()
    places = {"HOME": str(tmp_path / name / "home"), "TMPDIR": str(tmp_path / name / "temporary")}
    done = start(clone, {**home, **places, "LC_ALL": "C"})
    assert RAN in done.stdout, done.stderr


@pytest.fixture
def someone():
    """What a command begins with that must obey the rights of files, whoever we are."""
    return small_projects.without_rights()


def test_a_closed_clone_is_one_sentence_and_serves_once_it_is_set_up(clone, home, someone):
    """As where a teacher has set it up for a class."""
    (clone / "tests").mkdir()
    clone.chmod(0o555)
    said = refused(start(clone, home, someone))
    assert said.startswith(
        f"faultviz: {clone / '.venv.lock'} cannot be written (Permission denied)"
    )
    assert not (clone / ".venv").exists()
    clone.chmod(0o755)
    assert RAN in start(clone, home).stdout
    (clone / ".venv.lock").unlink()
    clone.chmod(0o555)
    assert RAN in start(clone, home, someone).stdout
    clone.chmod(0o755)


def test_other_closed_folders_are_done_without(clone, home, someone, tmp_path):
    """A home, a cache, a folder of temporary files: what the set-up makes is in the clone."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    names = ("HOME", "XDG_CACHE_HOME", "TMPDIR")
    prepare(clone, {**home, **dict.fromkeys(names, str(folder))}, someone)
    assert [*folder.iterdir()] == []


def test_a_log_that_cannot_be_written_is_no_hindrance(clone, home):
    """It is for people, and the sentence is said without it."""
    assert RAN in start(clone, home).stdout
    (clone / "faultviz/new.py").touch()
    log = clone / ".venv/wheel.log"
    log.unlink()
    log.symlink_to(clone / "nowhere/log")
    assert RAN in start(clone, home).stdout
    assert not (clone / "nowhere").exists()


def test_a_proxy_that_is_dead_is_named_without_its_word(clone, home):
    """One sentence; what is in .venv is not believed, and the next start goes on."""
    proxy = "http://anna:secret@127.0.0.1:9"
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    behind = {k: v for k, v in home.items() if not k.startswith(("PIP_", "UV_"))}
    behind |= {**dict.fromkeys(names, proxy), **asked_at("http://index.invalid")}
    said = refused(start(clone, behind))
    assert "by way of the proxy 127.0.0.1:9 (of https_proxy)" in said
    assert "secret" not in said
    assert environment.read(clone / ".venv") == {}
    assert RAN in start(clone, home).stdout


def test_behind_a_proxy_all_is_asked_of_it(clone, home, wheels):
    """The index is nowhere but behind it."""
    with small_projects.index(wheels) as proxy:
        behind = {k: v for k, v in home.items() if not k.endswith(("INDEX", "LINKS"))}
        behind |= {**asked_at("http://index.invalid"), "http_proxy": proxy.address}
        done = start(clone, behind)
    assert RAN in done.stdout, done.stderr
    assert any(path.startswith("http://index.invalid/") for path in proxy.asked)


def test_without_a_network_a_full_cache_is_enough(tmp_path, home, wheels):
    """Once fetched, a second clone needs nobody."""
    with small_projects.index(wheels) as given:
        online = {k: v for k, v in home.items() if not k.endswith(("INDEX", "LINKS"))}
        online |= asked_at(given.address)
        one = small_projects.project(tmp_path / "one", wheels, given.address)
        assert RAN in start(one, online).stdout
    two = small_projects.project(tmp_path / "two", wheels, given.address)
    done = start(two, online)
    assert RAN in done.stdout, done.stderr
    assert "from its cache, after all" in done.stderr
    shutil.rmtree(home["HOME"])
    third = small_projects.project(tmp_path / "three", wheels, given.address)
    assert "not all that is needed is in a cache" in refused(start(third, online))
