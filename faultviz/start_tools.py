"""The programs that fetch the locked packages: uv, or else pip, wherever there is one.

Standard library only.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from faultviz.start_child import CannotStart, environment, say
from faultviz.start_lock import constraints, requirements

NO_PIP = (
    "This Python ({base}) has neither uv nor pip nor ensurepip, so nothing can be fetched: install "
    "one of them (on Debian and Ubuntu: apt install python3-venv) and type the command again."
)
NO_NETWORK = (
    "The package index cannot be reached, so the packages of uv.lock cannot be fetched: look at "
    "the network (or the proxy) and type the command again. All that was said is in {log}."
)
SIGNS = re.compile(
    r"name resolution|Name or service not known|nodename nor servname|getaddrinfo|dns error|"
    r"NewConnectionError|ConnectTimeoutError|Connection refused|Network is unreachable|"
    r"No route to host|Max retries exceeded|error sending request|Failed to fetch|ProxyError|"
    r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT",
    re.IGNORECASE,
)
"""How pip, uv and npm say that nobody answers."""

PIP = ("install", "--no-input", "--disable-pip-version-check", "--retries=2", "--progress-bar=off")
AROUND = {
    "UV_PYTHON_DOWNLOADS": "never",
    # An account's own settings of pip may say otherwise, and are meant for other folders.
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_USER": "0",
}
LAST = 12


class Failed(Exception):
    """A program that ended badly; what it said is in the log."""


class Log(NamedTuple):
    """Where programs write, instead of the terminal."""

    path: Path
    file: IO[bytes]

    def run(self, what: str, command: Sequence[str], folder: Path) -> None:
        """Run a program; raise Failed, with what was to be made, when it fails."""
        self._note(f"$ {' '.join(command)}")
        try:
            # A child keeps the lock of `start_env`, too: should we be killed, it may still write.
            done = subprocess.run(
                command, cwd=folder, env=environment(**AROUND), stdin=subprocess.DEVNULL,
                stdout=self.file, stderr=subprocess.STDOUT, check=False, close_fds=False,
            )  # fmt: skip
        except OSError as problem:
            self._note(str(problem))
            raise Failed(what) from None
        if done.returncode:
            raise Failed(what)

    def works(self, command: Sequence[str], folder: Path) -> bool:
        """Whether a program runs and ends well."""
        try:
            self.run("", command, folder)
        except Failed:
            return False
        return True

    def _note(self, line: str) -> None:
        self.file.write(f"{line}\n".encode())
        self.file.flush()


@contextmanager
def logged(path: Path) -> Iterator[Log]:
    """A new log; a program's failure becomes a sentence that names it."""
    with path.open("wb") as file:
        try:
            yield Log(path, file)
        except Failed as problem:
            raise CannotStart(why_failed(str(problem), path)) from None


def why_failed(what: str, log: Path) -> str:
    """What went wrong, for people: the network, or the last lines and where the rest is."""
    said = log.read_text("utf-8", "replace")
    if SIGNS.search(said):
        return NO_NETWORK.format(log=log)
    last = "\n".join(said.splitlines()[-LAST:])
    return f"{what} could not be made. The last lines of {log}:\n{last}"


def fetch(root: Path, base: str, python: Path, extras: Iterable[str], log: Log) -> None:
    """Install what uv.lock says into the environment of `python`."""
    pinned = python.parent.parent / "constraints.txt"
    pinned.write_text("\n".join(constraints(root / "uv.lock")) + "\n", "utf-8")
    asked = ["-c", str(pinned), *requirements(root / "pyproject.toml", extras)]
    tried = False
    for name, command in _ways(root, base, python, log):
        say(f"Fetching packages with {name}" + (", after all." if tried else "."))
        tried = True
        if log.works([*command, *asked], root):
            return
    if not tried:
        raise CannotStart(NO_PIP.format(base=base))
    raise Failed("The environment")


def _ways(root: Path, base: str, python: Path, log: Log) -> Iterator[tuple[str, list[str]]]:
    """Commands that install, best first; what is asked later is tried only if it must be."""
    uv = shutil.which("uv")
    if uv and log.works([uv, "--version"], root):
        yield "uv", [uv, "pip", "install", "--compile-bytecode", "--python", str(python)]
    own = [str(python), "-P", "-m", "pip"]
    ensurepip = [str(python), "-I", "-m", "ensurepip", "--default-pip"]
    if log.works([*own, "--version"], root) or log.works(ensurepip, root):
        yield "pip", [*own, *PIP]
    elif log.works([base, "-P", "-m", "pip", "--version"], root):
        # A Python without ensurepip, as Debian's without python3-venv: its pip works on .venv.
        yield f"the pip of {base}", [base, "-P", "-m", "pip", "--python", str(python), *PIP]
