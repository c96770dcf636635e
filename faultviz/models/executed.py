"""A model file that is executed: in a process of its own, which hands over data or nothing.

So whatever it does, to end the process or to bring classes of its own, what follows is done by a
process in which it never ran. Here: both ends of that. Not here: a file that is read as data
(`as_data`).
"""

from __future__ import annotations

import json
import pickle
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.ir.graph import Program
from faultviz.models.as_data import bound
from faultviz.models.words import MEANING

CHILD = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from faultviz.models.executed import hand_over
hand_over(*sys.argv[2:])
"""
EARLY = "{} is no model: it ended its process (exit code {}) before it handed one over."
FOREIGN = "{} is no model: it hands over {}, and a program is made of the vocabulary alone."


def executed(name: str) -> Program:
    """What a file binds to MODEL, executed. Raises BadInput with one sentence."""
    if sys.platform == "emscripten":  # a browser's Python starts no process
        return _bound(name)
    with tempfile.TemporaryDirectory(prefix="faultviz-run-") as folder:
        file = Path(folder, "model")
        told = [json.dumps(sys.path), name, str(file)]
        python = [sys.executable, "-P", "-c", CHILD]
        child = subprocess.run([*python, *told], check=False)  # noqa: S603 (it was asked for)
        if not file.exists():
            raise BadInput(EARLY.format(name, child.returncode))
        with file.open("rb") as handed:
            try:
                made = _Data(handed).load()
            except pickle.UnpicklingError as foreign:
                raise BadInput(FOREIGN.format(name, foreign)) from None
    if isinstance(made, str):
        raise BadInput(made)
    found, meanings = made
    for word, meaning in meanings.items():
        if MEANING.setdefault(word, meaning) != meaning:
            raise BadInput(f"{name}: the word {word!r} has two meanings.")
    return bound({"MODEL": found}, name)


def hand_over(name: str, file: str) -> None:
    """In the child: write what the file binds, or the sentence that refuses it; whole, or not."""
    made: tuple[Program, dict[str, str]] | str
    try:
        found = _bound(name)
        made = found, {word: MEANING[word] for word in found.words if word in MEANING}
        told = pickle.dumps(made)
    except BadInput as refused:
        told = pickle.dumps(str(refused))
    except Exception as foreign:  # noqa: BLE001 (it may refuse in any way)
        told = pickle.dumps(FOREIGN.format(name, f"what is no data ({foreign})"))
    half = Path(f"{file}.half")
    half.write_bytes(told)
    half.replace(file)


def _bound(name: str) -> Program:
    try:
        return bound(runpy.run_path(name), name)
    except BadInput as problem:
        said = str(problem)
        raise BadInput(said if said.startswith(name) else f"{name}: {said}") from None
    except Exception as problem:  # a reader's file may fail in any way; they get the place
        raise BadInput(f"{name} is no model: {type(problem).__name__}: {problem}") from problem
    except BaseException as problem:  # noqa: BLE001 (to end the program is no success either)
        raise BadInput(f"{name} is no model: it ends with {type(problem).__name__}.") from None


class _Data(pickle.Unpickler):
    """Reads the classes that a program is made of, and no others."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("faultviz.ir.") or (module, name) == ("builtins", "frozenset"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"a {name} of {module}")
