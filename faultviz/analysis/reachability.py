"""When a node is reached: its path condition, as a short formula in words.

Here: `condition`, found by following every way of one round. Not here: how a formula is made short
and put into words (`formula`), truth tables (`truth_tables`), theorems (`theorems`), or the search
for what breaks (`check`).

A formula is about the first round: from the entry to the end, or to where handle_mm_fault would be
called a second time. It is made of the context words, of the answers and of `called`:

- OK, RETRY, COMPLETED, OOM, SIGBUS, SIGSEGV, HWPOISON: handle_mm_fault was called and answered so.
  At most one of them holds; MAJOR may come with any. ERROR stands for the last four.
- `called`: handle_mm_fault was called, whatever it answered. Its own condition says when.

Fault flags follow from the words, so they need no names of their own. Only what can happen is told
apart: where COMPLETED needs a store, `COMPLETED and write` is said as COMPLETED.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from faultviz import ir, models
from faultviz.analysis.formula import Words, in_words, simplest
from faultviz.base.errors import BadInput, nearest
from faultviz.engine.check import Everything
from faultviz.engine.states import State, start
from faultviz.engine.transitions import successors
from faultviz.ir.graph import Program
from faultviz.ir.outcomes import ERRORS, KINDS


class FirstRound(NamedTuple):
    """One way through the first round: what decided it, and the nodes that it met."""

    words: Words
    answer: str | None
    before: frozenset[str]
    """Up to the call of handle_mm_fault, which is one of them."""
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reached:
    """When a node is reached: what the node says, and the formula as text and for sympy."""

    node: str
    says: str
    text: str
    expr: Any = field(repr=False, compare=False)

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


def condition(name: str | Program, node: str, revision: str | None = None) -> Reached:
    """When is this node reached in the first round?

    `node` is a node's id, or what it says where only one node says so. Raises BadInput for what is
    unknown, and for real source, whose words may change on the way.

    >>> condition("mips", "mark TRIED")
    RETRY and not fatal and (kernel or not signal)
    >>> condition("mips", "handle_mm_fault")
    not no-access and not no-mm and not no-vma
    >>> condition("s390", "take_mmap_lock_2")
    COMPLETED and gmap
    >>> condition("nios2", "return_2")
    never
    """
    program = program_of(name, revision)
    return _reached(program, tuple(first_rounds(program)), node_of(program, node))


def conditions(name: str | Program, revision: str | None = None) -> tuple[Reached, ...]:
    """The conditions of all nodes, in the order in which the graph has them."""
    program = program_of(name, revision)
    met = tuple(first_rounds(program))
    return tuple(_reached(program, met, node) for node in program.nodes)


def program_of(name: str | Program, revision: str | None) -> Program:
    """A model at one revision. Raises BadInput for what has no conditions."""
    whole = models.load(name) if isinstance(name, str) else name
    if whole.kind == "generic":
        raise BadInput(f"{whole.name} is the generic code: ask for a node of a handler.")
    if any(isinstance(node.op, ir.Settle) for node in whole.nodes.values()):
        raise BadInput(f"{whole.name} is real source: conditions are told of models only.")
    return models.at(whole, revision)


def node_of(program: Program, name: str) -> str:
    """The id of a node named by its id or its text. Raises BadInput where there is no one such."""
    if name in program.nodes:
        return name
    says = [node.id for node in program.nodes.values() if node.text == name]
    if len(says) == 1:
        return says[0]
    where = f"{program.name} {program.revision}"
    if says:
        raise BadInput(f"{len(says)} nodes of {where} say {name!r}: choose {', '.join(says)}.")
    raise BadInput(f"{where} has no node {name!r}.{nearest(name, program.nodes)}")


def first_rounds(program: Program) -> Iterator[FirstRound]:
    """Every path through the first round. Words that it does not name were not asked for."""
    everything = Everything(program)
    none: frozenset[str] = frozenset()
    todo: list[tuple[State, str | None, bool, frozenset[str], frozenset[str]]] = [
        (start(program, {}), None, False, none, none)
    ]
    while todo:
        state, answer, major, before, after = todo.pop()
        at = state.frames[-1].node
        if answer is None:
            before |= {at}
        else:
            after |= {at}
            if isinstance(program.nodes[at].op, ir.Fault):
                yield FirstRound(_facts(state, everything, major), answer, before, after)
                continue
        for transition in successors(program, state, everything):
            came = transition.outcome if answer is None else None
            kind, more = (came.kind, came.major) if came else (answer, major)
            if transition.after.frames:
                todo.append((transition.after, kind, more, before, after))
            else:
                yield FirstRound(_facts(transition.after, everything, more), kind, before, after)


def _facts(state: State, everything: Everything, major: bool) -> Words:
    return dict(state.facts) | ({"MAJOR": major} if everything.major else {})


def _reached(program: Program, met: tuple[FirstRound, ...], asked: str) -> Reached:
    from faultviz.analysis.symbols import And, Or

    node = met_as(program, asked)
    early = simplest(
        (one.words for one in met if node in one.before),
        (one.words for one in met if node not in one.before),
    )
    answers = tuple(kind for kind in KINDS if any(one.answer == kind for one in met))
    late: dict[Any, list[str]] = {}
    for kind in answers:
        told = [one for one in met if one.answer == kind and node not in one.before]
        formula = simplest(
            (one.words for one in told if node in one.after),
            (one.words for one in told if node not in one.after),
        )
        late.setdefault(formula, []).append(kind)
    parts = [And(_which(kinds, answers), formula) for formula, kinds in late.items()]
    whole = Or(early, *parts)
    return Reached(asked, program.nodes[asked].text, in_words(whole), whole)


def met_as(program: Program, node: str) -> str:
    """The node itself; for the way into an inner function, which is passed by, the first one."""
    function = program.functions[program.nodes[node].function]
    inner = node == function.entry and function.name != program.root
    return function.out_edges[node][0].target if inner else node


def _which(kinds: Sequence[str], possible: Sequence[str]) -> Any:
    """A formula that holds for just these answers, of those that can come."""
    from faultviz.analysis.symbols import And, Not, Or, Symbol

    missing = _shorter([kind for kind in possible if kind not in kinds])
    names = _shorter(kinds)
    if not missing:
        return Symbol("called")
    if len(missing) < len(names) - 1:
        return And(Symbol("called"), *(Not(Symbol(kind)) for kind in missing))
    return Or(*(Symbol(kind) for kind in names))


def _shorter(kinds: Sequence[str]) -> list[str]:
    """Four errors are one name."""
    if set(ERRORS) <= set(kinds):
        return ["ERROR", *(kind for kind in kinds if kind not in ERRORS)]
    return list(kinds)
