"""What `python3 -m faultviz` does before anything is installed: finds the clone, and starts things.

Here: `lab`, `test`, and the way of every other word to the `faultviz` command, by the environment
in `.venv` where this Python lacks what it needs. Not here: how `.venv` is made (`environment`),
and how JupyterLab is told what to do (`jupyter`). All of this needs
the standard library only.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from faultviz.start import failure_reasons, jupyter
from faultviz.start.child import CannotStart, call, environment, say
from faultviz.start.ending import succeeded
from faultviz.start.environment import ready, used

USAGE = """\
python3 -m faultviz lab     opens JupyterLab on the first lesson (lab --help: its options)
python3 -m faultviz test    runs the tests (--fast: under 90 s, --all: every one; what else
                            follows is given to pytest)
python3 -m faultviz list    and every other word of the faultviz command: show, trace, compare,
                            check, measure; each has --help
"""

NEEDED = ("anywidget", "click", "graphviz", "ipywidgets", "rich")
"""What a Python must have to run the `faultviz` command itself."""

MORE: dict[str, tuple[tuple[str, ...], str]] = {
    "export": (("kernel", "lab", "lessons"), "nbclient"),
    "grade": (("lessons",), "sympy"),
    "kernel": (("kernel",), "tree_sitter"),
    "lite": (("site",), "jupyterlite_core"),
    "simulate": (("lessons",), "simpy"),
    "site": (("kernel", "lab", "lessons", "site"), "jupyterlite_core"),
}
"""Words that need extras, and by which module one sees that these are there."""

BESIDE = ("tests", "notebooks", "figures", "pyproject.toml")
"""What stands beside the tests where they run; the package is not among it."""

NO_CLONE = (
    "The notebooks and the tests are in the project's repository, not in the installed package: "
    "get a clone, and type python3 -m faultviz {word} in it."
)
LENGTHS = {"--fast": "not long and not real", "": "not long", "--all": ""}
"""Of a run of tests: the option, and the markers (tests/helpers/machine.py) that it takes."""

ORDER = "FAULTVIZ_ORDER"
WORKER = 700 << 20  # bytes of memory that a process of tests takes, with its browser


Command = Callable[[Sequence[str]], int]


def main(words: Sequence[str], command: Command | None = None) -> int:
    """Do what was typed. The answer is the exit code; what stands in the way is one sentence.

    Any word but `lab` and `test` is for `command`, where this Python has all that it needs.
    """
    try:
        return _start(words, command)
    except CannotStart as problem:
        say(str(problem))
    except OSError as problem:
        say(str(failure_reasons.refusal(problem, clone() or Path.cwd())))
    return 1


def clone() -> Path | None:
    """The folder with uv.lock and the notebooks: around this file, or else where one stands.

    >>> folder = clone()
    >>> folder is None or (folder / "uv.lock").is_file()
    True
    """
    for folder in (Path(__file__).resolve().parents[2], Path.cwd()):
        if (folder / "uv.lock").is_file() and (folder / "faultviz/start/launch.py").is_file():
            return folder
    return None


def _start(words: Sequence[str], command: Command | None) -> int:
    root = clone()
    if words and words[0] in ("lab", "test"):
        if root is None:
            raise CannotStart(NO_CLONE.format(word=words[0]))
        return (lab if words[0] == "lab" else test)(root, words[1:])
    extras, module = MORE.get(words[0] if words else "", ((), "click"))
    if command and all(map(find_spec, NEEDED)) and (root is None or find_spec(module)):
        return command(words)  # without a clone it says which extra is missing
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(USAGE)
        return 0
    if root is None:
        needed = ", ".join(NEEDED)
        raise CannotStart(f"{sys.executable} lacks some of {needed}: install the package anew.")
    python = ready(root, extras)
    told = [str(python), "-P", "-m", "faultviz", *words]
    if os.name == "posix":
        os.execve(python, told, succeeded(environment()))  # noqa: S606
    return call(told, environment(), Path.cwd())


def lab(root: Path, words: Sequence[str]) -> int:
    """Open JupyterLab on the first lesson; Ctrl-C stops it. Other options are JupyterLab's."""
    parser = argparse.ArgumentParser("python3 -m faultviz lab", description=lab.__doc__)
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument("--port", type=int, default=jupyter.PORT, help="default: %(default)s")
    parser.add_argument("--ip", default="127.0.0.1", help="where to listen; 0.0.0.0 is everywhere")
    parser.add_argument("--stage", action="store_true", help="large letters, for a projector")
    options, others = parser.parse_known_args(words)
    say("Starting JupyterLab.")
    python = ready(root, ("kernel", "lab", "lessons"))
    port = jupyter.free_port(options.ip, options.port)
    if port != options.port:
        say(f"Port {options.port} is taken; {port} is used.")
    shown = {"browser": not options.no_browser, "stage": options.stage}
    with used(root / ".venv"):
        return jupyter.run(python, root, options.ip, port, others, **shown)


def test(root: Path, words: Sequence[str]) -> int:
    """The tests, against the installed wheel and far from the source; pytest's exit code.

    Without `--fast` or `--all`, what a change can break, in some minutes. Tests that are named are
    run whatever their length, in one process.
    """
    asked, *more = [word for word in words if word in LENGTHS] or [""]
    if set(more) - {asked}:
        raise CannotStart("--fast and --all are two lengths of the tests: choose one of them.")
    others = [word for word in words if word not in LENGTHS]
    for file in (word.partition("::")[0] for word in others):
        if file.endswith((".py", ".ipynb")) and not (root / file).exists():
            raise CannotStart(f"There is no {file} in {root}: name a file of tests/ or notebooks/.")
    python = str(ready(root, ("kernel", "lab", "lessons", "site", "test")))
    if not any(word and (root / word.partition("::")[0]).exists() for word in others):
        others = [*_shared(asked), *others]
    with tempfile.TemporaryDirectory(prefix="faultviz-test-") as made:
        folder = Path(made)
        for name in BESIDE:
            _copy(root / name, folder / name)
        homes = {f"JUPYTER_{n}_DIR": str(folder / f".{n}") for n in ("CONFIG", "DATA", "RUNTIME")}
        around = environment(
            **homes,
            IPYTHONDIR=str(folder / ".ipython"),
            HYPOTHESIS_STORAGE_DIRECTORY=str(root / ".hypothesis"),
            FAULTVIZ_REPO=str(root),
            PYTHONSAFEPATH="1",
            **_order(asked),
        )
        where = "import faultviz; print(*faultviz.__path__)"
        package = subprocess.run(
            [python, "-c", where],
            cwd=folder,
            env=around,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        # As a setting, it gives way to files that are named.
        told = [
            "-o",
            f"testpaths=tests notebooks '{package}'",
            "-o",
            f"cache_dir={root}/.pytest_cache",
        ]
        return call([python, "-m", "pytest", *told, *others], around, folder)


def _shared(asked: str) -> list[str]:
    """What pytest is told of a length: its markers, and how many processes share the tests."""
    number = os.cpu_count() or 1
    with suppress(ValueError, OSError, AttributeError):
        number = min(number, os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // WORKER)
    together = ["-n", str(number), "--no-loadscope-reorder"]
    return [*(["-m", LENGTHS[asked]] if LENGTHS[asked] else []), *(together if number > 1 else [])]


def _order(asked: str) -> dict[str, str]:
    """All tests are run in an order by chance; it is named, so that it can be had again."""
    if asked != "--all":
        return {}
    number = os.environ.get(ORDER) or str(secrets.randbelow(10**6))
    say(f"Tests in the order {ORDER}={number}.")
    return {ORDER: number}


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        left = shutil.ignore_patterns("__pycache__", ".*", "node_modules")
        shutil.copytree(source, target, ignore=left)
    elif source.exists():
        shutil.copy2(source, target)
