"""A step as a picture on its own, with what it does above it; two of them, or lanes, side by side.

Here: what stands where no widget can live. Not here: how a graph is drawn (`picture.svg`).
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

from faultviz.course.questions.gate import Gate
from faultviz.engine import narrate
from faultviz.engine.run import Trace
from faultviz.picture.svg import Picture, Way, svg
from faultviz.player.payload import frames

NARROWEST = 660
LANE, LEFT, WIDE = 34, 90, 900

FOR_READERS = "FAULTVIZ_STILLS"
"""Set where outputs are made for readers who run nothing: then each still is of a telling step."""


def outputs(text: str, picture: str) -> dict[str, str]:
    """What stands beside a widget: a line, a picture, and both as HTML that any page may show.

    JupyterLab takes HTML of a notebook that it does not trust, but no SVG.
    """
    data = b64encode(picture.encode()).decode()
    shown = f'<img alt="{escape(text)}" src="data:image/svg+xml;base64,{data}">'
    html = f"<figure>{shown}<figcaption>{escape(text)}</figcaption></figure>"
    return {"text/plain": text, "image/svg+xml": str(picture), "text/html": html}


def for_readers() -> bool:
    """Whether a still is for somebody who can step to no other one."""
    return bool(os.environ.get(FOR_READERS))


def telling(trace: Trace) -> int:
    """The step that says most: where a rule breaks, else how handle_mm_fault comes back.

    >>> from faultviz.engine.run import run
    >>> telling(run("s390", "v3", "COMPLETED", "gmap,write")), telling(run("mips"))
    (20, 53)
    """
    broken = (one.n for one in trace.violations)
    back = (step.n for step in trace.steps if step.event == "fault" or step.outcome)
    return next(broken, next(back, len(trace.steps)))


def still(trace: Trace, n: int, asked: Gate | None = None, total: str = "") -> Picture:
    """One step: the graph, and above it what the step does.

    `asked`: its question is open, so nothing of what is asked is drawn; `total`: how many steps
    there are, "?" while that is not to be known.
    """
    calls, places = frames(trace)
    step, here = trace.steps[n - 1], places[n - 1]
    function = trace.program.functions[calls[here["frame"]]["function"]]
    edges = {(e.source, e.target, str(e.when)): e.when for e in function.edges}
    taken: dict[Way, str] = {}
    for past, place in zip(trace.steps[: n - 1], places, strict=False):
        for frame, source, target, when, round_ in place["ways"]:
            if frame == here["frame"]:
                looks = "way-held" if past.mmap_lock > 0 else "way-open"
                looks += " old" if round_ < here["round"] else ""
                taken[source, target, edges[source, target, when]] = looks
    hides = asked.hides if asked else ""
    held = trace.steps[max(n - 2, 0)].mmap_lock if hides == "lock" else step.mmap_lock
    picture = svg(trace.program, function.name, now=step.node, held=held > 0, taken=taken)
    locked = "?" if hides == "lock" else narrate.lock_words(step.mmap_lock)
    head = (
        f"{trace.handler} {trace.revision}, step {step.label} of {total or trace.total}: mmap_lock "
    )
    said = asked.said if asked and hides else narrate.sentence(trace, n)
    return _captioned(picture, [head + locked, *wrap(said, 88)])


def _captioned(picture: Picture, lines: Sequence[str]) -> Picture:
    """A picture with lines of text above it, the first one bold."""
    texts = "".join(
        f'<text x="12" y="{20 + 18 * i}" style="text-anchor:start'
        f'{";font-weight:bold" if not i else ""}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    top = 18 * len(lines) + 12
    width, height = max(picture.width, NARROWEST), picture.height + top
    return Picture(
        f'<svg class="fv-svg" xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}"><rect width="100%" height="100%" fill="#fff"/>{texts}'
        f"{picture.at(y=top)}</svg>",
        width,
        height,
    )


def side_by_side(stills: Sequence[Picture]) -> str:
    """Stills as one picture."""
    left = 0
    parts: list[str] = []
    for one in stills:
        parts.append(one.at(x=left))
        left += one.width + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left - 20}" '
        f'height="{max(one.height for one in stills)}">{"".join(parts)}</svg>'
    )


def of_lanes(told: Mapping[str, Any], tick: int, title: str) -> str:
    """Several threads on one clock (`timeline.as_json`), with the hand at a tick."""
    now = told["ticks"][tick - 1]
    scale = (WIDE - LEFT - 12) / told["end"]
    fills = {"runs": "#fff", "waits": "url(#waits)", "holds": "#9cc7e4"}
    parts = []
    for row, lane in enumerate(told["lanes"]):
        y = 56 + row * LANE
        parts.append(f'<text x="12" y="{y + 17}">{escape(lane["who"])}</text>')
        for start, end, state in lane["spans"]:
            x, width = LEFT + start * scale, (end - start) * scale
            writes = state == "holds" and lane["who"].startswith("writer")
            fill = "#e8b04a" if writes else fills[state]
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="24" fill="{fill}" '
                f'stroke="#4c5560"/>'
            )
            if width > 44:
                parts.append(f'<text x="{x + 5:.1f}" y="{y + 16}" font-size="12">{state}</text>')
    height = 62 + len(told["lanes"]) * LANE
    hand = LEFT + now["at"] * scale
    said = f"Tick {tick} of {len(told['ticks'])}: {now['said']}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{height}" '
        f'font-family="DejaVu Sans, Verdana, Helvetica, Arial, sans-serif" font-size="13">'
        f'<defs><pattern id="waits" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="#fff"/><path d="M0 6L6 0" stroke="#4c5560"/></pattern>'
        f'</defs><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="12" y="20" font-weight="bold">{escape(title)}</text>'
        f'<text x="12" y="40">{escape(said)}</text>{"".join(parts)}'
        f'<path d="M{hand:.1f} 50V{height - 8}" stroke="#a02020" stroke-width="2"/></svg>'
    )
