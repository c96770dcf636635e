"""What only an extra of the package brings, and the sentence where it is not installed.

Here: the one place that makes that sentence. Not here: which extra brings what (`pyproject.toml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from faultviz.base.errors import CannotHere

NEEDS = (
    "{what} needs {module}, which the extra {extra} brings: pip install 'faultviz[{extra}]' "
    "installs it."
)


def needs(what: str, extra: str, module: str) -> str:
    """The sentence.

    >>> needs("A formula", "lessons", "sympy")
    "A formula needs sympy, which the extra lessons brings: pip install 'faultviz[lessons]' \
installs it."
    """
    return NEEDS.format(what=what, extra=extra, module=module)


@contextmanager
def of_extra(extra: str, what: str) -> Iterator[None]:
    """Around imports: CannotHere, with the sentence, where one of their modules is missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        name = missing.name or ""
        if name.startswith("faultviz"):
            raise  # a fault of ours, which no extra repairs
        raise CannotHere(needs(what, extra, name)) from None
