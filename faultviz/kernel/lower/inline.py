"""A function with all that matters of its callees laid into it: one flat graph.

Here: which callees matter, and how their parameters and results are bound. Every call that counts
becomes a step of its own (kind "call"). Not here: what the steps mean for the lock (`lowering`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from itertools import count

from faultviz.ir.reach import reachable
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.source import Source
from faultviz.kernel.c.syntax import (  # fmt: skip
    Assign,
    Body,
    C,
    Choice,
    Field,
    FunctionCall,
    Id,
    Statement,
    Unary,
    calls,
    rewritten,
    text,
    walk,
)

DEPTH = 8
"""Calls within calls beyond this are left as calls; nothing in the fault path comes near it."""


class Inliner:
    """Flattens the functions of one source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.need_lock = by_hand.need_lock(source.file)

    @cached_property
    def told(self) -> frozenset[str]:
        """The calls whose effect is said by hand."""
        tables = (by_hand.PRIMITIVES, self.need_lock, by_hand.FIX_UPS, by_hand.NEVER_GOT)
        return frozenset((by_hand.FAULT, *(name for table in tables for name in table)))

    @cached_property
    def counting(self) -> frozenset[str]:
        """The calls that become steps of their own."""
        return self.told | self.inlined

    @cached_property
    def inlined(self) -> frozenset[str]:
        """Functions that reach the lock, a fix-up or handle_mm_fault, or that judge a result."""
        bodies = self.source.all
        never = self.told | self.source.never_return | by_hand.LEFT_OUT.keys()
        seeds = {*by_hand.PRIMITIVES, by_hand.FAULT, *by_hand.FIX_UPS}
        found = {
            name for name, body in bodies.items()
            if body.calls & seeds
            or (name in self.source.own and body.calls & self.need_lock)
            or _judges_a_result(body)
        } - never  # fmt: skip
        while more := {
            name for name, body in bodies.items()
            if name not in found and name not in never
            and (body.calls & found or any(name in _returned(bodies[f]) for f in found))
        }:  # fmt: skip
            found |= more
        return frozenset(found)

    def flat(self, root: Body) -> Body:
        """The root with its callees. Names of a callee's variables carry the call's place."""
        return _Flat(self, root).body


@cache
def _returned(body: Body) -> frozenset[str]:
    """The functions whose result a function returns as its own."""
    ends = (step.expr for step in body.steps.values() if step.kind == "return")
    return frozenset(e.name for e in ends if isinstance(e, FunctionCall))


def _judges_a_result(body: Body) -> bool:
    return any(
        part.name.startswith("VM_FAULT_")
        for step in body.steps.values() if step.expr
        for part in walk(step.expr) if isinstance(part, Id)
    )  # fmt: skip


class _Flat:
    """One flattening."""

    def __init__(self, inliner: Inliner, root: Body) -> None:
        self.counting, self.inlined = inliner.counting, inliner.inlined
        self.bodies = inliner.source.all
        self.never = inliner.source.never_return
        self.numbers = count()
        self.steps: dict[int, Statement] = {}
        self.locals = set(root.locals)
        self.at = 0
        entry = self.lay(root, _kept, None, (root.name,))
        self.body = replace(
            root, steps=_tidy(self.steps, entry), entry=entry, locals=frozenset(self.locals)
        )

    def lay(
        self, body: Body, rename: Callable[[str], C | None],
        returned: Callable[[Statement], int] | None, stack: tuple[str, ...],
    ) -> int:  # fmt: skip
        """Lay a body down. `returned` makes the steps for a return; None keeps it (the root)."""
        placed = {n: next(self.numbers) for n in body.steps}

        def renamed(e: C) -> C | None:
            if isinstance(e, Id):
                return rename(e.name)
            if isinstance(e, Unary) and e.op == "*":
                inner = rewritten(e.part, renamed)
                return (
                    inner.part
                    if isinstance(inner, Unary) and inner.op == "&"
                    else Unary("*", inner)
                )
            if isinstance(e, Field) and e.arrow == "->":
                inner = rewritten(e.of, renamed)
                if isinstance(inner, Unary) and inner.op == "&":
                    return Field(inner.part, ".", e.name)
                return Field(inner, "->", e.name)
            return None

        for n, step in body.steps.items():
            expr = rewritten(step.expr, renamed) if step.expr is not None else None
            ways = {answer: placed[to] for answer, to in step.ways.items()}
            here = replace(step, expr=expr, ways=ways, at=self.at or step.line)
            if expr is not None and step.expr is not None and step.said == text(step.expr):
                here = replace(here, said=text(expr))
            self.put(placed[n], here, returned, stack)
        return placed[body.entry]

    def put(
        self,
        n: int,
        step: Statement,
        returned: Callable[[Statement], int] | None,
        stack: tuple[str, ...],
    ) -> None:
        """One step, with the calls in it that count put before it."""
        expr = step.expr
        if expr is not None and step.kind != "entry":
            match expr:
                case FunctionCall(name) | Assign("=", _, FunctionCall(name)) if (
                    name in self.counting
                    and not any(
                        c.name in self.counting for a in _call_of(expr).args for c in calls(a)
                    )
                ):
                    if step.kind == "do":
                        self.call(n, step, expr, stack)
                        return
            found = next((c for c in _inner_first(expr) if c.name in self.counting), None)
            if found is not None:
                temp = Id(f"{found.name}@{step.line}.{n}#{found.name}()")
                self.locals.add(temp.name)
                after = next(self.numbers)
                rest = _with(expr, found, temp)
                self.put(after, replace(step, expr=rest), returned, stack)
                made = Assign("=", temp, found)
                self.put(
                    n,
                    replace(step, kind="do", expr=made, ways={None: after}, said=text(found)),
                    returned,
                    stack,
                )
                return
        if step.kind == "return" and returned is not None:
            self.steps[n] = replace(step, kind="do", expr=None, ways={None: returned(step)})
            return
        if (
            expr is not None
            and step.kind == "do"
            and isinstance(expr, FunctionCall)
            and expr.name in self.never
        ):
            step = replace(step, kind="stop", ways={})
        self.steps[n] = step

    def call(self, n: int, step: Statement, expr: C, stack: tuple[str, ...]) -> None:
        """A call that counts: a primitive stays a step, another function is laid down here."""
        made = _call_of(expr)
        body = self.bodies.get(made.name)
        if (
            made.name not in self.inlined
            or body is None
            or body.name in stack
            or len(stack) > DEPTH
        ):
            choice = next((a for a in made.args if isinstance(a, Choice)), None)
            if choice is not None:  # an argument of two values: the call is made after the choice
                self.choose(n, step, choice)
                return
            self.steps[n] = replace(step, kind="call")
            return
        place = f"{body.name}@{step.line}.{n}#"
        assigned = _assigned(body)
        bound: dict[str, C] = {}
        begin: list[Assign] = []
        for name, arg in zip(body.params, made.args, strict=False):
            if name in assigned or any(True for _ in calls(arg)):
                own = Id(place + name)
                self.locals.add(own.name)
                begin.append(Assign("=", own, arg))
                bound[name] = own
            else:
                bound[name] = arg
        for name in body.locals:
            self.locals.add(place + name)
            bound[name] = Id(place + name)
        (then,) = step.ways.values()
        target = expr.target if isinstance(expr, Assign) else None

        def returned(leaving: Statement) -> int:
            if target is None or leaving.expr is None:
                return then
            m = next(self.numbers)
            value = Assign("=", target, leaving.expr)
            self.put(m, replace(leaving, kind="do", expr=value, ways={None: then}), None, stack)
            return m

        outer, self.at = self.at, step.at
        entry = self.lay(body, bound.get, returned, (*stack, body.name))
        self.at = outer
        for e in reversed(begin):
            m = next(self.numbers)
            self.steps[m] = replace(step, kind="do", expr=e, ways={None: entry}, said=text(e))
            entry = m
        self.steps[n] = replace(step, kind="do", expr=None, ways={None: entry})

    def choose(self, n: int, step: Statement, choice: Choice) -> None:
        """`f(c ? a : b)` as two calls behind a test."""
        ways: dict[bool | str | None, int] = {}
        assert step.expr is not None
        for answer, value in ((True, choice.yes), (False, choice.no)):
            m = next(self.numbers)
            self.put(m, replace(step, kind="do", expr=_with(step.expr, choice, value)), None, ())
            ways[answer] = m
        self.steps[n] = replace(
            step, kind="ask", expr=choice.test, ways=ways, said=text(choice.test)
        )


def _kept(_: str) -> C | None:
    """The root's names stay."""
    return None


def _with(e: C, old: C, new: C) -> C:
    return rewritten(e, lambda part: new if part is old else None)


def _call_of(expr: C) -> FunctionCall:
    made = expr.value if isinstance(expr, Assign) else expr
    assert isinstance(made, FunctionCall)
    return made


def _inner_first(e: C) -> list[FunctionCall]:
    """The calls within an expression, in the order in which they are made."""
    return list(reversed(list(calls(e))))


def _assigned(body: Body) -> frozenset[str]:
    """Names that a body assigns to, or whose address it takes."""
    found = set()
    for step in body.steps.values():
        for part in walk(step.expr) if step.expr else ():
            match part:
                case Assign(_, Id(name)) | Unary("&", Id(name)):
                    found.add(name)
    return frozenset(found)


def _tidy(steps: Mapping[int, Statement], entry: int) -> dict[int, Statement]:
    """Only what is met from the entry, without steps that do nothing."""

    def on(n: int) -> int:
        seen = set()
        while n not in seen:
            seen.add(n)
            step = steps[n]
            if step.kind != "do" or step.expr is not None or None not in step.ways:
                return n
            n = step.ways[None]
        return n

    kept: dict[int, Statement] = {}
    for n in reachable([entry], lambda n: kept[n].ways.values()):
        kept[n] = steps[n].to(on)  # whose ways are then gone
    return kept
