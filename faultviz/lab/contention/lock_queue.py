"""Many threads faulting on one address space, and writers beside them: mmap_lock as a queue.

A fault is the trace of a model, cut where mmap_lock is taken and given up; the time between is the
cost of its steps. Each thread has a processor of its own. Here: the schedule of a fault, the fair
reader-writer lock, one run. Not here: what a step costs (`cost_model`), many runs and their
intervals (`simulation`), or the picture of the lanes (`player.lanes`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from faultviz import models
from faultviz.base.errors import BadInput, nearest
from faultviz.base.extras import of_extra
from faultviz.base.seeds import Draw
from faultviz.edit.ablate import without
from faultviz.engine.run import run
from faultviz.lab.recorded.cost_formula import part_of

with of_extra("lessons", "A simulated crowd"):
    import simpy

REVISIONS: dict[str, str] = {
    "before": "RETRY: the lock is taken twice, and the whole fault is done again",
    "merged": "COMPLETED: one round",
    "no-relock": "never existed: fixup_user_fault does not take the lock again for its caller",
    "vma-lock": "never existed in this form: the merged fault under the lock of its VMA alone",
}
"""What is simulated."""

CALLERS = ("handler", "fixup-user-fault")
"""Who faults: a handler (that of mips), or kernel code that calls fixup_user_fault."""

READ, WRITE = "read", "write"
Times = Mapping[str, float]
"""A cost in ns for each part of a fault (`formula.PARTS`)."""


class Part(NamedTuple):
    """A stretch of a fault: what happens to mmap_lock first (1, -1 or 0), then how long, in ns."""

    lock: int
    time: float


@cache
def _steps(revision: str, caller: str) -> tuple[tuple[int, str], ...]:
    """The steps of a fault: by how much each changes the lock count, and its part."""
    name = "mips" if caller == "handler" else caller
    words = "write" if caller == "handler" else "unlocked,write"
    program = models.load(name, "before" if revision == "before" else "merged")
    if revision == "no-relock":
        cut = without(program, "relock")
        assert cut is not None
        program = cut
    trace = run(program, context=words)
    count, found = 0, []
    # Whoever calls fixup_user_fault has taken the lock, and gives up what it gets back.
    if program.function.held:
        found.append((1, "lock"))
        count = 1
    for step in trace.steps:
        found.append((step.mmap_lock - count, part_of(trace, step)))
        count = step.mmap_lock
    if count:
        found.append((-count, "lock"))
    return tuple(found)


def schedule(revision: str, caller: str, costs: Times) -> tuple[Part, ...]:
    """A fault as stretches between lock operations.

    Raises BadInput for a revision or caller that there is not, and for the one pair that means
    nothing: a handler takes no lock for its caller.

    >>> from faultviz.lab.contention.cost_model import PER_STEP
    >>> [part.lock for part in schedule("before", "handler", PER_STEP)]
    [0, 1, -1, 1, -1]
    """
    if revision not in REVISIONS:
        raise BadInput(f"There is no revision {revision!r} here.{nearest(revision, REVISIONS)}")
    if caller not in CALLERS:
        raise BadInput(f"There is no caller {caller!r}.{nearest(caller, CALLERS)}")
    if revision == "no-relock" and caller == "handler":
        raise BadInput(
            "A handler does not take the lock again for its caller: simulate no-relock with "
            "caller fixup-user-fault."
        )
    parts = [Part(0, 0.0)]
    for change, part in _steps(revision, caller):
        if change:
            parts.append(Part(change, 0.0))
        parts[-1] = parts[-1]._replace(time=parts[-1].time + costs[part])
    if revision == "vma-lock":  # the same work, but mmap_lock is not touched
        return (Part(0, sum(part.time for part in parts)),)
    return tuple(parts)


def trips(revision: str, caller: str) -> int:
    """How often one fault takes mmap_lock.

    >>> trips("before", "handler"), trips("merged", "handler"), trips("merged", "fixup-user-fault")
    (2, 1, 2)
    """
    if revision == "vma-lock":
        return 0
    return sum(change > 0 for change, _ in _steps(revision, caller))


class FairLock:
    """A reader-writer lock, as mmap_lock: readers share, a waiting writer stops later readers.

    `ask` gives an event that comes true when the lock is had, or None where it is had at once.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.readers = 0
        self.writing = False
        self.queue: deque[tuple[str, simpy.Event]] = deque()

    def ask(self, kind: str) -> simpy.Event | None:
        """Take the lock, or stand in the queue."""
        if not self.queue and self._fits(kind):
            self._enter(kind)
            return None
        event = self.env.event()
        self.queue.append((kind, event))
        return event

    def give(self, kind: str) -> None:
        """Give the lock up, and let in who is next."""
        if kind == WRITE:
            self.writing = False
        else:
            self.readers -= 1
        while self.queue and self._fits(self.queue[0][0]):
            kind, event = self.queue.popleft()
            self._enter(kind)
            event.succeed()

    def _fits(self, kind: str) -> bool:
        return not self.writing and (kind == READ or self.readers == 0)

    def _enter(self, kind: str) -> None:
        if kind == WRITE:
            self.writing = True
        else:
            self.readers += 1


class Span(NamedTuple):
    """What one thread did from `start` to `end` (ns): "runs", "waits" or "holds"."""

    who: str
    start: float
    end: float
    state: str


@dataclass
class Contention:
    """What happened in one run; times in ns."""

    faults: int = 0
    elapsed: float = 0.0
    latencies: list[float] = field(default_factory=list)
    writer_waits: list[float] = field(default_factory=list)
    takings: int = 0
    spans: list[Span] = field(default_factory=list)


class Setting(NamedTuple):
    """What is run.

    `hold` and `think` are a writer's times in ns, `spread` how far each stretch may be off its
    cost, as a part of it (0 is exact), `stagger` how many ns later each thread begins than the one
    before it.
    """

    revision: str = "merged"
    threads: int = 1
    writers: int = 0
    faults: int = 1000
    caller: str = "handler"
    hold: float = 0.0
    think: float = 0.0
    spread: float = 0.2
    stagger: float = 0.0


def contend(what: Setting, costs: Times, seed: str = "", *, spans: bool = False) -> Contention:
    """One run: `faults` faults altogether, shared out among the threads.

    With `spans` each stretch of each thread is kept. Raises BadInput for numbers that make no run.

    >>> from faultviz.lab.contention.cost_model import PER_STEP
    >>> alone = contend(Setting(faults=10, spread=0.0), PER_STEP)
    >>> alone.takings, len(alone.latencies)
    (10, 10)
    """
    if not 1 <= what.threads <= what.faults:
        raise BadInput(
            f"{what.threads} threads cannot share {what.faults} faults: at least one each."
        )
    if what.writers < 0 or not 0 <= what.spread < 1:
        raise BadInput("Writers are 0 or more, and the spread is from 0 to below 1.")
    return _Run(what, costs, seed, spans=spans).done()


class _Run:
    def __init__(self, what: Setting, costs: Times, seed: str, *, spans: bool) -> None:
        self.what = what
        self.parts = schedule(what.revision, what.caller, costs)
        self.env = simpy.Environment()
        self.lock = FairLock(self.env)
        self.draw = Draw(f"crowd {seed}")
        self.out = Contention()
        self.keep = spans

    def done(self) -> Contention:
        what, env = self.what, self.env
        each, more = divmod(what.faults, what.threads)
        threads = [
            env.process(self.thread(f"thread {n + 1}", each + (n < more), n * what.stagger))
            for n in range(what.threads)
        ]
        for n in range(what.writers):
            env.process(self.writer(f"writer {n + 1}"))
        env.run(until=simpy.AllOf(env, threads))
        self.out.elapsed = env.now
        return self.out

    def off(self) -> float:
        """By what a stretch is longer or shorter than its cost."""
        spread = self.what.spread
        return 1 + spread * (self.draw.below(1 << 21) / (1 << 20) - 1) if spread else 1.0

    def said(self, who: str, start: float, state: str) -> None:
        if self.keep and self.env.now > start:
            self.out.spans.append(Span(who, start, self.env.now, state))

    def thread(self, who: str, faults: int, begin: float) -> Generator[Any, Any, None]:
        env, out, lock = self.env, self.out, self.lock
        if begin:
            yield env.timeout(begin)
        for _ in range(faults):
            begin = env.now
            held = 0
            for part in self.parts:
                start = env.now
                if part.lock > 0:
                    event = lock.ask(READ)
                    out.takings += 1
                    if event is not None:
                        yield event
                        self.said(who, start, "waits")
                elif part.lock < 0:
                    lock.give(READ)
                held += part.lock
                start = env.now
                if part.time:
                    yield env.timeout(part.time * self.off())
                    self.said(who, start, "holds" if held else "runs")
            out.faults += 1
            out.latencies.append(env.now - begin)

    def writer(self, who: str) -> Generator[Any, Any, None]:
        env, lock = self.env, self.lock
        while True:
            if self.what.think:
                yield env.timeout(self.what.think * self.off())
            start = env.now
            event = lock.ask(WRITE)
            if event is not None:
                yield event
            self.out.writer_waits.append(env.now - start)
            self.said(who, start, "waits")
            start = env.now
            yield env.timeout(self.what.hold * self.off())
            self.said(who, start, "holds")
            lock.give(WRITE)
            if not self.what.think:
                # Back at the end of the queue: a writer that asks at once must not cut in.
                yield env.timeout(0)
