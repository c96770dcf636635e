"""The facts: one file per handler, `mm/` for the generic code and the other callers.

Here: how a name or a model file becomes a `Program`. Not here: any model, or
which there are (`catalogue`).
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from pathlib import Path

from faultviz.base.errors import BadInput, nearest
from faultviz.base.plain_files import OWN, given
from faultviz.ir.graph import REVISIONS, Program
from faultviz.models.catalogue import ENTRIES as ENTRIES
from faultviz.models.catalogue import GENERIC as GENERIC
from faultviz.models.catalogue import HANDLERS as HANDLERS
from faultviz.models.catalogue import LATER as LATER
from faultviz.models.catalogue import MODULES as MODULES


def handlers() -> tuple[str, ...]:
    """The names of the handlers.

    >>> handlers()[:3]
    ('alpha', 'arc', 'arm')
    """
    return HANDLERS


def entries() -> tuple[str, ...]:
    """The names of the other callers of the fault path.

    >>> entries()
    ('gup', 'fixup-user-fault', 'futex', 'vfio', 'kvm', 'hmm', 'ksm')
    """
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
    program = _from_file(name, run=run) if is_file(name) else _built_in(name)
    return program if revision is None else at(program, revision)


def is_file(name: str) -> bool:
    """Whether a name is that of a file, or of what the shell opened, such as /dev/stdin.

    >>> is_file("mine.py"), is_file("mips"), is_file("/dev/stdin")
    (True, False, True)
    """
    return name.endswith(".py") or OWN.fullmatch(name) is not None


def at(program: Program, revision: str | None = None) -> Program:
    """A program as one revision has it: the one it is cut to, else the one asked for, else merged.

    Raises BadInput for a revision that it has not, and for one that contradicts the cut.

    >>> at(load("mips", "before"), "merged")
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: This mips is cut to before, so there is no merged of it: \
    load it without a revision.
    """
    if program.revision is not None and revision in (None, program.revision):
        return program
    revision = "merged" if revision is None else revision
    if program.revision is not None and revision in (*REVISIONS, *program.revisions):
        raise BadInput(
            f"This {program.name} is cut to {program.revision}, so there is no {revision} of it: "
            "load it without a revision."
        )
    if revision not in program.revisions:
        if revision in REVISIONS:
            said = f"{program.name} has no revision {revision!r}: it has "
            raise BadInput(f"{said}{', '.join(program.revisions)}.")
        raise BadInput(f"There is no revision {revision!r}.{nearest(revision, program.revisions)}")
    return _cut(program.name, revision) if program is _known(program.name) else program.at(revision)


def _known(name: str) -> Program | None:
    return _built_in(name) if name in MODULES else None


@cache
def _cut(name: str, revision: str) -> Program:
    return _built_in(name).at(revision)


@cache
def _built_in(name: str) -> Program:
    if name not in MODULES:
        if os.sep in name or Path(name).is_file():
            raise BadInput(f"{name} is no model file: the name of one ends in .py.")
        raise BadInput(f"There is no handler or entry {name!r}.{nearest(name, HANDLERS + ENTRIES)}")
    module = import_module(f"faultviz.models.{MODULES[name]}")
    models = getattr(module, "MODELS", None) or {name: module.MODEL}
    model = models[name]
    assert isinstance(model, Program)
    return model


def _from_file(name: str, *, run: bool) -> Program:
    from faultviz.models import as_data  # it knows the names above
    from faultviz.models.executed import executed

    if not os.path.lexists(name):
        raise BadInput(f"There is no model file {name!r}.")
    text = given(Path(name))
    if run and not name.endswith(".py"):
        raise BadInput(f"{name} cannot be executed: give the file a name that ends in .py.")
    try:
        return executed(name) if run else as_data.program_of(text, name)
    except as_data.TooFree as problem:
        hint = "if you trust this file, --run (in Python run=True) executes it"
        raise BadInput(f"{str(problem).removesuffix('.')}; {hint}.") from None
