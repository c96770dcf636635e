"""What the names of a flat function mean: variables that are followed, conditions as words.

Here: a variable is followed if every assignment to it can be computed; a condition on anything else
is a word, named by its C text, and an assignment to what it looks at opens it again. Not here: the
graph that is made of it (`lowering`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from faultviz import ir
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.expressions import expression
from faultviz.kernel.c.syntax import (  # fmt: skip
    ARITHMETIC,
    Assign,
    Binary,
    Body,
    C,
    Field,
    FunctionCall,
    Id,
    Num,
    Statement,
    Unary,
    calls,
    constant,
    key,
    rewritten,
    text,
    walk,
)
from faultviz.kernel.lower.slicing import mentions, targets


class Meaning:
    """One function's names. `cells` are variables that its callers look at, such as *locked."""

    def __init__(
        self, body: Body, constants: Mapping[str, int], cells: Mapping[str, ir.Value]
    ) -> None:
        self.body, self.constants, self.cells = body, constants, cells

    @cached_property
    def assigns(self) -> list[tuple[C, C]]:
        """Every assignment as target and the value it takes, in full."""
        found: list[tuple[C, C]] = []
        for step in self.body.steps.values():
            for part in walk(step.expr) if step.expr else ():
                if isinstance(part, Assign):
                    op, target, value = part.op, part.target, part.value
                    found.append((target, value if op == "=" else Binary(op[:-1], target, value)))
            found += [(t, FunctionCall("?", ())) for t in given_away(step)]
        return found

    @cached_property
    def followed(self) -> frozenset[str]:
        """The variables whose value is always by_hand."""
        candidates = {key(t) for t, _ in self.assigns if is_variable(t)} - set(self.body.params)
        candidates |= self.flag_params | self.cells.keys()
        while True:
            wrong = {
                key(t) for t, value in self.assigns
                if key(t) in candidates and not self.computable(value, candidates)
            }  # fmt: skip
            if not wrong:
                return frozenset(candidates)
            candidates -= wrong

    @cached_property
    def flag_params(self) -> frozenset[str]:
        """Parameters that go to handle_mm_fault as flags: the caller's, taken as 0 or WRITE."""
        found = set()
        for step in self.body.steps.values():
            for call in calls(step.expr) if step.expr else ():
                if call.name == by_hand.FAULT and len(call.args) > 2:
                    found |= {p.name for p in walk(call.args[2]) if isinstance(p, Id)}
        return frozenset(found & set(self.body.params))

    def computable(self, e: C, candidates: Iterable[str]) -> bool:
        """Whether an expression has a known value wherever the candidates have one."""
        match e:
            case FunctionCall(by_hand.FAULT):
                return True
            case FunctionCall(name):
                return name in by_hand.PRIMITIVES or name in by_hand.NEVER_GOT
            case Id() if key(e) in candidates:
                return True
            case Unary("*") if key(e) in candidates:
                return True
            case Binary(op, left, right) if op in ARITHMETIC:
                return self.computable(left, candidates) and self.computable(right, candidates)
            case Unary("~" | "-", part):
                return self.computable(part, candidates)
        return constant(e, self.constants) is not None

    def value(self, e: C) -> ir.Expr:
        """A computable expression in the models' terms."""
        number = constant(e, self.constants)
        if number is not None:
            return ir.Const(number)
        match e:
            case Id() | Unary("*"):
                return ir.Name(key(e))
            case Binary("|", left, right) if (
                mask := constant(right, self.constants)
            ) is not None and is_variable(left):
                return ir.With(key(left), mask)
            case Binary(op, left, right):
                return ir.Math(op, self.value(left), self.value(right))
            case Unary("~", part):
                return ir.Math("^", self.value(part), ir.Const(-1))
            case Unary("-", part):
                return ir.Math("-", ir.Const(0), self.value(part))
        raise AssertionError(f"not computable: {text(e)}")

    # --- conditions ---------------------------------------------------------------------------

    def truth(self, e: C) -> ir.Expr:
        """A condition: a test of bits or numbers we follow, or a word."""
        match e:
            case Binary("&", left, right) if key(left) in self.followed:
                mask = constant(right, self.constants)
                if mask is not None:
                    return ir.Bits(key(left), mask)
            case Binary("==", left, right) if key(left) in self.followed:
                number = constant(right, self.constants)
                if number is not None:
                    return ir.Equals(key(left), number)
        if self.computable(e, self.followed):
            return self.value(e)
        if isinstance(e, Binary) and e.op in ("==", "<"):
            left, right = e.left, e.right
            if self.computable(left, self.followed) and self.computable(right, self.followed):
                return ir.Math(e.op, self.value(left), self.value(right))
        return self.word(e)

    def word(self, e: C) -> ir.Expr:
        """A condition by its text; one that the models have a word for gets that one."""
        said = key(e)
        named = by_hand.SAME_WORD.get(said, by_hand.SAME_WORD.get(text(e), said))
        return ir.Not(ir.Free(named[1:])) if named.startswith("!") else ir.Free(named)

    @cached_property
    def words(self) -> dict[str, C]:
        """Every word that is asked for, with the expression that it stands for."""
        found: dict[str, C] = {}
        for step in self.body.steps.values():
            if step.kind == "ask" and step.expr is not None:
                for word in ir.words_of(self.truth(step.expr)):
                    found[word] = step.expr
            if (
                step.kind == "switch"
                and step.expr is not None
                and key(step.expr) not in self.followed
            ):
                for answer in step.ways:
                    if answer != "default":
                        e = Binary("==", step.expr, expression(str(answer)))
                        found[key(e)] = e
        return found

    def settled(self, target: C, value: C) -> tuple[tuple[str, ir.Known], ...]:
        """What an assignment makes of the words that look at its target."""
        changed: list[tuple[str, ir.Known]] = []
        for word, e in self.words.items():
            if not mentions(e, target) or word in by_hand.SAME_WORD.values():
                continue
            new = _put(e, target, value)
            number = constant(new, self.constants)
            other = by_hand.SAME_WORD.get(key(new), key(new))
            if number is not None:
                changed.append((word, bool(number)))
            elif other in self.words:
                changed.append((word, other))
            elif not list(ir.words_of(self.truth(new))):
                changed.append((word, self.truth(new)))
            elif (bit := self.bit(e, target, value)) != "kept":
                changed.append((word, bit))
        return tuple(changed)

    def bit(self, e: C, target: C, value: C) -> bool | str | None:
        """`x & M` after `x |= N` or `x &= N`: set, cleared, "kept", or open again."""
        match e, value:
            case Binary("&", left, mask), Binary(op, again, bits) if left == again == target:
                m, n = constant(mask, self.constants), constant(bits, self.constants)
                if op == "|" and mask == bits:
                    return True
                if m is not None and n is not None and op == "|":
                    return True if m & n else "kept"
                if m is not None and n is not None and op == "&" and not m & ~n:
                    return "kept"
                if op == "&" and (
                    bits == Unary("~", mask) or (m is not None and n is not None and not m & n)
                ):
                    return False
        return None

    def pointers(self, e: C) -> list[str]:
        """The words "this pointer is not NULL" that an expression proves by looking through it."""
        return [
            key(part.of) for part in walk(e)
            if isinstance(part, Field) and part.arrow == "->" and key(part.of) in self.words
        ]  # fmt: skip

    def excluded(self, e: C) -> tuple[tuple[str, ir.Known], ...]:
        """The words that are false once `x == A` is true."""
        match e:
            case Binary("==", left, right):
                return tuple(
                    (word, False) for word, o in self.words.items()
                    if isinstance(o, Binary) and o.op == "==" and o.left == left
                    and o.right != right and _is_plain(o.right) and _is_plain(right)
                )  # fmt: skip
        return ()


def is_variable(e: C) -> bool:
    """A name, or what a pointer of that name points to."""
    return isinstance(e, Id) or (isinstance(e, Unary) and e.op == "*" and isinstance(e.part, Id))


def given_away(step: Statement) -> list[C]:
    """Variables whose address a step gives to a callee."""
    assigned = (
        {part.target for part in walk(step.expr) if isinstance(part, Assign)}
        if step.expr
        else set()
    )
    return [t for t in targets(step) if t not in assigned]


def _put(e: C, target: C, value: C) -> C:
    return rewritten(e, lambda part: value if part == target else None)


def _is_plain(e: C) -> bool:
    """A constant, by its looks."""
    return isinstance(e, Id | Num | Unary)
