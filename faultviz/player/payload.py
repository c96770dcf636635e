"""What a player sends to the browser: pictures, and a trace with all its words.

Here: plain dictionaries that become JSON. The browser adds no sentence of its own about a step, so
picture, lane and text cannot say different things. Not here: the widget, or what is clickable
(`choices`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from textwrap import wrap
from typing import Any

from faultviz import draw, ir, story
from faultviz.bits import Flag, Result
from faultviz.ir import Program
from faultviz.models.mm import memory
from faultviz.run import Step, Trace

Json = dict[str, Any]


def is_generic(function: str) -> bool:
    """Whether a function is the generic code's, below handle_mm_fault."""
    return function in memory.MODEL.functions


def pictures(program: Program) -> dict[str, str]:
    """One SVG for each of the program's own functions."""
    return _drawn(program, [name for name in program.functions if not is_generic(name)])


@cache
def generic_pictures(revision: str) -> dict[str, str]:
    """One SVG for each function of the generic code: the same below every handler."""
    program = memory.MODEL.at(revision)
    return _drawn(program, program.functions)


def _drawn(program: Program, functions: Iterable[str]) -> dict[str, str]:
    return {name: draw.svg(program, name, style=False) for name in functions}


def told(trace: Trace) -> Json:
    """The whole trace in words and places."""
    frames, places = _frames(trace)
    states = _since(trace)
    broken: dict[int, list[str]] = {}
    for b in trace.violations:
        broken.setdefault(b.n, []).append(f"{b.invariant}: {b.why}")
    steps = [
        _step(trace, step, place, since, broken.get(step.n, []))
        for step, place, since in zip(trace.steps, places, states, strict=True)
    ]
    return {
        "title": f"{trace.handler} {trace.revision}, {','.join(trace.used) or 'no fault'}, "
        f"{trace.context}",
        "about": trace.program.about,
        "frames": frames,
        "steps": steps,
        "end": story.ending(trace)[0],
    }


def _step(trace: Trace, step: Step, place: Json, since: str, broken: list[str]) -> Json:
    what, why = story.parts(trace, step.n)
    note = _note(trace, step)
    return {
        "n": step.n,
        "node": step.node,
        "inside": is_generic(step.function),
        "depth": step.depth,
        "short": story.short(step),
        "what": what,
        "why": why,
        "lock": step.mmap_lock,
        "words": story.lock_words(step.mmap_lock),
        "since": since,
        "result": story.bits_words(step.result, Result),
        "flags": story.bits_words(step.flags, Flag),
        "pte": step.pte,
        "counters": list(step.counters.values()),
        "others": ", ".join(step.others),
        "cite": step.cite,
        "broken": broken,
        "note": note,
        "noteWidth": round(max(map(draw.text_width, note), default=0)) + 16,
        **place,
    }


def _note(trace: Trace, step: Step) -> list[str]:
    """What stands beside handle_mm_fault: it is one node, but called and returned from."""
    if not isinstance(trace.program.nodes[step.node].op, ir.Fault):
        return []
    if step.event == "call":
        return ["called", f"mmap_lock {story.lock_words(step.mmap_lock)}"]
    return [f"returned {step.outcome}", "lock still held" if step.mmap_lock > 0 else "lock given up inside"]


def _frames(trace: Trace) -> tuple[list[Json], list[Json]]:
    """Each call with its functions from the root on; each step with its call and the ways it took.

    A way belongs to the call whose picture it is drawn in: a return is drawn in the caller's.
    """
    functions = trace.program.functions
    frames: list[Json] = [{"function": trace.program.root, "path": [trace.program.root]}]
    places: list[Json] = []
    stack: list[tuple[int, str]] = [(0, "")]
    for step in trace.steps:
        frame, _ = stack[-1]
        ways: list[Any] = []
        if step.event == "leave":
            _, called = stack.pop()
            if stack and step.to != called:
                ways.append([stack[-1][0], called, step.to, "None"])
        elif step.to in functions[step.function].nodes and step.to != step.node:
            edges = [e for e in functions[step.function].ways[step.node] if e.target == step.to]
            edge = next((e for e in edges if e.when == step.answer), edges[0])
            ways.append([frame, step.node, step.to, str(edge.when)])
        elif step.to is not None:
            callee = functions[trace.program.nodes[step.to].function]
            path = [*frames[frame]["path"], callee.name]
            frames.append({"function": callee.name, "path": path})
            stack.append((len(frames) - 1, step.node))
            ways.append([len(frames) - 1, callee.entry, step.to, "None"])
        places.append({"frame": frame, "ways": ways})
    return frames, places


def _since(trace: Trace) -> list[str]:
    """For each step, how mmap_lock came to be held or not."""
    held = trace.program.function.held
    since = "the caller brings it" if held else "not taken yet"
    said = []
    for step in trace.steps:
        if step.mmap_lock > held:
            since = f"taken at step {step.n}"
        elif step.mmap_lock < held and is_generic(step.function):
            since = f"given up in handle_mm_fault, by {step.function}"
        elif step.mmap_lock < held and step.event == "fault":
            since = "given up in handle_mm_fault"
        elif step.mmap_lock < held:
            since = f"given up at step {step.n}"
        held = step.mmap_lock
        said.append(since)
    return said


def still(trace: Trace, n: int) -> str:
    """One step as a picture on its own: the graph, and above it what the step does."""
    frames, places = _frames(trace)
    step, frame = trace.steps[n - 1], places[n - 1]["frame"]
    function = trace.program.functions[frames[frame]["function"]]
    taken: dict[draw.Way, bool] = {}
    for past, place in zip(trace.steps[: n - 1], places, strict=False):
        for at, source, target, when in place["ways"]:
            if at == frame:
                edge = next(
                    e
                    for e in function.ways[source]
                    if e.target == target and str(e.when) == when
                )
                taken.pop((source, target, edge.when), None)
                taken[source, target, edge.when] = past.mmap_lock > 0
    picture = draw.svg(
        trace.program, function.name, now=step.node, held=step.mmap_lock > 0, taken=taken
    )
    head = f"{trace.handler} {trace.revision}, step {n} of {len(trace.steps)}: mmap_lock "
    lines = [head + story.lock_words(step.mmap_lock), *wrap(story.sentence(trace, n), 88)]
    texts = "".join(
        f'<text x="12" y="{20 + 18 * i}" style="text-anchor:start'
        f'{";font-weight:bold" if not i else ""}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    top = 18 * len(lines) + 12
    size = picture.split('width="', 1)[1]
    width, height = (int(size.split('"')[0]), int(size.split('height="', 1)[1].split('"')[0]))
    inner = picture.replace("<svg ", f'<svg y="{top}" ', 1)
    return (
        f'<svg class="fv-svg" xmlns="http://www.w3.org/2000/svg" width="{max(width, 660)}" '
        f'height="{height + top}"><rect width="100%" height="100%" fill="#fff"/>{texts}{inner}'
        f"</svg>"
    )
