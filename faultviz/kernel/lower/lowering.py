"""From a flat, sliced C function to the `ir` of the models: real source that runs and plays.

Here: what each step does. Not here: which variables are followed and what a condition means
(`dataflow`), how the graph was made (`inline`, `slicing`), or what it is judged by (`findings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from faultviz import ir
from faultviz.engine.invariants import MMAP_LOCK
from faultviz.kernel.c import by_hand
from faultviz.kernel.c.expressions import expression
from faultviz.kernel.c.syntax import (  # fmt: skip
    Assign,
    Binary,
    Body,
    C,
    FunctionCall,
    Num,
    Statement,
    calls,
    key,
    text,
    walk,
)
from faultviz.kernel.lower.dataflow import Meaning, given_away

FLAGS = "flags of the call"
"""A variable of ours, for flags that are no variable of theirs."""
RESULT = "result dropped"
ASSUMED = "assumed not to happen"


def lowered(
    body: Body,
    constants: Mapping[str, int],
    contract: ir.Function,
    cells: Mapping[str, ir.Value],
    version: str,
) -> ir.Function:
    """The function's graph. `contract` says what its callers bring and how they read its result."""
    return _Lowering(body, constants, contract, cells, version).function


class _Lowering(Meaning):
    def __init__(
        self, body: Body, constants: Mapping[str, int], contract: ir.Function,
        cells: Mapping[str, ir.Value], version: str,
    ) -> None:  # fmt: skip
        super().__init__(body, constants, cells)
        self.contract, self.version = contract, version
        self.nodes: dict[str, ir.Node] = {}
        self.edges: list[ir.Edge] = []
        self.ids = _names(body)

    # --- steps --------------------------------------------------------------------------------

    @cached_property
    def function(self) -> ir.Function:
        body = self.body
        for n, step in body.steps.items():
            self.step(n, step)
        locals_: dict[str, ir.Value] = dict.fromkeys(sorted(self.followed - self.cells.keys()), 0)
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
        self.node(
            "caller",
            self.body.steps[self.body.entry],
            ir.Let(name, ir.Const(write), ir.Free("write")),
            f"{name} = WRITE, if a store",
        )
        self.edges += [ir.Edge(entry, "caller"), ir.Edge("caller", way.target)]
        return entry

    def cite(self, step: Statement) -> ir.Cite:
        return ir.Cite(
            step.file or self.body.file, step.function, "read", self.version, step.line, step.at
        )

    def node(
        self, id_: str, step: Statement, op: ir.Op, said: str = "", effect: ir.Effect = ir.Effect(),
        *, synthetic: bool = False,
    ) -> None:  # fmt: skip
        completed = isinstance(op, ir.Test) and op.expr in self.completed
        self.nodes[id_] = ir.Node(
            id_, self.body.name, op, said or step.said, "", self.cite(step),
            (step.label,) if step.label else (), "completed-check" if completed else None, effect,
            synthetic=synthetic,
        )  # fmt: skip

    @cached_property
    def completed(self) -> list[ir.Expr]:
        """The tests of COMPLETED, whatever the result is called."""
        mask = self.constants.get("VM_FAULT_COMPLETED", 0)
        return [ir.Bits(name, mask) for name in self.followed] if mask else []

    def on(self, id_: str, step: Statement) -> None:
        """The ways of a step as edges."""
        for answer, to in step.ways.items():
            self.edges.append(ir.Edge(id_, self.ids[to], answer))

    def step(self, n: int, step: Statement) -> None:
        id_ = self.ids[n]
        match step.kind:
            case "entry":
                self.node(id_, step, ir.Enter())
            case "return":
                known_value = step.expr is not None and self.computable(step.expr, self.followed)
                self.node(
                    id_,
                    step,
                    ir.Leave(self.value(step.expr) if known_value and step.expr else None),
                )
            case "stop" if step.said.partition("(")[0] in by_hand.STOPS_IF:
                # BUG_ON states what its author takes for granted; so do we: there is no way on.
                self.node(id_, step, ir.Do(), ASSUMED)
                self.edges.append(ir.Edge(id_, id_))
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

    def ask(
        self, id_: str, step: Statement, e: C | None = None, ways: tuple[str, str] | None = None
    ) -> None:
        """A test. Where x is equal to one constant it is equal to no other."""
        e = e or step.expr
        assert e is not None
        yes, no = ways or (self.ids[step.ways[True]], self.ids[step.ways[False]])
        there = tuple((word, True) for word in self.pointers(e))
        if there:
            self.node(
                id_, step, ir.Settle(words=there), f"{text(e)}: what it looks through is there"
            )
            self.edges.append(ir.Edge(id_, f"{id_}*"))
            id_ = f"{id_}*"
        self.node(id_, step, ir.Test(self.truth(e)), text(e), synthetic=bool(there))
        others = self.excluded(e)
        fixed = _is_fixed(e)
        if others or fixed:
            inner = f"{id_}+"
            self.node(
                inner,
                step,
                ir.Settle(words=others),
                f"{text(e)}: yes",
                ir.FIXUP if fixed else ir.Effect(),
                synthetic=True,
            )
            self.edges.append(ir.Edge(inner, yes))
            yes = inner
        self.edges += [ir.Edge(id_, yes, True), ir.Edge(id_, no, False)]

    def effects(self, step: Statement) -> ir.Op:
        """What an expression that is no call assigns."""
        if step.expr is None:
            return ir.Do()
        lets: list[tuple[str, ir.Expr]] = []
        words: list[tuple[str, ir.Known]] = []
        for part in walk(step.expr):
            if isinstance(part, Assign):
                value = (
                    part.value if part.op == "=" else Binary(part.op[:-1], part.target, part.value)
                )
                if key(part.target) in self.followed:
                    lets.append((key(part.target), self.value(value)))
                else:
                    words += self.settled(part.target, value)
        for target in given_away(step):
            words += self.settled(target, FunctionCall("?", ()))
        if len(lets) == 1 and not words:
            return ir.Let(*lets[0])
        return ir.Settle(tuple(lets), tuple(words)) if lets or words else ir.Do()

    def result(self, step: Statement, value: ir.Value) -> ir.Op:
        """The assignment of what a primitive returned."""
        match step.expr:
            case Assign("=", target, _) if key(target) in self.followed:
                return ir.Let(key(target), ir.Const(value))
            case Assign("=", target, _):
                return ir.Settle(words=self.settled(target, Num(value or 0)))
        return ir.Do()

    def call(self, id_: str, step: Statement) -> None:
        assert step.expr is not None
        made = step.expr.value if isinstance(step.expr, Assign) else step.expr
        assert isinstance(made, FunctionCall)
        (to,) = (self.ids[n] for n in step.ways.values())
        target = step.expr.target if isinstance(step.expr, Assign) else None
        if made.name == by_hand.FAULT:
            self.fault(id_, step, made, target, to)
        elif made.name in by_hand.PRIMITIVES:
            self.primitive(id_, step, made, to)
        elif made.name in by_hand.NEVER_GOT:
            self.node(id_, step, self.result(step, 0))
            self.edges.append(ir.Edge(id_, to))
        else:
            needs = made.name in by_hand.need_lock(self.body.file)
            effect = ir.FIXUP if made.name in by_hand.FIX_UPS else ir.Effect()
            self.node(id_, step, ir.Call(made.name, needs_lock=needs), effect=effect)
            after = self.effects(step)
            if isinstance(after, ir.Settle) and after.words:
                self.node(f"{id_}=", step, after, synthetic=True)
                self.edges += [ir.Edge(id_, f"{id_}="), ir.Edge(f"{id_}=", to)]
            else:
                self.edges.append(ir.Edge(id_, to))

    def primitive(self, id_: str, step: Statement, made: FunctionCall, to: str) -> None:
        """A lock operation; one that can fail leaves by two ways, and may each time."""
        by, fails, succeeds = by_hand.PRIMITIVES[made.name]
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
            self.node(
                inner,
                step,
                ir.Settle(lets, (*words, (word, None))),
                f"{step.said}: {'taken' if answer else 'not taken'}",
                synthetic=True,
            )
            self.edges += [ir.Edge(id_, inner, answer), ir.Edge(inner, to)]

    def fault(
        self, id_: str, step: Statement, made: FunctionCall, target: C | None, to: str
    ) -> None:
        """handle_mm_fault, its flags in a variable and its result in another."""
        given = made.args[2] if len(made.args) > 2 else Num(0)
        name = key(given)
        if name not in self.followed:
            name = FLAGS
            first = f"{id_}_"
            value = self.value(given) if self.computable(given, self.followed) else ir.Const(0)
            said = f"flags of the call: {text(given)}"
            self.node(first, step, ir.Let(FLAGS, value), said, synthetic=True)
            self.edges.append(ir.Edge(first, f"{id_}"))
            self.edges = [
                ir.Edge(e.source, first, e.when) if e.target == id_ and e.source != first else e
                for e in self.edges
            ]
            self.ids = {n: first if i == id_ else i for n, i in self.ids.items()}
        into = key(target) if target is not None and key(target) in self.followed else RESULT
        self.node(id_, step, ir.Fault(name, into))
        self.edges.append(ir.Edge(id_, to))

    def switch(self, id_: str, step: Statement) -> None:
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


def _is_fixed(e: C) -> bool:
    return text(e) in by_hand.FIXED_IF or any(call.name in by_hand.FIXED_IF for call in calls(e))


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
