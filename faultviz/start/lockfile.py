"""What uv.lock says, for those who do not have uv: pip's constraints.

Not here: what a machine of another kind needs of it (`publish.pins`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Package = Mapping[str, Any]


def packages(lock: Path) -> dict[str, Package]:
    """The locked packages by name."""
    with lock.open("rb") as file:
        return {package["name"]: package for package in tomllib.load(file)["package"]}


def constraints(lock: Path) -> list[str]:
    """One exact version for each package; which of them are installed is decided elsewhere."""
    return [
        f"{name}=={package['version']}"
        for name, package in sorted(packages(lock).items())
        if "registry" in package["source"]
    ]


def wheels(lock: Path) -> list[str]:
    """Where the index keeps every locked wheel, with its hash."""
    return [
        f"{wheel['url']}#{wheel['hash'].replace(':', '=')}"
        for package in packages(lock).values()
        for wheel in package.get("wheels", ())
        if "url" in wheel
    ]


def requirements(project: Path, extras: Iterable[str]) -> list[str]:
    """What is asked for: the package's own needs, and pip and the build backend to install it."""
    with project.open("rb") as file:
        told = tomllib.load(file)
    optional = told["project"].get("optional-dependencies", {})
    return [
        *told["project"]["dependencies"],
        *told["build-system"]["requires"],
        "pip",
        *(needed for extra in extras for needed in optional[extra]),
    ]
