"""What `python3 -m faultviz` does before anything is installed: finds the clone, and starts things.

Here: `lab`, `test`, and the way of every other word to the `faultviz` command, by the environment in
`.venv` where this Python lacks what it needs. Not here: how `.venv` is made (`start_env`), what
uv.lock says (`start_lock`), and how JupyterLab is told what to do (`start_lab`). All of this needs
the standard library only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from faultviz import start_env, start_lab
from faultviz.start_env import CannotStart, say

USAGE = """\
python3 -m faultviz lab     opens JupyterLab on the first lesson (lab --help: its options)
python3 -m faultviz test    runs every test (what follows is given to pytest)
python3 -m faultviz list    and every other word of the faultviz command: show, trace, compare,
                            check, measure; each has --help
"""

NEEDED = ("anywidget", "click", "graphviz", "ipywidgets", "rich", "sympy")
"""What a Python must have to run the `faultviz` command itself."""

COPIED = ("tests", "notebooks", "figures", "binder", "conftest.py", "pyproject.toml")
"""What stands beside the tests where they run; the package is not among it."""

NO_CLONE = (
    "The notebooks and the tests are in the project's repository, not in the installed package: "
    "get a clone, and type python3 -m faultviz {word} in it."
)
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was typed; the answer is the exit code, and a failure is one sentence."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _start(words)
    except CannotStart as problem:
        say(str(problem))
        return 1
    except OSError as problem:
        say(f"This does not work here: {problem}.")
        return 1
    except KeyboardInterrupt:
        say("Stopped. What was half done is done anew at the next start.")
        return INTERRUPTED


def clone() -> Path | None:
    """The folder with uv.lock and the notebooks: around this file, or else where one stands.

    >>> folder = clone()
    >>> folder is None or (folder / "uv.lock").is_file()
    True
    """
    for folder in (Path(__file__).resolve().parent.parent, Path.cwd()):
        if (folder / "uv.lock").is_file() and (folder / "faultviz" / "start.py").is_file():
            return folder
    return None


def _start(words: list[str]) -> int:
    root = clone()
    if words and words[0] in ("lab", "test"):
        if root is None:
            raise CannotStart(NO_CLONE.format(word=words[0]))
        return (lab if words[0] == "lab" else test)(root, words[1:])
    if all(find_spec(name) for name in NEEDED):
        from faultviz.cli import main as command

        command(words, prog_name="faultviz")
    if not words or words[0] in ("-h", "--help"):
        print(USAGE, end="")  # noqa: T201 (the answer to a question, not a log)
        return 0
    if root is None:
        raise CannotStart(
            f"{sys.executable} lacks some of {', '.join(NEEDED)}: install them, or the package anew."
        )
    python = start_env.ready(root, ())
    # The words reach the command as they are, so a --json can be piped: nothing else is on stdout.
    return _call([str(python), "-P", "-m", "faultviz", *words], environment())


def environment(**more: str) -> dict[str, str]:
    """The surroundings of a child: nothing that could bring other modules than .venv's.

    >>> "PYTHONPATH" in environment()
    False
    """
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    # A kernel of the same name in a home folder must not win over the one in .venv.
    return {**kept, "JUPYTER_PREFER_ENV_PATH": "1", **more}


def lab(root: Path, words: Sequence[str]) -> int:
    """JupyterLab on the first lesson, until Ctrl-C."""
    parser = argparse.ArgumentParser("python3 -m faultviz lab", description=lab.__doc__)
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument("--port", type=int, default=start_lab.PORT, help="default: %(default)s")
    parser.add_argument("--ip", default="127.0.0.1", help="where to listen; 0.0.0.0 is everywhere")
    options, others = parser.parse_known_args(words)
    port = start_lab.free_port(options.ip, options.port)
    if port != options.port:
        say(f"Port {options.port} is taken; {port} is used.")
    python = start_env.ready(root, ("lab",))
    return start_lab.run(
        python, root, options.ip, port, environment(), others, browser=not options.no_browser
    )


def test(root: Path, words: Sequence[str]) -> int:
    """Every test, against the installed wheel; the exit code is pytest's."""
    python = start_env.ready(root, ("lab", "test"))
    with tempfile.TemporaryDirectory(prefix="faultviz-test-") as made:
        folder = Path(made)
        for name in COPIED:
            _copy(root / name, folder / name)
        own = {
            f"JUPYTER_{kind}_DIR": str(folder / f".{kind.lower()}")
            for kind in ("CONFIG", "DATA", "RUNTIME")
        }
        around = environment(
            **own,
            IPYTHONDIR=str(folder / ".ipython"),
            FAULTVIZ_REPO=str(root),
            HYPOTHESIS_STORAGE_DIRECTORY=str(root / ".hypothesis"),
            PYTHONSAFEPATH="1",
        )
        found = _answer(python, "import faultviz; print(faultviz.__path__[0])", folder, around)
        paths = f"testpaths=tests notebooks '{found}'"
        command = [str(python), "-m", "pytest", "-o", paths, "-o", f"cache_dir={root}/.pytest_cache"]
        return _call([*command, *words], around, folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    elif source.exists():
        shutil.copy2(source, target)


def _answer(python: Path, code: str, folder: Path, around: Mapping[str, str]) -> str:
    made = subprocess.run(
        [str(python), "-c", code], cwd=folder, env=around, capture_output=True, text=True, check=True
    )
    return made.stdout.strip()


def _call(command: list[str], around: Mapping[str, str], folder: Path | None = None) -> int:
    """Run it to its end. Ctrl-C reaches it directly, and it is the child that answers."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with subprocess.Popen(
            command, env=around, cwd=folder, **start_env.ctrl_c_works()
        ) as child:
            return child.wait()
    finally:
        signal.signal(signal.SIGINT, before)
