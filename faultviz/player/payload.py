"""What a player sends to the browser: pictures, and a trace with all its words.

Here: plain dictionaries that become JSON. The browser adds no sentence of its own about a step, so
picture, lane and text cannot say different things. Not here: the widget, or what is clickable
(`choices`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from faultviz.course.questions.gate import Gate
from faultviz.engine import narrate as story
from faultviz.engine.run import Step, Trace
from faultviz.ir import graph as ir
from faultviz.ir.bits import Flag, Result
from faultviz.ir.graph import Program
from faultviz.models.mm import memory
from faultviz.picture import shape
from faultviz.picture import svg as draw

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
    without = trace.program.dropped or ""
    which = f"{trace.handler} {trace.revision}{f' without {without}' if without else ''}"
    return {
        "title": f"{which}, {','.join(trace.used) or 'no fault'}, {trace.context}",
        "open": f"{which}, {trace.outcomes}, {trace.context}",
        "without": without,
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
        "asked": step.text,
        "what": what,
        "brief": story.brief(trace, step.n),
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
        "source": trace.program.origin.excerpts.get(step.node, ""),
        "broken": broken,
        "note": note,
        "noteWidth": round(max(map(shape.text_width, note), default=0)) + 16,
        **place,
    }


def _note(trace: Trace, step: Step) -> list[str]:
    """What stands beside handle_mm_fault: it is one node, but called and returned from."""
    op = trace.program.nodes[step.node].op
    if not isinstance(op, ir.Fault):
        return []
    held = step.holds(op.under)
    if step.event == "call":
        return ["called", f"{op.under} {story.lock_words(held)}"]
    return [f"returned {step.outcome}", "lock still held" if held > 0 else "lock given up inside"]


def nothing_broke(whole: Trace, cut: Trace) -> str:
    """A sentence for when something is missing and no rule is broken; else nothing."""
    if cut.violations:
        return ""
    role = cut.program.dropped
    met = any(whole.program.nodes[s.node].role == role for s in whole.steps)
    if not met and not whole.program.dropped:
        return (
            f"Nothing breaks: this scenario never comes to it. Choose one that does; "
            f"`faultviz check {cut.handler} --drop {role}` finds it."
        )
    return "Nothing breaks in this scenario: no rule is broken up to its end."


def _frames(trace: Trace) -> tuple[list[Json], list[Json]]:
    """Each call with its functions from the root on; each step with its call and the ways it took.

    A way belongs to the call whose picture it is drawn in: a return is drawn in the caller's. A
    way back to where the call has been begins a new round.
    """
    functions = trace.program.functions
    frames: list[Json] = [{"function": trace.program.root, "path": [trace.program.root]}]
    places: list[Json] = []
    stack: list[tuple[int, str]] = [(0, "")]
    rounds, been = [0], [{trace.steps[0].node}]

    def way(frame: int, source: str, target: str, when: str = "None") -> list[Any]:
        if target in been[frame]:
            rounds[frame] += 1
            been[frame].clear()
        been[frame].add(target)
        return [frame, source, target, when, rounds[frame]]

    for step, then in zip_longest(trace.steps, trace.steps[1:]):
        frame, _ = stack[-1]
        ways: list[Any] = []
        places.append({"frame": frame, "round": rounds[frame], "ways": ways})
        if then is None:
            break
        if then.depth > step.depth:
            callee = functions[then.function]
            frames.append({"function": callee.name, "path": [*frames[frame]["path"], callee.name]})
            stack.append((len(frames) - 1, step.node))
            rounds.append(0)
            been.append({callee.entry})
            ways.append(way(len(frames) - 1, callee.entry, then.node))
        elif then.depth < step.depth:
            _, called = stack.pop()
            if then.node != called:
                ways.append(way(stack[-1][0], called, then.node))
        elif then.node != step.node:
            edges = [e for e in functions[step.function].ways[step.node] if e.target == then.node]
            edge = next((e for e in edges if e.when == step.answer), edges[0])
            ways.append(way(frame, step.node, then.node, str(edge.when)))
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


def still(trace: Trace, n: int, asked: Gate | None = None, total: str = "") -> str:
    """One step as a picture on its own: the graph, and above it what the step does.

    `asked`: its question is open, so nothing of what is asked is drawn; `total`: how many steps
    there are, "?" while that is not to be known.
    """
    frames, places = _frames(trace)
    step, here = trace.steps[n - 1], places[n - 1]
    function = trace.program.functions[frames[here["frame"]]["function"]]
    edges = {(e.source, e.target, str(e.when)): e.when for e in function.edges}
    taken: dict[draw.Way, str] = {}
    for past, place in zip(trace.steps[: n - 1], places, strict=False):
        for frame, source, target, when, round_ in place["ways"]:
            if frame == here["frame"]:
                looks = "way-held" if past.mmap_lock > 0 else "way-open"
                looks += " old" if round_ < here["round"] else ""
                taken[source, target, edges[source, target, when]] = looks
    hides = asked.hides if asked else ""
    held = trace.steps[max(n - 2, 0)].mmap_lock if hides == "lock" else step.mmap_lock
    picture = draw.svg(trace.program, function.name, now=step.node, held=held > 0, taken=taken)
    locked = "?" if hides == "lock" else story.lock_words(step.mmap_lock)
    head = f"{trace.handler} {trace.revision}, step {n} of {total or len(trace.steps)}: mmap_lock "
    said = asked.said if asked and hides else story.sentence(trace, n)
    return _captioned(picture, [head + locked, *wrap(said, 88)])


def _captioned(picture: str, lines: list[str]) -> str:
    """A picture with lines of text above it, the first one bold."""
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


def side_by_side(stills: list[str]) -> str:
    """Two stills as one picture."""
    at, high = 0, 0
    parts: list[str] = []
    for one in stills:
        size = one.split('width="', 1)[1]
        width, height = int(size.split('"')[0]), int(size.split('height="', 1)[1].split('"')[0])
        parts.append(one.replace("<svg ", f'<svg x="{at}" ', 1))
        at, high = at + width + 20, max(high, height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{at - 20}" height="{high}">'
        f"{''.join(parts)}</svg>"
    )
