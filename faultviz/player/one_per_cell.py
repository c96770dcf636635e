"""A cell has one live widget: those of an earlier run of the same cell are closed.

Here: which cell runs now, and what it made before. Not here: the widgets.
"""

from __future__ import annotations

from typing import TypeVar

from ipywidgets import Widget

_alive: dict[str, tuple[str, list[Widget]]] = {}


W = TypeVar("W", bound=Widget)


def only_one(widget: W) -> W:
    """The widget; those that an earlier run of the same cell made are closed."""
    run_of = _cell()
    if run_of is None:
        return widget
    cell, request = run_of
    before, widgets = _alive.get(cell, ("", []))
    if before != request:
        for old in widgets:
            old.close()
        widgets = []
    _alive[cell] = (request, [*widgets, widget])
    return widget


def _cell() -> tuple[str, str] | None:
    """The cell that runs now, and this run of it; None outside a notebook."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    request = parent.get("header", {}).get("msg_id", "")
    cell = parent.get("metadata", {}).get("cellId") or request
    return (cell, request) if request else None
