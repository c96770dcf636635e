"""From a flat, sliced C function to the `ir` of the models: real source that runs, checks and plays.

Here: which variables are numbers that we follow, which conditions become words, and what each step
does. A variable is followed if every assignment to it can be computed; a condition on anything else is
a word, named by its C text, and an assignment to what it looks at opens it again. Not here: how the
graph was made (`inline`, `slicing`) or what it is judged by (`judge`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from faultviz import ir
from faultviz.kernel import known
from faultviz.kernel.parse import expression
from faultviz.kernel.slicing import mentions, targets
from faultviz.kernel.syntax import (
    ARITHMETIC, Assign, Binary, Body, C, Call, Field, Id, Num, Step, Unary, calls, constant, key, rewritten,
    text, walk,
)  # fmt: skip
from faultviz.rules import MMAP_LOCK

FLAGS = "flags of the call"
"""A variable of ours, for flags that are no variable of theirs."""
RESULT = "result dropped"


def lowered(
    body: Body,
    constants: Mapping[str, int],
    contract: ir.Function,
    cells: Mapping[str, ir.Value],
    version: str,
) -> ir.Function:
    """The function's graph. `contract` says what its callers bring and how they read its result."""
    return _Lowering(body, constants, contract, cells, version).function


class _Lowering:
    def __init__(
        self, body: Body, constants: Mapping[str, int], contract: ir.Function,
        cells: Mapping[str, ir.Value], version: str,
    ) -> None:  # fmt: skip
        self.body, self.constants, self.contract, self.version = body, constants, contract, version
        self.cells = cells
        self.nodes: dict[str, ir.Node] = {}
        self.edges: list[ir.Edge] = []
        self.ids = _names(body)

    # --- which variables are followed --------------------------------------------------------

    @cached_property
    def assigns(self) -> list[tuple[C, C]]:
        """Every assignment as target and the value it takes, in full."""
        found: list[tuple[C, C]] = []
        for step in self.body.steps.values():
            for part in walk(step.expr) if step.expr else ():
                if isinstance(part, Assign):
                    op, target, value = part.op, part.target, part.value
                    found.append((target, value if op == "=" else Binary(op[:-1], target, value)))
            found += [(t, Call("?", ())) for t in _given_away(step)]
        return found

    @cached_property
    def followed(self) -> frozenset[str]:
        """The variables whose value is always known."""
        candidates = {key(t) for t, _ in self.assigns if _is_variable(t)} - set(self.body.params)
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
                if call.name == known.FAULT and len(call.args) > 2:
                    found |= {p.name for p in walk(call.args[2]) if isinstance(p, Id)}
        return frozenset(found & set(self.body.params))

    def computable(self, e: C, candidates: Iterable[str]) -> bool:
        match e:
            case Call(known.FAULT):
                return True
            case Call(name):
                return name in known.PRIMITIVES or name in known.NEVER_GOT
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
            case Binary("|", left, right) if (mask := constant(right, self.constants)) is not None and _is_variable(left):
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
        named = known.SAME_WORD.get(said, known.SAME_WORD.get(text(e), said))
        return ir.Not(ir.Free(named[1:])) if named.startswith("!") else ir.Free(named)

    @cached_property
    def words(self) -> dict[str, C]:
        """Every word that is asked for, with the expression that it stands for."""
        found: dict[str, C] = {}
        for step in self.body.steps.values():
            if step.kind == "ask" and step.expr is not None:
                for word in ir.words_of(self.truth(step.expr)):
                    found[word] = step.expr
            if step.kind == "switch" and step.expr is not None and key(step.expr) not in self.followed:
                for answer in step.ways:
                    if answer != "default":
                        e = Binary("==", step.expr, expression(str(answer)))
                        found[key(e)] = e
        return found

    def settled(self, target: C, value: C) -> tuple[tuple[str, ir.Known], ...]:
        """What an assignment makes of the words that look at its target."""
        changed: list[tuple[str, ir.Known]] = []
        for word, e in self.words.items():
            if not mentions(e, target) or word in known.SAME_WORD.values():
                continue
            new = _put(e, target, value)
            number = constant(new, self.constants)
            other = known.SAME_WORD.get(key(new), key(new))
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
                if op == "&" and (bits == Unary("~", mask) or (m is not None and n is not None and not m & n)):
                    return False
        return None

    # --- steps --------------------------------------------------------------------------------

    @cached_property
    def function(self) -> ir.Function:
        body = self.body
        for n, step in body.steps.items():
            self.step(n, step)
        locals_: dict[str, ir.Value] = {name: 0 for name in sorted(self.followed - self.cells.keys())}
        entry = self.ids[body.entry]
        if self.flag_params:
            entry = self.flags_first(entry)
        return ir.Function(
            body.name, self.cite(body.steps[body.entry]), entry, self.nodes, tuple(self.edges),
            (), locals_, self.contract.result, self.contract.held, self.contract.exit_held,
        )  # fmt: skip

    def flags_first(self, entry: str) -> str:
        """The caller's flags: WRITE or none."""
        (name,) = self.flag_params
        write = self.constants.get("FAULT_FLAG_WRITE", 1)
        way = next(e for e in self.edges if e.source == entry)
        self.edges.remove(way)
        self.node("caller", self.body.steps[self.body.entry], ir.Let(name, ir.Const(write), ir.Free("write")), f"{name} = WRITE, if a store")
        self.edges += [ir.Edge(entry, "caller"), ir.Edge("caller", way.target)]
        return entry

    def cite(self, step: Step) -> ir.Cite:
        return ir.Cite(step.file or self.body.file, step.function, "read", self.version, step.line, step.at)

    def node(self, id_: str, step: Step, op: ir.Op, said: str = "", effect: ir.Effect = ir.Effect()) -> None:
        completed = isinstance(op, ir.Test) and op.expr in self.completed
        self.nodes[id_] = ir.Node(
            id_, self.body.name, op, said or step.said, "", self.cite(step),
            (step.label,) if step.label else (), "completed-check" if completed else None, effect,
        )  # fmt: skip

    @cached_property
    def completed(self) -> list[ir.Expr]:
        """The tests of COMPLETED, whatever the result is called."""
        mask = self.constants.get("VM_FAULT_COMPLETED", 0)
        return [ir.Bits(name, mask) for name in self.followed] if mask else []

    def on(self, id_: str, step: Step) -> None:
        """The ways of a step as edges."""
        for answer, to in step.ways.items():
            self.edges.append(ir.Edge(id_, self.ids[to], answer))

    def step(self, n: int, step: Step) -> None:
        id_ = self.ids[n]
        match step.kind:
            case "entry":
                self.node(id_, step, ir.Enter())
            case "return":
                known_value = step.expr is not None and self.computable(step.expr, self.followed)
                self.node(id_, step, ir.Leave(self.value(step.expr) if known_value and step.expr else None))
            case "stop":
                self.node(id_, step, ir.Bug())
            case "ask":
                self.ask(id_, step)
                return
            case "switch":
                self.switch(id_, step)
                return
            case "call":
                self.call(id_, step)
                return
            case _:
                self.node(id_, step, self.effects(step))
        self.on(id_, step)

    def ask(self, id_: str, step: Step, e: C | None = None, ways: tuple[str, str] | None = None) -> None:
        """A test. Where x is equal to one constant it is equal to no other."""
        e = e or step.expr
        assert e is not None
        yes, no = ways or (self.ids[step.ways[True]], self.ids[step.ways[False]])
        there = tuple((word, True) for word in self.pointers(e))
        if there:
            self.node(id_, step, ir.Settle(words=there), f"{text(e)}: what it looks through is there")
            self.edges.append(ir.Edge(id_, f"{id_}*"))
            id_ = f"{id_}*"
        self.node(id_, step, ir.Test(self.truth(e)), text(e))
        others = self.excluded(e)
        fixed = _is_fixed(e)
        if others or fixed:
            inner = f"{id_}+"
            self.node(inner, step, ir.Settle(words=others), f"{text(e)}: yes", ir.FIXUP if fixed else ir.Effect())
            self.edges.append(ir.Edge(inner, yes))
            yes = inner
        self.edges += [ir.Edge(id_, yes, True), ir.Edge(id_, no, False)]

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
                    if isinstance(o, Binary) and o.op == "==" and o.left == left and o.right != right
                    and isinstance(o.right, Id | Num | Unary) and isinstance(right, Id | Num | Unary)
                )  # fmt: skip
        return ()

    def effects(self, step: Step) -> ir.Op:
        """What an expression that is no call assigns."""
        if step.expr is None:
            return ir.Do()
        lets: list[tuple[str, ir.Expr]] = []
        words: list[tuple[str, ir.Known]] = []
        for part in walk(step.expr):
            if isinstance(part, Assign):
                value = part.value if part.op == "=" else Binary(part.op[:-1], part.target, part.value)
                if key(part.target) in self.followed:
                    lets.append((key(part.target), self.value(value)))
                else:
                    words += self.settled(part.target, value)
        for target in _given_away(step):
            words += self.settled(target, Call("?", ()))
        if len(lets) == 1 and not words:
            return ir.Let(*lets[0])
        return ir.Settle(tuple(lets), tuple(words)) if lets or words else ir.Do()

    def result(self, step: Step, value: ir.Value) -> ir.Op:
        """The assignment of what a primitive returned."""
        match step.expr:
            case Assign("=", target, _) if key(target) in self.followed:
                return ir.Let(key(target), ir.Const(value))
            case Assign("=", target, _):
                return ir.Settle(words=self.settled(target, Num(value or 0)))
        return ir.Do()

    def call(self, id_: str, step: Step) -> None:
        assert step.expr is not None
        made = step.expr.value if isinstance(step.expr, Assign) else step.expr
        assert isinstance(made, Call)
        (to,) = (self.ids[n] for n in step.ways.values())
        target = step.expr.target if isinstance(step.expr, Assign) else None
        if made.name == known.FAULT:
            self.fault(id_, step, made, target, to)
        elif made.name in known.PRIMITIVES:
            self.primitive(id_, step, made, to)
        elif made.name in known.NEVER_GOT:
            self.node(id_, step, self.result(step, 0))
            self.edges.append(ir.Edge(id_, to))
        else:
            needs = made.name in known.need_lock(self.body.file)
            effect = ir.FIXUP if made.name in known.FIX_UPS else ir.Effect()
            self.node(id_, step, ir.Call(made.name, needs_lock=needs), effect=effect)
            after = self.effects(step)
            if isinstance(after, ir.Settle) and after.words:
                self.node(f"{id_}=", step, after)
                self.edges += [ir.Edge(id_, f"{id_}="), ir.Edge(f"{id_}=", to)]
            else:
                self.edges.append(ir.Edge(id_, to))

    def primitive(self, id_: str, step: Step, made: Call, to: str) -> None:
        """A lock operation; one that can fail leaves by two ways, and each time it may do either."""
        by, fails, succeeds = known.PRIMITIVES[made.name]
        if fails is None:
            self.node(id_, step, ir.Lock(MMAP_LOCK, by))
            self.edges.append(ir.Edge(id_, to))
            return
        word = f"{made.name} fails"
        self.node(id_, step, ir.Lock(MMAP_LOCK, by, ir.Free(word)))
        for answer, value in ((True, succeeds), (False, fails)):
            after = self.result(step, value)
            lets = ((after.name, after.value),) if isinstance(after, ir.Let) else ()
            words = after.words if isinstance(after, ir.Settle) else ()
            inner = f"{id_}{'+' if answer else '-'}"
            self.node(inner, step, ir.Settle(lets, (*words, (word, None))), f"{step.said}: {'taken' if answer else 'not taken'}")
            self.edges += [ir.Edge(id_, inner, answer), ir.Edge(inner, to)]

    def fault(self, id_: str, step: Step, made: Call, target: C | None, to: str) -> None:
        """handle_mm_fault, its flags in a variable and its result in another."""
        given = made.args[2] if len(made.args) > 2 else Num(0)
        name = key(given)
        if name not in self.followed:
            name = FLAGS
            first = f"{id_}_"
            value = self.value(given) if self.computable(given, self.followed) else ir.Const(0)
            self.node(first, step, ir.Let(FLAGS, value), f"flags of the call: {text(given)}")
            self.edges.append(ir.Edge(first, f"{id_}"))
            self.edges = [
                ir.Edge(e.source, first, e.when) if e.target == id_ and e.source != first else e
                for e in self.edges
            ]
            self.ids = {n: first if i == id_ else i for n, i in self.ids.items()}
        into = key(target) if target is not None and key(target) in self.followed else RESULT
        self.node(id_, step, ir.Fault(name, into))
        self.edges.append(ir.Edge(id_, to))

    def switch(self, id_: str, step: Step) -> None:
        """A switch as a chain of tests."""
        assert step.expr is not None
        cases = [(str(a), to) for a, to in step.ways.items() if a != "default"]
        default = self.ids[step.ways["default"]]
        here = id_
        for i, (answer, to) in enumerate(cases):
            e = Binary("==", step.expr, expression(answer))
            following = f"{id_}.{i + 1}" if i + 1 < len(cases) else default
            self.ask(here, step, e, (self.ids[to], following))
            here = following
        if not cases:
            self.node(id_, step, ir.Do())
            self.edges.append(ir.Edge(id_, default))


def _is_variable(e: C) -> bool:
    return isinstance(e, Id) or (isinstance(e, Unary) and e.op == "*" and isinstance(e.part, Id))


def _given_away(step: Step) -> list[C]:
    """Variables whose address a step gives to a callee."""
    assigned = {part.target for part in walk(step.expr) if isinstance(part, Assign)} if step.expr else set()
    return [t for t in targets(step) if t not in assigned]


def _is_fixed(e: C) -> bool:
    return text(e) in known.FIXED_IF or any(call.name in known.FIXED_IF for call in calls(e))


def _put(e: C, target: C, value: C) -> C:
    return rewritten(e, lambda part: value if part == target else None)


def _names(body: Body) -> dict[int, str]:
    """A name for each step: its line, and a letter where a line has several."""
    by_line: dict[tuple[str, int], list[int]] = {}
    for n, step in sorted(body.steps.items()):
        by_line.setdefault((step.function, step.line), []).append(n)
    found = {}
    taken: set[str] = set()
    for (function, line), numbers in by_line.items():
        for i, n in enumerate(numbers):
            where = "" if function == body.name else f"{function}@"
            name = f"{where}{line}{'' if len(numbers) == 1 else _letter(i)}"
            while name in taken:
                name += "'"
            taken.add(name)
            found[n] = name
    return found


def _letter(i: int) -> str:
    return chr(ord("a") + i) if i < 26 else f"z{i}"
