"""The nodes that tree-sitter makes of C: their text, their parts, the names that they declare.

Here: what is the same whatever a node is. Not here: expressions (`expressions`) or statements
(`parse`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from faultviz.base.extras import of_extra

with of_extra("kernel", "Reading C"):
    import tree_sitter
    import tree_sitter_c

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c.language()))
Syntax = tree_sitter.Node


def said(node: Syntax) -> str:
    """A node's own text."""
    return (node.text or b"").decode("utf-8", "replace")


def squeezed(source: str) -> str:
    """A text without comments, every gap one space."""
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)).strip()


def named(node: Syntax) -> list[Syntax]:
    """The parts of a node that mean something."""
    return [child for child in node.named_children if child.type != "comment"]


def part_of(node: Syntax, name: str) -> Syntax:
    """A child that the grammar demands; the node itself where the source is broken."""
    return node.child_by_field_name(name) or node.child(0) or node


def function_declarator(node: Syntax) -> Syntax | None:
    """The name and parameters of a function's definition, without what it returns."""
    found = node.child_by_field_name("declarator")
    while found is not None and found.type != "function_declarator":
        found = found.child_by_field_name("declarator") or next(
            (c for c in found.named_children if "declarator" in c.type), None
        )
    return found


def parameters(declared: Syntax) -> Iterator[str]:
    """The names of a function's parameters; "_" for one without."""
    for given in named(part_of(declared, "parameters")):
        if given.type == "parameter_declaration":
            child = given.child_by_field_name("declarator")
            yield (declared_name(child) if child is not None else None) or "_"


def declared_name(node: Syntax) -> str | None:
    """The name within a declarator, however many stars are around it."""
    found: Syntax | None = node
    while found is not None and found.type not in ("identifier", "type_identifier"):
        found = found.child_by_field_name("declarator") or next(
            (c for c in found.named_children if "declarator" in c.type or c.type == "identifier"),
            None,
        )
    return said(found) if found is not None else None


def errors(node: Syntax) -> int:
    """How many places within a node were not understood."""
    if not node.has_error:
        return 0
    return (node.type == "ERROR" or node.is_missing) + sum(map(errors, node.children))
