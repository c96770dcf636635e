"""Real kernel source: read from a tree, turned into the same graphs as the models, judged.

Rooms, bottom up: `files` (texts), `c` (statements), `lower` (programs of `ir`), `judge` (verdicts)
and `view` (for reading); `kernel_tree` gives all of it by a handler's name. All but the files need
the extra `faultviz[kernel]`. Not here: the command (`cli.kernel`).
"""

from faultviz.kernel.kernel_tree import KernelTree, find_tree

__all__ = ["KernelTree", "find_tree"]
