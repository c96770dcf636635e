"""The learner's copies of the lessons: the same cells, without outputs.

A stored lesson holds the outputs that the tests compare; a learner who saw them could not predict.
Here: how a copy is made, and that nobody's work is lost when a lesson is newer. Standard library
only. Not here: who opens them (`jupyter`).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from faultviz.start.child import CannotStart, say

LESSONS, WORK = "notebooks", "work"
RECORD = ".copies.json"
HIDDEN = "reveal"

Book = dict[str, Any]


def learner_copy(book: Book) -> Book:
    """A notebook as a learner gets it: no outputs, no counts, answers folded away.

    >>> cell = {"cell_type": "code", "source": "1", "outputs": [{}], "execution_count": 4,
    ...         "metadata": {"tags": ["reveal"], "execution": {}}}
    >>> learner_copy({"cells": [cell], "metadata": {"widgets": {}}})["cells"][0]["outputs"]
    []
    """
    metadata = {k: v for k, v in book["metadata"].items() if k != "widgets"}
    return {**book, "metadata": metadata, "cells": [_cell(cell) for cell in book["cells"]]}


def _cell(cell: Book) -> Book:
    metadata = {k: v for k, v in cell.get("metadata", {}).items() if k != "execution"}
    if HIDDEN in metadata.get("tags", ()):
        metadata = {**metadata, "jupyter": {**metadata.get("jupyter", {}), "source_hidden": True}}
    made = {**cell, "metadata": metadata}
    return {**made, "outputs": [], "execution_count": None} if "outputs" in cell else made


def make(root: Path, home: Path | None = None) -> list[str]:
    """Make or refresh the copies in work/; give a line for each lesson that was left as it is.

    They lie in the clone `root`, or in the `home` of one of many learners who share it. A copy in
    which the learner changed a cell is never touched. Raises CannotStart when a lesson cannot be
    read or a copy cannot be written.
    """
    work, said = (home or root) / WORK, []
    try:
        work.mkdir(exist_ok=True)
        record = _read(work / RECORD) or {}
        for lesson in sorted((root / LESSONS).glob("*.ipynb")):
            copy = learner_copy(json.loads(lesson.read_text("utf-8")))
            file, new = work / lesson.name, _sources(copy)
            old = _read(file)
            if old is not None and _sources(old) not in (record.get(lesson.name), new):
                if record.get(lesson.name) != new:
                    said.append(
                        f"{WORK}/{lesson.name} has your changes and stays; the lesson is newer. "
                        "Rename yours, and the next start brings the new one."
                    )
                continue
            if old is None or _sources(old) != new:
                _write(file, copy)
            record[lesson.name] = new
            _write(work / RECORD, record)
    except OSError as problem:
        reason = problem.strerror or problem
        raise CannotStart(
            f"The lessons cannot be copied to {problem.filename or work}: {reason}."
        ) from None
    except ValueError as problem:
        raise CannotStart(
            f"{lesson} is no notebook: {problem}. `git checkout {LESSONS}` restores it."
        ) from None
    return said


def _sources(book: Book) -> str:
    """What a learner may change: the cells' kinds and texts. Outputs come with running."""
    cells = [(c["cell_type"], "".join(c["source"])) for c in book.get("cells", [])]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _read(file: Path) -> Any:
    """A JSON file; None where there is none. A broken one is somebody's work: it says so."""
    try:
        return json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {"cells": [{"cell_type": "broken", "source": file.read_text("utf-8", "replace")}]}


def _write(file: Path, value: Any) -> None:
    """All of it or nothing."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        part.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


if __name__ == "__main__":
    for line in make(*map(Path, sys.argv[1:3] or ["."])):
        say(line)
