"""C expressions and constants out of source text, with tree-sitter.

Here: expressions, enumerators, object-like macros. Not here: statements (`parse`), or what a name
means (`by_hand`, `source`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from faultviz.kernel.c import by_hand
from faultviz.kernel.c.syntax import (  # fmt: skip
    Assign,
    Binary,
    C,
    Choice,
    Comma,
    Field,
    FunctionCall,
    Id,
    Num,
    Raw,
    Unary,
    constant,
)
from faultviz.kernel.c.syntax_nodes import PARSER, Syntax, named, part_of, said, squeezed


def expression(source: str) -> C:
    """One C expression.

    >>> from faultviz.kernel.c.syntax import text
    >>> text(expression("!(a & (unsigned) B)"))
    '!(a & B)'
    """
    plain = re.sub(
        r"\(\s*__force\s+\w+\s*\)", " ", re.sub(r"/\*.*?\*/", " ", source, flags=re.DOTALL)
    )
    root = PARSER.parse(f"int x = {plain};".encode()).root_node
    declared = (
        root.named_children[0].child_by_field_name("declarator") if root.named_children else None
    )
    value = declared.child_by_field_name("value") if declared else None
    return read_expression(value) if value is not None else Raw(plain.strip())


def enumerators(source: str) -> Iterator[list[tuple[str, str | None]]]:
    """Each enum of a file: its names, with the text of the value where there is one."""
    for body in re.findall(
        r"\benum\b[\w\s]*\{([^}]*)\}", re.sub(r"/\*.*?\*/", " ", source, flags=re.DOTALL)
    ):
        entries = [part.partition("=") for part in _split(body)]
        yield [
            (name.strip(), value.strip() or None)
            for name, _, value in entries
            if name.strip().isidentifier()
        ]


def defines(source: str) -> Iterator[tuple[str, str]]:
    """The object-like macros of a file, with their bodies."""
    joined = source.replace("\\\n", "  ")
    for found in re.finditer(
        r"^[ \t]*#[ \t]*define[ \t]+([A-Z_][A-Z0-9_]*)[ \t]+(\S.*)$", joined, re.MULTILINE
    ):
        yield found.group(1), re.sub(r"//.*$|/\*.*?\*/", " ", found.group(2)).strip()


def _split(body: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, char in enumerate(body):
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            yield body[start:at]
            start = at + 1
    yield body[start:]


# --- expressions -----------------------------------------------------------------------------


def _number(source: str) -> C:
    digits = source.rstrip("uUlL")
    try:
        return Num(int(digits, 8) if re.fullmatch(r"0[0-7]+", digits) else int(digits, 0))
    except ValueError:
        return Raw(source)


def read_expression(node: Syntax) -> C:
    """Any expression; what has no class of its own becomes Raw with its parts."""
    match node.type:
        case "parenthesized_expression":
            inner = named(node)
            return read_expression(inner[0]) if len(inner) == 1 else Raw(squeezed(said(node)))
        case "identifier":
            return Id(said(node))
        case "true" | "false":
            return Num(int(node.type == "true"))
        case "null":
            return Num(0)
        case "number_literal":
            return _number(said(node))
        case "cast_expression":
            return read_expression(part_of(node, "value"))
        case "call_expression":
            return _call(node)
        case "unary_expression" | "pointer_expression":
            op, part = said(part_of(node, "operator")), read_expression(part_of(node, "argument"))
            value = constant(Unary(op, part), {}) if op in "-~" else None
            return Unary(op, part) if value is None else Num(value)
        case "update_expression":
            op = "+=" if "++" in said(node) else "-="
            return Assign(op, read_expression(part_of(node, "argument")), Num(1))
        case "binary_expression":
            return Binary(
                said(part_of(node, "operator")), read_expression(part_of(node, "left")),
                read_expression(part_of(node, "right")),
            )  # fmt: skip
        case "assignment_expression":
            return Assign(
                said(part_of(node, "operator")), read_expression(part_of(node, "left")),
                read_expression(part_of(node, "right")),
            )  # fmt: skip
        case "conditional_expression":
            test = read_expression(part_of(node, "condition"))
            yes = node.child_by_field_name("consequence")
            return Choice(
                test,
                read_expression(yes) if yes else test,
                read_expression(part_of(node, "alternative")),
            )
        case "comma_expression":
            left, right = part_of(node, "left"), part_of(node, "right")
            return Comma(read_expression(left), read_expression(right))
        case "field_expression":
            arrow = "->" if any(child.type == "->" for child in node.children) else "."
            return Field(
                read_expression(part_of(node, "argument")), arrow, said(part_of(node, "field"))
            )
        case "string_literal" | "concatenated_string":
            return Raw('"..."')
        case _:
            inner = [
                c
                for c in node.named_children
                if c.type.endswith("expression") or c.type == "identifier"
            ]
            return Raw(squeezed(said(node)), tuple(map(read_expression, inner)))


def _call(node: Syntax) -> C:
    function, given = part_of(node, "function"), node.child_by_field_name("arguments")
    args = tuple(map(read_expression, named(given))) if given else ()
    name = said(function) if function.type == "identifier" else f"(*{squeezed(said(function))})"
    if name in by_hand.TRANSPARENT and args:
        return args[0]
    return FunctionCall(name, args)
