"""The environment in `.venv`: made of binder/requirements/, with the package as a wheel.

Here: when it is believed in and when it is made anew. Not here: the programs that fetch packages
(`fetching`). Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from faultviz.start.child import CannotStart, say
from faultviz.start.failure_reasons import NoRoom, refusal
from faultviz.start.fetching import REQUIREMENTS, compiled, fetch, logged

STAMP = "faultviz.json"
"""In .venv: what it holds. `{}` says that it is ours and unfinished."""

USED = "used-"
"""In .venv: how a file begins that a start holds locked while it runs; its number follows."""

RUNNING = (
    "A JupyterLab of this clone is running, and this version needs its .venv made anew: stop that "
    "one with Ctrl-C where it was started, then start again."
)

BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
SOURCES = ("faultviz", "pyproject.toml", "README.md", "LICENSE")


def ready(root: Path, extras: Iterable[str]) -> Path:
    """The Python of `.venv`, which has the locked packages of the extras and the newest wheel."""
    venv, needed = root / ".venv", {*extras}
    if not _done(root, venv, needed):
        try:
            with _alone(root / ".venv.lock"):
                _make(root, venv, needed)
        except (NoRoom, OSError) as problem:
            refused = refusal(problem, root) if isinstance(problem, OSError) else problem
            if isinstance(refused, NoRoom):
                # Of what it compiled just now Python may have kept half, and would start no more.
                for kept in (root / "faultviz").rglob("__pycache__"):
                    shutil.rmtree(kept, ignore_errors=True)
            raise refused from None
    return python_of(venv)


@contextmanager
def used(venv: Path) -> Iterator[None]:
    """While this goes on, no other start takes the environment away."""
    file = venv / f"{USED}{os.getpid()}"
    with ExitStack() as stack:
        with suppress(OSError):  # where nothing can be written, nothing is taken away either
            stack.callback(file.unlink, missing_ok=True)
            _locked(stack.enter_context(file.open("a+b")), wait=False)
        yield


def _in_use(venv: Path) -> bool:
    """Whether a start that goes on uses it; what a dead one left holds nothing."""
    for file in venv.glob(f"{USED}*"):
        with suppress(OSError), file.open("a+b") as kept:
            if not _locked(kept, wait=False):
                return True
    return False


def _done(root: Path, venv: Path, extras: set[str]) -> bool:
    """Whether nothing is to do: then nothing is written either, and a clone may be read-only."""
    stamp = read(venv)
    return (
        believed(venv, stamp, key(root))
        and extras <= {*stamp.get("extras", ())}
        and stamp.get("source") == digest(root, SOURCES)
        and (site_packages(venv) / "faultviz").is_dir()
    )


def _make(root: Path, venv: Path, extras: set[str]) -> None:
    wanted = key(root)
    stamp = read(venv)
    missing = extras - {*stamp.get("extras", ())}
    if not believed(venv, stamp, wanted) or (missing and stamp.get("half")):
        _clear(venv)
        stamp = {}
    try:
        if missing or not stamp:
            # What is there stays good while more is added, but half of what is added does not.
            write(venv, {**stamp, "half": True} if stamp else {})
            together = sorted({*extras, *stamp.get("extras", ())})
            _fill(root, venv, together)
            stamp = {**wanted, "extras": together, "installed": installed(venv)}
        source = digest(root, SOURCES)
        if stamp.get("source") != source or not (site_packages(venv) / "faultviz").is_dir():
            # Without "source" first: an installation that is cut short is done again.
            write(venv, {name: value for name, value in stamp.items() if name != "source"})
            _install_wheel(root, venv)
            write(venv, {**stamp, "source": source})
    except (NoRoom, OSError):
        if (venv / STAMP).exists() and not read(venv):
            _clear(venv)  # of no use, and it may be what fills the disk
        raise


def key(root: Path) -> dict[str, str]:
    """What an environment depends on besides the extras; where it differs, all is made anew."""
    return {
        "lock": digest(root, [REQUIREMENTS]),
        "python": f"{sys.version_info[0]}.{sys.version_info[1]} {sysconfig.get_platform()}",
        "place": str(root),  # scripts hold their place, so a copied .venv is none
    }


def digest(root: Path, names: Iterable[str]) -> str:
    """The contents of files and folders as one hash; what Python compiled is no content."""
    total = hashlib.sha256()
    for name in names:
        top = root / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and "__pycache__" not in path.parts:
                content = path.read_bytes()
                total.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
                total.update(content)
    return total.hexdigest()


def believed(venv: Path, stamp: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    """Whether all that was installed is still there, for this lock, Python and place."""
    if any(stamp.get(name) != value for name, value in wanted.items()):
        return False
    if not {*stamp.get("installed", ("nothing",))} <= {*installed(venv)}:
        return False  # another tool was here
    try:
        asked = subprocess.run(
            [python_of(venv), "-I", "-c", "import sys; print(*sys.version_info[:2], sep='.')"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return False  # the Python behind it is gone
    return asked.stdout.strip() == wanted["python"].split()[0]


def installed(venv: Path) -> list[str]:
    """The distributions in it, with their versions; faultviz itself is looked after on its own."""
    names = (path.name for path in site_packages(venv).glob("*.dist-info"))
    return sorted(name for name in names if not name.startswith("faultviz-"))


def python_of(venv: Path) -> Path:
    """Its interpreter."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages(venv: Path) -> Path:
    """Where its packages are."""
    scheme = "nt_venv" if os.name == "nt" else "posix_venv"
    return Path(sysconfig.get_path("purelib", scheme, {"base": str(venv)}))


def read(venv: Path) -> dict[str, Any]:
    """The stamp; nothing when there is none, or none that can be read."""
    try:
        found = json.loads((venv / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(venv: Path, stamp: Mapping[str, Any]) -> None:
    """Put the stamp there in one piece."""
    half = venv / f"{STAMP}.half"
    venv.mkdir(exist_ok=True)
    try:
        half.write_text(json.dumps(stamp, indent=1) + "\n", "utf-8")
        half.replace(venv / STAMP)
    except OSError:
        half.unlink(missing_ok=True)
        if not any(venv.iterdir()):
            venv.rmdir()  # or it would be taken for someone else's
        raise


def _clear(venv: Path) -> None:
    """Take away what is there, unless someone else made it: that is moved aside."""
    if not venv.exists() and not venv.is_symlink():
        return
    if _in_use(venv):
        raise CannotStart(RUNNING)
    if (venv / STAMP).exists():
        # In one step, so that what a break leaves of it is not taken for someone else's.
        gone = venv.with_name(".venv.gone")
        shutil.rmtree(gone, ignore_errors=True)
        venv.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        return
    number = 1
    while (kept := venv.with_name(f".venv.kept{number}")).exists():
        number += 1
    venv.rename(kept)
    say(f"The .venv that was here is not ours; it is {kept.name} now.")


def _fill(root: Path, venv: Path, extras: Iterable[str]) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    say(f"Setting up .venv for Python {version} from {REQUIREMENTS}/: once, about a minute.")
    base = getattr(sys, "_base_executable", "") or sys.executable
    with logged(venv / "setup.log") as log:
        if not python_of(venv).exists():
            log.run("The environment", [base, "-I", "-m", "venv", "--without-pip", str(venv)], root)
        fetch(root, base, python_of(venv), extras, log)


def _install_wheel(root: Path, venv: Path) -> None:
    say("Building and installing the package.")
    python = str(python_of(venv))
    with logged(venv / "wheel.log") as log:
        log.run("The wheel", [python, "-P", "-c", BUILD, str(log.aside)], root)
        (wheel,) = log.aside.glob("*.whl")
        pip = [python, "-P", "-m", "pip", "install", "--no-index", "--no-deps", "--no-input"]
        # As an address: pip reads a semicolon in a path as the end of it.
        told = ["--force-reinstall", "--no-compile", wheel.resolve().as_uri()]
        log.run("The installation", [*pip, *told], root)
        compiled(root, python_of(venv), "faultviz", log)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other start is at work in this clone; a start that died holds nothing."""
    with path.open("a+b") as file:
        os.set_inheritable(file.fileno(), True)
        if not _locked(file, wait=False):
            say("Another start is at work in this clone; waiting for it.")
            _locked(file, wait=True)
        yield


if sys.platform == "win32":

    def _locked(file: IO[bytes], *, wait: bool) -> bool:
        import msvcrt

        file.seek(0)
        try:
            # LK_LOCK gives up after ten seconds, and is asked again.
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return _locked(file, wait=True) if wait else False
        return True

else:

    def _locked(file: IO[bytes], *, wait: bool) -> bool:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        except OSError as problem:
            say(f"This file system has no locks ({problem}): start one thing at a time.")
        return True
