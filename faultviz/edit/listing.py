"""A program as numbered lines, as one reads it beside the picture.

Here: `lines` for a program of one revision. A line is a statement with how deep it stands; what
belongs to it stands below it, deeper. The numbers are how people and `edits` speak of a place. Not
here: lines as a program again (`parse_listing`), what may be changed (`edits`), what a statement
means (`statements`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.ir.bits import errno_text
from faultviz.ir.blocks import blocks, called, rebuilt
from faultviz.ir.build import in_order
from faultviz.ir.graph import EVERY, Program
from faultviz.ir.reach import reachable
from faultviz.ir.statements import (
    Branch,
    FunctionModel,
    Jump,
    Label,
    Loop,
    SimpleStep,
    Some,
    Statement,
    Switch,
    SwitchCase,
    Try,
)

INDENT = "    "
KINDS = ("function", "step", "if", "unless", "else", "try", "do", "while", "switch", "case",
         "default", "label", "goto")  # fmt: skip
"""An `unless` is an `if` of which only the answer no does something."""


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: where it stands, what it says, and the id of its node where it has one.

    `kind` is one of KINDS. `of` is the statement itself, without what belongs to it: a SimpleStep,
    Label, Jump, SwitchCase or FunctionModel; nothing for else, do and default.
    """

    number: int
    depth: int
    kind: str
    text: str
    node: str | None = None
    of: SimpleStep | Label | Jump | SwitchCase | FunctionModel | None = None

    def __str__(self) -> str:
        out = 1 if self.kind == "label" and self.depth else 0
        return INDENT * (self.depth - out) + self.text


def lines(of: Program) -> tuple[Line, ...]:
    """The lines of a program at one revision, function after function, numbered from 1.

    Raises BadInput for a program of all revisions, and for real source, which has a text already.

    >>> from faultviz.models import load
    >>> for line in lines(load("mips", "merged"))[10:14]:
    ...     print(f"{line.number:3}  {line}")
     11          goto bad_area
     12      WRITE, if a store
     13      result = handle_mm_fault
     14      if RETRY and a signal pending?
    """
    revision = of.revision or ""
    found: list[Line] = []

    def callees(model: FunctionModel) -> Iterable[FunctionModel]:
        return reversed(list(called(_only(model.body, revision))))

    for model in reachable([written(of)], callees, lambda one: one.name):
        prefix = "" if model.name == of.root else f"{model.name}."
        first, *names = in_order(of.name, model, prefix)
        own = _own(model.body)
        # The end that no statement says has a name, too, the last one.
        ids = {id(one): name for one, name in zip(_named(own, set()), names, strict=False)}
        found.append(Line(0, 0, "function", f"{model.name}:", first, model))
        found += (
            replace(line, node=ids.get(id(line.of))) for line in _flat(_only(own, revision), 1)
        )
    # A jump back that starts no second round became an edge, and what is never met has no node.
    nodes = of.nodes
    return numbered(replace(line, node=line.node if line.node in nodes else None) for line in found)


def written(of: Program) -> FunctionModel:
    """The statements of a program's root. Raises BadInput where there are none."""
    root = of.origin.written
    if not isinstance(root, FunctionModel):
        raise BadInput(f"{of.name} was not written as statements: it has lines of its own.")
    if of.revision is None:
        raise BadInput(f"{of.name} is of all revisions: take one, such as merged.")
    return root


def numbered(found: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines, numbered from 1."""
    return tuple(replace(line, number=n) for n, line in enumerate(found, start=1))


def text(found: Iterable[Line]) -> str:
    """Lines as text, each with its number."""
    return "\n".join(f"{line.number:3}  {line}" for line in found)


def diff(old: Sequence[Line], new: Sequence[Line], path: str) -> str:
    """What changed from one listing to another, as a unified diff of a file that has them.

    >>> from faultviz.models import load
    >>> one, other = (lines(load("mips", r)) for r in ("before", "merged"))
    >>> print(diff(one, other, "mips.txt").splitlines()[2])
    @@ -13,8 +13,10 @@
    """
    one, other = [f"{line}\n" for line in old], [f"{line}\n" for line in new]
    return "".join(unified_diff(one, other, f"a/{path}", f"b/{path}", n=4))


# --- which statement has which node ----------------------------------------------------------


def _own(body: Iterable[Statement]) -> tuple[Statement, ...]:
    """The same statements, none of them shared: one that stands twice becomes two."""
    return tuple(replace(rebuilt(statement, replace, _own)) for statement in body)


def _named(body: Iterable[Statement], passed: set[str]) -> Iterable[SimpleStep | Jump]:
    """What gets a node, in the order in which `build` names it; `passed` are labels met so far."""
    for statement in body:
        match statement:
            case SimpleStep():
                yield statement
            case Branch(step) | Try(step) | Switch(step):
                yield step
            case Label(name):
                passed.add(name)
            case Jump(name) if name in passed:
                yield statement
        for inner in blocks(statement):
            yield from _named(inner, passed)
        if isinstance(statement, Loop):
            yield statement.test


# --- statements of one revision --------------------------------------------------------------


def _only(body: Iterable[Statement], revision: str) -> tuple[Statement, ...]:
    kept: list[Statement] = []
    for statement in _flattened(body, revision):
        if kept and _ends(kept[-1]) and not list(_labels([statement])):
            continue  # nothing leads there in this revision
        one = statement
        if isinstance(one, Switch):
            there = [replace(c, revisions=EVERY) for c in one.cases if revision in c.revisions]
            one = replace(one, cases=there)
        kept.append(rebuilt(one, lambda step: step, lambda body: _only(body, revision)))
    return tuple(kept)


def _flattened(body: Iterable[Statement], revision: str) -> Iterable[Statement]:
    for statement in body:
        if not isinstance(statement, Some):
            yield statement
        elif revision in statement.revisions:
            yield from _flattened(statement.body, revision)


def _ends(statement: Statement) -> bool:
    """Whether no way goes on behind it."""
    return isinstance(statement, Jump) or (
        isinstance(statement, SimpleStep) and isinstance(statement.op, ir.Leave | ir.Bug)
    )


def _labels(body: Iterable[Statement]) -> Iterable[str]:
    for statement in body:
        if isinstance(statement, Label):
            yield statement.name
        for inner in blocks(statement):
            yield from _labels(inner)


def _flat(body: Iterable[Statement], depth: int) -> Iterable[Line]:
    def line(
        kind: str, text: str, of: SimpleStep | Label | Jump | SwitchCase | None = None
    ) -> Line:
        return Line(0, depth, kind, text, None, of)

    for statement in body:
        match statement:
            case SimpleStep():
                yield line("step", said(statement), statement)
            case Branch(test, (), no) if no:
                yield line("unless", f"unless {test.text}", test)
                yield from _flat(no, depth + 1)
            case Branch(test, yes, no):
                yield line("if", f"if {test.text}", test)
                yield from _flat(yes, depth + 1)
                if no:
                    yield line("else", "else")
                    yield from _flat(no, depth + 1)
            case Try(lock, failed, taken):
                yield line("try", f"{lock.text}; if that fails", lock)
                yield from _flat(failed, depth + 1)
                if taken:
                    yield line("else", "else")
                    yield from _flat(taken, depth + 1)
            case Loop(inner, test):
                yield line("do", "do")
                yield from _flat(inner, depth + 1)
                yield line("while", f"while {test.text}", test)
            case Switch(step, cases, default):
                yield line("switch", step.text, step)
                for one in cases:
                    yield Line(0, depth + 1, "case", f"case {errno_text(one.value)}", None,
                               replace(one, body=()))  # fmt: skip
                    yield from _flat(one.body, depth + 2)
                yield Line(0, depth + 1, "default", "any other")
                yield from _flat(default, depth + 2)
            case Label(name):
                yield line("label", f"{name}:", statement)
            case Jump(name):
                yield line("goto", f"goto {name}", statement)


def said(step: SimpleStep) -> str:
    """What a step says in a listing: the call of handle_mm_fault shows where its answer goes."""
    match step.op:
        case ir.Fault(into=into):
            return f"{into} = {step.text}"
        case ir.Call(into=into) if into:
            return f"{into} = {step.text}"
    return step.text
