"""Real functions for reading: folded to what a class can take in.

Here: `reading` (what `tree["s390"]` gives) and the way in as a straight line. Not here: how what
follows the answer is rewritten (`simplify`), names (`naming`), the source beside it
(`source_view`).
"""

from __future__ import annotations

from dataclasses import replace

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine.states import NO_ENTRY
from faultviz.ir.bits import Flag
from faultviz.ir.origin import Origin
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.judge.search import Alive, SearchPath
from faultviz.kernel.lower.extract import places, program
from faultviz.kernel.view.common_path import path_in, usual_words
from faultviz.kernel.view.naming import in_our_terms, renamed, slugs
from faultviz.kernel.view.simplify import Simplifier
from faultviz.kernel.view.source_view import excerpt


def reading(tree: Tree, handler: str) -> ir.Program:
    """A handler's real function, folded; its `origin.whole` has nothing folded.

    Raises BadInput if there is none.
    """
    (place,) = places(tree, (handler,))
    real = program(tree, place)
    function = real.function
    path = path_in(real)
    if path is None:
        raise BadInput(f"{place.file}: no way through {place.function} calls handle_mm_fault.")
    usual = usual_words(real, path.state)
    folded = _Reading(function, path).function
    name = f"{handler} of Linux {tree.version}"
    about = f"{place.function} in {place.file}, Linux {tree.version}"
    whole = _program(tree, name, about, real, renamed(function, slugs(function, usual)))
    small = _program(tree, name, f"{about}, folded", real, renamed(folded, slugs(folded, usual)))
    small = replace(small, functions={folded.name: in_our_terms(small)})
    unfolded = replace(whole, name=f"{name}, unfolded")
    return replace(small, origin=replace(small.origin, whole=unfolded))


def _program(
    tree: Tree, name: str, about: str, real: ir.Program, function: ir.Function
) -> ir.Program:
    said = {id_: excerpt(tree, node.cite) for id_, node in function.nodes.items()}
    return replace(
        real, name=name, about=about, functions={function.name: function},
        origin=Origin(excerpts=said), cells={**real.cells, "pte": NO_ENTRY},
    )  # fmt: skip


class _Reading:
    """The folded graph: a straight way in, then what follows the answer."""

    def __init__(self, function: ir.Function, path: SearchPath) -> None:
        self.source = function
        moves = [move for _, move in path.moves()]
        self.path = [m.node for m in moves]
        self.fault = path.state.frames[-1].node
        on_path = [*self.path, self.fault]
        # Which value is returned, and what a build leaves out, is for the unfolded graph.
        without = {i: replace(n, op=_plain_op(n.op)) for i, n in function.nodes.items()}
        self.after = Simplifier(replace(function, nodes=without), on_path)
        begin = [e.target for e in function.out_edges[self.fault]]
        # The way in is cut off: only what the answer leads to is rewritten.
        for id_ in on_path:
            self.after.ways[id_] = {None: self.fault}
        self.after.ways[self.fault] = {None: begin[0]}
        self.after.fold([self.fault])
        self.values = dict(path.state.frames[-1].env)
        self.function = self.build()

    def build(self) -> ir.Function:
        """The way in, with stretches folded, and what follows the answer."""
        entered = {to for ways in self.after.ways.values() for to in ways.values()} - {self.fault}
        line = _Line(self)
        for id_ in self.path:
            if id_ in entered:
                line.flush()
                line.split = True
            shown = self.shown(self.source.nodes[id_], self.flags)
            if shown is None:
                line.folded.append(id_)
            else:
                line.flush()
                line.add(shown, [id_])
        line.flush()
        line.add(self.source.nodes[self.fault], [self.fault])
        nodes, edges, stands = line.nodes, line.edges, line.stands
        nodes |= {id_: node for id_, node in self.after.nodes.items() if id_ not in stands}
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


class _Line:
    """A straight line of nodes, some of them folded stretches; `stands` says what became what."""

    def __init__(self, whole: _Reading) -> None:
        self.whole = whole
        self.nodes: dict[str, ir.Node] = {}
        self.edges: list[ir.Edge] = []
        self.stands: dict[str, str] = {}
        self.folded: list[str] = []
        self.waiting: list[str] = []
        self.last: str | None = None
        self.split = False
        """A later round enters here: what follows needs a node of its own."""

    def add(self, node: ir.Node, ids: list[str]) -> None:
        """The next node; it stands for `ids`, and for what had nothing to show before it."""
        self.nodes[node.id] = node
        self.stands |= dict.fromkeys([*ids, *self.waiting], node.id)
        self.waiting = []
        if self.last is not None:
            self.edges.append(ir.Edge(self.last, node.id))
        self.last, self.split = node.id, False

    def flush(self) -> None:
        """Make one node of what was folded so far, if there is anything to say of it."""
        ids, self.folded = self.folded, []
        source = self.whole.source.nodes
        told = [source[i] for i in ids if not source[i].synthetic]
        told = [n for n in told if "()" not in n.text and not n.text.startswith("return")]
        asks = sum(isinstance(n.op, ir.Test) for n in told)
        lets = self.whole.values_set(ids)
        if not asks and not lets:
            self.waiting += ids
            return
        said, op = _folded_text(asks, len(told) - asks), ir.Settle(lets)
        last = self.nodes[self.last] if self.last else None
        if last and not lets and not self.split and isinstance(last.op, ir.Call):
            self.nodes[last.id] = replace(last, text=f"{last.text} {said}")
            self.stands |= dict.fromkeys(ids, last.id)
            return
        one = replace(source[ids[0]], id=f"{ids[0]}~", op=op, text=said, effect=ir.Effect())
        self.add(one, ids)


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
    """Each path out gets an end of its own: one sink would draw every edge to it."""
    leads: dict[str, int] = {}
    changed: list[ir.Edge] = []
    out = {e.source for e in edges}
    for edge in edges:
        target = edge.target
        if target in out or isinstance(nodes[target].op, ir.Fault):
            changed.append(edge)
            continue
        n = leads[target] = leads.get(target, 0) + 1
        own = target if n == 1 else f"{target}.{n}"
        nodes[own] = replace(nodes[target], id=own)
        changed.append(replace(edge, target=own))
    return nodes, changed
