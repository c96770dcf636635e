"""Lines of a listing as a program again, as they are or as somebody changed them.

Here: `built`, the inverse of `listing.lines`. Not here: what may be changed (`edits`), or how
statements become a graph (`build`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from faultviz.base.errors import BadInput
from faultviz.edit.listing import Line
from faultviz.ir.blocks import called, rebuilt
from faultviz.ir.build import program
from faultviz.ir.graph import Program
from faultviz.ir.origin import Origin
from faultviz.ir.statements import (
    Branch,
    FunctionModel,
    Jump,
    Label,
    Loop,
    SimpleStep,
    Statement,
    Switch,
    SwitchCase,
    Try,
)


def built(found: Sequence[Line], like: Program) -> Program:
    """The program that lines say, with the name, revision and cells of another.

    What nothing leads to is left out. Raises BadInput, naming the line, where lines do not go
    together or a way of a function that returns a value runs off its end.

    >>> from faultviz.edit.listing import lines
    >>> from faultviz.models import load
    >>> mips = load("mips", "merged")
    >>> built(lines(mips), mips)
    Program(mips merged, 1 functions, 38 nodes)
    """
    heads: dict[str, tuple[FunctionModel, Sequence[Statement]]] = {}
    for function in _functions(found):
        head = function[0].of
        assert isinstance(head, FunctionModel)
        body, rest = _block(function[1:], 1)
        if rest:
            raise BadInput(f"Line {rest[0].number} ({rest[0].text}) belongs to nothing above it.")
        heads[head.name] = head, body
    models: dict[str, FunctionModel] = {}
    _bind(like.root, heads, models)
    root = models[like.root]
    kept = {name: value for name, value in like.cells.items() if name != "pte"}
    revision = like.revision or ""
    made = program(
        like.name, like.kind, root, about=like.about, revisions=(revision,), cells=kept,
        lenient=True,
    )  # fmt: skip
    return replace(made.at(revision), origin=Origin(root))


def _functions(found: Iterable[Line]) -> Iterable[list[Line]]:
    function: list[Line] = []
    for line in found:
        if line.kind == "function" and function:
            yield function
            function = []
        function.append(line)
    if function:
        yield function


def _bind(
    name: str,
    heads: dict[str, tuple[FunctionModel, Sequence[Statement]]],
    models: dict[str, FunctionModel],
) -> None:
    """Make a function after those that it calls."""
    head, body = heads[name]
    for callee in called(body):
        if callee.name not in models:
            _bind(callee.name, heads, models)
    models[name] = replace(head, body=_bound(body, models))


def _bound(body: Sequence[Statement], models: dict[str, FunctionModel]) -> tuple[Statement, ...]:
    """The statements, calling the functions as they now are."""

    def step(one: SimpleStep) -> SimpleStep:
        return replace(one, calls=models[one.calls.name]) if one.calls else one

    return tuple(rebuilt(one, step, lambda inner: _bound(inner, models)) for one in body)


Rest = Sequence[Line]


def _block(rest: Rest, depth: int) -> tuple[list[Statement], Rest]:
    """The statements at a depth, and the lines after them."""
    body: list[Statement] = []
    while rest and rest[0].depth >= depth and rest[0].kind not in ("else", "while"):
        if rest[0].depth > depth:
            raise BadInput(f"Line {rest[0].number} ({rest[0].text}) belongs to nothing above it.")
        statement, rest = _statement(rest, depth)
        body.append(statement)
    return body, rest


def _statement(rest: Rest, depth: int) -> tuple[Statement, Rest]:
    line, rest = rest[0], rest[1:]
    match line.kind, line.of:
        case "if", SimpleStep() as test:
            yes, rest = _block(rest, depth + 1)
            no, rest = _else(rest, depth)
            return Branch(test, yes, no), rest
        case "unless", SimpleStep() as test:
            no, rest = _block(rest, depth + 1)
            return Branch(test, (), no), rest
        case "try", SimpleStep() as lock:
            failed, rest = _block(rest, depth + 1)
            taken, rest = _else(rest, depth)
            return Try(lock, failed, taken), rest
        case "do", None:
            inner, rest = _block(rest, depth + 1)
            if not (rest and rest[0].kind == "while" and rest[0].depth == depth):
                raise BadInput(f"The do of line {line.number} has no while.")
            assert isinstance(rest[0].of, SimpleStep)
            return Loop(inner, rest[0].of), rest[1:]
        case "switch", SimpleStep() as step:
            return _switch(step, rest, depth)
        case (("step" | "label" | "goto"), (SimpleStep() | Label() | Jump()) as statement):
            return statement, rest
    raise BadInput(f"Line {line.number} ({line.text}) cannot stand there.")


def _else(rest: Rest, depth: int) -> tuple[list[Statement], Rest]:
    if rest and rest[0].kind == "else" and rest[0].depth == depth:
        return _block(rest[1:], depth + 1)
    return [], rest


def _switch(step: SimpleStep, rest: Rest, depth: int) -> tuple[Statement, Rest]:
    cases: list[SwitchCase] = []
    default: list[Statement] = []
    while rest and rest[0].depth == depth + 1 and rest[0].kind in ("case", "default"):
        head = rest[0]
        body, rest = _block(rest[1:], depth + 2)
        if isinstance(head.of, SwitchCase):
            cases.append(replace(head.of, body=body))
        else:
            default = body
    return Switch(step, cases, default), rest
