"""What uv.lock says for a machine that is not this one: Binder's, or a browser.

`python -m faultviz.publish.pins` in a clone prints what binder/requirements.txt must hold. Not
here: what this machine fetches (`start.lockfile`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from faultviz.base.extras import of_extra
from faultviz.start.lockfile import Package, packages

with of_extra("site", "What uv.lock says for another machine"):
    from packaging.markers import Marker

BINDER_PYTHON = "3.11"
BINDER: Mapping[str, str] = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": f"{BINDER_PYTHON}.9",
    "python_version": BINDER_PYTHON,
    "sys_platform": "linux",
}
"""The machine that Binder lends, as environment markers see it."""

HEADER = f"""\
# Exact versions from uv.lock for Binder's machine: Linux, Python {BINDER_PYTHON}.
# Made by: python -m faultviz.publish.pins > binder/requirements.txt
"""


def pins(lock: Path) -> list[str]:
    """What Binder installs: the package's needs, JupyterLab, and the build backend."""
    known = packages(lock)
    roots = [("faultviz", extra) for extra in ("", "lab", "lessons")]
    found = needs(known, [*roots, ("hatchling", "")], BINDER)
    return [f"{name}=={known[name]['version']}" for name in sorted(found) if name != "faultviz"]


def needs(
    known: Mapping[str, Package], roots: Iterable[tuple[str, str]], machine: Mapping[str, str],
    without: Iterable[str] = (),
) -> dict[str, list[str]]:  # fmt: skip
    """All that locked packages need on a machine, each with what it needs itself.

    `roots` are names with an extra, or with none; the names in `without`, and what only they need,
    are left out.
    """
    waiting, seen = [*roots], {(name, "") for name in without}
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
            if ("marker" not in one or Marker(one["marker"]).evaluate({**machine}))
            and one["name"] not in without
        ]
        found.setdefault(name, []).extend(one["name"] for one in taken)
        for one in taken:
            waiting += [(one["name"], "")] + [(one["name"], e) for e in one.get("extra", ())]
    return found


if __name__ == "__main__":
    sys.stdout.write(HEADER + "".join(f"{pin}\n" for pin in pins(Path("uv.lock"))))
