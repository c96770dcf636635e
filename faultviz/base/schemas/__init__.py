"""JSON Schemas (draft 2020-12) of what programs exchange with us: a file for each, by its version.

`answers` is answers.json, `kernel-known` the file of `kernel check --known`, every other one what a
command prints with --json. The version stands at the end of `$id`, its rule in `$comment`: fields
may be added, and one that goes or means something else makes the next version, with a file of its
own. Here: those files and how they are read. Not here: who writes or reads such JSON.
"""

from __future__ import annotations

from importlib import resources

from faultviz.base.errors import BadInput

END = ".schema.json"


def names() -> list[str]:
    """Their names, in alphabetical order.

    >>> names()[:3]
    ['answers', 'check', 'compare']
    """
    files = (file.name for file in resources.files(__package__).iterdir())
    return sorted(name.removesuffix(END) for name in files if name.endswith(END))


def schema(name: str) -> str:
    """The text of one. Raises BadInput for a name that none has.

    >>> schema("answers").splitlines()[2]
    ' "$id": "urn:faultviz:answers:1",'
    """
    if name not in names():
        raise BadInput(f"There is no schema {name!r}: choose one of {', '.join(names())}.")
    return resources.files(__package__).joinpath(f"{name}{END}").read_text("utf-8")
