"""Names that a reader can use: words to type for C texts, the models' terms for what a step does.

Here: `slugs`, `renamed`, `in_our_terms`. Not here: what is folded (`simplify`, `reading`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from faultviz import ir
from faultviz.ir.bits import Flag
from faultviz.kernel.judge.side import Side

_MODEL_WORDS = frozenset(("kernel", "fatal", "signal", "write", "locked", "unlocked"))


def slugs(function: ir.Function, usual: Mapping[str, bool]) -> dict[str, tuple[str, bool]]:
    """A word that a reader can type for each C text; its second part says that it is turned round.

    What is true on the usual way becomes "not-...", so that a run without words takes that way.
    """
    found: dict[str, tuple[str, bool]] = {}
    taken: set[str] = set()
    for word in sorted({w for n in function.nodes.values() for w in _all_words(n)}):
        if word in _MODEL_WORDS:
            found[word] = (word, False)
            continue
        turned = usual.get(word, False)
        slug = re.sub(r"[^a-z0-9]+", "-", word.rpartition("#")[2].lower()).strip("-") or "word"
        slug = f"not-{slug}" if turned else slug
        name, n = slug, 1
        while name in taken or name in _MODEL_WORDS:
            n += 1
            name = f"{slug}-{n}"
        taken.add(name)
        found[word] = (name, turned)
    return found


def _all_words(node: ir.Node) -> Iterator[str]:
    yield from ir.node_words(node)
    if isinstance(node.op, ir.Settle):
        for word, said in node.op.words:
            yield word
            if isinstance(said, str):
                yield said


def renamed(function: ir.Function, names: Mapping[str, tuple[str, bool]]) -> ir.Function:
    """The function with words that can be typed, and the models' names for result and flags."""
    fault = next(n.op for n in function.nodes.values() if isinstance(n.op, ir.Fault))
    variables = {fault.into: "result", fault.flags: "flags"}
    new = _Names(names, variables)
    nodes = {i: replace(n, op=new.op(n.op)) for i, n in function.nodes.items()}
    held = {variables.get(n, n): v for n, v in function.locals.items()}
    return replace(function, nodes=nodes, locals=held)


class _Names:
    """Other words and variables in operations."""

    def __init__(self, words: Mapping[str, tuple[str, bool]], variables: Mapping[str, str]) -> None:
        self.words, self.variables = words, variables

    def variable(self, name: str) -> str:
        return self.variables.get(name, name)

    def op(self, op: ir.Op) -> ir.Op:
        if isinstance(op, ir.Settle):
            lets = tuple((self.variable(name), self.expr(value)) for name, value in op.lets)
            return ir.Settle(lets, tuple(self.known(word, said) for word, said in op.words))
        return ir.rewritten(op, self.expr, self.variable)

    def known(self, word: str, said: ir.Known) -> tuple[str, ir.Known]:
        name, turned = self.words[word]
        if isinstance(said, bool):
            return name, said is not turned
        if isinstance(said, str):
            other, other_turned = self.words[said]
            return (name, other) if turned is other_turned else (name, None)
        if said is None:
            return name, None
        return name, ir.Not(self.expr(said)) if turned else self.expr(said)

    def expr(self, expr: ir.Expr) -> ir.Expr:
        return ir.rewrite(ir.renamed(expr, self.variable), self.word)

    def word(self, part: ir.Expr) -> ir.Expr | None:
        if not isinstance(part, ir.Free):
            return None
        name, turned = self.words[part.word]
        return ir.Not(ir.Free(name)) if turned else ir.Free(name)


_TERMS = {
    "signal": "RETRY and a signal pending?", "COMPLETED": "COMPLETED?", "ERROR": "ERROR?",
    "RETRY": "RETRY?", "ERROR or RETRY": "ERROR or RETRY?",
}  # fmt: skip


def in_our_terms(folded: ir.Program) -> ir.Function:
    """The folded graph with the names that models and lessons use; the source pane has the C."""
    side = Side(folded)

    def term(node: ir.Node) -> str:
        match node.op:
            case ir.Fault():
                return "handle_mm_fault"
            case ir.Lock(_, by):
                return (
                    node.text.partition(";")[0] + "; give up mmap_lock"
                    if node.text.startswith("\u2026")
                    else ("give up mmap_lock" if by < 0 else "take mmap_lock")
                )
            case ir.Call(name):
                return " … ".join([name, *node.text.split(" … ")[1:]])
            case ir.Let("flags", ir.With(_, mask)):
                names_ = {int(Flag.WRITE): "WRITE, if a store", int(Flag.TRIED): "mark TRIED"}
                return names_.get(mask, node.text)
            case ir.Test(ir.Free("kernel")):
                return "kernel mode?"
            case ir.Test(expr):
                if (
                    set(ir.words_of(expr)) & {"gmap"}
                    and not side.kind(node)
                    and "&&" not in node.text
                ):
                    return "gmap?"
                said = _TERMS.get(side.kind(node))
                return said or f"{node.text.replace('FAULT_FLAG_', '')}?"
            case ir.Leave():
                return "return"
        return node.text

    function = folded.function
    return replace(function, nodes={i: replace(n, text=term(n)) for i, n in function.nodes.items()})
