"""Smaller graphs that do the same: what a person would not draw is folded.

Here: rewriting of one function's graph after the answer of handle_mm_fault: jumps are threaded
through constants, what decides nothing is dropped, chains of conditions become one. Not here: the
graph itself (`editable_graph`), the way in, and the program that is made of both (`reading`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from faultviz import ir
from faultviz.ir.bits import ERROR_BITS, Result
from faultviz.kernel.judge.search import Alive
from faultviz.kernel.lower.lowering import ASSUMED
from faultviz.kernel.view.editable_graph import EditableGraph


class Simplifier(EditableGraph):
    """A graph that rewrites itself."""

    def fold(self, starts: Iterable[str]) -> None:
        """Rewrite until nothing changes; only what is met from `starts` is kept."""
        starts = list(starts)
        self.options()
        changed = True
        while changed:
            changed = self.thread() | self.drop() | self.ends() | self.chains() | self.ladders()
            self.keep(starts)

    def thread(self) -> bool:
        """`x = 1; if (x)` leads straight to where 1 leads."""
        changed = False
        for id_, node in self.nodes.items():
            match node.op:
                case ir.Let(name, ir.Const(value), None):
                    known = {name: value}
                case ir.Settle(lets):
                    known = {n: v.value for n, v in lets if isinstance(v, ir.Const)}
                case _:
                    continue
            to = self.ways[id_].get(None)
            if to is None or not known:
                continue
            match self.nodes[to].op:
                case ir.Test(expr) if (
                    (used := set(ir.names_of(expr)))
                    and used <= known.keys()
                    and not list(ir.words_of(expr))
                    and self.asks(to)
                ):
                    answer = bool(ir.evaluate(expr, known.get, {}))
                    self.ways[id_] = {None: self.ways[to][answer]}
                    changed = True
        return changed

    def options(self) -> None:
        """Tests of a constant lead where they lead."""
        for id_, node in list(self.nodes.items()):
            match node.op:
                case ir.Test() if (other := self.assumed(id_)) is not None:
                    self.lead(id_, other)
                    del self.nodes[id_], self.ways[id_]
                case ir.Test(ir.Const(value)) if self.asks(id_):
                    to = self.ways[id_][bool(value)]
                    if to != id_ and id_ not in self.fixed:
                        self.lead(id_, to)
                        del self.nodes[id_], self.ways[id_]

    def assumed(self, id_: str) -> str | None:
        """Where a test leads if one of its answers is assumed not to happen."""
        ways = self.ways[id_]
        kept = [to for to in ways.values() if self.nodes[to].text != ASSUMED]
        return kept[0] if len(ways) == 2 and len(kept) == 1 and id_ not in self.fixed else None

    def drop(self) -> bool:
        """Steps whose assignments nobody looks at, and tests that decide nothing."""
        alive = Alive(self.as_function())
        changed = False
        for id_, node in list(self.nodes.items()):
            if id_ in self.fixed or id_ in self.made or node.effect != ir.Effect():
                continue
            ways = self.ways[id_]
            targets = set(ways.values())
            if len(targets) != 1 or id_ in targets:
                continue
            (to,) = targets
            gone = False
            match node.op:
                case ir.Test():
                    gone = True
                case ir.Do():
                    gone = not node.labels
                case ir.Let(name):
                    gone = name not in alive.names[to]
                case ir.Settle(lets, words):
                    gone = not any(n in alive.names[to] for n, _ in lets) and not any(
                        said is not None and w in alive.words[to] for w, said in words
                    )
                case ir.Call(needs_lock=False):
                    gone = True
            if gone:
                self.lead(id_, to)
                del self.nodes[id_], self.ways[id_]
                changed = True
        return changed

    def ends(self) -> bool:
        """What leads to no lock any more is one end; a fix-up on the way to it is said."""
        counts = {i for i, n in self.nodes.items() if _counts(n) or i in self.fixed}
        reaching = self.reaching(counts)
        changed = False
        for id_ in list(self.nodes):
            if id_ not in self.nodes or id_ in reaching or not self.ways[id_] or id_ in self.made:
                continue
            if self.decides(id_):
                continue
            self.made.add(id_)
            region = self.in_order(self.met(id_))
            ends = [node for node in region if not self.ways[node.id]]
            if not ends:
                continue
            end = _one_end(ends)
            if any(node.effect != ir.Effect() for node in region):
                out = f"{id_}!"
                self.made.add(out)
                self.nodes[out] = replace(end, id=out)
                self.ways[out] = {}
                self.nodes[id_] = _tail(self.nodes[id_], id_)
                self.ways[id_] = {None: out}
            else:
                self.nodes[id_] = replace(end, id=id_)
                self.ways[id_] = {}
            changed = True
        return changed

    def decides(self, id_: str) -> bool:
        """Whether a test of the result tells a handled fault from a failed one."""
        if not self.asks(id_) or not _asks_error(self.nodes[id_]):
            return False
        failed = [
            any(self.nodes[n].effect != ir.Effect() for n in self.met(to))
            for to in self.ways[id_].values()
        ]
        return any(failed) and not all(failed)

    def ladders(self) -> bool:
        """Which error it was: where each kind gives the lock up alike, that is one step."""
        for id_, node in self.nodes.items():
            if not self.asks(id_) or not _asks_error(node):
                continue
            first = self.ways[id_][True]
            below = self.nodes[first]
            if first in self.made or not (self.asks(first) and _asks_error(below)):
                continue
            region = self.in_order(self.met(first))
            locks = [n for n in region if isinstance(n.op, ir.Lock)]
            if not locks or any(
                isinstance(n.op, ir.Fault) or n.id in self.fixed for n in region if self.ways[n.id]
            ):
                continue
            told = self.sequences(first)
            if told is None or len(told) != 1:
                continue
            asks = sum(isinstance(n.op, ir.Test) for n in region)
            tail = any(n.effect != ir.Effect() for n in region)
            end = _one_end([n for n in region if not self.ways[n.id]])
            chain = [replace(locks[0], id=f"{first}^{i}") for i, _ in enumerate(next(iter(told)))]
            chain[0] = replace(chain[0], text=f"… {asks} checks: which error; {locks[0].text}")
            if tail:
                chain.append(_tail(below, f"{first}^t"))
            chain.append(replace(end, id=f"{first}^e"))
            self.ways[id_][True] = chain[0].id
            for one, then in zip(chain, [*chain[1:], None], strict=True):
                self.nodes[one.id] = one
                self.ways[one.id] = {None: then.id} if then else {}
                self.made.add(one.id)
            return True
        return False

    def sequences(self, start: str) -> set[tuple[int, ...]] | None:
        """The lock operations of all ways to a return; None where a loop or a new round is met."""
        found: set[tuple[int, ...]] = set()
        todo: list[tuple[str, tuple[int, ...]]] = [(start, ())]
        for _ in range(2000):
            if not todo:
                return found
            id_, did = todo.pop()
            op = self.nodes[id_].op
            if isinstance(op, ir.Fault) or len(did) > 3:
                return None
            if isinstance(op, ir.Lock):
                if op.by > 0:
                    return None
                did = (*did, op.by)
            if isinstance(op, ir.Leave):
                found.add(did)
            todo += [(to, did) for to in self.ways[id_].values()]
        return None

    def chains(self) -> bool:
        """Two tests in a row that share a target are one, with `and` or `or`."""
        before = self.before()
        for id_ in list(self.nodes):
            if not self.asks(id_):
                continue
            for answer in (True, False):
                second = self.ways[id_][answer]
                alone = second not in self.fixed and before[second] == [id_]
                same = self.nodes[second].cite.at == self.nodes[id_].cite.at
                if alone and same and self.asks(second) and self.join(id_, second, answer=answer):
                    return True
        return False

    def join(self, first: str, second: str, *, answer: bool) -> bool:
        """Make one test of two, the second of which is asked where the first answers `answer`."""
        other = self.ways[first][not answer]
        a, b = self.nodes[first], self.nodes[second]
        if not (isinstance(a.op, ir.Test) and isinstance(b.op, ir.Test)):
            return False
        for shared in (True, False):
            on = self.ways[second][not shared]
            if self.ways[second][shared] != other or on == other:
                continue
            if not answer and shared:  # not a and not b lead on: "a or b" leads to the other
                op = ir.Test(ir.Or((a.op.expr, b.op.expr)))
                said = f"{_paren(a.text)} || {_paren(b.text)}"
                on, other = other, on
            else:
                parts = (_sign(a.op.expr, answer), _sign(b.op.expr, not shared))
                op = ir.Test(ir.And(parts))
                said = f"{_paren(a.text, not answer)} && {_paren(b.text, shared)}"
            self.nodes[first] = replace(a, op=op, text=said)
            self.ways[first] = {True: on, False: other}
            del self.nodes[second], self.ways[second]
            return True
        return False


def _sign(e: ir.Expr, positive: bool) -> ir.Expr:
    """An expression or its negation, without two of them in a row."""
    if positive:
        return e
    return e.part if isinstance(e, ir.Not) else ir.Not(e)


def _paren(said: str, negated: bool = False) -> str:
    whole = (
        f"({said})" if " " in said and not (said.startswith("(") and said.endswith(")")) else said
    )
    return f"!{whole}" if negated else whole


def _counts(node: ir.Node) -> bool:
    return isinstance(node.op, ir.Lock | ir.Fault) or (
        isinstance(node.op, ir.Call) and node.op.needs_lock
    )


def _asks_error(node: ir.Node) -> bool:
    """Whether a test asks which error, or whether there is one."""
    if not isinstance(node.op, ir.Test):
        return False
    masks = [mask for _, mask in ir.masks_of(node.op.expr)]
    return bool(masks) and all(mask & ERROR_BITS and not mask & Result.RETRY for mask in masks)


def _tail(node: ir.Node, id_: str) -> ir.Node:
    """What the end of a failed fault does for the interrupted code, at a node's line."""
    effect = ir.Effect(kernel="fixup", user="signal")
    return replace(node, id=id_, op=ir.Do(), text="signal, or fix-up", effect=effect, labels=())


def _one_end(ends: list[ir.Node]) -> ir.Node:
    """One end for several: a return if one of them is."""
    leaving = [n for n in ends if isinstance(n.op, ir.Leave)]
    if not leaving:
        return ends[0]
    values = {str(n.op.value) for n in leaving if isinstance(n.op, ir.Leave)}
    first = leaving[0]
    return first if len(values) == 1 else replace(first, op=ir.Leave(), text="return")
