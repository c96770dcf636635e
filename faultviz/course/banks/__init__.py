"""What forms are drawn from: banks of lists, each frozen in a file of its own once it is given out.

A form (a test, an exam, an exercise) belongs to a bank, a kind and a seed. New handlers, questions
and exercises go into the next bank: a file `bank2.toml` beside `bank1.toml` is all that makes one,
and the highest is what is drawn from where none is named. What is answered keeps its bank's number.
Here: the banks. Not here: how one draws (`quiz.forms`, `quiz.exam`, `exercises`); a kind's own
constants stay with it, for a kind that asks otherwise is another kind, of another name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput


class Bank(NamedTuple):
    """The lists of one version; what each is for stands beside it in the file."""

    version: int
    tests: Mapping[str, tuple[str, ...]]
    exam: tuple[str, ...]
    handlers: tuple[str, ...]
    page_events: tuple[str, ...]
    answers_after_retry: tuple[str, ...]
    pages: tuple[int, ...]
    kernels: tuple[str, ...]
    series: tuple[str, ...]
    balanced: tuple[tuple[tuple[str, str, str], ...], ...]
    exam_pages: tuple[int, ...]
    names: tuple[str, ...]
    levels: tuple[int, ...]
    faults: tuple[str, ...]
    subjects: tuple[str, ...]


def read(text: str) -> Bank:
    """The bank that a file says."""
    return Bank(**{name: _frozen(value) for name, value in tomllib.loads(text).items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _frozen(one) for name, one in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _all() -> dict[int, Bank]:
    files = (one for one in resources.files(__name__).iterdir() if one.name.endswith(".toml"))
    found = [read(file.read_text("utf-8")) for file in files]
    return {bank.version: bank for bank in sorted(found, key=lambda bank: bank.version)}


BANKS: dict[int, Bank] = _all()
FIRST, CURRENT = min(BANKS), max(BANKS)
"""That of answers which name none, and that from which is drawn where none is named."""


def bank(version: int) -> Bank:
    """A bank by its number. Raises BadInput for one that this faultviz does not have.

    >>> bank(1).version, bank(99)
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: This faultviz has no bank 99 of questions, only 1: use a newer \
faultviz, or one of these.
    """
    if type(version) is not int or version not in BANKS:  # as JSON has it: 1.0 and true are none
        known = ", ".join(map(str, BANKS))
        said = f"This faultviz has no bank {version} of questions, only {known}"
        raise BadInput(f"{said}: use a newer faultviz, or one of these.")
    return BANKS[version]


def version_of(given: Mapping[str, Any]) -> int:
    """The bank of what was answered. Raises BadInput for one that this faultviz does not have.

    >>> version_of({"answers": {}}), version_of({"bank": 1})
    (1, 1)
    """
    return bank(given.get("bank", FIRST)).version
