"""What tests need of the machine beside Python, asked of the machine: the one table of it.

Here: each need with its probe, what CI must have, and how long its tests take. A need is either
there, or missing (it can be installed), or this machine cannot have it; only what is missing, and
only where the table says so, is a failure in CI. Not here: how pytest is told (`conftest`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import hubs
import small_projects

from faultviz.start.child import environment

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",  # where that is small, as in containers, pages die
)  # fmt: skip
FIREFOX = ("firefox-esr", "firefox")
MINI_BROWSER = "*/webkit2gtk-4.?/MiniBrowser"
COMPILERS = ("cc", "gcc", "clang")
PATIENCE = 60  # seconds


class Missing(Exception):
    """It is not there, and can be installed; the text ends a sentence that begins with because."""


class Cannot(Exception):
    """This machine cannot have it; the text ends a sentence that begins with because."""


class Need(NamedTuple):
    """What a marker promises: the fixture that brings it, who can tell, and what its tests are."""

    fixture: str
    probe: Callable[[], object]
    tests: str
    in_ci: bool
    """Whether the project's own CI must have it, so that its lack is a failure there."""


def chromium() -> str:
    """The browser."""
    names = (os.environ.get("FAULTVIZ_CHROMIUM", ""), *CHROMIUM)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if names[0] and found != shutil.which(names[0]):
        raise Missing(f"FAULTVIZ_CHROMIUM names {names[0]}, which is no program")
    if not found:
        raise Missing(f"there is no {', '.join(CHROMIUM)} on the PATH, nor FAULTVIZ_CHROMIUM")
    _browser_starts(found)
    return found


@cache
def _browser_starts(program: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        told = ["--headless", "--no-sandbox", f"--user-data-dir={home}", *FLAGS]
        _asked([program, *told, "--dump-dom", "about:blank"], f"{program} does not start")


def _asked(command: list[str], failed: str) -> str:
    """What a program answers. Cannot, with its last words, where it does not."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Cannot(f"{failed} ({problem})") from None
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.strip() or f"exit code {problem.returncode}"
        raise Cannot(f"{failed} ({said.splitlines()[-1]})") from None
    return done.stdout


def firefox() -> str:
    """Mozilla's browser."""
    found = next(filter(None, map(shutil.which, FIREFOX)), None)
    if not found:
        raise Missing(f"there is no {' or '.join(FIREFOX)} on the PATH")
    _asked([found, "--headless", "--version"], f"{found} does not start")
    return found


def webkit() -> str:
    """The small browser of WebKitGTK, with its driver and a screen that nobody sees."""
    lacking = [name for name in ("WebKitWebDriver", "Xvfb") if not shutil.which(name)]
    found = max(map(str, Path("/usr/lib").glob(MINI_BROWSER)), default="")
    if lacking or not found:
        raise Missing(f"there is no {' and no '.join(lacking or ['MiniBrowser of WebKitGTK'])}")
    return found


def source() -> Path:
    """A kernel's source, as Debian ships it."""
    places = (os.environ.get("FAULTVIZ_TREE", ""), "/usr/src/linux-source-6.1.tar.xz")
    found = next((Path(place) for place in places if place and Path(place).exists()), None)
    if not found:
        raise Missing("there is no kernel source (Debian's linux-source-6.1, or FAULTVIZ_TREE)")
    return found


def _image(named: str, pattern: str) -> Path:
    """A kernel to boot: the one that a variable names, or the newest that .ci/run has fetched."""
    if not any(map(shutil.which, COMPILERS)):
        raise Missing("there is no C compiler")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = (home / "faultviz" / "kernels").glob(pattern)
    place = os.environ.get(named) or max(kept, key=lambda file: file.stat().st_mtime, default="")
    if not place or not Path(place).exists():
        raise Missing(f"there is no kernel to boot (.ci/run fetches it; or {named})")
    return Path(place)


def kernel() -> Path:
    """A kernel image, or a Debian package of one, where QEMU is."""
    if not shutil.which("qemu-system-x86_64"):
        raise Missing("there is no qemu-system-x86_64")
    return _image("FAULTVIZ_KERNEL", "linux-image-*.deb")


def uml() -> Path:
    """User-mode Linux, or its Debian package, where it can start a process."""
    from faultviz.base.errors import BadInput

    found = _image("FAULTVIZ_UML", "user-mode-linux_*.deb")
    try:
        why = _starts_nothing(found)
    except BadInput as problem:  # a file that is no such kernel
        raise Missing(str(problem).removesuffix(".")) from None
    if why:
        raise Cannot(why)
    return found


@cache
def _starts_nothing(file: Path) -> str:
    from faultviz.lab.boot import image
    from faultviz.lab.boot.probe import starts_nothing

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return starts_nothing(image.image(file, folder, "um"), folder)


def npm() -> str:
    """Node.js with npm, and who answers it."""
    found = shutil.which("npm")
    if not found or not shutil.which("node"):
        raise Missing("there is no node and npm on the PATH")
    _npm_answers(found)
    return found


@cache
def _npm_answers(program: str) -> None:
    told = ["--fetch-retries=0", "--fetch-timeout=20000", "--prefer-online"]
    _asked([program, "view", "pyodide", "name", *told], "npm reaches no registry")


def node_tools() -> str:
    """Node.js, and what tests/js asks of npm: there from an earlier run, or to be had."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        raise Missing("there is no node and npm on the PATH")
    _node_is_new(found)
    if not javascript_modules().exists():
        npm()
    return found


NODE = (18, 18)
"""The oldest that the tools run on."""


@cache
def _node_is_new(program: str) -> None:
    version = _asked([program, "--version"], f"{program} does not start").strip()
    if tuple(map(int, version.removeprefix("v").split(".")[:2])) < NODE:
        raise Missing(f"node is {version}, and the tools need 18.18 or later")


def javascript_modules() -> Path:
    """Where the tools are, or would be: another place for each lock."""
    repo = Path(os.environ.get("FAULTVIZ_REPO") or Path(__file__).resolve().parents[2])
    lock = (repo / "tests/js/package-lock.json").read_bytes()
    return repo / "build" / f"javascript-{hashlib.sha256(lock).hexdigest()[:12]}" / "node_modules"


def index() -> str:
    """Packages for Binder's Python, and that Python."""
    python = hubs.binders_python()
    if not python:
        raise Missing("there is no Python of Binder's version")
    _index_answers(python)
    return python


@cache
def _index_answers(python: str) -> None:
    told = ["--no-cache-dir", "--no-deps", "--retries=0", "--timeout=20", "--no-input", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        command = [python, "-m", "pip", "download", *told, "-d", folder, "wheel"]
        _asked(command, "pip reaches no package index")


def both() -> None:
    """What a site, and a Hub, fetch."""
    npm()
    index()


def disk() -> None:
    """A disk of a few MB, mounted where only its tests see it."""
    if not small_projects.find_small_disk():
        raise Cannot("nobody may mount a disk of their own here (unshare, nsenter)")


def somebody() -> None:
    """Root without root's rights, or somebody who never had them."""
    if small_projects.without_rights() and not shutil.which("setpriv"):
        raise Cannot("root cannot give up its rights without setpriv")


def packages() -> None:
    """What this Python's pip fetches."""
    _index_answers(sys.executable)


NEEDS = {
    "browser": Need("chromium", chromium, "in a browser", in_ci=True),
    "firefox": Need("firefox", firefox, "in Firefox", in_ci=True),
    "webkit": Need("webkit", webkit, "in WebKit", in_ci=True),
    "tree": Need("archive", source, "on a kernel's source", in_ci=True),
    "boot": Need("kernel_image", kernel, "that boot a kernel", in_ci=True),
    "uml": Need("uml", uml, "that boot user-mode Linux", in_ci=True),
    "site": Need("lite_site", both, "of the site and JupyterLite", in_ci=True),
    "image": Need("image", index, "of Binder's image", in_ci=True),
    "disk": Need("small_disk", disk, "on a full disk", in_ci=False),
    "rights": Need("someone", somebody, "without rights", in_ci=False),
    "javascript": Need("node_tools", node_tools, "of the JavaScript", in_ci=True),
    "front_ends": Need("front_ends", packages, "in other front ends", in_ci=True),
    "hub": Need("hub", both, "of a Hub", in_ci=True),
}
"""By marker; a test bears the marker by using the fixture."""


def lack(marker: str) -> Missing | Cannot | None:
    """What keeps the tests with this marker from being run here."""
    try:
        NEEDS[marker].probe()
    except (Missing, Cannot) as problem:
        return problem
    return None


LONG = "long"
"""Marker of what only `faultviz test --all` runs: it takes minutes, and little breaks it."""

REAL = "real"
"""Marker of what `faultviz test --fast` leaves out: browsers, kernels' source, notebooks."""

BEARS = {
    **dict.fromkeys(("boot", "uml", "site", "image", "hub", "front_ends", "disk", "rights"), LONG),
    **dict.fromkeys(("browser", "firefox", "webkit", "tree", "javascript"), REAL),
}
"""What a test bears by what it needs; others bear these by themselves."""

if __name__ == "__main__":
    for name in NEEDS:
        sys.stdout.write(f"{name}: {lack(name) or 'is here'}\n")


def in_a_shell() -> dict[str, str]:
    """What a program sees that a developer types: nothing of the run of tests around it."""
    return {
        name: value for name, value in environment().items()
        if name != "PYTHONSAFEPATH" and not name.startswith("PYTEST_")
    }  # fmt: skip
