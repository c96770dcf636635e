"""What a program was made of: its statements, or lines of a reader's own source.

Here: `Origin`, which a program carries along and nothing that runs or judges it looks at. Not here:
the program (`graph`), or how it was made (`build`, and the room `kernel`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Origin:
    """Where a program is from; empty for one that was put together by hand."""

    written: Any = field(default=None, compare=False, repr=False)
    """Its statements (a `statements.FunctionModel`, which builds on graphs); None without any."""
    excerpts: Mapping[str, str] = field(default_factory=dict)
    """The lines of a reader's own source that nodes stand for, by node."""
    whole: Any = None
    """Of a graph that was folded for reading: the program with nothing folded."""
