"""What matters for the lock: the steps of a flat function that a judgement can depend on.

Here: the slice. A step matters if it changes the lock, calls what needs it, ends a path, decides
which of these comes next, or assigns to what such a decision looks at. All else is passed by:
without it the search stays small and the picture readable. Not here: what the steps mean
(`lowering`).

What is left out, and said: a loop that does not end, and memory that a callee changes behind a
pointer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from faultviz.ir.reach import reachable
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.syntax import Assign, Body, C, FunctionCall, Statement, Unary, calls, walk


def sliced(body: Body, *, keep_result: bool) -> Body:
    """The same function without what does not matter; what it returns counts if `keep_result`."""
    steps = body.steps
    kept = {n for n, step in steps.items() if _counts(step)} | {body.entry}
    while True:
        kept |= _deciding(steps, kept)
        wanted = _looked_at(steps, kept, keep_result=keep_result)
        more = {
            n for n, step in steps.items()
            if n not in kept and any(_depends(wanted, target) for target in targets(step))
        }  # fmt: skip
        if not more:
            break
        kept |= more
    nearest = _nearest(steps, kept)
    return replace(body, steps={n: steps[n].to(nearest.__getitem__) for n in sorted(kept)})


def _counts(step: Statement) -> bool:
    if step.kind == "call":
        return True
    return step.kind in ("return", "stop")


def targets(step: Statement) -> list[C]:
    """What a step assigns to, a variable whose address it gives away included."""
    if step.expr is None:
        return []
    found = [part.target for part in walk(step.expr) if isinstance(part, Assign)]
    for call in calls(step.expr):
        found += [arg.part for arg in call.args if isinstance(arg, Unary) and arg.op == "&"]
    return found


def mentions(e: C, target: C) -> bool:
    """Whether an expression's value may change when `target` is assigned to."""
    return any(part == target for part in walk(e))


def _depends(wanted: Iterable[C], target: C) -> bool:
    return any(mentions(e, target) for e in wanted)


def _looked_at(
    steps: Mapping[int, Statement], kept: Iterable[int], *, keep_result: bool
) -> list[C]:
    """The expressions that kept steps look at."""
    found: list[C] = []
    for n in kept:
        step = steps[n]
        if step.expr is None:
            continue
        match step.kind, step.expr:
            case "ask" | "switch", e:
                found.append(e)
            case "return", e if keep_result:
                found.append(e)
            case "call", (
                FunctionCall(by_hand.FAULT, args)
                | Assign("=", _, FunctionCall(by_hand.FAULT, args))
            ) if len(args) > 2:
                found.append(args[2])
            case "do", e:
                found += _sources(e)
    return found


def _sources(e: C) -> list[C]:
    """What an assignment takes its value from."""
    match e:
        case Assign("=", _, value):
            return [value]
        case Assign(_, target, value):
            return [target, value]
    return []


def _deciding(steps: Mapping[int, Statement], kept: set[int]) -> set[int]:
    """The questions that decide which kept step comes next, however indirectly."""
    added: set[int] = set()
    everything = set(kept)
    before = _before(steps)
    while True:
        reach = _reach(steps, before, everything)
        new = {
            n for n, step in steps.items()
            if n not in everything and len(step.ways) > 1 and len(reach[n]) > 1
            and any(len(reach[to]) == 1 for to in step.ways.values())
        }  # fmt: skip
        if not new:
            return added
        # One at a time would give the smallest slice; the last ones first is as good and faster.
        first = _closest(steps, new, everything)
        everything |= first
        added |= first


def _closest(steps: Mapping[int, Statement], new: set[int], kept: set[int]) -> set[int]:
    """Of the questions found those of which no way meets another one before a kept step."""
    chosen = set()
    for n in new:
        met = reachable(
            steps[n].ways.values(), lambda m: () if m in kept else steps[m].ways.values()
        )
        if not any(m in new and m != n for m in met):
            chosen.add(n)
    return chosen or new


def _before(steps: Mapping[int, Statement]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {n: [] for n in steps}
    for n, step in steps.items():
        for to in step.ways.values():
            found[to].append(n)
    return found


def _reach(
    steps: Mapping[int, Statement], before: Mapping[int, list[int]], kept: set[int]
) -> dict[int, set[int]]:
    """For each step the kept steps that can be the first to be met from it."""
    reach: dict[int, set[int]] = {n: set() for n in steps}
    for target in kept:
        for n in reachable([target], lambda n: [m for m in before[n] if m not in kept]):
            reach[n].add(target)
    return reach


def _nearest(steps: Mapping[int, Statement], kept: set[int]) -> dict[int, int]:
    """Where a way to a step that was passed by leads."""
    reach = _reach(steps, _before(steps), kept)
    found = {}
    for n, first in reach.items():
        if n in kept:
            found[n] = n
        elif first:
            found[n] = min(first)
        else:
            found[n] = n  # no way out: a loop that does nothing, met by nothing that is kept
    return found
