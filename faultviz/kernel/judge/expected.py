"""The one data file of expectations: findings and explained differences, each with its reason.

Here: reading it, and files of the same form that a reader keeps. Not here: the checks themselves.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import given


class KnownFinding(NamedTuple):
    """A known finding: where, which rule, why, and the version that repaired it ("" = none)."""

    handler: str
    function: str
    rule: str
    reason: str
    until: str = ""

    def of(self, version: str) -> bool:
        """Whether a tree of this version should have it."""
        return not self.until or _number(version) < _number(self.until)


class Explained(NamedTuple):
    """A difference between model and source that is a real change between the two."""

    handler: str
    cases: tuple[str, ...]
    reason: str
    since: str = ""
    until: str = ""

    def covers(self, case: str) -> bool:
        """Whether it speaks of a case: by its name or the beginning of it."""
        return any(case.startswith(name) for name in self.cases)

    def of(self, version: str) -> bool:
        """Whether it speaks of a tree of this version."""
        number = _number(version)
        return (not self.since or number >= _number(self.since)) and (
            not self.until or number < _number(self.until)
        )


def _number(version: str) -> tuple[int, ...]:
    parts = version.partition("-")[0].split(".")
    return tuple(int(part) for part in parts if part.isdigit())


def _shipped() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("expected.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def expected() -> list[KnownFinding]:
    """The findings that the shipped file expects, whatever the version."""
    return [KnownFinding(**row) for row in _shipped()["findings"]]


def explained() -> list[Explained]:
    """The shipped reasons."""
    return [Explained(**{**row, "cases": tuple(row["cases"])}) for row in _shipped()["explained"]]


def known(file: Path) -> list[KnownFinding]:
    """A reader's own file of known findings, each with its reason.

    The form is `{"findings": [{"handler": ..., "function": ..., "rule": ..., "reason": ...}]}`.
    Raises BadInput for a file that is not like this.
    """
    try:
        rows = json.loads(given(file).decode())["findings"]
        found = [KnownFinding(**row) for row in rows]
    except BadInput:
        raise
    except (ValueError, TypeError, KeyError) as problem:
        raise BadInput(
            f'{file} is no file of known findings ({problem}): it needs a list "findings" of '
            "handler, function, rule and reason."
        ) from problem
    for row in found:
        if not row.reason.strip():
            raise BadInput(f"{file}: {row.handler} {row.rule} has no reason; give one.")
    return found
