"""What a model file hands in is held against what the classes of a program say.

Here: types, depth, names that mean two functions, and counters that nobody keeps; all found from
the annotations, so a new class or field is looked at, too. Not here: how a file is read
(`as_data`), or what a graph must be (`ir.build`).
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from reprlib import repr as short
from typing import Any

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.ir.statements import FunctionModel

DEEP = 100
"""How deep things may lie in things; of what ships, none comes to half of it."""
COUNTERS = ("pgfault", "minor", "major")

Part = tuple[Any, Any, str, int]
"""A value, what it must be, where it stands, and how deep."""


def refuse_what_is_wrong(program: ir.Program, head: str) -> None:
    """Raise BadInput, with the place, for the first thing that a program cannot have."""
    known: dict[str, FunctionModel] = {}
    todo: list[Part] = [(program, ir.Program, "MODEL", 0)]
    todo.append((program.origin.written, FunctionModel | None, "MODEL", 0))
    seen: set[tuple[int, str]] = set()
    while todo:
        value, hint, place, deep = todo.pop()
        if deep > DEEP:
            raise BadInput(f"{head} lays conditions or statements too deep into each other.")
        found = _fitting(value, hint)
        if found is None:
            raise BadInput(f"{head}: {place} is {short(value)}, and must be {_words(hint)}.")
        if isinstance(value, FunctionModel) and known.setdefault(value.name, value) is not value:
            raise BadInput(f"{head} has two functions {value.name!r}: give one another name.")
        if isinstance(value, ir.Count) and value.counter not in COUNTERS:
            one = ", ".join(COUNTERS)
            raise BadInput(f"{head} counts {value.counter!r}, and the counters are {one}.")
        if (key := (id(value), str(found))) not in seen:
            seen.add(key)
            todo += _parts(value, found, place, deep + 1)


def asking(name: str, make: Callable[..., Any]) -> Callable[..., Any]:
    """A word of the vocabulary that refuses, with the line, what it cannot take."""
    told, hints = inspect.signature(make), typing.get_type_hints(make)

    def made(*given: Any, **named: Any) -> Any:
        for one, value in told.bind(*given, **named).arguments.items():
            kind = told.parameters[one].kind
            several = value.values() if kind is inspect.Parameter.VAR_KEYWORD else value
            for each in several if "VAR" in kind.name else (value,):
                if _fitting(each, hints[one]) is None:
                    line = sys._getframe(1).f_lineno  # noqa: SLF001 (that of the file)
                    raise BadInput(
                        f"in line {line} {one} of {name} is {short(each)}, and must be "
                        f"{_words(hints[one])}."
                    )
        return make(*given, **named)

    return made


def _fitting(value: Any, hint: Any) -> Any:
    """The one of several types that a value has; None where it has none of them."""
    origin = typing.get_origin(hint) or hint
    if origin in (typing.Union, types.UnionType):
        found = (_fitting(value, one) for one in typing.get_args(hint))
        return next((one for one in found if one is not None), None)
    if hint is None or hint is type(None):
        return type(None) if value is None else None
    if origin is abc.Sequence and isinstance(value, str):
        return None
    return hint if origin is Any or isinstance(value, origin) else None


def _parts(value: Any, hint: Any, place: str, deep: int) -> Iterator[Part]:
    origin, of = typing.get_origin(hint), typing.get_args(hint)
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        where = f"{hint.__name__}({getattr(value, 'name', '')})".replace("()", "")
        for name, kind in _hints(hint).items():
            yield getattr(value, name), kind, f"{where}.{name}", deep
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield key, of[0], f"a key of {place}", deep
            yield held, of[1], f"{place}[{short(key)}]", deep
    elif origin is tuple and of[-1] is not ...:
        for one, kind in zip(value, of, strict=True):
            yield one, kind, place, deep
    elif of:
        for n, one in enumerate(value):
            yield one, of[0], f"{place}[{n}]", deep


@cache
def _hints(kind: type) -> dict[str, Any]:
    names = [one.name for one in fields(kind)] if is_dataclass(kind) else kind._fields  # type: ignore[attr-defined]
    told = typing.get_type_hints(kind)
    return {name: told[name] for name in names}


def _words(hint: Any) -> str:
    """A type for a reader: `int or None`."""
    of = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(map(_words, of))
    if hint is type(None):
        return "None"
    name = getattr(origin or hint, "__name__", str(hint))
    return f"{name} of {', '.join(_words(one) for one in of if one is not ...)}" if of else name
