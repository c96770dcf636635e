"""From C functions to graphs of statements.

Here: statements, loops and jumps; an `#if` within a body becomes a branch. Not here: expressions
(`expressions`, `branches`), or what a name means (`by_hand`, `source`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from faultviz.kernel.c.branches import GrowingGraph
from faultviz.kernel.c.clean import clean
from faultviz.kernel.c.expressions import expression, read_expression
from faultviz.kernel.c.syntax import Assign, Body, C, Id, text
from faultviz.kernel.c.syntax_nodes import (  # fmt: skip
    PARSER,
    Syntax,
    declared_name,
    errors,
    function_declarator,
    named,
    parameters,
    part_of,
    said,
    squeezed,
)


def functions(source: str, file: str) -> Iterator[Body]:
    """Every function of a file. What cannot be read within one is counted in its `errors`."""
    for node in _definitions(PARSER.parse(clean(source).encode()).root_node):
        try:
            yield _FunctionReader(node, file).body
        except RecursionError:
            continue  # an expression thousands of levels deep: no C that anybody wrote


def _definitions(root: Syntax) -> Iterator[Syntax]:
    todo = [root]
    while todo:
        for child in todo.pop().children:
            if child.type == "function_definition":
                yield child
            elif child.type.startswith("preproc_") or child.type in ("ERROR", "declaration_list"):
                todo.append(child)


@dataclass
class _Loop:
    """Where break and continue lead; a switch has no continue of its own."""

    out: int
    on: int | None
    cases: dict[str, int] = field(default_factory=dict)


class _FunctionReader(GrowingGraph):
    """One function. Statements are built back to front: each knows the step that follows it."""

    def __init__(self, node: Syntax, file: str) -> None:
        declared = function_declarator(node)
        name = said(part_of(declared, "declarator")) if declared else "?"
        first, last = node.start_point[0] + 1, node.end_point[0] + 1
        super().__init__(name, file, last)
        self.labels: dict[str, int] = {}
        self.jumps: list[tuple[int, str]] = []
        self.loops: list[_Loop] = []
        self.locals: set[str] = set()
        end = self.add("return", None, said="}")
        entry = self.sequence(named(part_of(node, "body")), end)
        self.line = first
        start = self.add("entry", None, {None: entry}, said=f"enter {name}")
        for step, label in self.jumps:
            if label in self.labels:
                self.lead(step, self.labels[label])
            else:
                missing = f"goto {label} (no such label)"
                self.steps[step] = replace(self.steps[step], kind="stop", said=missing)
        params = tuple(parameters(declared)) if declared else ()
        self.body = Body(
            name, file, first, params, frozenset(self.locals), self.met(start), start, errors(node)
        )

    def sequence(self, nodes: list[Syntax], then: int) -> int:
        """Statements one after the other; a macro before a block is a loop of the kernel's."""
        after: Syntax | None = None
        behind = then  # the step that follows `after`
        for node in reversed(nodes):
            if after is not None and after.type == "compound_statement" and _is_loop_macro(node):
                then = self.each(node, after, behind)
            else:
                behind = then
                then = self.statement(node, then)
            after = node
        return then

    def each(self, node: Syntax, body: Syntax, then: int) -> int:
        """`for_each_x(...) { }`: goes round as often as the macro finds something."""
        found = read_expression(named(node)[0])
        return self.loop(node, lambda inner, out: self.ask(found, inner, out), body, then)

    def statement(self, node: Syntax, then: int) -> int:
        """One statement, and the step that begins it."""
        self.line = node.start_point[0] + 1
        match node.type:
            case "compound_statement":
                return self.sequence(named(node), then)
            case "expression_statement":
                inner = named(node)
                return self.do(read_expression(inner[0]), then) if inner else then
            case "declaration":
                return self.declare(node, then)
            case "if_statement":
                return self.branch(node, then)
            case "while_statement":
                test = read_expression(part_of(node, "condition"))
                return self.loop(
                    node, lambda body, out: self.ask(test, body, out), part_of(node, "body"), then
                )
            case "do_statement":
                return self.do_while(node, then)
            case "for_statement":
                return self.for_loop(node, then)
            case "switch_statement":
                return self.switch(node, then)
            case "case_statement":
                return self.case(node, then)
            case "labeled_statement":
                return self.labelled(node, then)
            case "goto_statement":
                label = said(part_of(node, "label"))
                step = self.add("do", None, said=f"goto {label}")
                self.jumps.append((step, label))
                return step
            case "break_statement":
                return self.loops[-1].out if self.loops else then
            case "continue_statement":
                return next((x.on for x in reversed(self.loops) if x.on is not None), then)
            case "return_statement":
                inner = named(node)
                return self.returns(read_expression(inner[0]) if inner else None)
            case "preproc_if" | "preproc_ifdef" | "preproc_elif" | "preproc_elifdef":
                return self.conditional(node, then)
            case "preproc_else":
                return self.sequence(named(node), then)
            case "attributed_statement":
                return self.sequence([c for c in named(node) if c.type.endswith("statement")], then)
            case kind if kind.endswith("expression"):
                return self.do(read_expression(node), then)
            case _:
                return then

    def declare(self, node: Syntax, then: int) -> int:
        """A declaration: only what it initialises is a step."""
        given: list[tuple[str, C]] = []
        for child in node.children_by_field_name("declarator"):
            name = declared_name(child)
            if name is None:
                continue
            self.locals.add(name)
            value = child.child_by_field_name("value") if child.type == "init_declarator" else None
            if value is not None and value.type != "initializer_list":
                given.append((name, read_expression(value)))
        for name, e in reversed(given):
            then = self.do(Assign("=", Id(name), e), then)
        return then

    def branch(self, node: Syntax, then: int) -> int:
        """if and else."""
        line = self.line
        other = node.child_by_field_name("alternative")
        if other is not None and other.type == "else_clause":
            other = next(iter(named(other)), None)
        no = self.statement(other, then) if other is not None else then
        yes = self.statement(part_of(node, "consequence"), then)
        self.line = line
        return self.ask(read_expression(part_of(node, "condition")), yes, no)

    def loop(self, node: Syntax, ask: Callable[[int, int], int], body: Syntax, then: int) -> int:
        """A loop that asks first. The head is a step of its own: the way back needs a target."""
        line = self.line = node.start_point[0] + 1
        head = self.add("do", None, said="loop")
        inner = self.round(body, then, head)
        self.line = line
        self.lead(head, ask(inner, then))
        return head

    def round(self, body: Syntax, out: int, on: int) -> int:
        """A loop's body, which leads `on` to its next round; `break` leads `out`."""
        self.loops.append(_Loop(out, on))
        inner = self.statement(body, on)
        self.loops.pop()
        return inner

    def do_while(self, node: Syntax, then: int) -> int:
        head = self.add("do", None, said="loop")
        inner = self.round(part_of(node, "body"), then, head)
        self.line = part_of(node, "condition").start_point[0] + 1
        self.lead(head, self.ask(read_expression(part_of(node, "condition")), inner, then))
        return inner

    def for_loop(self, node: Syntax, then: int) -> int:
        line = self.line
        first, test = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
        update = node.child_by_field_name("update")
        head = self.add("do", None, said="loop")
        again = self.do(read_expression(update), head) if update is not None else head
        inner = self.round(part_of(node, "body"), then, again)
        self.line = line
        self.lead(head, self.ask(read_expression(test), inner, then) if test is not None else inner)
        if first is None:
            return head
        return (
            self.declare(first, head)
            if first.type == "declaration"
            else self.do(read_expression(first), head)
        )

    def switch(self, node: Syntax, then: int) -> int:
        """A switch: one step that leads to its cases."""
        line = self.line
        found = _Loop(then, None)
        self.loops.append(found)
        self.statement(part_of(node, "body"), then)
        self.loops.pop()
        self.line = line
        e = read_expression(part_of(node, "condition"))
        ways: dict[bool | str | None, int] = dict(reversed(found.cases.items()))
        ways.setdefault("default", then)
        return self.add("switch", e, ways, said=f"switch ({text(e)})")

    def case(self, node: Syntax, then: int) -> int:
        value = node.child_by_field_name("value")
        begin = self.sequence([c for c in named(node) if value is None or c.id != value.id], then)
        for loop in reversed(self.loops):
            if loop.on is None:
                loop.cases[squeezed(said(value)) if value else "default"] = begin
                break
        return begin

    def labelled(self, node: Syntax, then: int) -> int:
        label = said(part_of(node, "label"))
        line = self.line
        inner = self.sequence([c for c in named(node) if c.type != "statement_identifier"], then)
        self.line = line
        self.labels[label] = self.add("do", None, {None: inner}, said=f"{label}:", label=label)
        return self.labels[label]

    def conditional(self, node: Syntax, then: int) -> int:
        """#if within a body: a branch on a build option, the same word wherever it is asked."""
        name = node.child_by_field_name("name") or part_of(node, "condition")
        other = node.child_by_field_name("alternative")
        inner = [c for c in named(node) if c.id != name.id and (other is None or c.id != other.id)]
        yes, no = (
            self.sequence(inner, then),
            self.statement(other, then) if other is not None else then,
        )
        if said(node).lstrip().startswith("#ifndef"):
            yes, no = no, yes
        self.line = node.start_point[0] + 1
        if name.type == "identifier" and node.type == "preproc_ifdef":
            return self.add(
                "ask", Id(f"{said(name)}"), {True: yes, False: no}, said=f"#if {said(name)}"
            )
        return self.ask(_option(squeezed(said(name))), yes, no)


def _option(said: str) -> C:
    """The condition of an #if, with `defined(X)` and `IS_ENABLED(X)` as plain X."""
    return expression(
        re.sub(r"\b(?:defined|IS_ENABLED|IS_BUILTIN)\s*\(?\s*(\w+)\s*\)?", r"\1", said)
    )


def _is_loop_macro(node: Syntax) -> bool:
    """`for_each_x(a, b)` without a semicolon, before a block."""
    if node.type != "expression_statement" or said(node).rstrip().endswith(";"):
        return False
    inner = named(node)
    return bool(inner) and inner[0].type == "call_expression"
