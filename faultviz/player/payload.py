"""What a player sends to the browser: pictures, and a trace with all its words.

Here: plain dictionaries that become JSON. The browser adds no sentence of its own about a step, so
picture, lane and text cannot say different things. Not here: the widget, what is clickable
(`choices`), or what is asked (`gating`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import zip_longest
from typing import Any

from faultviz import ir
from faultviz.engine import narrate
from faultviz.engine.run import Step, Trace
from faultviz.ir.bits import Flag, Result
from faultviz.ir.graph import Program
from faultviz.models.mm import memory
from faultviz.picture import shape
from faultviz.picture.svg import svg

Json = dict[str, Any]

NUMBERED = re.compile(r"((?:in|with|reads) the (?:result|flags)) 0x[0-9a-f]+ (?:no bit|[A-Z_|]+)")
LEFT_OUT = re.compile(r"0x[0-9a-f]+ (?=[A-Z]|no bit)|\|LOCKED\b")


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
    return {name: str(svg(program, name, style=False)) for name in functions}


def told(trace: Trace) -> Json:
    """The whole trace in words and places."""
    calls, places = frames(trace)
    states = _since(trace)
    broken: dict[int, list[str]] = {}
    for b in trace.violations:
        broken.setdefault(b.n, []).append(f"{b.invariant}: {b.why}")
    steps = [
        _step(trace, step, place, since, broken.get(step.n, []))
        for step, place, since in zip(trace.steps, places, states, strict=True)
    ]
    without = trace.program.dropped or ""
    program = f"{trace.handler} {trace.revision}{f' without {without}' if without else ''}"
    return {
        "title": narrate.title(trace, program),
        "open": f"{program}, {trace.outcomes}, {trace.context}",
        "without": without,
        "frames": calls,
        "steps": steps,
        "end": narrate.ending(trace)[0],
    }


def _step(trace: Trace, step: Step, place: Json, since: str, broken: list[str]) -> Json:
    what, why = narrate.parts(trace, step.n)
    own, _, below = step.label.partition(".")  # two numbers: a page has thousands of them
    note = _note(trace, step)
    return {
        "n": step.n,
        "own": int(own),
        "below": int(below or 0),
        "node": step.node,
        "inside": is_generic(step.function),
        "depth": step.depth,
        "short": narrate.short(step),
        "asked": step.text,
        "what": what,
        "brief": narrate.brief(trace, step.n) or brief(what),
        "why": why,
        "lock": step.mmap_lock,
        "words": narrate.lock_words(step.mmap_lock),
        "since": since,
        "result": narrate.bits_words(step.result, Result),
        "flags": narrate.bits_words(step.flags, Flag),
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
        return ["called", f"{op.under} {narrate.lock_words(held)}"]
    return [f"returned {step.outcome}", "lock still held" if held > 0 else "lock given up inside"]


def brief(text: str) -> str | None:
    """A sentence for a reader who has not met the numbers yet, nor the lock of a page.

    None where it is the same: what is left out is what `narrate.bits_words` writes.

    >>> brief("RETRY? Yes: the result is 0x600 RETRY|LOCKED.")
    'RETRY? Yes: the result is RETRY.'
    """
    plain = LEFT_OUT.sub("", NUMBERED.sub(r"\1", text))
    return None if plain == text else plain


def together(old: Trace, new: Trace) -> int:
    """The last step that two traces have in common, counted in both from the first on; at least 1.

    >>> from faultviz.engine.run import run
    >>> together(run("mips", outcomes="OK"), run("mips", outcomes="COMPLETED"))
    8
    """
    both = [(a.node, a.event, a.answer, a.mmap_lock) == (b.node, b.event, b.answer, b.mmap_lock)
            for a, b in zip(old.steps, new.steps, strict=False)]  # fmt: skip
    return max(1, both.index(False) if False in both else len(both))


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


def frames(trace: Trace) -> tuple[list[Json], list[Json]]:
    """Each call with its functions from the root on; each step with its call and the ways it took.

    A way belongs to the call whose picture it is drawn in: a return is drawn in the caller's. A
    way back to where the call has been begins a new round.
    """
    functions = trace.program.functions
    calls: list[Json] = [{"function": trace.program.root, "path": [trace.program.root]}]
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
            calls.append({"function": callee.name, "path": [*calls[frame]["path"], callee.name]})
            stack.append((len(calls) - 1, step.node))
            rounds.append(0)
            been.append({callee.entry})
            ways.append(way(len(calls) - 1, callee.entry, then.node))
        elif then.depth < step.depth:
            _, called = stack.pop()
            if then.node != called:
                ways.append(way(stack[-1][0], called, then.node))
        elif then.node != step.node:
            edges = [
                e for e in functions[step.function].out_edges[step.node] if e.target == then.node
            ]
            edge = next((e for e in edges if e.when == step.answer), edges[0])
            ways.append(way(frame, step.node, then.node, str(edge.when)))
    return calls, places


def _since(trace: Trace) -> list[str]:
    """For each step, how mmap_lock came to be held or not."""
    held = trace.program.function.held
    since = "the caller brings it" if held else "not taken yet"
    said = []
    for step in trace.steps:
        if step.mmap_lock > held:
            since = f"taken at step {step.label}"
        elif step.mmap_lock < held and is_generic(step.function):
            since = f"given up in handle_mm_fault, by {step.function}"
        elif step.mmap_lock < held and step.event == "fault":
            since = "given up in handle_mm_fault"
        elif step.mmap_lock < held:
            since = f"given up at step {step.label}"
        held = step.mmap_lock
        said.append(since)
    return said
