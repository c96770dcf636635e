"""A kernel tree that gives programs, is checked and held against the models.

Here: what `tree["s390"]`, `tree.check()` and `tree.conform()` call, and which tree there is on this
machine. Not here: which files are read (`files.tree`), or the work itself (`judge`, `view`).
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from faultviz.base.extras import needs
from faultviz.ir.graph import Program
from faultviz.kernel.files.tree import Tree

if TYPE_CHECKING:  # they need a parser of C; a tree does not
    from faultviz.kernel.judge.conform import ComparedCases
    from faultviz.kernel.judge.findings import Findings

PARSER = "tree_sitter"
HOW = (
    "There is no kernel source here: install Debian's package linux-source-6.1 (apt-get install "
    "linux-source-6.1), or name a folder or an archive of kernel source in FAULTVIZ_TREE."
)
IN_A_BROWSER = (
    "A browser's Python has no kernel source and nothing that reads C: for this lesson get a clone "
    "onto a machine, and type python3 -m faultviz lab in it."
)


class KernelTree(Tree):
    """A tree whose handlers are at hand by name."""

    def __getitem__(self, handler: str) -> Program:
        """A handler's real function as a graph for reading. Raises BadInput for one it has not."""
        from faultviz.kernel.view.reading import reading

        return reading(self, handler)

    def check(
        self, *handlers: str, function: str | None = None, file: str | None = None
    ) -> Findings:
        """The lock rules on these handlers, on all, or on one `function` of a `file`.

        Raises BadInput for what the tree has not.
        """
        from faultviz.kernel.judge.findings import Findings, check

        found = check(self, handlers, function=function, file=file)
        return Findings(row for rows in found for row in rows)

    def conform(self, *handlers: str) -> ComparedCases:
        """These handlers' models, or all, held against their source."""
        from faultviz.kernel.judge.conform import ComparedCases, conform

        return ComparedCases(row for rows in conform(self, handlers) for row in rows)


def find_tree() -> KernelTree | None:
    """The tree that FAULTVIZ_TREE names, or the newest of Debian's in /usr/src; else None.

    Where there is none, or nothing that reads C, it says how to get that.
    """
    named = os.environ.get("FAULTVIZ_TREE")
    places = [Path(named)] if named else sorted(Path("/usr/src").glob("linux-source-*.tar.xz"))
    if places and find_spec(PARSER):
        return KernelTree(places[-1])
    lacks = needs("Reading C", "kernel", PARSER) if places else HOW
    how = IN_A_BROWSER if sys.platform == "emscripten" else lacks
    print(how)  # noqa: T201  # said to the reader of a notebook
    return None
