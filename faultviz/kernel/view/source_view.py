"""Source beside a graph: the lines around a step, and the lines that a model's nodes stand for.

Here: excerpts of the reader's own tree; none of them is stored. Not here: folding (`reading`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from faultviz import ir
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.judge.side import CASES, Side
from faultviz.kernel.lower.extract import HandlerPlace, places, program
from faultviz.kernel.view.common_path import path_in

AROUND = 2
"""Lines of source shown before and after the one that a step stands for."""


def excerpt(tree: Tree, cite: ir.Cite) -> str:
    """The lines around a cite, with their numbers; the cited one is marked."""
    if cite.file not in tree or not cite.line:
        return ""
    lines = tree.read(cite.file).split("\n")
    first, last = max(cite.line - AROUND, 1), min(cite.line + AROUND, len(lines))
    rows = [
        f"{'>' if n == cite.line else ' '}{n:>5}  {lines[n - 1].expandtabs(4).rstrip()}"
        for n in range(first, last + 1)
    ]
    return "\n".join([f"{cite.file}, Linux {_short(cite.source)}", *rows])


def _short(source: str) -> str:
    return source.removeprefix("Linux ")


def with_source(model: ir.Program, tree: Tree, handler: str) -> ir.Program:
    """The model, its nodes with the real lines that they stand for, where one was found."""
    (place,) = places(tree, (handler,))
    lines = aligned(model, place, tree)
    found = {id_: excerpt(tree, cite) for id_, cite in lines.items()}
    return replace(model, origin=replace(model.origin, excerpts=found))


def aligned(model: ir.Program, place: HandlerPlace, tree: Tree) -> dict[str, ir.Cite]:
    """For the model's nodes the place in the source, by what both do in the same case."""
    real = program(tree, place)
    ours, theirs = Side(model), Side(real)
    found = dict(_before_call(model.at(model.revision or "merged"), real))
    for case in CASES:
        for first in (False, True):
            a, b = ours.story(case, first), theirs.story(case, first)
            same = SequenceMatcher(
                None, [what for what, _ in a], [what for what, _ in b], autojunk=False
            )
            for i, j, size in same.get_matching_blocks():
                for (_, mine), (_, other) in zip(a[i : i + size], b[j : j + size], strict=True):
                    found.setdefault(mine.id, other.cite)
    return found


def _before_call(model: ir.Program, real: ir.Program) -> Iterator[tuple[str, ir.Cite]]:
    """The way in: the entry, the takings of the lock, the callees that need it."""
    found = path_in(real)
    path = [real.nodes[move.node] for _, move in found.moves()] if found else []
    for node in model.function.nodes.values():
        match node.op:
            case ir.Enter():
                yield node.id, path[0].cite
            case ir.Lock(_, 1, fails):
                wanted = "try" if fails is not None else "lock("
                same = [
                    n
                    for n in real.nodes.values()
                    if isinstance(n.op, ir.Lock) and n.op.by > 0 and wanted in n.text
                ]
                own = [n for n in same if n.cite.function == real.root] or [
                    n for n in same if n in path
                ]
                if own and not node.role:
                    yield node.id, own[0].cite
            case ir.Call(name, needs_lock=True):
                called = [
                    n
                    for n in real.nodes.values()
                    if isinstance(n.op, ir.Call) and n.op.function.lstrip("_") == name.lstrip("_")
                ]
                if called:
                    yield node.id, called[0].cite
