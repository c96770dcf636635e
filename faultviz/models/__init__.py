"""The facts: one file per handler, `mm/` for the generic code and the other callers.

Here: the names, and how a name or a model file becomes a `Program`. Not here: any model.
"""

from __future__ import annotations

import os
import runpy
from functools import cache
from importlib import import_module
from pathlib import Path

from faultviz.base.errors import BadInput, nearest
from faultviz.base.plain_files import given
from faultviz.ir.graph import REVISIONS, Program

HANDLERS: tuple[str, ...] = (
    "alpha", "arc", "arm", "arm64", "csky", "hexagon", "ia64", "loongarch", "m68k", "microblaze",
    "mips", "nios2", "openrisc", "parisc", "powerpc", "powerpc-copro", "riscv", "s390", "sh",
    "sparc32", "sparc64", "um", "x86", "xtensa",
)  # fmt: skip
"""The 24 functions that own mmap_lock around handle_mm_fault, by their names here."""

ENTRIES: tuple[str, ...] = ("gup", "fixup-user-fault", "futex", "vfio", "kvm", "hmm", "ksm")
"""The other callers, accepted wherever a handler is."""

LATER: tuple[str, ...] = ("x86-6.12",)
"""Handlers of later kernels, had by name only: what is done for all handlers leaves them out."""

GENERIC = "handle_mm_fault"
"""The generic code, which every handler may be stepped into."""

MODULES = {name: name.replace("-", "_") for name in HANDLERS}
MODULES |= {
    "gup": "mm.gup",
    "fixup-user-fault": "mm.fixup",
    "futex": "mm.fixup",
    "vfio": "mm.fixup",
    "kvm": "mm.fixup",
    "hmm": "mm.others",
    "ksm": "mm.others",
    GENERIC: "mm.memory",
    "x86-6.12": "x86_vma_lock",
}
"""Where each of them stands, below this folder."""


def handlers() -> tuple[str, ...]:
    """The names of the 24 handlers."""
    return HANDLERS


def entries() -> tuple[str, ...]:
    """The names of the other callers of the fault path."""
    return ENTRIES


def load(name: str, revision: str | None = None, *, run: bool = False) -> Program:
    """The program of a handler, an entry or a model file `FILE.py`.

    A model file binds `MODEL` to what `ir.build.program` returns. It is read as data: only
    the vocabulary of `models.words` can be used in it, and nothing of it is executed. With
    `run=True` it is executed as any program is, with all that it may do: only for files that you
    trust. Without a revision the program holds all of them. Raises BadInput for an unknown name or
    revision, and for a file that is no model or ends the program.

    >>> load("mips", "merged")
    Program(mips merged, 1 functions, 38 nodes)
    """
    program = _from_file(name, run=run) if name.endswith(".py") else _built_in(name)
    return program if revision is None else at(program, revision)


def at(program: Program, revision: str) -> Program:
    """A program as one revision has it."""
    if revision not in program.revisions:
        if revision in REVISIONS:
            said = f"{program.name} has no revision {revision!r}: it has "
            raise BadInput(f"{said}{', '.join(program.revisions)}.")
        raise BadInput(
            f"There is no revision {revision!r}.{nearest(revision, program.revisions)}"
        )
    return _cut(program.name, revision) if program is _known(program.name) else program.at(revision)


def _known(name: str) -> Program | None:
    return _built_in(name) if name in MODULES else None


@cache
def _cut(name: str, revision: str) -> Program:
    return _built_in(name).at(revision)


@cache
def _built_in(name: str) -> Program:
    if name not in MODULES:
        raise BadInput(
            f"There is no handler or entry {name!r}.{nearest(name, HANDLERS + ENTRIES)}"
        )
    module = import_module(f"faultviz.models.{MODULES[name]}")
    models = getattr(module, "MODELS", None) or {name: module.MODEL}
    model = models[name]
    assert isinstance(model, Program)
    return model


def _from_file(name: str, *, run: bool) -> Program:
    from faultviz.models import as_data  # it knows the names above

    if not os.path.lexists(name):
        raise BadInput(f"There is no model file {name!r}.")
    text = given(Path(name))
    try:
        return _executed(name) if run else as_data.program_of(text, name)
    except as_data.TooFree as problem:
        hint = "if you trust this file, --run (in Python run=True) executes it"
        raise BadInput(f"{str(problem).removesuffix('.')}; {hint}.") from None


def _executed(name: str) -> Program:
    from faultviz.models.as_data import bound

    try:
        return bound(runpy.run_path(name), name)
    except BadInput as problem:
        said = str(problem)
        raise BadInput(said if said.startswith(name) else f"{name}: {said}") from None
    except Exception as problem:  # a reader's file may fail in any way; they get the place
        raise BadInput(f"{name} is no model: {type(problem).__name__}: {problem}") from problem
    except BaseException as problem:  # noqa: BLE001 (to end the program is no success either)
        raise BadInput(f"{name} is no model: it ends with {type(problem).__name__}.") from None
