"""Statements within statements: the one place that lists which statement holds what.

Here: `blocks` and `rebuilt`, for every pass over statements. Not here: the statements themselves
(`statements`), or what a pass is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from faultviz.ir.statements import (
    Branch,
    FunctionModel,
    Loop,
    SimpleStep,
    Some,
    Statement,
    Switch,
    Try,
)


def blocks(statement: Statement) -> Sequence[Sequence[Statement]]:
    """The blocks that a statement holds, in order."""
    match statement:
        case Branch(_, one, other) | Try(_, one, other):
            return one, other
        case Loop(inner, _) | Some(_, inner):
            return (inner,)
        case Switch(_, cases, default):
            return *(case.body for case in cases), default
    return ()


def rebuilt(
    statement: Statement,
    step: Callable[[SimpleStep], SimpleStep],
    block: Callable[[Sequence[Statement]], Sequence[Statement]],
) -> Statement:
    """The same statement of other steps and blocks."""
    match statement:
        case SimpleStep():
            return step(statement)
        case Branch(test, yes, no):
            return Branch(step(test), block(yes), block(no))
        case Try(lock, failed, taken):
            return Try(step(lock), block(failed), block(taken))
        case Loop(inner, test):
            return Loop(block(inner), step(test))
        case Some(revisions, inner):
            return Some(revisions, block(inner))
        case Switch(asked, cases, default):
            there = [replace(case, body=block(case.body)) for case in cases]
            return Switch(step(asked), there, block(default))
    return statement


def called(body: Iterable[Statement]) -> Iterable[FunctionModel]:
    """The modelled functions that statements call, in order."""
    for statement in body:
        if isinstance(statement, SimpleStep) and statement.calls is not None:
            yield statement.calls
        for inner in blocks(statement):
            yield from called(inner)
