"""A model file read as data: it can use the vocabulary, and do nothing else.

So a teacher may read what a student sent, and `faultviz check` what somebody mailed. Here: what may
stand in such a file. Not here: the vocabulary (`words`), or what is made of a program.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from enum import EnumType
from functools import cache
from importlib import import_module
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.ir.graph import Program
from faultviz.models import words
from faultviz.models.catalogue import MODULES
from faultviz.models.handed_in import asking, refuse_what_is_wrong

FORMS = (
    ast.Module, ast.Assign, ast.Expr, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant,
    ast.List, ast.Tuple, ast.Dict, ast.Starred, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub,
    ast.Load, ast.Store,
)  # fmt: skip
"""What a handler is made of: a model is data, so there is nothing to loop over or to import."""

FACTS = ("faultviz.ir.bits", *(f"faultviz.models.{name}" for name in MODULES.values()))
"""What may be imported from, beside the vocabulary: constants and statements, in capitals."""


LARGE = 50_000
"""What a file may come to once all its names are spelled out; no shipped one comes to a fifth.

A name may stand in another twice, and that one in a third: forty such lines fill any memory.
"""


class TooFree(BadInput):
    """What the vocabulary has not: as a program of Python it may have a sense."""


def program_of(text: str | bytes, file: str = "") -> Program:
    """What a text binds to MODEL, with all its revisions. Raises BadInput with what and where.

    >>> program_of("import os", "mine.py")
    Traceback (most recent call last):
    faultviz.models.as_data.TooFree: Line 1 of mine.py: only the vocabulary can be used here, no \
Import.
    """
    here, head = file or "your handler", file or "Your handler"
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        line = getattr(problem, "lineno", None) or 1
        told = getattr(problem, "msg", "it cannot be read")
        raise BadInput(f"Line {line} of {here} is no Python: {told}.") from None
    shipped_words()  # so that no text gives another meaning to one of them
    known = _vocabulary()
    names: dict[str, Any] = {"__builtins__": {"int": int}, **known}
    own = []
    for statement in tree.body:
        brought = _brought(statement)
        names.update(brought or {})
        own += [statement] if brought is None else []
    tree.body = own
    _refuse(tree, known, here)
    _refuse_large(tree, here)
    try:
        # Only calls of the vocabulary are left, which make data.
        exec(compile(tree, here, "exec"), names)  # noqa: S102
    except BadInput as problem:
        raise BadInput(f"{file}: {problem}" if file else str(problem)) from None
    except NameError as problem:
        raise TooFree(f"{head} fails: {type(problem).__name__}: {problem}.") from problem
    except Exception as problem:  # a wrong argument may fail in any way; they get the reason
        raise BadInput(f"{head} fails: {type(problem).__name__}: {problem}.") from problem
    return bound(names, head)


@cache
def _vocabulary() -> Mapping[str, Any]:
    """Each word by its name; one that makes something looks at what it is given."""
    every = {name: getattr(words, name) for name in words.__all__}
    makes = {n: one for n, one in every.items() if callable(one) and not isinstance(one, EnumType)}
    return every | {name: asking(name, one) for name, one in makes.items()}


def shipped_words() -> dict[str, str]:
    """The meanings of all words, those of every shipped model among them."""
    for module in FACTS:
        import_module(module)
    return words.MEANING


def bound(names: Mapping[str, Any], head: str) -> Program:
    """What is bound to MODEL. Raises BadInput where that is no program."""
    found = names.get("MODEL")
    if not isinstance(found, Program):
        raise BadInput(f"{head} binds no MODEL: end it with MODEL = program(...).")
    refuse_what_is_wrong(found, head)
    return found


def _brought(statement: ast.stmt) -> dict[str, Any] | None:
    """What an import of facts brings; None for any other statement."""
    if not isinstance(statement, ast.ImportFrom) or statement.level:
        return None
    if statement.module == words.__name__:
        return {}  # all of it is known
    if statement.module not in FACTS or not all(one.name.isupper() for one in statement.names):
        return None
    module = import_module(statement.module)
    if not all(hasattr(module, one.name) for one in statement.names):
        return None
    return {one.asname or one.name: getattr(module, one.name) for one in statement.names}


def _harmless(node: ast.Attribute) -> bool:
    if not isinstance(node.value, ast.Name) or not isinstance(node.ctx, ast.Load):
        return False
    if node.value.id in ("Flag", "Result"):
        return node.attr.isupper()
    return node.value.id.isupper() and node.attr == "why"


def _refuse(tree: ast.Module, known: Mapping[str, Any], here: str) -> None:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 1)
        if not isinstance(node, FORMS):
            what = type(node).__name__
            raise TooFree(
                f"Line {line} of {here}: only the vocabulary can be used here, no {what}."
            )
        if isinstance(node, ast.Attribute) and not _harmless(node):
            raise TooFree(
                f"Line {line} of {here}: a dot may only follow Flag or Result, as in Flag.TRIED, "
                "or ask a shared step for its reason, as in FIX_UP.why."
            )
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in known:
            raise BadInput(f"Line {line} of {here}: {node.id} has a meaning already.")


def _refuse_large(tree: ast.Module, here: str) -> None:
    sizes: dict[str, int] = {}
    for statement in tree.body:
        found = list(ast.walk(statement))
        names = [node for node in found if isinstance(node, ast.Name)]
        size = len(found) + sum(sizes.get(name.id, 0) for name in names)
        if size > LARGE:
            raise BadInput(
                f"Line {statement.lineno} of {here}: with all names spelled out this is too large "
                "for a handler; name less in it, or a name less often."
            )
        sizes |= {name.id: size for name in names if isinstance(name.ctx, ast.Store)}
