"""The fault as a moving picture: one write before the patch and after it, on one clock.

One SVG with CSS animation, for a page that runs no script. It begins with the whole story standing
still; who asked for no motion sees that alone. Everything in it is read off two traces. Not here:
the player, in which a reader steps alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from faultviz import ir
from faultviz.engine.compare import own_steps
from faultviz.engine.narrate import lock_words, yes_no
from faultviz.engine.run import Trace, run
from faultviz.picture.colours import DARK, LIGHT, variables
from faultviz.picture.shape import kind, wrapped
from faultviz.picture.svg import Box, token

WIDE = 880
COLUMNS = {"acquire": 0, "fault": 1, "test": 2, "release": 3, "leave": 4}
LEFT, PITCH = 20, 173
BOX_WIDE, BOX_HIGH = 146, 46
ROW_HIGH, TOP = 222, 52
CELL, LANE_LEFT = 54, 130

Span = tuple[int, int | None]
"""From one tick to before another; without that, to the end."""

STILL, BEAT, REST = 2.5, 1.1, 3.0
"""Seconds: the whole story at first, each beat, and the whole story again."""

RULES = "\n" + resources.files(__package__).joinpath("moving.css").read_text("utf-8")


class Beat(NamedTuple):
    """What is seen at one tick: a node, the lock count there, what stands beside it."""

    node: str
    lock: int
    answer: str
    note: str
    counts: str


def beats(trace: Trace) -> list[Beat]:
    """The steps that tell the story: the lock, the call, its return, the test that is met, the end.

    >>> [beat.node for beat in beats(run("mips", "merged"))]
    ['retry', 'handle_mm_fault', 'handle_mm_fault', 'COMPLETED', 'return_2']
    """
    steps = own_steps(trace)
    met = {
        step.node for step in steps if step.answer and _asks_result(trace.program.nodes[step.node])
    }
    found = []
    for step in steps:
        op = trace.program.nodes[step.node].op
        lock = isinstance(op, ir.Lock) and op.resource == "mmap_lock"
        if not (lock or isinstance(op, ir.Fault | ir.Leave) or step.node in met):
            continue
        note = ""
        if step.event == "fault":
            kept = "lock still held" if step.mmap_lock else "lock given up inside"
            note = f"{step.outcome}: {kept}"
        counts = f"calls {step.counters['calls']}, pgfault {step.counters['pgfault']}"
        found.append(Beat(step.node, step.mmap_lock, yes_no(step.answer), note, counts))
    return found


def _asks_result(node: ir.Node) -> bool:
    return isinstance(node.op, ir.Test) and "result" in {n for n, _ in ir.masks_of(node.op.expr)}


class Clock:
    """The times of one round, as keyframes; each is written once."""

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks
        self.seconds = STILL + ticks * BEAT + REST
        self.rules: dict[str, str] = {}

    def at(self, tick: float) -> str:
        """When a tick begins, as a part of the round; tick 1 is the first."""
        return f"{100 * (STILL + (tick - 1) * BEAT) / self.seconds:.2f}%"

    def seen(self, spans: Sequence[Span], *, still: bool = True) -> str:
        """The class of what is seen from tick to tick; `still`: also while all stands still."""
        name = "s" + "_".join(f"{a}-{b or ''}" for a, b in spans) + ("" if still else "x")
        shown = 1 if still else 0
        frames = [f"0%{{opacity:{shown}}}", f"{self.at(1)}{{opacity:0}}"]
        for begin, end in spans:
            frames = [f for f in frames if not f.startswith(f"{self.at(begin)}{{")]
            frames.append(f"{self.at(begin)}{{opacity:1}}")
            if end:
                frames.append(f"{self.at(end)}{{opacity:0}}")
        frames.append(f"{self.at(self.ticks + 1)}{{opacity:{shown}}}")
        self.rules[name] = (
            f"@keyframes {name}{{{''.join(frames)}}}"
            f".{name}{{opacity:{shown};animation:{name} {self.seconds:.1f}s step-end infinite}}"
        )
        return name

    def moved(self, name: str, places: Iterable[tuple[float, float]]) -> str:
        """The class of what travels: it stands at a place, and arrives with the next tick."""
        at = [f"transform:translate({x:.0f}px,{y:.0f}px)" for x, y in places]
        frames = [f"0%,{self.at(0.99)}{{{at[-1]}}}", f"{self.at(1)}{{{at[0]}}}"]
        for tick, (here, there) in enumerate(pairwise(at), start=2):
            if here != there:
                frames.append(f"{self.at(tick - 0.4)}{{{here}}}{self.at(tick)}{{{there}}}")
        frames.append(f"100%{{{at[-1]}}}")
        self.rules[name] = (
            f"@keyframes {name}{{{''.join(frames)}}}"
            f".{name}{{{at[-1]};animation:{name} {self.seconds:.1f}s ease-in-out infinite}}"
        )
        return name


def moving(handler: str = "mips", revisions: Sequence[str] = ("before", "merged")) -> str:
    """The picture for a handler in two revisions, the first write to a shared page.

    >>> moving().startswith("<svg") and "prefers-reduced-motion" in moving()
    True
    """
    traces = [run(handler, revision) for revision in revisions]
    told = [beats(trace) for trace in traces]
    clock = Clock(max(map(len, told)))
    rows = [
        _row(trace, one, clock, TOP + ROW_HIGH * n)
        for n, (trace, one) in enumerate(zip(traces, told, strict=True))
    ]
    high = TOP + ROW_HIGH * len(rows) + 34
    title = f"The first write to a page of a shared mapping, in {handler}"
    said = "; ".join(f"{t.revision}: {_summary(t)}" for t in traces)
    style = (
        f"svg{{{variables(LIGHT, '--')}}}"
        f"@media (prefers-color-scheme:dark){{svg{{{variables(DARK, '--')}}}}}"
        f"{RULES}{''.join(clock.rules.values())}"
        "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" '
        f'viewBox="0 0 {WIDE} {high}" role="img" aria-label="{escape(title)}. {escape(said)}">'
        f'<style>{style}</style><rect class="ground" width="100%" height="100%"/>'
        f'<text class="l h" x="{LEFT}" y="30">{escape(title)}</text>{"".join(rows)}'
        f"{_legend(high - 18)}</svg>"
    )


def _summary(trace: Trace) -> str:
    calls = trace.counters["calls"]
    times = {1: "once", 2: "twice"}.get(calls, f"{calls} times")
    faults = trace.counters["pgfault"]
    counted = "1 fault is" if faults == 1 else f"{faults} faults are"
    return f"handle_mm_fault is called {times}, and {counted} counted"


def _row(trace: Trace, told: Sequence[Beat], clock: Clock, top: int) -> str:
    """One revision: its boxes and ways, the token, the lane, the counts."""
    nodes = {beat.node: trace.program.nodes[beat.node] for beat in told}
    middle = top + 96
    boxes = {
        name: Box(LEFT + PITCH * COLUMNS[kind(node)] + BOX_WIDE / 2, middle, BOX_WIDE, BOX_HIGH, "")
        for name, node in nodes.items()
    }
    drawn = [
        _node(boxes[name], node, clock.seen(_spans([b.node == name for b in told]), still=False))
        for name, node in nodes.items()
    ]
    ways = dict.fromkeys((a.node, b.node, a.answer) for a, b in pairwise(told) if a.node != b.node)
    head = f"{trace.revision}: {_summary(trace)}"
    return (
        f'<text class="l h" x="{LEFT}" y="{top + 22}">{escape(head)}</text>'
        f"{''.join(_way(boxes[a], boxes[b], answer) for a, b, answer in ways)}{''.join(drawn)}"
        f"{_notes(told, boxes, clock)}{_tokens(told, boxes, clock, trace.revision)}"
        f"{_lane(told, clock, top + 168)}"
    )


def _node(box: Box, node: ir.Node, now: str) -> str:
    place = (
        f'x="{box.x - box.width / 2:.0f}" y="{box.y - box.height / 2:.0f}" width="{box.width}" '
        f'height="{box.height}" rx="{23 if kind(node) == "leave" else 6}"'
    )
    lines = wrapped(node.text, 15)
    first = box.y + 5 - 9 * (len(lines) - 1)
    said = "".join(
        f'<text x="{box.x:.0f}" y="{first + 18 * n:.0f}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    tag = ""
    if "before" not in node.revisions:
        x, y = box.x + box.width / 2 - 44, box.y - box.height / 2 - 10
        tag = (
            f'<rect class="tag" x="{x:.0f}" y="{y:.0f}" width="52" height="20" rx="4"/><text '
            f'class="t" x="{x + 26:.0f}" y="{y + 15:.0f}">patch</text>'
        )
    return f'<rect class="box" {place}/><rect class="now {now}" {place}/>{said}{tag}'


def _way(a: Box, b: Box, answer: str) -> str:
    """An arrow to the right, or one back over the boxes."""
    if b.x > a.x:
        x0, x1, y = a.x + a.width / 2, b.x - b.width / 2, a.y
        path, label = f"M{x0:.0f},{y}H{x1 - 9:.0f}", ((x0 + x1) / 2, y - 8)
        tip = f"{x1:.0f},{y} {x1 - 10:.0f},{y - 5} {x1 - 10:.0f},{y + 5}"
    else:
        top, y = a.y - a.height / 2, a.y - 60
        path = f"M{a.x:.0f},{top:.0f}V{y + 8:.0f}Q{a.x:.0f},{y:.0f} {a.x - 8:.0f},{y:.0f}"
        path += f"H{b.x + 8:.0f}Q{b.x:.0f},{y:.0f} {b.x:.0f},{y + 8:.0f}V{top - 9:.0f}"
        label = (a.x + 20, top - 12)
        tip = f"{b.x:.0f},{top:.0f} {b.x - 5:.0f},{top - 10:.0f} {b.x + 5:.0f},{top - 10:.0f}"
    said = ""
    if answer:
        said = f'<text class="m" x="{label[0]:.0f}" y="{label[1]:.0f}">{answer}</text>'
    return f'<path class="way" d="{path}"/><polygon class="tip" points="{tip}"/>{said}'


def _notes(told: Sequence[Beat], boxes: dict[str, Box], clock: Clock) -> str:
    """Below the call: what it returned, each time."""
    said: list[str] = []
    for tick, beat in enumerate(told, start=1):
        if beat.note:
            box = boxes[beat.node]
            y = box.y + box.height / 2 + 19 + 19 * len(said)
            seen = clock.seen([(tick, None)])
            said.append(
                f'<text class="l {seen}" x="{box.x - box.width / 2:.0f}" y="{y:.0f}">returns '
                f"{escape(beat.note)}</text>"
            )
    return "".join(said)


def _tokens(told: Sequence[Beat], boxes: dict[str, Box], clock: Clock, name: str) -> str:
    """The task with its padlock, closed and open, at the left upper corner of the box."""
    places = [
        (boxes[b.node].x - BOX_WIDE / 2, boxes[b.node].y - BOX_HIGH / 2) for b in told
    ]  # fmt: skip
    parts = []
    for held in (True, False):
        spans = _spans([(beat.lock > 0) is held for beat in told])
        seen = clock.seen(spans, still=(told[-1].lock > 0) is held)
        parts.append(f'<g class="{seen}">{token(held=held)}</g>')
    return f'<g class="{clock.moved(f"go-{name}", places)}">{"".join(parts)}</g>'


def _spans(on: Sequence[bool]) -> list[Span]:
    """From which tick to which something is so; the last may have no end.

    >>> _spans([True, True, False, True])
    [(1, 3), (4, None)]
    """
    found: list[Span] = []
    for tick, so in enumerate(on, start=1):
        if so:
            last = None if tick == len(on) else tick + 1
            joins = found and found[-1][1] == tick
            found.append((found.pop()[0] if joins else tick, last))
    return found


def _lane(told: Sequence[Beat], clock: Clock, top: int) -> str:
    """mmap_lock beat by beat, and the counts at the end."""
    cells = []
    for tick, beat in enumerate(told, start=1):
        x = LANE_LEFT + CELL * (tick - 1)
        if beat.lock > 0:
            drawn = (
                f'<rect class="held" x="{x}" y="{top}" width="{CELL}" height="26"/><path '
                f'class="rail" d="M{x},{top + 1}h{CELL}m0,4h-{CELL}"/>'
            )
        else:
            drawn = f'<path class="open" d="M{x},{top + 25}h{CELL}"/>'
        drawn += f'<text x="{x + CELL / 2:.0f}" y="{top + 20}">{beat.lock}</text>'
        cells.append(f'<g class="{clock.seen([(tick, None)])}">{drawn}</g>')
    changes = [n for n, beat in enumerate(told) if not n or beat.counts != told[n - 1].counts]
    counts = []
    for n, then in pairwise([*changes, None]):
        assert n is not None
        seen = clock.seen([(n + 1, None if then is None else then + 1)], still=then is None)
        counts.append(
            f'<text class="l {seen}" x="{LANE_LEFT + CELL * clock.ticks + 14}" y="{top + 20}">'
            f"{told[n].counts}</text>"
        )
    name = f'<text class="l" x="{LEFT}" y="{top + 20}">mmap_lock</text>'
    return name + "".join(cells) + "".join(counts)


def _legend(y: int) -> str:
    spots = ((True, "mmap_lock held by this task", 34), (False, lock_words(0), 310))
    return "".join(
        f'<g transform="translate({x},{y})">{token(held=held)}</g>'
        f'<text class="l m" x="{x + 20}" y="{y + 5}">{said}</text>'
        for held, said, x in spots
    )
