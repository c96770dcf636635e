"""Chance that is the same on every Python: numbers made of a hash of the seed's text.

Here: `Draw`, from which exercises and tests are drawn. Python's `random` promises the same numbers
from version to version for `random()` alone; SHA-256 promises them for ever. Not here: what is
drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import TypeVar

T = TypeVar("T")
_WORD = 1 << 64


class Draw:
    """A source of chance. The same seed gives the same draws in the same order.

    >>> draw = Draw("a code of one's own")
    >>> [draw.below(6) for _ in range(5)], draw.sample(["um", "sh", "arc"], 2)
    ([3, 5, 2, 2, 3], ['arc', 'um'])
    """

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._words = (
            int.from_bytes(block[i : i + 8])
            for n in count()
            for block in (sha256(f"{n}\n{seed}".encode("utf-8", "surrogatepass")).digest(),)
            for i in range(0, 32, 8)
        )

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, each as likely as the other. Raises ValueError for n < 1."""
        if n < 1:
            raise ValueError(f"There is no number from 0 to {n - 1}: n must be 1 or more.")
        # The last, incomplete round of n would favour small numbers: words within it are left out.
        return next(word % n for word in self._words if word < _WORD - _WORD % n)

    def choice(self, seq: Sequence[T]) -> T:
        """One of them. Raises ValueError where there is none."""
        return seq[self.below(len(seq))]

    def sample(self, seq: Sequence[T], n: int) -> list[T]:
        """n of them, none twice, in an order that is drawn. Raises ValueError for too many."""
        if not 0 <= n <= len(seq):
            raise ValueError(f"{n} of {len(seq)} cannot be drawn.")
        rest = list(seq)
        return [rest.pop(self.below(len(rest))) for _ in range(n)]

    def shuffle(self, seq: Sequence[T]) -> list[T]:
        """All of them, in an order that is drawn; `seq` stays as it is."""
        return self.sample(seq, len(seq))

    def chance(self, p: float) -> bool:
        """Yes in p of all draws, from never (0) to always (1)."""
        return self.below(1 << 53) < p * (1 << 53)

    def __repr__(self) -> str:
        return f"Draw({self.seed!r})"
