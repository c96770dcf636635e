"""Real kernel source: read from a tree, turned into the same graphs as the models, judged.

Rooms, bottom up: `archive` and `tree` (files), `clean`, `syntax` and `parse` (C to statements and
graphs), `known` (what is said by hand), `source` (constants, functions), `inline`, `slicing`,
`lower` (to `ir`), then `judge`, `conform`, `fold`, `patch` and `commands`. Needs the extra
`faultviz[kernel]`; nothing else of the package imports this.
"""

from faultviz.kernel.tree import Tree as Tree
