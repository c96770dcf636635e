"""What is said to people, out of files that a translator or an editor can read.

Here: a TOML file beside the code that says it, its texts with {places} for what is filled in. Not
here: any text.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def texts(room: str, name: str) -> dict[str, Any]:
    """The tables of `name`.toml in a folder of the package, its texts as they stand there.

    >>> texts("faultviz.engine", "sentences")["lock"]["held"]
    'held'
    """
    return tomllib.loads(resources.files(room).joinpath(f"{name}.toml").read_text("utf-8"))
