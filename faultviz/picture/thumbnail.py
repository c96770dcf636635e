"""A graph drawn small: its shape, and where the lock, the fault and the patch are in it.

Here: a picture without words, for a list of many. What is told apart by colour is told apart by
its outline as well. Not here: the picture that is read (`svg`).
"""

from __future__ import annotations

import re
from html import escape
from importlib import resources

from faultviz.ir.graph import Node, Program
from faultviz.picture.colours import DARK
from faultviz.picture.layout import layout
from faultviz.picture.shape import CUT, PAD, kind, size
from faultviz.picture.svg import curve

WIDE, HIGH = 170, 272
"""A small picture's size in px; the graph stands at the top of it, in the middle."""

RULES = "\n" + resources.files(__package__).joinpath("thumbnail.css").read_text("utf-8")
"""How it looks; a page sets the variables, for its light and its dark theme."""

LIGHT = re.sub(r"var\(--[\w-]+,([^)]+)\)", r"\1", RULES)
"""The same with the colours written out, for a picture on white."""

STYLE = (
    LIGHT
    + "@media (prefers-color-scheme:dark){"
    + re.sub(r"var\(--fv-([\w-]+),[^)]+\)", lambda said: DARK[said[1]], RULES).strip()
    + "}"
)
"""The same with those of a dark theme as well, for a picture on its own."""

LEGEND = (
    "filled dark: handle_mm_fault; filled blue: takes mmap_lock; blue and dashed: gives it up; "
    "filled green and thick: new in the patch"
)


def small(
    program: Program, function: str | None = None, *, style: bool = True, height: int = HIGH
) -> str:
    """One function of a program as a small SVG, the root where none is named.

    `style`: with its own rules, for a file; a page that shows many has `RULES` once.

    >>> from faultviz.models import load
    >>> picture = small(load("mips", "merged"))
    >>> picture.count('class="at'), "<text" in picture
    (38, False)
    """
    f = program.functions[function or program.root]
    at = layout(f, program.name)
    lines = "".join(f'<path d="{curve(points)}"/>' for _, _, points, _ in at.edges)
    nodes = "".join(_node(node, *at.nodes[node.id]) for node in f.nodes.values())
    wide, high = round(at.width) + 2 * PAD, round(at.height) + 2 * PAD
    said = escape(f"{program.name} {program.revision or ''}, drawn small: {len(f.nodes)} nodes")
    return (
        f'<svg class="fv-small" xmlns="http://www.w3.org/2000/svg" width="{WIDE}" '
        f'height="{height}" viewBox="{-PAD} {-PAD} {wide} {high}" preserveAspectRatio="xMidYMin" '
        f'role="img" aria-label="{said}">{f"<style>{STYLE}</style>" if style else ""}{lines}{nodes}'
        "</svg>"
    )


def _node(node: Node, x: float, y: float) -> str:
    """A box, or a hexagon for a test."""
    width, height = size(node)
    what = kind(node)
    patch = "" if "before" in node.revisions else " patch"
    name = f"at {what}{patch}" if what in ("acquire", "release", "fault") else f"at{patch}"
    left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    if what == "test":
        return (
            f'<polygon class="{name}" points="{left:.0f},{y:.0f} {left + CUT:.0f},{top:.0f} '
            f"{right - CUT:.0f},{top:.0f} {right:.0f},{y:.0f} {right - CUT:.0f},{bottom:.0f} "
            f'{left + CUT:.0f},{bottom:.0f}"/>'
        )
    return (
        f'<rect class="{name}" x="{left:.0f}" y="{top:.0f}" width="{width}" height="{height}" '
        f'rx="{height / 2 if what in ("enter", "leave") else 5:.0f}"/>'
    )
