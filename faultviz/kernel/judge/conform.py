"""Model against source: from handle_mm_fault's answer to the end, do both do the same?

Here: the comparison of every case, and its rows. What precedes handle_mm_fault is not compared.
Not here: what either does in a case (`side`), or how the source became a program (`extract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.judge.expected import Explained, explained
from faultviz.kernel.judge.side import CASES, Done, Side
from faultviz.kernel.lower.extract import CALLERS, HandlerPlace, places, program

ORDER = "order of the tests"


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """One comparison; `model` and `source` say what either does."""

    handler: str
    case: str
    verdict: str
    model: str
    source: str
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What --json prints."""
        return {name: getattr(self, name) for name in self.__slots__}


class ComparedCases(tuple[ComparedCase, ...]):
    """Compared cases with a text form: what is not equal, and how many are."""

    __slots__ = ()

    def __repr__(self) -> str:
        said: list[str] = []
        for row in self:
            if row.verdict != "equal":
                said.append(f"{row.handler}, {row.case}: {row.verdict}")
                said += [f"  model   {row.model}", f"  source  {row.source}"]
                said += [f"  why     {row.reason}"] if row.reason else []
        equal = sum(row.verdict == "equal" for row in self)
        return "\n".join([*said, f"{equal} of {len(self)} cases equal"])


def conform(tree: Tree, handlers: tuple[str, ...] = ()) -> Iterator[list[ComparedCase]]:
    """The rows of one handler after the other. Raises BadInput for a handler the tree has not."""
    reasons = explained()
    for place in places(tree, handlers):
        if place.handler in CALLERS:
            continue
        yield [_judged(row, tree.version, reasons) for row in compared(tree, place)]


def compared(tree: Tree, place: HandlerPlace) -> list[ComparedCase]:
    """A handler's cases, before any difference is explained."""
    try:
        real = Side(program(tree, place))
    except BadInput as problem:
        return [
            ComparedCase(place.handler, str(case), "not-compared", "", "", str(problem))
            for case in CASES
        ]
    model = Side(place.model)
    rows = []
    for case in CASES:
        ours, theirs = model.does(case), real.does(case)
        rows.append(_row(place.handler, str(case), _said(ours), _said(theirs)))
    rows.append(_row(place.handler, ORDER, ", ".join(model.order()), ", ".join(real.order())))
    return rows


def _row(handler: str, case: str, model: str, source: str) -> ComparedCase:
    verdict = "equal" if model == source else "differs"
    never = "cannot happen"
    return ComparedCase(handler, case, verdict, model or never, source or never)


def _said(ways: Iterable[Done]) -> str:
    return " | ".join(sorted(map(str, set(ways))))


def _judged(row: ComparedCase, version: str, reasons: Sequence[Explained]) -> ComparedCase:
    """A difference that the data file has a reason for."""
    if row.verdict != "differs":
        return row
    for one in reasons:
        if one.handler == row.handler and one.covers(row.case) and one.of(version):
            return replace(row, verdict="explained", reason=one.reason)
    return row
