"""Expressions as steps of a function's graph: C's own operators become branches.

Here: the graph as it grows, back to front; `&& || ! ?:` and assignments within an expression, so
that each step asks or does one thing. Not here: statements (`parse`).
"""

from __future__ import annotations

from dataclasses import replace

from faultviz.ir.reach import reachable
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.syntax import (  # fmt: skip
    COMPARES,
    Assign,
    Binary,
    C,
    Choice,
    Comma,
    FunctionCall,
    Id,
    Num,
    Statement,
    Unary,
    text,
)


class GrowingGraph:
    """The steps of one function so far; `line` is the one that is being read."""

    def __init__(self, name: str, file: str, line: int) -> None:
        self.name, self.file, self.line = name, file, line
        self.steps: dict[int, Statement] = {}

    def met(self, start: int) -> dict[int, Statement]:
        """The steps that some way leads to; jumps that only lead on are passed by."""
        met = reachable([start], lambda n: self.steps[n].ways.values())
        return {n: self.steps[n] for n in met}

    def add(
        self, kind: str, expr: C | None, ways: dict[bool | str | None, int] | None = None, *,
        said: str = "", label: str = "",
    ) -> int:  # fmt: skip
        """A new step on the line that is being read."""
        n = len(self.steps)
        said = said or (text(expr) if expr else "")
        self.steps[n] = Statement(
            kind, self.line, self.name, expr, ways or {}, said, label, self.file
        )
        return n

    def lead(self, step: int, to: int) -> None:
        """Let a step that was made before lead to what follows it."""
        self.steps[step] = replace(self.steps[step], ways={None: to})

    def do(self, e: C, then: int) -> int:
        """An expression for its effect."""
        match e:
            case Assign(op, target, Choice(test, yes, no)):
                return self.ask(
                    test,
                    self.do(Assign(op, target, yes), then),
                    self.do(Assign(op, target, no), then),
                )
            case Assign("=", target, value) if _is_truth(value):
                return self.ask(
                    value,
                    self.do(Assign("=", target, Num(1)), then),
                    self.do(Assign("=", target, Num(0)), then),
                )
            case Assign("=", target, Assign() as inner):
                return self.do(inner, self.do(Assign("=", target, inner.target), then))
            case Comma(first, last):
                return self.do(first, self.do(last, then))
            case Choice(test, yes, no):
                return self.ask(test, self.do(yes, then), self.do(no, then))
            case FunctionCall(name, args) if name in by_hand.STOPS_IF and args:
                return self.ask(args[0], self.add("stop", None, said=text(e)), then)
            case FunctionCall(name) if name in by_hand.NEVER_RETURN:
                return self.add("stop", e)
        return self.add("do", e, {None: then})

    def ask(self, e: C, yes: int, no: int) -> int:
        """A condition: C's own operators become branches, so that each step asks one thing."""
        match e:
            case Unary("!", part):
                return self.ask(part, no, yes)
            case Binary("&&", left, right):
                return self.ask(left, self.ask(right, yes, no), no)
            case Binary("||", left, right):
                return self.ask(left, yes, self.ask(right, yes, no))
            case Choice(test, a, b):
                return self.ask(test, self.ask(a, yes, no), self.ask(b, yes, no))
            case Comma(first, last):
                return self.do(first, self.ask(last, yes, no))
            case Assign("=", target, _):
                return self.do(e, self.ask(target, yes, no))
            case Binary("==", left, Num(0)) | Binary("==", left, Id("NULL")):
                return self.ask(left, no, yes)
            case Binary("!=", left, Num(0)) | Binary("!=", left, Id("NULL")):
                return self.ask(left, yes, no)
            case Binary(
                "==" | "!=" | "<" | ">" | "<=" | ">=" as op, Assign("=", target, _) as inner, right
            ):
                return self.do(inner, self.ask(Binary(op, target, right), yes, no))
            case Binary("!=" | ">=" | "<=" as op, left, right):
                positive = {"!=": "==", ">=": "<", "<=": ">"}[op]
                return self.ask(Binary(positive, left, right), no, yes)
            case Binary(">", left, right):
                return self.ask(Binary("<", right, left), yes, no)
            case Num(value):
                return yes if value else no
            case FunctionCall(name, args) if name in by_hand.WARNS and args:
                return self.ask(args[0], yes, no)
        return self.add("ask", e, {True: yes, False: no})

    def returns(self, e: C | None) -> int:
        """A return; one of a condition returns 1 or 0 on the way that decides."""
        match e:
            case Choice(test, yes, no):
                return self.ask(test, self.returns(yes), self.returns(no))
            case Assign("=", target, _):
                return self.do(e, self.returns(target))
        if e is not None and _is_truth(e):
            return self.ask(e, self.returns(Num(1)), self.returns(Num(0)))
        return self.add("return", e, said=f"return {text(e)}" if e else "return")


def _is_truth(e: C) -> bool:
    """Whether an expression is C's 0 or 1 by its outermost operator."""
    match e:
        case Unary("!"):
            return True
        case Binary(op):
            return op in ("&&", "||") or op in COMPARES
    return False
