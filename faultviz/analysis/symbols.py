"""SymPy's names, for whoever computes with formulas; it is loaded when the first is asked for.

Here: nothing of our own, but the sentence where SymPy is not installed. Not here: a formula.
"""

from __future__ import annotations

from typing import Any

from faultviz.base.extras import of_extra


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    with of_extra("lessons", "A formula"):
        import sympy
    return getattr(sympy, name)
