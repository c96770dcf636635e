"""The invariants: what must hold on every trace, each with a sentence.

Here: how one move is judged, with the little that a rule must remember. Not here: the sentences
(`sentences.toml`), the search for a trace that breaks a rule (`check`), nor how a program moves
(`run`).
"""

from __future__ import annotations

from typing import NamedTuple

from faultviz import ir
from faultviz.base.texts import texts
from faultviz.ir.bits import DEFAULT_FLAGS, Flag, errno_text
from faultviz.ir.outcomes import ERRORS, kind_of, refusal

_SAID = texts("faultviz.engine", "sentences")
INVARIANTS: dict[str, str] = _SAID["invariants"]
"""Name to sentence, in the order in which they are reported."""

MMAP_LOCK = "mmap_lock"
_TRIED = int(Flag.TRIED)


class Violation(NamedTuple):
    """A rule that one move broke: which, at which node, and why in a sentence."""

    invariant: str
    node: str
    why: str


class Memory(NamedTuple):
    """What the rules remember of the moves so far."""

    last: int | None = None
    """The last result of handle_mm_fault."""
    fixed: bool = False
    """A fix-up was called since then."""
    underflow: bool = False
    """The lock count went below 0 once, so the balance says nothing any more."""
    kept: int = 0
    """The flags that each call must carry."""

    @classmethod
    def begin(cls, program: ir.Program) -> Memory:
        """At the entry: handlers that start with the default flags must keep them."""
        default = int(DEFAULT_FLAGS)
        return cls(kept=default if program.flags & default == default else 0)

    def after_fault(self, result: int) -> Memory:
        """A new answer: what came before is settled."""
        return self._replace(last=result, fixed=False)

    def after_flags(self, flags: int) -> Memory:
        """TRIED, once set, must stay."""
        return self._replace(kept=self.kept | flags & _TRIED) if self.kept else self


def judged(program: ir.Program, *, source: bool = False) -> tuple[str, ...]:
    """The invariants that there is something to judge by in a model, or in a function of `source`.

    The one table of it. Source is judged by the lock; `result-code` there is for GUP alone.
    """
    nodes = program.nodes.values()
    locks = {n.op.resource for n in nodes if isinstance(n.op, ir.Lock)}
    faults = any(isinstance(n.op, ir.Fault) for n in nodes)
    by_cell = isinstance(program.function.exit_held, str)
    kernel = program.kind == "handler" and "kernel" in program.words
    stores = any(isinstance(n.op, ir.Let) and n.op.through is not None for n in nodes)
    in_model_and_source = {
        "lock-underflow": (MMAP_LOCK in locks, MMAP_LOCK in locks or faults),
        "lock-balance": (not by_cell, not by_cell),
        "lock-required": (faults, True),
        "result-code": (bool(program.function.result), by_cell),
        "kernel-fixup": (kernel, kernel and faults),
        "paired-resources": (bool(locks - {MMAP_LOCK}), False),
        "gup-locked": (by_cell, by_cell),
        "null-pointer": (stores, False),
        # Only where COMPLETED can come: `check` finds that out.
        "completed-legal": (False, False),
        "flags-kept": (bool(Memory.begin(program).kept), False),
    }
    return tuple(name for name in INVARIANTS if in_model_and_source[name][source])


def _broken(invariant: str, node: str, how: str, **filled: object) -> Violation:
    return Violation(invariant, node, _SAID["broken"][how].format(**filled))


def on_release(node: str, count: int) -> list[Violation]:
    """After giving up mmap_lock."""
    return [] if count >= 0 else [_broken("lock-underflow", node, "release", count=count)]


def on_callee(node: ir.Node, callee: str, count: int) -> list[Violation]:
    """On entering a callee that needs the lock."""
    if count >= 1:
        return []
    return [_broken("lock-required", node.id, "callee", callee=callee, count=count)]


def on_store(node: ir.Node, name: str) -> list[Violation]:
    """On storing through a pointer that is NULL."""
    return [_broken("null-pointer", node.id, "store", name=name, pointer=name.lstrip("*"))]


def on_fault_flags(node: str, flags: int, memory: Memory) -> list[Violation]:
    """On calling handle_mm_fault."""
    lost = memory.kept & ~flags
    if not lost:
        return []
    said = "|".join(f.name or "" for f in Flag if f & lost)
    return [_broken("flags-kept", node, "flags", flags=flags, lost=said)]


def on_completed(node: str, result: int, flags: int) -> list[Violation]:
    """When the generic code itself answered."""
    if kind_of(result) != "COMPLETED":
        return []
    reason = refusal("COMPLETED", flags, completed=True)
    return [_broken("completed-legal", node, "completed", reason=reason)] if reason else []


def on_bug(node: str, memory: Memory) -> list[Violation]:
    """When the kernel stops: an end of its own, unless the fault had been handled."""
    if memory.last is None or kind_of(memory.last) not in ("OK", "COMPLETED"):
        return []
    return [_broken("result-code", node, "bug", kind=kind_of(memory.last))]


class Exit(NamedTuple):
    """What the rules look at when the root function returns."""

    node: str
    value: int | None
    locks: dict[str, int]
    cell: int | None
    """The cell named by the function's contract (`*locked`); None when the pointer is NULL."""
    kernel: bool
    fatal: bool


def on_leave(program: ir.Program, memory: Memory, at: Exit) -> list[Violation]:
    """When the root returns: balance, pairing, result and fix-up."""
    function = program.function
    found: list[Violation] = []

    def broken(invariant: str, how: str, **filled: object) -> None:
        found.append(_broken(invariant, at.node, how, **filled))

    count = at.locks.get(MMAP_LOCK, 0)
    if isinstance(function.exit_held, str):
        if at.cell is not None and bool(at.cell) is not (count > 0):
            broken("gup-locked", "cell", cell=at.cell, count=count)
        if at.cell is None and count != function.held:
            broken("gup-locked", "no_pointer", count=count)
    elif count != function.exit_held and not memory.underflow:
        broken("lock-balance", "balance", count=count, wanted=function.exit_held)
    for resource, held in at.locks.items():
        if resource != MMAP_LOCK and held:
            how = "not_ended" if held > 0 else "ended_twice"
            broken("paired-resources", how, resource=resource)
    if memory.last is None:
        return found
    kind = kind_of(memory.last)
    reading = function.result.get(at.value or 0, ir.FAILED) if function.result else None
    if kind in ("OK", "COMPLETED") and reading == ir.FAILED:
        shown = errno_text(at.value or 0) if (at.value or 0) < 0 else f"{at.value or 0:#x}"
        broken("result-code", "result", value=shown)
    if program.kind == "handler" and at.kernel and not memory.fixed and reading != ir.FAILED:
        if kind == "RETRY" and at.fatal:
            broken("kernel-fixup", "fatal")
        if kind in ERRORS:
            broken("kernel-fixup", "fixup", kind=kind)
    return found
