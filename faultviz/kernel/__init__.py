"""Real kernel source: read from a tree, turned into the same graphs as the models, judged.

Rooms, bottom up: files (`archive`, `tree`), C to statements (`clean`, `syntax`, `expressions`,
`parse`), what is said by hand (`known`), from functions to `ir` (`source`, `inline`, `slicing`,
`meaning`, `lower`), and what is done with it (`search`, `judge`, `conform`, `reading`, `patch`,
`mutants`, `commands`). All but the files need the extra `faultviz[kernel]`.
"""

from faultviz.kernel.files.tree import Tree as Tree
from faultviz.kernel.files.tree import find_tree as find_tree
