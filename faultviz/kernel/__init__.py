"""Real kernel source: read from a tree, turned into the same graphs as the models, judged.

Rooms, bottom up: files (`archive`, `tree`), C to statements (`clean`, `syntax`, `expressions`,
`parse`), what is said by hand (`annotations`), from functions to `ir` (`source`, `inline`,
`slicing`, `dataflow`, `lowering`), and what is done with it (`search`, `findings`, `conform`,
`reading`, `patch`, `mutants`, `cli.kernel`). All but the files need the extra `faultviz[kernel]`.
"""

from faultviz.kernel.files.tree import Tree as Tree
from faultviz.kernel.files.tree import find_tree as find_tree
