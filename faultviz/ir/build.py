"""From the statements of `statements` to the graphs of `ir`.

Here: the one pass that turns statements into nodes and edges, and what it refuses. Not here: what
the statements mean for a learner, or how a graph runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.ir import graph
from faultviz.ir.blocks import called
from faultviz.ir.expr import Value
from faultviz.ir.graph import EVERY, Revisions, When
from faultviz.ir.origin import Origin
from faultviz.ir.reach import reachable
from faultviz.ir.statements import (
    Branch,
    FunctionModel,
    Jump,
    Label,
    Loop,
    SimpleStep,
    Some,
    Statement,
    Switch,
    SwitchCase,
    Try,
)


def program(
    name: str,
    kind: str,
    root: FunctionModel,
    *,
    about: str,
    revisions: Sequence[str] = graph.REVISIONS[:4],
    cells: Mapping[str, Value] | None = None,
    qualified: bool = False,
    lenient: bool = False,
) -> graph.Program:
    """The root and every function that it calls, as graphs.

    With `qualified` the root's nodes carry its name as well, so that it can be joined to others.
    With `lenient` what nothing leads to is left out, and a void function may run off its end.

    Raises BadInput, naming the place, for a jump to a missing label, a node that nothing leads
    to, a node without cite or reason, and a way that runs off the end of a function.
    """
    functions: dict[str, graph.Function] = {}
    for model in parts(root):
        prefix = "" if model is root and not qualified else f"{model.name}."
        functions[model.name] = _GraphBuilder(name, model, prefix, lenient=lenient).build(revisions)
    return graph.Program(
        name, kind, about, root.name, functions, tuple(revisions), {"pte": 0, **(cells or {})},
        origin=Origin(root),
    )  # fmt: skip


def parts(root: FunctionModel) -> list[FunctionModel]:
    """The root and every modelled function that it calls, each once, in the order of calls."""
    return list(
        reachable([root], lambda model: reversed(list(called(model.body))), lambda one: one.name)
    )


def in_order(name: str, model: FunctionModel, prefix: str = "") -> list[str]:
    """The ids that the statements of a function get, in the order in which they are written.

    A jump back has one of its own, too, although it may end as an edge.
    """
    builder = _GraphBuilder(name, model, prefix, lenient=True)
    builder.build(graph.REVISIONS)
    return builder.named


class _Loose(NamedTuple):
    """An edge whose target is not known yet."""

    source: str
    when: When
    role: str | None
    revisions: Revisions


class _GraphBuilder:
    """Turns one function's statements into nodes and edges, from top to bottom.

    A label becomes a joint, a node that exists only until all jumps are known: then each edge
    into it goes on to where the joint led.
    """

    def __init__(
        self, model_name: str, model: FunctionModel, prefix: str, *, lenient: bool = False
    ) -> None:
        self.place = f"model {model_name}, function {model.name}"
        self.model = model
        self.prefix = prefix
        self.nodes: dict[str, graph.Node] = {}
        self.edges: list[graph.Edge] = []
        self.joints: dict[str, str] = {}
        self.jumps: list[tuple[list[_Loose], str]] = []
        self.label: str | None = None  # the label just passed: it names the next node
        self.lenient = lenient
        self.named: list[str] = []

    def build(self, revisions: Sequence[str]) -> graph.Function:
        model = self.model
        enter = SimpleStep(
            graph.Enter(), f"enter {model.name}", model.why or "A fault arrives.", "enter"
        )
        begin = self.step(enter, [_Loose("", None, None, frozenset(revisions))])
        rest = self.block(model.body, begin)
        if rest and self.lenient and not model.result:
            rest = self.step(_END, rest)
        if rest:
            last = rest[0].source
            said = self.nodes[last].text if last in self.nodes else f"label {last}"
            raise BadInput(
                f"In {self.place} the way after {said!r} runs off the end: "
                "end it with leave(), bug() or falls_off_end()."
            )
        for loose, target in self.jumps:
            if target not in self.joints:
                raise BadInput(
                    f"In {self.place} a goto names the label {target!r}, which is not there."
                    + nearest(target, self.joints)
                )
            self.connect(loose, self.joints[target])
        self.dissolve()
        self.straighten()
        return self.finish(frozenset(revisions))

    def finish(self, revisions: Revisions) -> graph.Function:
        model = self.model
        edges = tuple(e for e in self.edges if e.source in self.nodes)
        made = graph.Function(
            model.name,
            model.cite or graph.Cite("", ""),
            f"{self.prefix}enter",
            self.nodes,
            edges,
            model.params,
            model.locals,
            model.result,
            model.held,
            model.exit_held,
        )
        there: dict[str, set[str]] = {id_: set() for id_ in self.nodes}
        for revision in revisions:
            kept = graph.pruned({model.name: made.at(revision)})[model.name]
            for id_ in kept.nodes:
                there[id_].add(revision)
        for id_, found in there.items():
            if not found and self.lenient:
                del self.nodes[id_]
                continue
            if not found:
                raise BadInput(
                    f"In {self.place} nothing leads to the node {self.nodes[id_].text!r}: "
                    "remove it, or name its label in a goto."
                )
            node = replace(self.nodes[id_], revisions=frozenset(found))
            if "before" in revisions - found and model.patch and node.cite is model.cite:
                node = replace(node, cite=model.patch)
            self.nodes[id_] = node
        if self.lenient:
            return replace(made, edges=tuple(e for e in edges if e.source in self.nodes))
        return made

    # statements, each taking the loose ends that lead to it and giving those that lead on

    def block(self, body: Iterable[Statement], loose: list[_Loose]) -> list[_Loose]:
        for statement in body:
            loose = self.statement(statement, loose)
        return loose

    def statement(self, statement: Statement, loose: list[_Loose]) -> list[_Loose]:
        match statement:
            case SimpleStep():
                return self.step(statement, loose)
            case Branch(test, yes, no):
                return self.fork(test, (True, yes), no, loose)
            case Try(lock, failed, taken):
                return self.fork(lock, (False, failed), taken, loose)
            case Loop(body, test):
                start = self.joint(f"{_LOOP}{len(self.nodes)}", loose)
                ends = self.step(test, self.block(body, start))
                self.connect(_only(ends, True), start[0].source)
                return _only(ends, False)
            case Switch(step, cases, default):
                return self.switch(step, cases, default, loose)
            case Some(revisions, body):
                inside = _within(loose, revisions)
                return self.block(body, inside) + _within(loose, EVERY - revisions)
            case Label(name):
                return self.joint(name, loose)
            case Jump(name, why):
                if name in self.joints:  # already placed: a jump back
                    back = SimpleStep(graph.Goto(), f"goto {name}", why or _BACK, f"goto_{name}")
                    loose = self.step(back, loose)
                self.jumps.append((loose, name))
                return []

    def fork(
        self,
        step: SimpleStep,
        first: tuple[bool, Sequence[Statement]],
        other: Sequence[Statement],
        loose: list[_Loose],
    ) -> list[_Loose]:
        answer, body = first
        ends = self.step(step, loose)
        after = self.block(body, _only(ends, answer))
        return after + self.block(other, _only(ends, not answer))

    def switch(
        self,
        step: SimpleStep,
        cases: Sequence[SwitchCase],
        default: Sequence[Statement],
        loose: list[_Loose],
    ) -> list[_Loose]:
        (end, *_) = self.step(step, loose)
        out: list[_Loose] = []
        for one in cases:
            ends = [end._replace(when=one.value, role=one.role)]
            out += self.block(one.body, _within(ends, one.revisions))
        return out + self.block(default, [end._replace(when="default")])

    def step(self, step: SimpleStep, loose: list[_Loose]) -> list[_Loose]:
        id_ = self.name(step)
        cite = step.cite or self.model.cite
        if cite is None:
            raise BadInput(
                f"In {self.place} the node {step.text!r} has no cite: "
                "give the function or the statement one."
            )
        if not step.why:
            raise BadInput(f"In {self.place} the node {step.text!r} has no why.")
        self.nodes[id_] = graph.Node(
            id_, self.model.name, step.op, step.text, step.why, cite, (), step.role, step.effect
        )
        self.connect(loose, id_)
        match step.op:
            case graph.Leave() | graph.Bug():
                return []
            case graph.Test():
                answers = True
            case graph.Lock(fails=fails):
                answers = fails is not None
            case _:
                answers = False
        if answers:
            return [_Loose(id_, answer, None, EVERY) for answer in (True, False)]
        return [_Loose(id_, None, None, EVERY)]

    def name(self, step: SimpleStep) -> str:
        """An id for the step: the label it stands at, else what it says."""
        slug = self.label or re.sub(r"\W+", "_", step.slug).rstrip("_") or "node"
        self.label = None
        id_, n = self.prefix + slug, 1
        while id_ in self.nodes:
            n += 1
            id_ = f"{self.prefix}{slug}_{n}"
        self.named.append(id_)
        return id_

    def joint(self, name: str, loose: list[_Loose]) -> list[_Loose]:
        if name in self.joints:
            raise BadInput(f"In {self.place} the label {name!r} stands twice.")
        id_ = f"<{name}>"
        self.joints[name] = id_
        self.label = None if name.startswith(_LOOP) else name
        self.connect(loose, id_)
        return [_Loose(id_, None, None, EVERY)]

    def connect(self, loose: Iterable[_Loose], target: str) -> None:
        for end in loose:
            if end.revisions:
                self.edges.append(graph.Edge(end.source, target, end.when, end.role, end.revisions))

    def dissolve(self) -> None:
        """Let every edge into a joint go on to where the joint leads, and give it the label."""
        for name, joint in self.joints.items():
            for node in self.after(joint):
                if not name.startswith(_LOOP):
                    labels = (*self.nodes[node].labels, name)
                    self.nodes[node] = replace(self.nodes[node], labels=labels)
        for joint in self.joints.values():
            onward = [e for e in self.edges if e.source == joint]
            into = [e for e in self.edges if e.target == joint]
            self.edges = [e for e in self.edges if joint not in (e.source, e.target)]
            self.edges += [
                replace(before, target=after.target, revisions=before.revisions & after.revisions)
                for before in into
                for after in onward
                if before.revisions & after.revisions
            ]

    def straighten(self) -> None:
        """Let a jump back that starts no second round be an edge, like a jump ahead."""
        for jump in [n for n in self.nodes.values() if isinstance(n.op, graph.Goto)]:
            (out,) = self.leads(jump.id)
            if jump.id not in reachable([out], self.leads):
                del self.nodes[jump.id]
                self.edges = [
                    replace(e, target=out) if e.target == jump.id else e
                    for e in self.edges
                    if e.source != jump.id
                ]

    def leads(self, id_: str) -> set[str]:
        """Where the edges of a node lead."""
        return {edge.target for edge in self.edges if edge.source == id_}

    def after(self, joint: str) -> Iterable[str]:
        """The nodes that stand at a joint, through other joints where labels follow labels."""
        for edge in self.edges:
            if edge.source == joint:
                if edge.target in self.nodes:
                    yield edge.target
                else:
                    yield from self.after(edge.target)


_END = SimpleStep(
    graph.Leave(), "end of function", "No statement ends this way.", "end_of_function"
)
_LOOP = "loop "  # no label of a kernel function can look like this
_BACK = "The fault is not handled yet: everything under the lock must be done again."


def _only(loose: Iterable[_Loose], answer: bool) -> list[_Loose]:
    return [end for end in loose if end.when is answer]


def _within(loose: Iterable[_Loose], revisions: Revisions) -> list[_Loose]:
    kept = (end._replace(revisions=end.revisions & revisions) for end in loose)
    return [end for end in kept if end.revisions]
