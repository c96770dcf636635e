"""What can be reached: the one search of a graph that needs no more than its arrows.

Here: `reachable`. Not here: searches that carry something along, such as states with the way to
them (`check`), or that go on until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def reachable(
    starts: Iterable[T],
    onward: Callable[[T], Iterable[T]],
    key: Callable[[T], Hashable] = lambda one: one,
) -> Iterator[T]:
    """All that is met from `starts`, them included, each once, depth first.

    Of several arrows the last is followed first. What has the same `key` is the same.

    >>> list(reachable([1], {1: [2, 3], 2: [1], 3: [2], 4: [1]}.__getitem__))
    [1, 3, 2]
    """
    todo = list(starts)
    seen: set[Hashable] = set()
    while todo:
        one = todo.pop()
        if key(one) not in seen:
            seen.add(key(one))
            yield one
            todo.extend(onward(one))
