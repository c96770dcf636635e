"""A notebook run from its first cell to its last, its widgets telling what they are.

Here: the run, in a kernel of this Python. Not here: what is told (`inside`), or made of it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faultviz.base.errors import BadInput, CannotHere
from faultviz.base.extras import of_extra

Book = dict[str, Any]
LONG = 600
"""Seconds that a cell may take."""

KEPT = ("FAULTVIZ_WORK", "JUPYTER_RUNTIME_DIR")
BEGIN = "from faultviz.publish.export.inside import begin\nbegin()"


def ran(book: Book, folder: Path, name: str = "the notebook") -> Book:
    """The notebook with the outputs of all its code cells; `folder` is where it runs.

    What it answers is kept nowhere. Raises BadInput where a cell stops, and where the packages
    that run a notebook are missing.
    """
    with of_extra("lab", "Exporting a notebook"):
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError
    _reach_oneself()
    first: Book = {"cell_type": "code", "id": "faultviz-begin", "metadata": {}, "source": BEGIN,
             "outputs": [], "execution_count": None}  # fmt: skip
    given = {**book, "cells": [first, *book["cells"]]}
    whole: Any = nbformat.from_dict(given)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        whole,
        kernel_name="python3",  # that of this Python, whatever the notebook names
        extra_arguments=["--log-level=ERROR"],
        timeout=LONG,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        # In a thread, or the client takes the signals, and does not give them back.
        with _for_now(), ThreadPoolExecutor(1) as pool:
            # What the kernel itself says, when a signal meets it, is no word of this command.
            quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            pool.submit(lambda: asyncio.run(client.async_execute(**quiet))).result()
    except CellTimeoutError:
        raise BadInput(f"{name}: a cell took longer than {LONG} seconds.") from None
    except CellExecutionError as stopped:
        cell = next((c for c in whole["cells"] if _stopped(c)), first)
        raise BadInput(
            f"{name} stops at cell {cell['id']}: {stopped.ename}: {stopped.evalue}"
        ) from None
    return {**book, "cells": [dict(cell) for cell in whole["cells"][1:]]}


def _reach_oneself() -> None:
    """Raise CannotHere at once where a notebook's kernel could not be spoken to."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as here:
            socket.create_connection(here.getsockname(), timeout=5).close()
    except OSError as problem:
        raise CannotHere(
            f"A notebook's kernel is spoken to by way of 127.0.0.1, which cannot be reached here "
            f"({problem.strerror or problem}): bring up the loopback interface (ip link set lo up)."
        ) from None


def _stopped(cell: Mapping[str, Any]) -> bool:
    return any(output["output_type"] == "error" for output in cell.get("outputs", ()))


@contextmanager
def _for_now() -> Iterator[None]:
    """A kernel that starts within keeps answers, and its address, in a folder that goes with it."""
    before = {name: os.environ.get(name) for name in KEPT}
    with tempfile.TemporaryDirectory(prefix="faultviz-export-") as folder:
        os.environ |= dict.fromkeys(KEPT, folder)
        try:
            yield
        finally:
            for name, value in before.items():
                del os.environ[name]
                if value is not None:
                    os.environ[name] = value
