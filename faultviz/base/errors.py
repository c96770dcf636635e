"""What reaches a reader: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class BadInput(ValueError):
    """Input that cannot be used; its text is one clear sentence.

    >>> raise BadInput("There is no handler 'mps'. Did you mean mips?")
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: There is no handler 'mps'. Did you mean mips?
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the sentence alone, without the way on which it came up."""
        return [str(self)]


class CannotHere(BadInput):
    """Good input that this machine cannot use; another machine can."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A tail that names the closest known words, or all of them when none is close.

    >>> nearest("mps", ["mips", "um"])
    ' Did you mean mips?'
    """
    options = list(known)
    close = get_close_matches(word, options, n=3, cutoff=0.5)
    if close:
        return f" Did you mean {' or '.join(close)}?"
    return f" Known: {', '.join(options)}." if options else ""
