"""The functions and constants of one file of a tree, with the helpers that it may call.

Here: what is read once and kept with the tree. Not here: what a function does to the lock
(`inline`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from faultviz.base.errors import BadInput, nearest
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.clean import noreturns
from faultviz.kernel.c.expressions import defines, enumerators, expression
from faultviz.kernel.c.parse import functions
from faultviz.kernel.c.syntax import Body, constant
from faultviz.kernel.files.tree import Tree


@dataclass(frozen=True)
class Source:
    """A file, read: `own` are its functions, `all` also the helpers', by name."""

    file: str
    own: Mapping[str, Body]
    all: Mapping[str, Body]
    constants: Mapping[str, int]
    never_return: frozenset[str]

    def function(self, name: str) -> Body:
        """One of its functions. Raises BadInput for a name that the file has not."""
        if name not in self.own:
            raise BadInput(f"{self.file} has no function {name!r}.{nearest(name, self.own)}")
        return self.own[name]


def source(tree: Tree, file: str) -> Source:
    """A file of a tree, with the helpers that the tree has. Raises BadInput for no such file."""
    text = tree.read(file)
    own = parsed(text, file)
    helpers: dict[str, Body] = {}
    for helper in by_hand.HELPERS:
        if helper in tree and helper != file:
            helpers.update(_relevant(tree.read(helper), helper))
    never = by_hand.NEVER_RETURN | noreturns(text)
    return Source(file, own, {**helpers, **own}, constants(tree, text), never)


@cache
def parsed(text: str, file: str) -> Mapping[str, Body]:
    """Every function of a text; of twins under #if and #else the larger one."""
    found: dict[str, Body] = {}
    for body in functions(text, file):
        if body.name not in found or len(found[body.name].steps) < len(body.steps):
            found[body.name] = body
    return found


@cache
def _relevant(text: str, file: str) -> Mapping[str, Body]:
    """The functions of a helper's file that may touch the lock or judge a result."""
    bodies = parsed(text, file)
    seeds = {*by_hand.PRIMITIVES, by_hand.FAULT}
    return {name: body for name, body in bodies.items() if name not in seeds}


def constants(tree: Tree, text: str) -> Mapping[str, int]:
    """The constants of the tree's headers and of one file: enumerators and macros."""
    headers = tuple(tree.read(path) for path in by_hand.CONSTANTS if path in tree)
    return {**_constants(headers, ()), **_own_constants(text, headers)}


@cache
def _own_constants(text: str, headers: tuple[str, ...]) -> Mapping[str, int]:
    return _constants((text,), tuple(_constants(headers, ()).items()))


@cache
def _constants(texts: tuple[str, ...], before: tuple[tuple[str, int], ...]) -> Mapping[str, int]:
    found = dict(before)
    later: list[tuple[str, str]] = []
    for text in texts:
        for entries in enumerators(text):
            value: int | None = -1
            for name, given in entries:
                if given is not None:
                    value = constant(expression(given), found)
                elif value is not None:
                    value += 1
                if value is not None:
                    found[name] = value
        later += [(name, body) for name, body in defines(text) if _may_be_constant(body)]
    for _ in range(3):  # a macro may be made of macros that come after it
        for name, body in later:
            if name not in found and (value := constant(expression(body), found)) is not None:
                found[name] = value
    return found


def _may_be_constant(body: str) -> bool:
    return len(body) < 400 and not any(mark in body for mark in '{}";')
