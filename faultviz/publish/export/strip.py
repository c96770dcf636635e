"""A player on paper: a strip of pictures, one for each step that changes something.

A whole graph does not fit a strip, so a picture is cut out around the node of its step. Beside it
stands the text trace, which has every step. Here: both as HTML. Not here: how a graph is drawn
(`svg`), or the page (`document`).
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine import narrate
from faultviz.engine.compare import Comparison, own_steps
from faultviz.engine.run import Step, Trace
from faultviz.ir.graph import Program
from faultviz.picture.svg import svg
from faultviz.player.payload import is_generic

WIDE, HIGH = 300, 168
"""How much of a graph one picture shows, in px."""
ASKS = "This picture asks before it shows: step it in a page or in the notebook."

PIECE = re.compile(r'(?=<g class="(?:node|edge|token)\b)')
BOX = re.compile(r'data-box="(-?\d+) (-?\d+) (\d+) (\d+)"')
PATH = re.compile(r' d="([^"]+)"')
PAIR = re.compile(r"(-?[\d.]+),(-?[\d.]+)")

Area = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of a graph."""


def telling(trace: Trace) -> list[Step]:
    """The steps with a picture: the first and the last, and those that change something.

    >>> from faultviz.engine.run import run
    >>> [step.n for step in telling(run("mips", "merged", "COMPLETED"))]
    [1, 4, 9, 11, 12]
    """
    steps = [step for step in trace.steps if not is_generic(step.function)]
    broken = {bad.n for bad in trace.violations}
    kept = [steps[0]]
    for past, step in pairwise(steps):
        op = trace.program.nodes[step.node].op
        changes = (
            step.mmap_lock != past.mmap_lock or step.event == "fault" or isinstance(op, ir.Fault)
        )
        decides = step.answer is True or isinstance(op, ir.Leave | ir.Bug | ir.Goto)
        if changes or decides or step.n in broken or step is steps[-1]:
            kept.append(step)
    return kept


def strip(trace: Trace, first: int = 1) -> str:
    """The pictures with their captions, in the order of the steps, from the step `first` on.

    Where nothing here can lay out the graph there is a sentence instead.
    """
    try:
        frames = [_frame(trace, step) for step in telling(trace) if step.n >= first]
    except BadInput as reason:
        return f"<p>No pictures: {escape(str(reason))}</p>"
    return f'<ol class="strip">{"".join(frames)}</ol>'


def _frame(trace: Trace, step: Step) -> str:
    bad = [b for b in trace.violations if b.n == step.n]
    what, why = narrate.parts(trace, step.n)
    what = narrate.brief(trace, step.n) or what
    said = what if step.event == "test" else f"{what} {why}"
    broken = "".join(f"<b>Rule broken.</b> {escape(b.invariant)}: {escape(b.why)}" for b in bad)
    return (
        f'<li class="frame{" broken" if bad else ""}">{_around(trace.program, step)}'
        f'<p><b>{step.label}</b> <span class="lock">mmap_lock {_count(step)}</span> {escape(said)} '
        f"{broken}</p></li>"
    )


def _around(program: Program, step: Step) -> str:
    """The node of a step and what lies near it; nothing else is in the picture's text."""
    picture = svg(program, step.function, now=step.node, held=step.mmap_lock > 0, style=False)
    _, *pieces = PIECE.split(picture.removesuffix("</svg>"))
    here = next(area for piece in pieces if (area := _area(piece)) and " now" in piece[:60])
    x, y = (here[0] + here[2]) / 2, (here[1] + here[3]) / 2
    view = (x - WIDE / 2, y - HIGH / 2, x + WIDE / 2, y + HIGH / 2)
    near = [one for one in pieces if (area := _area(one)) is None or _meet(area, view)]
    return (
        f'<svg class="fv-svg" viewBox="{view[0]:.0f} {view[1]:.0f} {WIDE} {HIGH}" role="img" '
        f'aria-label="step {step.label}: {escape(narrate.short(step))}">{"".join(near)}</svg>'
    )


def _area(piece: str) -> Area | None:
    """Where a node or an edge is; nothing for the token, which goes along.

    >>> _area('<g class="edge"><path class="line" d="M1,2C3,4 5,6 7,1"/>')
    (1.0, 1.0, 7.0, 6.0)
    """
    if box := BOX.search(piece):
        left, top, wide, high = map(float, box.groups())
        return left, top, left + wide, top + high
    if path := PATH.search(piece) if piece.startswith('<g class="edge') else None:
        xs, ys = zip(*((float(x), float(y)) for x, y in PAIR.findall(path[1])), strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    return None


def _meet(one: Area, other: Area) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _count(step: Step) -> str:
    return str(step.mmap_lock).replace("-", "\u2212")


def whole(trace: Trace) -> str:
    """The graph alone, for a reader who is to predict the way."""
    try:
        picture = svg(trace.program, style=False)
    except BadInput as reason:
        return f"<p>No picture: {escape(str(reason))}</p>"
    return f'<figure class="whole">{picture}<figcaption>{ASKS}</figcaption></figure>'


def text_trace(trace: Trace, *, inside: bool = False) -> str:
    """Every step as text, each with the lock count; those below handle_mm_fault where `inside`."""
    head, columns, *_ = narrate.text(trace).splitlines()
    shown = [step for step in trace.steps if inside or not is_generic(step.function)]
    lines = [head, columns, *narrate.lines(shown), *narrate.ending(trace)]
    return f'<pre class="trace" tabindex="0">{escape(chr(10).join(lines))}</pre>'


def stills(both: Comparison) -> str:
    """The strips of two traces, each under its name, from where they part."""
    told = []
    for trace in (both.old, both.new):
        steps = own_steps(trace)
        at = min((both.first or 1) - 1, len(steps) - 1)
        name = f"{trace.handler} {trace.revision}, from step {steps[at].label} on"
        told.append(f'<p class="head">{escape(name)}</p>{strip(trace, steps[at].n)}')
    return "".join(told)
