"""What sorts the handlers into families, read off their graphs.

Here: four questions with the answer of each handler and what shows it, the nine that a learner
sorts, and what is special about each. Not here: what a sorting is worth (`sorting`), how it is
asked (`player.sorter`), or what breaks where something is missing (`check`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from faultviz import ir, models
from faultviz.base.errors import BadInput, nearest
from faultviz.engine.run import Step, Trace, run
from faultviz.ir.bits import ERROR_BITS, Result, errno_text
from faultviz.ir.graph import Program

NINE = ("mips", "x86", "arm64", "powerpc", "sparc64", "s390", "sh", "um", "powerpc-copro")
"""Those that a learner sorts: no two of them are alike in all four questions."""

QUESTIONS: dict[str, str] = {
    "order": "In which order are the bits of the result asked for?",
    "label": "Where is mmap_lock taken, seen from the label that RETRY goes back to?",
    "target": "What does the handler do when the answer is COMPLETED?",
    "returns": "What does the handler return?",
}
"""What is asked of each handler."""

BINS: dict[str, dict[str, str]] = {
    "order": {
        "CER": "COMPLETED, ERROR, RETRY",
        "CRE": "COMPLETED, RETRY, ERROR",
        "ECR": "ERROR and RETRY together, then COMPLETED",
        "CE": "COMPLETED, ERROR, and RETRY never",
        "RE": "RETRY, ERROR, and COMPLETED never",
    },
    "label": {
        "after": "behind the label, so that every round comes to it",
        "inside": "behind the label too, but only where a first try has failed",
        "before": "before the label, so the way of RETRY has to take it by itself",
        "none": "there is no such label",
    },
    "target": {
        "leave": "it leaves at once",
        "skip": "it leaves at once, and skips what OK would still do",
        "work": "it goes on to work that needs no lock",
        "lock": "it takes the lock again where work still needs it",
        "none": "it does not ask",
    },
    "returns": {
        "nothing": "nothing",
        "zero": "always 0",
        "code": "0, or a number that says what went wrong",
    },
}
"""The possible answers of each question, by a short name."""


class Family(NamedTuple):
    """A handler's four answers, as short names of BINS."""

    order: str
    label: str
    target: str
    returns: str


@cache
def family(name: str) -> Family:
    """The four answers of a handler of the merged patch. Raises BadInput for what is none.

    >>> family("mips")
    Family(order='CER', label='after', target='leave', returns='nothing')
    """
    if name not in models.HANDLERS:
        raise BadInput(f"There is no handler {name!r}.{nearest(name, models.HANDLERS)}")
    program = models.load(name, "merged")
    return Family(_order(name), _label(program), _target(name), _returns(program))


def where(name: str, question: str) -> str:
    """What shows a handler's answer to one of QUESTIONS, in a sentence.

    >>> where("s390", "label")
    'goto retry leads to “result = BADMAP”; the lock was taken before that, and the way of RETRY \
takes it again.'
    """
    program = models.load(name, "merged")
    answer = getattr(family(name), question)
    if question == "order":
        asked = [step.text for step, _ in _asked(name)]
        return f"With the answer OK it asks: {' '.join(asked)}"
    if question == "label":
        return _label_shown(program, answer)
    if question == "target":
        return _target_shown(name, answer)
    values = ", ".join(
        errno_text(value) if value < 256 else f"{value:#x}" for value in program.function.result
    )
    return f"Its function gives {values}." if values else "Its function gives nothing."


# --- the order of the tests ----------------------------------------------------------------------


def _asked(name: str) -> Iterator[tuple[Step, str]]:
    """The tests of the result that an OK meets, each with the letters that it asks for."""
    trace = run(name, "merged", "OK")
    seen: set[str] = set()
    for step in _behind(trace):
        op = trace.program.nodes[step.node].op
        if not isinstance(op, ir.Test):
            continue
        mask = 0
        for variable, bits in ir.masks_of(op.expr):
            mask |= bits if variable == "result" else 0
        wanted = (
            ("E", mask & ERROR_BITS == ERROR_BITS),
            ("R", mask & Result.RETRY and "fatal" not in ir.words_of(op.expr)),
            ("C", mask & Result.COMPLETED),
        )
        letters = "".join(letter for letter, asked in wanted if asked and letter not in seen)
        seen |= {*letters}
        if letters:
            yield step, letters


def _order(name: str) -> str:
    """The letters, without the second mention: sh's first test asks for ERROR and RETRY at once."""
    met = [letters for _, letters in _asked(name)]
    return "ECR" if met[:2] == ["ER", "C"] else "".join(met)


def _behind(trace: Trace) -> tuple[Step, ...]:
    """The steps of the root and its helpers after the first answer of handle_mm_fault."""
    first = next(step.n for step in trace.steps if step.event == "fault")
    return trace.steps[first:]


# --- lock and label ------------------------------------------------------------------------------


def _back(program: Program) -> ir.Node | None:
    """Where the way of RETRY comes back to: the node that follows the jump."""
    for function in program.functions.values():
        for node in function.nodes.values():
            if isinstance(node.op, ir.Goto):
                return function.nodes[function.out_edges[node.id][0].target]
    return None


def _label(program: Program) -> str:
    at = _back(program)
    if at is None:
        return "none"
    if not (isinstance(at.op, ir.Lock) and at.op.by > 0):
        return "before"
    f = program.functions[at.function]
    come = [f.nodes[e.source] for e in f.edges if e.target == at.id]
    first = [node for node in come if not isinstance(node.op, ir.Goto)]
    tried = any(isinstance(n.op, ir.Lock) and n.op.fails is not None for n in f.nodes.values())
    return (
        "inside" if tried and all(isinstance(n.op, ir.Lock | ir.Test) for n in first) else "after"
    )


def _label_shown(program: Program, answer: str) -> str:
    at = _back(program)
    if at is None:
        return "No jump leads back: handle_mm_fault is called once."
    to = f"goto retry leads to “{at.text}”"
    return {
        "after": f"{to}, and the first round comes to it, too.",
        "inside": f"{to}; the first round comes to it only when its own try has failed.",
        "before": f"{to}; the lock was taken before that, and the way of RETRY takes it again.",
    }[answer]


# --- what COMPLETED leads to ---------------------------------------------------------------------

_WORK = ir.Call | ir.Do | ir.Lock


def work_behind(name: str, answer: str, context: str = "write") -> tuple[str, ...]:
    """What a handler still does after an answer, its tests and unlocking of mmap_lock left out.

    >>> work_behind("sparc64", "COMPLETED")
    ('size the TSB', 'exception_exit')
    """
    trace = run(name, "merged", answer, context)
    return tuple(
        step.text
        for step in _behind(trace)
        if isinstance(op := trace.program.nodes[step.node].op, _WORK)
        and not (isinstance(op, ir.Lock) and op.resource == "mmap_lock" and op.by < 0)
    )


def _everything(name: str) -> str:
    """The context in which a handler has the most to do: a guest's store on s390."""
    return "gmap,write" if "gmap" in models.load(name, "merged").words else "write"


def _target(name: str) -> str:
    program = models.load(name, "merged")
    if not any(node.role == "completed-check" for node in program.nodes.values()):
        return "none"
    if not _comes(name):
        return "leave"
    context = _everything(name)
    after = work_behind(name, "COMPLETED+MAJOR", context)
    if any("take mmap_lock" in text for text in after):
        return "lock"
    if after:
        return "work"
    return "skip" if work_behind(name, "OK+MAJOR", context) else "leave"


def _comes(name: str) -> bool:
    """Whether COMPLETED can come to a store at all."""
    try:
        run(name, "merged", "COMPLETED")
    except BadInput:
        return False
    return True


def _target_shown(name: str, answer: str) -> str:
    if answer == "none":
        return "No node asks for COMPLETED."
    if not _comes(name):
        return "The test leads to a return; but COMPLETED never comes."
    context = _everything(name)
    done = ", ".join(work_behind(name, "COMPLETED+MAJOR", context))
    passed = ", ".join(work_behind(name, "OK+MAJOR", context))
    return {
        "leave": "The test leads to a return, and OK would do no more than unlock.",
        "skip": f"The test leads to a return; OK would still do: {passed}.",
        "work": f"The test leads on to: {done}.",
        "lock": f"The test leads on to: {done}.",
    }[answer]


def _returns(program: Program) -> str:
    values = set(program.function.result)
    return "nothing" if not values else "zero" if values == {0} else "code"


def bare_return(name: str) -> Program:
    """The merged handler with a plain return where COMPLETED leads on, to see what gets lost.

    It returns what the handler would after OK: nothing, its `result`, or 0. Raises BadInput where
    nothing asks for COMPLETED.

    >>> bare_return("sparc64")
    Program(sparc64 merged, 1 functions, 42 nodes)
    """
    program = models.load(name, "merged")
    root = program.function
    check = next((n for n in root.nodes.values() if n.role == "completed-check"), None)
    if check is None:
        raise BadInput(f"{name} merged has no test of COMPLETED.")
    last = run(name, "merged", "OK").steps[-1]
    op = program.nodes[last.node].op
    plain = isinstance(op, ir.Leave) and isinstance(op.value, ir.Name) and op.value.name == "result"
    value = ir.Name("result") if plain else ir.Const(0) if root.result else None
    node = replace(
        check, id="bare_return", op=ir.Leave(value), text="return", role=None, labels=(),
        why="The lock is gone, so nothing is unlocked; whatever else was left is passed by.",
    )  # fmt: skip
    edges = (
        replace(e, target=node.id) if e.source == check.id and e.when is True else e
        for e in root.edges
    )
    changed = replace(root, nodes={**root.nodes, node.id: node}, edges=tuple(edges))
    functions = ir.pruned({**program.functions, root.name: changed})
    return replace(program, functions=functions)


# --- what is special -----------------------------------------------------------------------------


TOPICS = {"order": "the order of the tests", "label": "the lock", "target": "COMPLETED",
          "returns": "the value"}  # fmt: skip


def special(name: str) -> str:
    """One sentence: what a model is about, and in which of the questions it is not like mips.

    >>> special("xtensa")
    'SIGBUS is sent in both modes; as mips in all four questions.'
    >>> special("riscv")
    'killed in the kernel, no fix-up in 2022; unlike mips in the order of the tests (COMPLETED, \
RETRY, ERROR).'
    """
    own, usual = family(name), family("mips")
    unlike = [
        f"{TOPICS[question]} ({BINS[question][value]})"
        for question, value, other in zip(QUESTIONS, own, usual, strict=True)
        if value != other
    ]
    about = models.load(name).about
    told = f"unlike mips in {'; '.join(unlike)}" if unlike else "as mips in all four questions"
    return f"{about}; {told}."
