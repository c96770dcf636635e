"""A handler of a tree as a program: found, flattened, sliced and lowered.

Here: where handlers are and what contract they have (the models know both). Not here: the steps
on the way (`inline`, `slicing`, `lowering`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from faultviz import ir, models
from faultviz.base.errors import BadInput
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.source import Source, source
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.lower.inline import Inliner
from faultviz.kernel.lower.lowering import lowered
from faultviz.kernel.lower.slicing import sliced


class HandlerPlace(NamedTuple):
    """Where a handler lives, and the model of it."""

    handler: str
    file: str
    function: str
    model: ir.Program


def model_of(handler: str) -> ir.Program:
    """The revision that a released tree is held against. Raises BadInput for no such handler."""
    return models.load(handler).at("fixed" if handler == "loongarch" else "merged")


CALLERS = ("gup", "fixup-user-fault")
"""The entries of the generic code that are read, too."""


def places(tree: Tree, handlers: tuple[str, ...] = ()) -> Iterator[HandlerPlace]:
    """The handlers that a tree has, in the order of the models; those named, or all.

    Raises BadInput for a handler that is named and that the tree has not.
    """
    for handler in dict.fromkeys(handlers) or (*models.HANDLERS, *CALLERS):
        model = model_of(handler)
        file = model.function.cite.file
        if file not in tree:
            if handlers:
                why = f": it was left out, {tree.skipped[file]}" if file in tree.skipped else ""
                raise BadInput(f"{tree.where} has no {file}, where {handler} lives{why}.")
            continue
        root = _root(source(tree, file), model.root)
        if root is not None:
            yield HandlerPlace(handler, file, root, model)
        elif handlers:
            raise BadInput(f"{file} of {tree.where} has no function that calls {by_hand.FAULT}.")


def _root(read: Source, name: str) -> str | None:
    """The function of the model's name, or else the one that calls handle_mm_fault."""
    if name in read.own:
        return name
    calling = [n for n, body in read.own.items() if by_hand.FAULT in body.calls]
    return calling[0] if len(calling) == 1 else None


def root_of(tree: Tree, file: str, function: str, *, held: bool) -> HandlerPlace:
    """A function that no model stands for. Raises BadInput for a file or function there is not."""
    body = source(tree, file).function(function)
    cite = ir.Cite(file, body.name)
    contract = ir.Function(body.name, cite, "", {}, (), held=int(held), exit_held=int(held))
    model = ir.Program(function, "handler", "", function, {function: contract}, ("merged",))
    return HandlerPlace(function, file, function, model)


def program(tree: Tree, place: HandlerPlace) -> ir.Program:
    """A handler's real function as a program of one graph."""
    return _program(tree, source(tree, place.file), place)


def _program(tree: Tree, read: Source, place: HandlerPlace) -> ir.Program:
    contract = place.model.function
    flat = Inliner(read).flat(read.function(place.function))
    by_cell = isinstance(contract.exit_held, str)
    cut = sliced(flat, keep_result=bool(contract.result) or by_cell)
    told = str(contract.exit_held)
    cells = {told: place.model.cells.get(told, 1)} if by_cell else {}
    function = lowered(cut, read.constants, contract, cells, f"Linux {tree.version}")
    return ir.Program(
        place.handler, place.model.kind, f"{place.file} of Linux {tree.version}", function.name,
        {function.name: function}, ("merged",), cells, "merged",
    )  # fmt: skip
