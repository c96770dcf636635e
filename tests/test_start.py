"""The start: what it believes in, what it refuses in one sentence, and that it runs bare."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import tomllib
import urllib.request
import venv
import zipfile
from pathlib import Path

import hashed
import pytest
from packaging.requirements import Requirement

import faultviz
from faultviz.__main__ import refusal
from faultviz.start import environment, failure_reasons, fetching, jupyter, launch
from faultviz.start.child import CannotStart

PACKAGE = Path(faultviz.__file__).parent
DISTRIBUTION = "jupyterlab-4.6.6.dist-info"


@pytest.fixture
def folder(tmp_path):
    """A clone in small: a lock, a project, a package."""
    (tmp_path / "faultviz").mkdir()
    (tmp_path / "faultviz/run.py").write_text("")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "faultviz"\n')
    (tmp_path / "uv.lock").write_text("package = []\n")
    (tmp_path / "binder/requirements").mkdir(parents=True)
    (tmp_path / "binder/requirements/core.txt").write_text("")
    return tmp_path


@pytest.fixture
def done(monkeypatch):
    """What `ready` does, with an installation that costs nothing; a name in it can be broken."""
    list_ = []
    broken = set()

    def fill(root, venv_, extras):
        list_.append(("fill", *extras))
        if not environment.python_of(venv_).exists():
            venv.create(venv_)
        if "fill" in broken:
            raise KeyboardInterrupt
        (environment.site_packages(venv_) / DISTRIBUTION).mkdir(exist_ok=True)

    def install(root, venv_):
        list_.append("wheel")
        (environment.site_packages(venv_) / "faultviz").mkdir(exist_ok=True)
        if "wheel" in broken:
            raise KeyboardInterrupt

    monkeypatch.setattr(environment, "_fill", fill)
    monkeypatch.setattr(environment, "_install_wheel", install)

    class Done:
        def all(self, folder, *extras, breaks=None):
            """What one start does."""
            list_.clear()
            broken.clear()
            broken.update([breaks] if breaks else [])
            with pytest.raises(KeyboardInterrupt) if breaks else contextlib.nullcontext():
                environment.ready(folder, extras)
            return list(list_)

    return Done()


def test_a_second_start_does_nothing(folder, done):
    """Nor does one that needs less than is there."""
    assert done.all(folder, "lab") == [("fill", "lab"), "wheel"]
    assert done.all(folder, "lab") == []
    assert done.all(folder) == []


def test_more_extras_are_added_to_what_is_there(folder, done):
    """The wheel stays."""
    done.all(folder, "lab")
    assert done.all(folder, "test") == [("fill", "lab", "test"), "wheel"]
    assert done.all(folder, "lab", "test") == []


def test_another_lock_makes_all_anew(folder, done):
    """Nothing of the old environment is kept."""
    done.all(folder, "lab")
    old = folder / ".venv/old"
    old.touch()
    (folder / "binder/requirements/core.txt").write_text("thing==1.6\n")
    assert done.all(folder, "lab") == [("fill", "lab"), "wheel"]
    assert not old.exists()


def test_another_python_or_another_place_makes_all_anew(folder, done, monkeypatch):
    """Scripts in an environment hold its place and its Python."""
    done.all(folder)
    monkeypatch.setattr(environment.sysconfig, "get_platform", lambda: "another")
    assert done.all(folder) == [("fill",), "wheel"]
    monkeypatch.undo()
    moved = folder / "moved"
    moved.mkdir()
    for name in (".venv", "faultviz", "binder", "pyproject.toml"):
        (folder / name).rename(moved / name)
    stamp = environment.read(moved / ".venv")
    assert not environment.believed(moved / ".venv", stamp, environment.key(moved))


@pytest.mark.parametrize("name", ["faultviz/run.py", "faultviz/player/new.css", "pyproject.toml"])
def test_a_changed_source_is_built_and_installed_anew(folder, done, name):
    """The packages are not fetched again."""
    done.all(folder, "lab")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("# changed")
    assert done.all(folder, "lab") == ["wheel"]
    assert done.all(folder, "lab") == []


def test_what_python_compiles_is_no_change(folder, done):
    """Or each start would build the wheel again."""
    done.all(folder)
    (folder / "faultviz/__pycache__").mkdir()
    (folder / "faultviz/__pycache__/run.cpython-311.pyc").write_bytes(b"x")
    assert done.all(folder) == []


def test_an_interrupted_set_up_is_not_believed(folder, done):
    """It is done again from nothing."""
    assert done.all(folder, "lab", breaks="fill") == [("fill", "lab")]
    trace = folder / ".venv/trace-of-the-first-try"
    trace.touch()
    assert done.all(folder, "lab") == [("fill", "lab"), "wheel"]
    assert not trace.exists()


def test_an_interrupted_installation_of_the_wheel_is_not_believed(folder, done):
    """Even when the source then goes back to what was installed before."""
    done.all(folder)
    source = folder / "faultviz/run.py"
    before = source.read_text()
    source.write_text("changed = 1")
    assert done.all(folder, breaks="wheel") == ["wheel"]
    source.write_text(before)
    assert done.all(folder) == ["wheel"]


def test_an_interrupted_addition_leaves_what_was_good(folder, done):
    """A class without network can go on; who wants the rest starts from nothing."""
    done.all(folder, "lab")
    assert done.all(folder, "test", breaks="fill") == [("fill", "lab", "test")]
    assert done.all(folder, "lab") == []
    assert done.all(folder, "test") == [("fill", "test"), "wheel"]


def test_what_another_tool_took_away_is_noticed(folder, done):
    """`uv sync`, say, removes what it was not asked for."""
    done.all(folder, "lab")
    (environment.site_packages(folder / ".venv") / DISTRIBUTION).rmdir()
    assert done.all(folder, "lab") == [("fill", "lab"), "wheel"]
    shutil.rmtree(environment.site_packages(folder / ".venv") / "faultviz")
    assert done.all(folder, "lab") == ["wheel"]


def test_a_python_that_is_gone_is_noticed(folder, done):
    """An environment is a link to a Python that may be removed."""
    done.all(folder)
    python = environment.python_of(folder / ".venv")
    python.unlink()
    python.symlink_to(folder / "nowhere")
    assert done.all(folder) == [("fill",), "wheel"]


def test_someone_elses_environment_is_kept(folder, done, capsys):
    """It is moved aside, and that is said."""
    (folder / ".venv").mkdir()
    (folder / ".venv/mine").touch()
    done.all(folder)
    assert (folder / ".venv.kept1/mine").exists()
    assert ".venv.kept1" in capsys.readouterr().err


def test_two_starts_wait_for_each_other(folder, done, monkeypatch, capsys):
    """The second finds all done."""
    fill, first_is_in, go_on = environment._fill, threading.Event(), threading.Event()

    def slow(*arguments):
        first_is_in.set()
        assert go_on.wait(10)
        fill(*arguments)

    monkeypatch.setattr(environment, "_fill", slow)
    monkeypatch.setattr(environment, "say", lambda line: go_on.set())
    first = threading.Thread(target=environment.ready, args=(folder, ()))
    first.start()
    assert first_is_in.wait(10)
    environment.ready(folder, ())  # says that it waits, and so lets the first go on
    first.join()
    assert done.all(folder) == []
    assert go_on.is_set()


def test_what_is_fetched_is_what_is_locked(repo):
    """Each package at its version, each file by its hash; faultviz itself is built here."""
    locked = tomllib.loads((repo / "uv.lock").read_text())["package"]
    known = {
        p["name"]: (p["version"], {f["hash"] for f in (p.get("sdist"), *p["wheels"]) if f})
        for p in locked
        if p["name"] != "faultviz"
    }
    found = {}
    files = [*(repo / fetching.REQUIREMENTS).iterdir(), repo / "tests/data/front-ends.txt"]
    for file in files:
        for one, of in hashed.lines(file):
            found[one.name] = (str(one.specifier).removeprefix("=="), {*of})
    assert found == known


def test_each_extra_has_what_it_asks_for(repo):
    """And what builds and installs the package, in a file that needs no other."""
    told = tomllib.loads((repo / "pyproject.toml").read_text())
    always = [*told["project"]["dependencies"], *told["build-system"]["requires"], "pip"]
    extras = {"core": [], **told["project"]["optional-dependencies"]}
    assert {file.stem for file in (repo / fetching.REQUIREMENTS).iterdir()} == {*extras}
    for extra, more in extras.items():
        found = {one.name for one in hashed.read(repo / f"{fetching.REQUIREMENTS}/{extra}.txt")}
        assert {Requirement(one).name for one in (*always, *more)} <= found, extra


def wheel(folder, name, version):
    """The smallest wheel there can be."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", f"version = {version!r}\n")
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def bare(folder, monkeypatch):
    """An environment without pip on a machine without uv, whose Python has no ensurepip."""
    made = folder / ".venv"
    venv.create(made)
    site = environment.site_packages(made)
    (site / "no_ensurepip.pth").write_text("import sys; sys.modules['ensurepip'] = None\n")
    monkeypatch.setenv("PATH", str(folder / "nothing"))
    return environment.python_of(made)


def pinned(file):
    """As a file of requirements has it."""
    name, version, *_ = file.name.split("-")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


def test_a_file_of_another_hash_is_refused(folder, bare, monkeypatch):
    """Whoever the index is: nothing of it is installed, and the log says which file it was."""
    wheel(folder, "thing", "1.5")
    pin = pinned(folder / "thing-1.5-py3-none-any.whl")
    (folder / "binder/requirements/core.txt").write_text(f"{pin[:-9]}00000000\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    with pytest.raises(CannotStart) as problem, fetching.logged(folder / "log") as log:
        fetching.fetch(folder, sys.executable, bare, [], log)
    assert "DO NOT MATCH THE HASHES" in (folder / "log").read_text()
    assert "Traceback" not in str(problem.value)
    assert environment.installed(folder / ".venv") == []


def test_without_ensurepip_the_pip_of_another_python_serves(folder, bare, monkeypatch, capsys):
    """As on a Debian without python3-venv; the locked version is taken, not the newest."""
    for name, version in (("thing", "1.5"), ("thing", "2.0"), ("pip", "99")):
        wheel(folder, name, version)
    pins = (pinned(folder / f"{one}-py3-none-any.whl") for one in ("thing-1.5", "pip-99"))
    (folder / "binder/requirements/core.txt").write_text("".join(pins))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_USER", "1")  # an account's setting that must not matter
    with fetching.logged(folder / "log") as log:
        fetching.fetch(folder, sys.executable, bare, [], log)
    assert environment.installed(folder / ".venv") == ["pip-99.dist-info", "thing-1.5.dist-info"]
    assert f"with the pip of {sys.executable}" in capsys.readouterr().err


def test_without_any_pip_it_is_said_what_to_install(folder, bare):
    """One sentence that names the Python and a cure."""
    with pytest.raises(CannotStart) as problem, fetching.logged(folder / "log") as log:
        fetching.fetch(folder, str(bare), bare, [], log)
    assert str(problem.value) == fetching.NO_PIP.format(base=bare)


def test_without_network_it_is_said(folder, bare, monkeypatch):
    """One sentence; the rest is in the log."""
    (folder / "binder/requirements/core.txt").write_text(f"thing==1.5 --hash=sha256:{64 * '0'}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # where nobody listens
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with pytest.raises(CannotStart) as problem, fetching.logged(folder / "log") as log:
        fetching.fetch(folder, sys.executable, bare, [], log)
    assert str(problem.value) == failure_reasons.NO_NETWORK.format(log=folder / "log", proxy="")


def test_a_copy_without_room_names_the_folder_and_tmpdir(tmp_path):
    """As `test` makes it of the tests: one sentence of all the files that did not fit."""
    clone, there = tmp_path / "clone", tmp_path / "temporary"
    there.mkdir()
    lost = [("a", f"{there}/gone/a", f"[Errno 28] No space left on device: '{there}/gone/a'")]
    for problem in (shutil.Error(lost), OSError(28, "No space left on device", lost[0][1])):
        refused = failure_reasons.refusal(problem, clone)
        assert isinstance(refused, failure_reasons.NoRoom)
        assert str(refused).startswith(f"The disk of {there} is full: make room there or ")
        assert "TMPDIR" in str(refused)


def test_no_folder_for_temporary_files_is_one_sentence(tmp_path):
    """Python tells which it tried; a learner, what to do."""
    problem = FileNotFoundError(2, "No usable temporary directory found in ['/tmp', '/var/tmp']")
    assert str(failure_reasons.refusal(problem, tmp_path)) == failure_reasons.NO_TEMPORARY


def test_another_failure_shows_the_last_lines(folder):
    """And where the others are."""
    code = "for n in range(99): print('line', n)\nraise SystemExit(1)"
    with pytest.raises(CannotStart) as problem, fetching.logged(folder / "log") as log:
        log.run("The wheel", [sys.executable, "-c", code], folder)
    said = str(problem.value).splitlines()
    assert said[0] == f"The wheel could not be made. The last lines of {folder / 'log'}:"
    assert said[-1] == "line 98"
    assert len(said) == 1 + failure_reasons.LAST


def test_a_taken_port_gives_way_to_the_next():
    """While the first is listened on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert jupyter.free_port("127.0.0.1", port) != port
    assert jupyter.free_port("127.0.0.1", port) == port


@pytest.mark.parametrize(
    ("ip", "port", "said"),
    [
        ("127.0.0.1", 65536, "65536"),
        ("127.0.0.1", 0, "0 is"),
        # Where no network is up at all, every address may be listened on.
        pytest.param("192.0.2.1", 8888, "192.0.2.1", marks=pytest.mark.real),
    ],
)
def test_an_address_that_cannot_be_is_refused(ip, port, said):
    """In a sentence that names it."""
    with pytest.raises(CannotStart, match=re.escape(said)):
        jupyter.free_port(ip, port)


@pytest.mark.parametrize("word", ["tests/nope.py", "tests/nope.py::test_it", "nope.ipynb"])
def test_a_test_that_is_not_there_is_named(word, repo, monkeypatch, capsys):
    """Before anything is set up, and not as none of all the tests."""
    monkeypatch.setattr(launch, "clone", lambda: repo)
    assert launch.main(["test", word]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"faultviz: There is no {word.partition('::')[0]} in ")
    assert said.count("\n") == 1


def test_an_old_python_is_refused():
    """In a sentence that names both versions."""
    said = refusal((3, 10, 13), "/usr/bin/python3")
    assert "3.11" in said
    assert "3.10" in said
    assert not refusal(sys.version_info[:3], sys.executable)


def test_without_a_clone_there_is_nothing_to_open(monkeypatch, capsys):
    """The installed package has no notebooks; one sentence says where they are."""
    monkeypatch.setattr(launch, "clone", lambda: None)
    assert launch.main(["lab"]) == 1
    assert capsys.readouterr().err.startswith("faultviz: The notebooks and the tests are in")


def run_bare(folder, *words):
    """`python3 -m faultviz` in a folder, by a Python that has nothing but its standard library."""
    shutil.copytree(PACKAGE, folder / "faultviz", dirs_exist_ok=True)
    around = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-S", "-m", "faultviz", *words],
        cwd=folder, env=around, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_needs_the_standard_library_only(folder, words):
    """And sets nothing up."""
    done = run_bare(folder, *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, launch.USAGE, "")
    assert not (folder / ".venv").exists()


def test_a_command_without_its_needs_and_without_a_clone_is_refused(tmp_path):
    """One sentence, no traceback."""
    done = run_bare(tmp_path, "list")
    assert done.returncode == 1
    assert "lacks some of anywidget, click" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_command_runs_where_its_needs_are(tmp_path):
    """No environment is made for it."""
    around = {**os.environ, "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "faultviz", "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=around, capture_output=True, check=True)
    assert faultviz.__version__ in done.stdout.decode()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real
def test_lab_says_where_it_is_and_ends_at_ctrl_c(tmp_path):
    """The address that it names answers; after Ctrl-C the exit code is that of a good end."""
    code = (
        "import sys; from pathlib import Path; from faultviz.start import jupyter as lab; "
        "port = lab.free_port('127.0.0.1', 19888); "
        "sys.exit(lab.run(Path(sys.executable), Path(), '127.0.0.1', port, [], browser=False))"
    )
    lesson = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/00-start.ipynb").write_text(lesson)
    homes = {f"JUPYTER_{n}_DIR": str(tmp_path / n) for n in ("CONFIG", "DATA", "RUNTIME")}
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env={**os.environ, **homes},
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as child:  # fmt: skip
        said = ""
        while "Ctrl-C" not in said:
            line = child.stderr.readline()
            assert line, said
            said += line
        address = re.search(r"http://\S+", said)[0]
        assert "/lab/tree/work/00-start.ipynb?" in address, "a learner's copy is what opens"
        assert (tmp_path / "work/00-start.ipynb").is_file()
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 (of this machine)
            assert page.status == 200
            assert b'"news": {"disabled": true}' in page.read()
        os.killpg(child.pid, signal.SIGINT)
        said = child.stderr.read()
        assert child.wait() == 0, said
    assert "JupyterLab has stopped." in said


def test_a_stage_has_large_letters_and_one_page(tmp_path, monkeypatch):
    """In settings of its own that end with it: the account's are as they were."""
    seen = []

    def call(command, around, *_, **__):
        place = Path(around["JUPYTERLAB_SETTINGS_DIR"])
        seen.extend(json.loads(f.read_text()) for f in place.rglob("*.jupyterlab-settings"))
        seen.append(place)
        return next(word for word in command if "default_url" in word).endswith("=/doc")

    monkeypatch.delenv("JUPYTERLAB_SETTINGS_DIR", raising=False)
    monkeypatch.setattr(jupyter, "call", call)
    where = (Path(sys.executable), tmp_path, "127.0.0.1", 8888, ())
    assert jupyter.run(*where, browser=False, stage=True)
    letters, place = seen
    assert {int(size.removesuffix("px")) >= 20 for size in letters["overrides"].values()} == {True}
    assert not place.exists()
    assert "JUPYTERLAB_SETTINGS_DIR" not in os.environ


def test_lab_opens_a_page_without_asking_the_outside(jupyterlab, browser_page):
    """`browser_page` refuses every request to elsewhere, and no question about news is asked."""
    # A workspace of its own: another test's may be open, and then no launcher is.
    browser_page.goto(jupyterlab.link().replace("/lab?", "/lab/workspaces/asks-nobody?"))
    browser_page.wait_for_selector(".jp-Launcher", timeout=30_000)
    assert browser_page.get_by_text("official Jupyter news").count() == 0


HOLDS = """
import sys
from pathlib import Path
from faultviz.start.environment import used
with used(Path(sys.argv[1])):
    print("used", flush=True)
    sys.stdin.read()
"""


def test_a_running_start_keeps_its_environment(folder, done):
    """After an update the next is refused, in one sentence; once the first ended, it goes on."""
    environment.ready(folder, ["lab"])
    (folder / "binder/requirements/core.txt").write_text("# other\n")
    python = environment.python_of(folder / ".venv")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder / ".venv")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as first:  # fmt: skip
        assert first.stdout.readline() == "used\n"
        with pytest.raises(CannotStart, match=r"A JupyterLab of this clone is running.*Ctrl-C"):
            environment.ready(folder, ["lab"])
        assert python.exists()
        first.kill()
    assert environment.ready(folder, ["lab"]) == python
    assert not [*(folder / ".venv").glob("used-*")]


def test_lab_speaks_before_it_looks(folder, monkeypatch, capsys):
    """What it then does may take a while."""

    def ready(root, extras):
        assert capsys.readouterr().err == "faultviz: Starting JupyterLab.\n"
        raise CannotStart("enough")

    monkeypatch.setattr(launch, "ready", ready)
    with pytest.raises(CannotStart, match="enough"):
        launch.lab(folder, ["--no-browser"])
