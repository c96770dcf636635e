"""Pyodide with exactly the packages of the course: nothing else can be loaded from it.

Here: the folder that a page loads Python from, and the list in it. Not here: where the files come
from (`packages`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from faultviz.publish.site.packages import Wheel, spelled

LIST = "pyodide-lock.json"
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", LIST)
"""Of the archive; the rest is for other ways to load it."""


def unpack(archive: Path, folder: Path) -> None:
    """Put into the folder what a page needs of Pyodide."""
    folder.mkdir(parents=True)
    with tarfile.open(archive) as packed:
        for name in NEEDED:
            held = packed.extractfile(f"package/{name}")
            assert held
            with held, (folder / name).open("wb") as file:
                shutil.copyfileobj(held, file)


def version_of(folder: Path, name: str) -> str:
    """The version of a package that this Pyodide was tested with."""
    listed = json.loads((folder / LIST).read_text("utf-8"))["packages"]
    return str(listed[name]["version"])


def fill(folder: Path, wheels: Iterable[Wheel]) -> None:
    """Copy the wheels beside Pyodide, and list them and no others.

    A cell that says `import faultviz` then brings what it needs, by itself.
    """
    listed = json.loads((folder / LIST).read_text("utf-8"))
    listed["packages"] = {}
    for wheel in wheels:
        shutil.copyfile(wheel.file, folder / wheel.file.name)
        listed["packages"][wheel.name] = entry(wheel)
    (folder / LIST).write_text(json.dumps(listed, indent=1) + "\n", "utf-8")


def entry(wheel: Wheel) -> dict[str, Any]:
    """A wheel as Pyodide lists it."""
    return {
        "name": wheel.name,
        "version": spelled(wheel.file)[1],
        "file_name": wheel.file.name,
        "install_dir": "site",
        "package_type": "package",
        "sha256": hashlib.sha256(wheel.file.read_bytes()).hexdigest(),
        "imports": imports(wheel.file),
        "depends": list(wheel.needed),
        "unvendored_tests": False,
    }


def imports(wheel: Path) -> list[str]:
    """The names by which a program imports what is in a wheel."""
    with zipfile.ZipFile(wheel) as packed:
        names = [Path(name) for name in packed.namelist()]
    found = {path.stem for path in names if len(path.parts) == 1 and path.suffix == ".py"}
    return sorted(found | {path.parts[0] for path in names if path.parts[1:] == ("__init__.py",)})
