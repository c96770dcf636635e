"""The programs that fetch the locked packages: uv, or else pip, wherever there is one.

Standard library only.
"""

from __future__ import annotations

import html
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from faultviz.start import why
from faultviz.start.child import CannotStart, environment, say
from faultviz.start.lockfile import constraints, requirements, wheels

NO_PIP = (
    "This Python ({base}) has neither uv nor pip nor ensurepip, so nothing can be fetched: install "
    "one of them (on Debian and Ubuntu: apt install python3-venv) and type the command again."
)
PIP = ("install", "--no-input", "--disable-pip-version-check", "--retries=2", "--progress-bar=off",
       "--no-compile")  # fmt: skip
AROUND = {
    "UV_PYTHON_DOWNLOADS": "never",
    # An account's own settings of pip may say otherwise, and are meant for other folders.
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_USER": "0",
}

COMPILE = (
    "import compileall, os, sys, sysconfig; "
    "where = os.path.join(sysconfig.get_path('purelib'), sys.argv[1]); "
    "sys.exit(not compileall.compile_dir(where, force=True, quiet=1, workers=0))"
)


class Failed(Exception):
    """A program that ended badly; what it said is in the log."""


@dataclass
class Log:
    """What programs said, instead of the terminal: here, and in a file if that has room."""

    path: Path
    aside: Path
    """Their temporary files: beside the log, so that no second disk can be full."""
    said: str = ""
    last: str = ""
    """What the last of them said."""

    def run(self, what: str, command: Sequence[str], folder: Path) -> None:
        """Run a program; raise Failed, with what was to be made, when it fails."""
        self.last = ""
        self._note(f"$ {' '.join(command)}\n")
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.aside))
        try:
            # A child keeps the lock of `environment`, too: should we be killed, it may still write.
            with subprocess.Popen(
                command, cwd=folder, env=environment(**AROUND, **temporary), close_fds=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                encoding="utf-8", errors="replace",
            ) as child:  # fmt: skip
                try:
                    for line in child.stdout or ():
                        self._note(line)
                except BaseException:
                    child.kill()
                    raise
        except OSError as problem:
            self._note(f"{problem}\n")
            raise Failed(what) from None
        if child.returncode:
            raise Failed(what)

    def works(self, command: Sequence[str], folder: Path) -> bool:
        """Whether a program runs and ends well."""
        try:
            self.run("", command, folder)
        except Failed:
            return False
        return True

    def _note(self, line: str) -> None:
        self.said += line
        self.last += line
        with suppress(OSError), self.path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(line)


@contextmanager
def logged(path: Path) -> Iterator[Log]:
    """A new log; a program's failure becomes a sentence that names it."""
    aside = path.with_suffix(".tmp")
    shutil.rmtree(aside, ignore_errors=True)
    path.unlink(missing_ok=True)
    try:
        aside.mkdir()
        log = Log(path, aside)
        yield log
    except Failed as problem:
        raise why.failure(str(problem), log.said, log.last, path) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def fetch(root: Path, base: str, python: Path, extras: Iterable[str], log: Log) -> None:
    """Install what uv.lock says into the environment of `python`."""
    pinned = python.parent.parent / "constraints.txt"
    pinned.write_text("\n".join(constraints(root / "uv.lock")) + "\n", "utf-8")
    asked = ["-c", str(pinned), *requirements(root / "pyproject.toml", extras)]
    before = {*_records(python)}
    tried = False
    for name, command in _ways(root, base, python, log):
        say(f"Fetching packages with {name}" + (", after all." if tried else "."))
        tried = True
        if log.works([*command, *asked], root):
            compiled(root, python, "", log)
            return
        # Or the next way would take for installed what this one left half.
        for record in {*_records(python)} - before:
            shutil.rmtree(record)
    if not tried:
        raise CannotStart(NO_PIP.format(base=base))
    raise Failed("The environment")


def _ways(root: Path, base: str, python: Path, log: Log) -> Iterator[tuple[str, list[str]]]:
    """Commands that install, best first; what is asked later is tried only if it must be.

    By what the one before said: a cache that is full or closed is done without, and where nobody
    answers the cache may have all.
    """
    uv = shutil.which("uv")
    if uv and log.works([uv, "--version"], root):
        command = [uv, "pip", "install", "--python", str(python)]
        yield "uv", command
        if why.ROOM.search(log.last) or why.CLOSED.search(log.last):
            yield "uv without its cache", [*command, "--no-cache"]
            if why.ROOM.search(log.last):
                return
        if why.NOBODY.search(log.last):
            yield "uv from its cache", [*command, "--offline"]
    own = [str(python), "-P", "-m", "pip"]
    ensurepip = [str(python), "-I", "-m", "ensurepip", "--default-pip"]
    name = "pip"
    if not (log.works([*own, "--version"], root) or log.works(ensurepip, root)):
        # A Python without ensurepip, as Debian's without python3-venv: its pip works on .venv.
        if why.ROOM.search(log.last):
            raise Failed("pip")
        name, own = f"the pip of {base}", [base, "-P", "-m", "pip", "--python", str(python)]
        if not log.works([*own, "--version"], root):
            return
    yield name, [*own, *PIP]
    if why.NOBODY.search(log.last):
        # pip always asks an index anew, but not for a file that it has and that cannot change.
        page = log.aside / "wheels.html"
        links = (f"<a href='{html.escape(url)}'></a>\n" for url in wheels(root / "uv.lock"))
        page.write_text("".join(links), "utf-8")
        yield f"{name} from its cache", [*own, *PIP, "--no-index", f"--find-links={page}"]


def _records(python: Path) -> Iterator[Path]:
    """Of what is installed, by whoever."""
    return python.parent.parent.glob("[Ll]ib/**/site-packages/*.dist-info")


def compiled(root: Path, python: Path, name: str, log: Log) -> None:
    """Compile a package, or all: on a full disk pip is content with half a file, that then runs."""
    done = log.works([str(python), "-I", "-c", COMPILE, name], root)
    if not done and why.ROOM.search(log.last):
        raise Failed("What Python compiles")
