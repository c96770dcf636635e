"""Real functions for reading: folded to what a class can take in, with the source beside them.

Here: `reading` (what `tree["s390"]` gives), the way in as a straight line, excerpts of the source, and
which lines a model's nodes stand for. Not here: the rewriting (`folding`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from faultviz import ir
from faultviz.bits import Flag
from faultviz.errors import BadInput
from faultviz.kernel.conform import CASES, Side, Open
from faultviz.kernel.folding import Graph
from faultviz.kernel.real import Place, places, program
from faultviz.kernel.search import Alive, Everything, Way
from faultviz.kernel.tree import Tree
from faultviz.moves import NO_ENTRY, State, start, successors

AROUND = 2
"""Lines of source shown before and after the one that a step stands for."""


def reading(tree: Tree, handler: str) -> ir.Program:
    """A handler's real function, folded; `whole` has nothing folded. Raises BadInput for none such."""
    (place,) = places(tree, (handler,))
    real = program(tree, place)
    function = real.function
    way = way_in(real)
    if way is None:
        raise BadInput(f"{place.file}: no way through {place.function} calls handle_mm_fault.")
    named = slugs(function, dict(way.state.facts))
    folded = _Reading(function, way).function
    name = f"{handler} of Linux {tree.version}"
    about = f"{place.function} in {place.file}, Linux {tree.version}"
    whole = _program(tree, name, about, real, _renamed(function, named))
    usual = _usual(replace(real, functions={folded.name: folded}))
    small = _program(tree, name, f"{about}, folded", real, _renamed(folded, slugs(folded, usual)))
    small = replace(small, functions={folded.name: _in_our_terms(small)})
    return replace(small, whole=replace(whole, name=f"{name}, unfolded"))


def _usual(folded: ir.Program) -> dict[str, bool]:
    """The words on the shortest way out after OK."""
    layer = [start(folded, {"kernel": False, "write": True})]
    seen = set(layer)
    choices = Open("OK")
    while layer:
        following: list[State] = []
        for state in layer:
            for move in successors(folded, state, choices):
                if not move.after.frames:
                    return dict(state.facts)
                if move.after not in seen:
                    seen.add(move.after)
                    following.append(move.after)
        layer = following
    return {}


def _program(tree: Tree, name: str, about: str, real: ir.Program, function: ir.Function) -> ir.Program:
    said = {id_: excerpt(tree, node.cite) for id_, node in function.nodes.items()}
    return replace(
        real, name=name, about=about, functions={function.name: function}, excerpts=said,
        cells={**real.cells, "pte": NO_ENTRY},
    )  # fmt: skip


def excerpt(tree: Tree, cite: ir.Cite) -> str:
    """The lines around a cite, with their numbers; the cited one is marked."""
    if cite.file not in tree or not cite.line:
        return ""
    lines = tree.read(cite.file).split("\n")
    first, last = max(cite.line - AROUND, 1), min(cite.line + AROUND, len(lines))
    rows = [
        f"{'>' if n == cite.line else ' '}{n:>5}  {lines[n - 1].expandtabs(4).rstrip()}"
        for n in range(first, last + 1)
    ]
    return "\n".join([f"{cite.file}, Linux {_short(cite.source)}", *rows])


def _short(source: str) -> str:
    return source.removeprefix("Linux ")


# --- the way in ------------------------------------------------------------------------------


def way_in(real: ir.Program) -> Way | None:
    """The shortest way to handle_mm_fault, in user mode, with a store where there can be one."""
    keep = Alive(real.function)
    first = keep.of(start(real, {"kernel": False}))
    layer: list[tuple[State, Way | None]] = [(first, None)]
    seen, found = {first}, list[Way]()
    choices = Everything()
    while layer and not found:
        following: list[tuple[State, Way | None]] = []
        for state, way in layer:
            for move in successors(real, state, choices):
                if not move.after.frames or (move.event == "test" and _fails(real, move.node)):
                    continue
                # Words stay: what they were on this way says which answer is the usual one.
                after = move.after
                small = keep.of(after)
                if small in seen:
                    continue
                seen.add(small)
                here = Way(way, after, move)
                op = real.nodes[after.frames[-1].node].op
                if isinstance(op, ir.Fault):
                    flags = after.look(op.flags) or 0
                    if flags & Flag.WRITE or not _writes(real):
                        found.append(here)
                        continue
                following.append((after, here))
        layer = following
    return found[0] if found else None


def _fails(real: ir.Program, node: str) -> bool:
    return isinstance(real.nodes[node].op, ir.Lock)


def _writes(real: ir.Program) -> bool:
    """Whether some step adds WRITE to the flags."""
    return any(_adds(n) & Flag.WRITE for n in real.nodes.values())


def _adds(node: ir.Node) -> int:
    match node.op:
        case ir.Let(_, ir.With(_, mask)):
            return mask
    return 0


class _Reading:
    """The folded graph: a straight way in, then what follows the answer."""

    def __init__(self, function: ir.Function, way: Way) -> None:
        self.source = function
        moves = [move for _, move in way.moves()]
        self.path = [m.node for m in moves]
        self.fault = way.state.frames[-1].node
        on_path = {*self.path, self.fault}
        # Which value is returned, and what a build leaves out, is for the unfolded graph.
        without = {i: replace(n, op=_plain_op(n.op)) for i, n in function.nodes.items()}
        self.after = Graph(replace(function, nodes=without), on_path)
        begin = [e.target for e in function.ways[self.fault]]
        # The way in is cut off: only what the answer leads to is rewritten.
        for id_ in on_path:
            self.after.ways[id_] = {}
        self.after.ways[self.fault] = {None: begin[0]}
        self.after.fold([self.fault])
        self.values = dict(way.state.frames[-1].env)
        self.function = self.build()

    def build(self) -> ir.Function:
        entered = {to for id_, ways in self.after.ways.items() for to in ways.values()} - {self.fault}
        nodes: dict[str, ir.Node] = {}
        edges: list[ir.Edge] = []
        stands: dict[str, str] = {}
        last: str | None = None
        folded: list[str] = []
        flags = self.flags

        def flush() -> None:
            nonlocal last, folded
            lets = self.values_set(folded)
            told = [self.source.nodes[i] for i in folded if i[-1] not in "=+-*_"]
            told = [n for n in told if "()" not in n.text and not n.text.startswith("return")]
            asks = sum(isinstance(n.op, ir.Test) for n in told)
            if asks or lets:
                id_ = f"{folded[0]}~"
                first = self.source.nodes[folded[0]]
                said = _folded_text(asks, len(told) - asks)
                nodes[id_] = replace(first, id=id_, op=ir.Settle(lets), text=said, labels=first.labels, effect=ir.Effect())
                for i in folded:
                    stands[i] = id_
                link(id_)
            else:
                waiting.extend(folded)
            folded = []

        def link(id_: str) -> None:
            nonlocal last
            for i in waiting:
                stands[i] = id_
            waiting.clear()
            if last is not None:
                edges.append(ir.Edge(last, id_))
            last = id_

        waiting: list[str] = []
        for id_ in self.path:
            node = self.source.nodes[id_]
            if id_ in entered and folded:
                flush()
            shown = self.shown(node, flags)
            if shown is None:
                folded.append(id_)
                continue
            if folded:
                flush()
            nodes[id_] = shown
            stands[id_] = id_
            link(id_)
        if folded:
            flush()
        nodes[self.fault] = self.source.nodes[self.fault]
        stands[self.fault] = self.fault
        link(self.fault)
        for id_, node in self.after.nodes.items():
            if id_ not in stands:
                nodes[id_] = node
        for id_, ways in self.after.ways.items():
            if id_ == self.fault or id_ not in stands:
                edges += [ir.Edge(id_, stands.get(to, to), when) for when, to in ways.items()]
        nodes, edges = _own_ends(nodes, edges)
        return replace(self.source, nodes=nodes, edges=tuple(edges), result={})

    @property
    def flags(self) -> str:
        op = self.source.nodes[self.fault].op
        assert isinstance(op, ir.Fault)
        return op.flags

    def shown(self, node: ir.Node, flags: str) -> ir.Node | None:
        """A step of the way in that is drawn; None for one that is folded."""
        match node.op:
            case ir.Enter():
                return node
            case ir.Lock(resource, by):
                return replace(node, op=ir.Lock(resource, by))
            case ir.Call(needs_lock=True):
                return node
            case ir.Let(name, ir.With(_, mask)) if name == flags and mask == Flag.WRITE:
                op = ir.Let(name, ir.With(name, mask), ir.Free("write"))
                return replace(node, op=op, text=f"{node.text}, if a store")
        return None

    def values_set(self, folded: list[str]) -> tuple[tuple[str, ir.Expr], ...]:
        """What a folded stretch leaves in the variables that are looked at later, as numbers."""
        alive = Alive(self.after.as_function()).names.get(self.fault, frozenset()) | {self.flags}
        lets: dict[str, ir.Expr] = {}
        for id_ in folded:
            match self.source.nodes[id_].op:
                case ir.Let(name, value) if name in alive:
                    lets[name] = _then(lets.get(name), value, self.values.get(name))
                case ir.Settle(more):
                    lets.update({n: v for n, v in more if n in alive and isinstance(v, ir.Const)})
        return tuple(lets.items())


def _plain_op(op: ir.Op) -> ir.Op:
    """The operation in a usual build: options are on, but for debugging."""
    match op:
        case ir.Leave():
            return ir.Leave()
        case ir.Test(ir.Free(word)) if "CONFIG_" in word:
            return ir.Test(ir.Const(int("DEBUG" not in word)))
    return op


def _then(before: ir.Expr | None, value: ir.Expr, known: ir.Value) -> ir.Expr:
    """An assignment after another one to the same variable, as one."""
    match before, value:
        case None, ir.Const() | ir.With():
            return value
        case ir.Const(number), ir.With(_, mask):
            return ir.Const((number or 0) | mask)
        case ir.With(name, mask), ir.With(_, more):
            return ir.With(name, mask | more)
        case _, ir.Const():
            return value
    return ir.Const(known)


def _folded_text(asks: int, others: int) -> str:
    parts = [f"{asks} check{'s' if asks > 1 else ''} passed"] if asks else []
    parts += [f"{others} step{'s' if others > 1 else ''}"] if others else []
    return "\u2026 " + ", ".join(parts)


def _own_ends(
    nodes: dict[str, ir.Node], edges: list[ir.Edge]
) -> tuple[dict[str, ir.Node], list[ir.Edge]]:
    """Each way out gets an end of its own: one sink would draw every edge to it."""
    leads: dict[str, int] = {}
    changed: list[ir.Edge] = []
    out = {e.source for e in edges}
    for edge in edges:
        target = edge.target
        if target in out or isinstance(nodes[target].op, ir.Fault):
            changed.append(edge)
            continue
        n = leads[target] = leads.get(target, 0) + 1
        if n > 1:
            own = f"{target}.{n}"
            nodes[own] = replace(nodes[target], id=own)
            edge = replace(edge, target=own)
        changed.append(edge)
    return nodes, changed


# --- words that can be typed -----------------------------------------------------------------

_MODEL_WORDS = frozenset(("kernel", "fatal", "signal", "write", "locked", "unlocked"))


def slugs(function: ir.Function, usual: Mapping[str, bool]) -> dict[str, tuple[str, bool]]:
    """A word that a reader can type for each C text; its second part says that it is turned round.

    What is true on the usual way becomes "not-...", so that a run without words takes that way.
    """
    found: dict[str, tuple[str, bool]] = {}
    taken: set[str] = set()
    for word in sorted({w for n in function.nodes.values() for w in _all_words(n)}):
        if word in _MODEL_WORDS:
            found[word] = (word, False)
            continue
        turned = usual.get(word, False)
        slug = re.sub(r"[^a-z0-9]+", "-", word.rpartition("#")[2].lower()).strip("-") or "word"
        slug = f"not-{slug}" if turned else slug
        name, n = slug, 1
        while name in taken or name in _MODEL_WORDS:
            n += 1
            name = f"{slug}-{n}"
        taken.add(name)
        found[word] = (name, turned)
    return found


def _all_words(node: ir.Node) -> Iterator[str]:
    yield from ir.node_words(node)
    if isinstance(node.op, ir.Settle):
        for word, said in node.op.words:
            yield word
            if isinstance(said, str):
                yield said


def _renamed(function: ir.Function, names: Mapping[str, tuple[str, bool]]) -> ir.Function:
    """The function with words that can be typed, and the models' names for result and flags."""
    fault = next(n.op for n in function.nodes.values() if isinstance(n.op, ir.Fault))
    variables = {fault.into: "result", fault.flags: "flags"}
    new = _Names(names, variables)
    nodes = {i: replace(n, op=new.op(n.op)) for i, n in function.nodes.items()}
    held = {variables.get(n, n): v for n, v in function.locals.items()}
    return replace(function, nodes=nodes, locals=held)


class _Names:
    """Other words and variables in operations."""

    def __init__(self, words: Mapping[str, tuple[str, bool]], variables: Mapping[str, str]) -> None:
        self.words, self.variables = words, variables

    def variable(self, name: str) -> str:
        return self.variables.get(name, name)

    def op(self, op: ir.Op) -> ir.Op:
        match op:
            case ir.Test(expr):
                return ir.Test(self.expr(expr))
            case ir.Fault(flags, into):
                return ir.Fault(self.variable(flags), self.variable(into))
            case ir.Leave(expr) if expr is not None:
                return ir.Leave(self.expr(expr))
            case ir.Lock(resource, by, fails) if fails is not None:
                return ir.Lock(resource, by, self.expr(fails))
            case ir.Let(name, value, given):
                when = self.expr(given) if given is not None else None
                return ir.Let(self.variable(name), self.expr(value), when)
            case ir.Settle(lets, words):
                return ir.Settle(
                    tuple((self.variable(n), self.expr(v)) for n, v in lets),
                    tuple(self.known(w, said) for w, said in words),
                )
        return op

    def known(self, word: str, said: ir.Known) -> tuple[str, ir.Known]:
        name, turned = self.words[word]
        if isinstance(said, bool):
            return name, said is not turned
        if isinstance(said, str):
            other, other_turned = self.words[said]
            return (name, other) if turned is other_turned else (name, None)
        if said is None:
            return name, None
        return name, ir.Not(self.expr(said)) if turned else self.expr(said)

    def expr(self, expr: ir.Expr) -> ir.Expr:
        match expr:
            case ir.Free(word):
                name, turned = self.words[word]
                return ir.Not(ir.Free(name)) if turned else ir.Free(name)
            case ir.Name(name):
                return ir.Name(self.variable(name))
            case ir.Bits(name, mask):
                return ir.Bits(self.variable(name), mask)
            case ir.Equals(name, value):
                return ir.Equals(self.variable(name), value)
            case ir.With(name, mask):
                return ir.With(self.variable(name), mask)
            case ir.Math(op, left, right):
                return ir.Math(op, self.expr(left), self.expr(right))
            case ir.Not(part):
                return ir.Not(self.expr(part))
            case ir.And(parts):
                return ir.And(tuple(map(self.expr, parts)))
            case ir.Or(parts):
                return ir.Or(tuple(map(self.expr, parts)))
        return expr


_TERMS = {
    "signal": "RETRY and a signal pending?", "COMPLETED": "COMPLETED?", "ERROR": "ERROR?",
    "RETRY": "RETRY?", "ERROR or RETRY": "ERROR or RETRY?",
}  # fmt: skip


def _in_our_terms(folded: ir.Program) -> ir.Function:
    """The folded graph with the names that models and lessons use; the source pane has the C."""
    side = Side(folded)

    def term(node: ir.Node) -> str:
        match node.op:
            case ir.Fault():
                return "handle_mm_fault"
            case ir.Lock(_, by):
                return node.text.partition(";")[0] + "; give up mmap_lock" if node.text.startswith("\u2026") else (
                    "give up mmap_lock" if by < 0 else "take mmap_lock"
                )
            case ir.Call(name):
                return name
            case ir.Let(name) if name == "flags":
                return "WRITE, if a store"
            case ir.Test(ir.Free("kernel")):
                return "kernel mode?"
            case ir.Test(expr):
                if set(ir.words_of(expr)) & {"gmap"} and not side.kind(node) and "&&" not in node.text:
                    return "gmap?"
                said = _TERMS.get(side.kind(node))
                return said or f"{node.text.replace('FAULT_FLAG_', '')}?"
            case ir.Leave():
                return "return"
        return node.text

    function = folded.function
    return replace(function, nodes={i: replace(n, text=term(n)) for i, n in function.nodes.items()})


# --- which lines a model stands for ----------------------------------------------------------


def with_source(model: ir.Program, tree: Tree, handler: str) -> ir.Program:
    """The model, its nodes with the real lines that they stand for, where one was found."""
    (place,) = places(tree, (handler,))
    lines = aligned(model, place, tree)
    return replace(model, excerpts={id_: excerpt(tree, cite) for id_, cite in lines.items()})


def aligned(model: ir.Program, place: Place, tree: Tree) -> dict[str, ir.Cite]:
    """For the model's nodes the place in the source, by what both do in the same case."""
    real = program(tree, place)
    ours, theirs = Side(model), Side(real)
    found = dict(_before_call(model.at(model.revision or "merged"), real))
    for case in CASES:
        for first in (False, True):
            a, b = ours.story(case, first), theirs.story(case, first)
            same = SequenceMatcher(None, [what for what, _ in a], [what for what, _ in b], autojunk=False)
            for i, j, size in same.get_matching_blocks():
                for (_, mine), (_, other) in zip(a[i : i + size], b[j : j + size], strict=True):
                    found.setdefault(mine.id, other.cite)
    return found


def _before_call(model: ir.Program, real: ir.Program) -> Iterator[tuple[str, ir.Cite]]:
    """The way in: the entry, the takings of the lock, the callees that need it."""
    way = way_in(real)
    path = [real.nodes[move.node] for _, move in way.moves()] if way else []
    for node in model.function.nodes.values():
        match node.op:
            case ir.Enter():
                yield node.id, path[0].cite
            case ir.Lock(_, 1, fails):
                wanted = "try" if fails is not None else "lock("
                same = [n for n in real.nodes.values() if isinstance(n.op, ir.Lock) and n.op.by > 0 and wanted in n.text]
                own = [n for n in same if n.cite.function == real.root] or [n for n in same if n in path]
                if own and not node.role:
                    yield node.id, own[0].cite
            case ir.Call(name, needs_lock=True):
                called = [n for n in real.nodes.values() if isinstance(n.op, ir.Call) and n.op.function.lstrip("_") == name.lstrip("_")]
                if called:
                    yield node.id, called[0].cite
