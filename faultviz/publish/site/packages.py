"""What the site is made of, fetched: wheels at the versions of uv.lock, and Pyodide from npm.

Here: which packages a browser's Python needs, and that each is downloaded once. Not here: what is
made of them (`browser_python`).
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from packaging.markers import Marker

from faultviz.base.extras import of_extra
from faultviz.start.child import CannotStart
from faultviz.start.ending import beside
from faultviz.start.environment import BUILD
from faultviz.start.fetching import Log

BROWSER: Mapping[str, str] = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_system": "Emscripten",
    "python_full_version": "3.14.2",
    "python_version": "3.14",
    "sys_platform": "emscripten",
}
"""The machine that a browser is, as environment markers see it."""

STAND_INS = ("ipykernel", "jupyterlab-widgets", "widgetsnbextension")
"""Not from the lock: the page or the kernel's own package has them."""

KERNEL = ("comm", "ipython", "jedi", "packaging")
"""What the kernel of the page imports, whether a lesson does or not."""

LITE = "Building JupyterLite"
NO_NPM = (
    "Pyodide comes from npm, and there is no npm here: install Node.js (on Debian and Ubuntu: apt "
    "install npm) and type the command again."
)


Package = Mapping[str, Any]


class Wheel(NamedTuple):
    """A distribution for the browser: its normal name, its file, and what it needs there."""

    name: str
    file: Path
    needed: tuple[str, ...]


def pyodide_version() -> str:
    """The Pyodide that the installed kernel package was made for; CannotHere without one."""
    with of_extra("site", LITE):
        from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
    return str(PYODIDE_VERSION)


def pyodide(cache: Path, log: Log) -> Path:
    """The archive of Pyodide as npm has it, in the cache folder."""
    version = pyodide_version()
    file = cache / f"pyodide-{version}.tgz"
    if not file.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise CannotStart(NO_NPM)
        with beside(file) as half:
            half.mkdir()
            pack = [npm, "pack", "--silent", "--pack-destination", str(half), f"pyodide@{version}"]
            log.run("Pyodide", pack, cache)
            (half / file.name).replace(file)
    return file


def wheels(lock: Path, cache: Path, log: Log) -> list[Wheel]:
    """All wheels of the lock that the browser needs, from the cache folder or fetched into it.

    The first is the package itself, whose file is built and not fetched: it has none yet.
    """
    known = packages(lock)
    roots = [("faultviz", "lessons"), *((name, "") for name in ("faultviz", *KERNEL))]
    wanted = needs(known, roots)
    itself = Wheel("faultviz", Path(), tuple(wanted.pop("faultviz")))
    missing = [known[name] for name in wanted if not _file(cache, known[name])]
    download((_pin(package) for package in missing), cache, log)
    found = {name: _file(cache, known[name]) for name in wanted}
    return [
        itself,
        *(Wheel(name, file, tuple(wanted[name])) for name, file in found.items() if file),
    ]


def packages(lock: Path) -> dict[str, Package]:
    """The locked packages by name."""
    with lock.open("rb") as file:
        return {package["name"]: package for package in tomllib.load(file)["package"]}


def needs(known: Mapping[str, Package], roots: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """All that locked packages need in a browser, each with what it needs itself.

    `roots` are names with an extra, or with none; the stand-ins, and what only they need, are left
    out.
    """
    waiting, seen = [*roots], {(name, "") for name in STAND_INS}
    found: dict[str, list[str]] = {}
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package = known[name]
        needed = package["optional-dependencies"][extra] if extra else package.get("dependencies")
        taken = [
            one
            for one in needed or ()
            if ("marker" not in one or Marker(one["marker"]).evaluate({**BROWSER}))
            and one["name"] not in STAND_INS
        ]
        found.setdefault(name, []).extend(one["name"] for one in taken)
        for one in taken:
            waiting += [(one["name"], "")] + [(one["name"], e) for e in one.get("extra", ())]
    return found


def micropip(version: str, cache: Path, log: Log) -> Wheel:
    """What the kernel loads first, and only Pyodide knows."""
    package = {"name": "micropip", "version": version}
    if not _file(cache, package):
        download([_pin(package)], cache, log)
    file = _file(cache, package)
    assert file
    return Wheel("micropip", file, ("packaging",))


def _pin(package: Package) -> str:
    """One line of pip's requirements; a file that has none of the lock's hashes is refused."""
    hashes = (f"--hash={wheel['hash']}" for wheel in package.get("wheels", ()))
    return " ".join([f"{package['name']}=={package['version']}", *hashes])


def download(pins: Iterable[str], cache: Path, log: Log) -> None:
    """Fetch wheels that run on every Python, those that are named and no others."""
    lines = sorted(pins)
    if not lines:
        return
    file = cache / "wanted.txt"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    pip = [sys.executable, "-P", "-m", "pip", "download", "--no-input", "--no-deps"]
    pip += ["--disable-pip-version-check", "--retries=2", "--progress-bar=off"]
    pip += ["--only-binary=:all:", "--python-version", BROWSER["python_version"]]
    pip += ["--implementation", "py", "--abi", "none", "--platform", "any"]
    with beside(cache / "wheels") as half:  # a wheel in the cache is believed to be whole
        pip += ["--dest", str(half), "--requirement", str(file)]
        log.run("The set of wheels", pip, cache)
        for wheel in half.iterdir():
            wheel.replace(cache / wheel.name)


def _file(cache: Path, package: Package) -> Path | None:
    """The wheel of a version, where it is: file names spell a package as they like."""
    wanted = (package["name"], package["version"])
    return next((file for file in cache.glob("*.whl") if spelled(file) == wanted), None)


def spelled(wheel: Path) -> tuple[str, str]:
    """Name and version as a wheel's file has them.

    >>> spelled(Path("prompt_toolkit-3.0.52-py3-none-any.whl"))
    ('prompt-toolkit', '3.0.52')
    """
    name, version, *_ = wheel.name.split("-")
    return normal(name), version


def normal(name: str) -> str:
    """A package's name as the lock has it.

    >>> normal("Pyodide_Kernel")
    'pyodide-kernel'
    """
    return name.lower().replace("_", "-").replace(".", "-")


def own(root: Path, folder: Path, log: Log) -> Path:
    """The wheel of this clone, built into the folder."""
    log.run("The wheel", [sys.executable, "-P", "-c", BUILD, str(folder)], root)
    (wheel,) = folder.glob("faultviz-*.whl")
    return wheel


def of_the_kernel() -> list[Wheel]:
    """The wheels that the kernel's own package brings for the page."""
    listed = metadata.files("jupyterlite-pyodide-kernel") or ()
    files = [Path(str(file.locate())) for file in listed if file.name.endswith(".whl")]
    # Of two stand-ins, one is for the widgets of long ago.
    kept = [file for file in files if not file.name.startswith("widgetsnbextension-3")]
    return [Wheel(spelled(file)[0], file, ()) for file in kept]
