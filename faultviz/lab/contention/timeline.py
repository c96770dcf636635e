"""A simulated crowd as ticks of one clock: at each, what changes at mmap_lock, in words.

Here: ticks, and the run as a chart of letters. Not here: the run (`lock_queue`), the widget
(`player.lanes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from faultviz.lab.contention.lock_queue import Contention, Span

LETTERS = {"runs": ".", "waits": "w", "holds": "#"}


class Tick(NamedTuple):
    """One moment (ns): what each thread does from then on, and what changed, in a sentence."""

    at: float
    states: dict[str, str]
    said: str


def names(done: Contention) -> list[str]:
    """The threads, then the writers, in the order of their numbers.

    >>> names(Contention(spans=[Span("writer 1", 0, 1, "holds"), Span("thread 1", 0, 2, "runs")]))
    ['thread 1', 'writer 1']
    """
    found = {span.who for span in done.spans}
    return sorted(found, key=lambda who: (who.split()[0] == "writer", int(who.split()[1])))


def ticks(done: Contention) -> list[Tick]:
    """The moments at which somebody's state changes, from the first to the end of the run.

    >>> spans = [Span("thread 1", 0, 3, "runs"), Span("thread 1", 3, 9, "holds"),
    ...          Span("writer 1", 5, 9, "waits"), Span("writer 1", 9, 12, "holds")]
    >>> for tick in ticks(Contention(spans=spans, elapsed=12)):
    ...     print(f"{tick.at:4} {tick.said}")
       0 thread 1 runs. Nobody holds mmap_lock.
       3 thread 1 gets mmap_lock to read. 1 reader holds it.
       5 writer 1 waits. 1 reader holds it; 1 waits.
       9 thread 1 is done with it; writer 1 gets mmap_lock to write. A writer holds it.
      12 writer 1 is done with it. Nobody holds mmap_lock.
    """
    threads = names(done)
    spans = sorted(done.spans, key=lambda span: span.start)
    times = sorted({t for span in spans for t in (span.start, span.end) if t <= done.elapsed})
    by = {who: [span for span in spans if span.who == who] for who in threads}
    found: list[Tick] = []
    before: dict[str, str] = {}
    for at in times:
        states = {who: state for who in threads if (state := _state(by[who], at))}
        changes = [_change(who, before.get(who), states.get(who)) for who in threads]
        if said := "; ".join(change for change in changes if change):
            found.append(Tick(at, states, f"{said}. {_held(states)}"))
        before = states
    return found


def _state(spans: Sequence[Span], at: float) -> str | None:
    return next((span.state for span in spans if span.start <= at < span.end), None)


def _change(who: str, before: str | None, now: str | None) -> str | None:
    if before == now:
        return None
    if now == "holds":
        return f"{who} gets mmap_lock to {'write' if who.startswith('writer') else 'read'}"
    if now == "waits":
        return f"{who} waits"
    if before == "holds":
        return f"{who} is done with it"
    return f"{who} runs" if now else None


def _held(states: dict[str, str]) -> str:
    holding = [who for who, state in states.items() if state == "holds"]
    waiting = sum(state == "waits" for state in states.values())
    if any(who.startswith("writer") for who in holding):
        said = "A writer holds it"
    elif holding:
        said = f"{len(holding)} reader{'s hold' if len(holding) > 1 else ' holds'} it"
    else:
        said = "Nobody holds mmap_lock"
    return f"{said}; {waiting} wait{'s' if waiting == 1 else ''}." if waiting else f"{said}."


def chart(done: Contention, width: int = 72) -> str:
    """The lanes as letters: `.` runs, `w` waits, `#` holds mmap_lock; from left to right the time.

    >>> spans = [Span("thread 1", 0, 3, "runs"), Span("thread 1", 3, 9, "holds")]
    >>> print(chart(Contention(spans=spans, elapsed=9), 9))
    thread 1  ...######
    """
    step = done.elapsed / width
    rows = []
    for who in names(done):
        mine = [span for span in done.spans if span.who == who]
        states = [_state(mine, (n + 0.5) * step) for n in range(width)]
        line = "".join(LETTERS[state] if state else " " for state in states)
        rows.append(f"{who:9} {line}".rstrip())
    return "\n".join(rows)


def as_json(done: Contention) -> dict[str, Any]:
    """What the browser draws: lanes with their spans, and the ticks; times in ns."""
    return {
        "end": done.elapsed,
        "lanes": [
            {
                "who": who,
                "spans": [
                    [span.start, min(span.end, done.elapsed), span.state]
                    for span in done.spans
                    if span.who == who and span.start < done.elapsed
                ],
            }
            for who in names(done)
        ],
        "ticks": [
            {"at": tick.at, "said": tick.said, "states": tick.states} for tick in ticks(done)
        ],
    }
