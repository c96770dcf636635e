"""`fv.exercise`: one exercise of a seed, of the four kinds that there are.

Here: the kinds by name. Not here: the exercises (`finding`, `reviewing`).
"""

from __future__ import annotations

from typing import Literal, NoReturn, overload

from faultviz.base.errors import BadInput, nearest
from faultviz.course.banks import CURRENT
from faultviz.player.answered_before import again
from faultviz.player.finding import Find, Reach
from faultviz.player.one_per_cell import only_one
from faultviz.player.reviewing import PatchReview, Write

DEFAULT = "0"
"""The seed where none is given: the same for everybody."""

KINDS: dict[str, type[Find | Reach | PatchReview | Write]] = {
    "find": Find, "trace": Reach, "review": PatchReview, "write": Write,
}  # fmt: skip

Seed = str | int


@overload
def exercise(
    kind: Literal["find"] = ..., seed: Seed = ..., level: int | None = ..., bank: int = ...
) -> Find: ...
@overload
def exercise(
    kind: Literal["trace"], seed: Seed = ..., level: int | None = ..., bank: int = ...
) -> Reach: ...
@overload
def exercise(
    kind: Literal["review"], seed: Seed = ..., level: int | None = ..., bank: int = ...
) -> PatchReview: ...
@overload
def exercise(
    kind: Literal["write"], seed: Seed = ..., level: int | None = ..., bank: int = ...
) -> Write: ...
@overload
def exercise(kind: str, seed: Seed = ..., level: int | None = ..., bank: int = ...) -> NoReturn: ...
def exercise(
    kind: str = "find", seed: Seed = DEFAULT, level: int | None = None, bank: int = CURRENT
) -> Find | Reach | PatchReview | Write:
    """An exercise of a seed: `find`, `trace`, `review` or `write`.

    Any text is a seed, such as a code of one's own. Without a level the seed draws one, from 1 to
    3; `bank` is which lists it is drawn from. Raises BadInput for an unknown kind, level or bank.

    >>> exercise("find", "0").answer(ack=True)
    0 of 4 points.
    It is not sound. No one gives up mmap_lock who does not hold it: the count stays >= 0. \
Look again.
    """
    if kind not in KINDS:
        raise BadInput(f"There is no exercise {kind!r}.{nearest(kind, KINDS)}")
    return again(only_one(KINDS[kind](str(seed) or DEFAULT, level, bank)))
