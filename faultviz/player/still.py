"""A step as a picture on its own, with what it does above it; two of them side by side.

Here: what stands where no widget can live. Not here: how a graph is drawn (`picture.svg`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

from faultviz.course.questions.gate import Gate
from faultviz.engine import narrate
from faultviz.engine.run import Trace
from faultviz.picture.svg import Picture, Way, svg
from faultviz.player.payload import frames

NARROWEST = 660


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
    head = f"{trace.handler} {trace.revision}, step {n} of {total or len(trace.steps)}: mmap_lock "
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
