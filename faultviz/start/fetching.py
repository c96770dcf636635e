"""The programs that fetch the locked packages: uv, or else pip, wherever there is one.

Which packages, with the hashes of their files, stands in binder/requirements/: made from uv.lock by
`tests/helpers/anew.py`. Standard library only.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from faultviz.start import failure_reasons
from faultviz.start.child import CannotStart, environment, say

NO_PIP = (
    "This Python ({base}) has neither uv nor pip nor ensurepip, so nothing can be fetched: install "
    "one of them (on Debian and Ubuntu: apt install python3-venv) and type the command again."
)
REQUIREMENTS = "binder/requirements"
"""The folder of a clone with a file for each extra, and `core.txt` for what is always needed."""

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
        raise failure_reasons.failure(str(problem), log.said, log.last, path) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def fetch(root: Path, base: str, python: Path, extras: Iterable[str], log: Log) -> None:
    """Install what uv.lock says into the environment of `python`: those files and no others."""
    asked = ["--require-hashes"]
    for name in ("core", *extras):
        asked += ["-r", str(root / REQUIREMENTS / f"{name}.txt")]
    before = {*_records(python)}
    tried = False
    for name, command in _ways(root, base, python, log):
        say(f"Fetching packages with {name}" + (", after all." if tried else "."))
        tried = True
        # In no clone: uv would read the pyproject.toml there, whose bounds have no hashes.
        if log.works([*command, *asked], Path(root.anchor)):
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
        if failure_reasons.ROOM.search(log.last) or failure_reasons.CLOSED.search(log.last):
            yield "uv without its cache", [*command, "--no-cache"]
            if failure_reasons.ROOM.search(log.last):
                return
        if failure_reasons.NOBODY.search(log.last):
            yield "uv from its cache", [*command, "--offline"]
    own = [str(python), "-P", "-m", "pip"]
    ensurepip = [str(python), "-I", "-m", "ensurepip", "--default-pip"]
    name = "pip"
    if not (log.works([*own, "--version"], root) or log.works(ensurepip, root)):
        # A Python without ensurepip, as Debian's without python3-venv: its pip works on .venv.
        if failure_reasons.ROOM.search(log.last):
            raise Failed("pip")
        name, own = f"the pip of {base}", [base, "-P", "-m", "pip", "--python", str(python)]
        if not log.works([*own, "--version"], root):
            return
    yield name, [*own, *PIP]
    if failure_reasons.NOBODY.search(log.last):
        # pip always asks an index anew, but not for a file that it has and that cannot change.
        page = log.aside / "wheels.html"
        links = (f"<a href='{html.escape(url)}'></a>\n" for url in _wheels(root / "uv.lock"))
        page.write_text("".join(links), "utf-8")
        yield f"{name} from its cache", [*own, *PIP, "--no-index", f"--find-links={page}"]


def _wheels(lock: Path) -> Iterator[str]:
    """Where the index keeps every locked wheel, with its hash."""
    for package in tomllib.loads(lock.read_text("utf-8"))["package"]:
        for wheel in package.get("wheels", ()):
            if "url" in wheel:
                yield f"{wheel['url']}#{wheel['hash'].replace(':', '=')}"


def _records(python: Path) -> Iterator[Path]:
    """Of what is installed, by whoever."""
    return python.parent.parent.glob("[Ll]ib/**/site-packages/*.dist-info")


def compiled(root: Path, python: Path, name: str, log: Log) -> None:
    """Compile a package, or all: on a full disk pip is content with half a file, that then runs."""
    done = log.works([str(python), "-I", "-c", COMPILE, name], root)
    if not done and failure_reasons.ROOM.search(log.last):
        raise Failed("What Python compiles")
