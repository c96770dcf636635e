"""Two traces beside each other: as a table of HTML, and as a picture of that table.

Here: how a comparison looks, the lock drawn beside each step. Not here: which steps stand beside
each other, and the same as text (`compare`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from faultviz.base.texts import texts
from faultviz.engine import narrate
from faultviz.engine.run import Step

Pairs = Sequence[tuple[Step | None, Step | None]]

_SAID = texts("faultviz.engine", "sentences")["compared"]

HELD = "#0072B2"
ROW, LETTER, BOLD = 22, 7.4, 8.6
"""Of the picture, in px: a row's height, and room for a letter in any reader's font."""
NUMBER, LOCK, TEXT, GAP = 40, 48, 82, 24
"""Of a column, in px: where a number ends, the lock and the text begin, and what is left free."""


def table(pairs: Pairs, heads: Sequence[str], feet: Sequence[str], first: int | None) -> str:
    """Two columns of steps as HTML: the steps beside each other, what stands above and below."""
    left = "style='text-align:left;padding-left:18px'"
    above = "".join(f"<th colspan=3 {left}>{escape(said)}</th>" for said in heads)
    below = "".join(f"<td colspan=3 {left}><b>{escape(said)}</b></td>" for said in feet)
    rows = "".join(
        f"<tr{_mark(here)}>{_cells(a)}{_cells(b)}{_note(here)}</tr>"
        for n, (a, b) in enumerate(pairs, start=1)
        for here in [n == first]
    )
    return (
        "<table style='font-size:inherit;border-collapse:collapse'>"
        f"<tr>{above}</tr>{rows}<tr>{below}</tr></table>"
    )


def _mark(first: bool) -> str:
    return " style='outline:2px solid currentColor'" if first else ""


def _note(first: bool) -> str:
    return f"<td style='padding-left:12px'>{_SAID['first']}</td>" if first else ""


def _cells(step: Step | None) -> str:
    if step is None:
        return "<td colspan=3></td>"
    held = step.mmap_lock > 0
    bar = f"background:{HELD};color:#fff" if held else "border:1px dashed currentColor"
    return (
        f"<td style='padding-left:18px'>{step.label}</td>"
        f"<td style='{bar};text-align:center;padding:1px 6px'>{step.mmap_lock}</td>"
        f"<td style='text-align:left;padding-left:8px'>{escape(narrate.answered(step))}</td>"
    )


def picture(pairs: Pairs, heads: Sequence[str], feet: Sequence[str], first: int | None) -> str:
    """The same as SVG."""
    high = (len(pairs) + 2) * ROW + 12
    left, drawn = 12.0, ""
    for side, ends in enumerate(zip(heads, feet, strict=True)):
        steps = [pair[side] for pair in pairs]
        drawn += _line(left, 0, ends[0], bold=True)
        drawn += "".join(_step(left, n, step) for n, step in enumerate(steps, start=1) if step)
        drawn += _line(left, len(pairs) + 1, ends[1], bold=True)
        words = [TEXT + LETTER * len(narrate.answered(step)) for step in steps if step]
        left += GAP + max(*words, *(BOLD * len(said) for said in ends))
    wide = left
    if first:
        wide += LETTER * len(_SAID["first"])
        drawn += _line(left - 8, first, _SAID["first"])
        drawn += (
            f'<rect x="6" y="{6 + first * ROW}" width="{left - 24:.0f}" height="{ROW}" '
            'fill="none" stroke="#15191e" stroke-width="2"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high}" '
        'font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="13" '
        f'fill="#15191e"><rect width="100%" height="100%" fill="#fff"/>{drawn}</svg>'
    )


def _line(x: float, row: int, said: str, *, bold: bool = False, more: str = "") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{22 + row * ROW}"{weight}{more}>{escape(said)}</text>'


def _step(left: float, row: int, step: Step) -> str:
    looks = ("none", ' stroke="#15191e" stroke-dasharray="3 2"', "")
    if step.mmap_lock > 0:
        looks = (HELD, "", ' fill="#fff"')
    fill, edge, ink = looks
    return (
        _line(left + NUMBER, row, step.label, more=' text-anchor="end"')
        + f'<rect x="{left + LOCK:.0f}" y="{8 + row * ROW}" width="26" height="{ROW - 4}" '
        f'fill="{fill}"{edge}/>'
        + _line(left + LOCK + 13, row, str(step.mmap_lock), more=f' text-anchor="middle"{ink}')
        + _line(left + TEXT, row, narrate.answered(step))
    )
