"""Ctrl-C and SIGTERM, answered when nothing is left to clean up.

An exception may come between any two steps, also between the start of a thread or of a process and
the line that would end it. So where such are started the signal is only noted, and what it asks for
is done at the end.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def postponed(heard: Callable[[], object] = lambda: None) -> Iterator[list[int]]:
    """The signals that came so far; `heard` is called at each, and must not take long.

    At the end the first of them is answered as it was before: a command ends, a notebook has its
    KeyboardInterrupt, and where nobody answers it is SystemExit. Outside the main thread nothing is
    changed: signals do not come there.

    >>> with postponed() as noted:
    ...     noted
    []
    """
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def note(number: int, _frame: FrameType | None) -> None:
        noted.append(number)
        heard()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if noted:
        handler = before[signal.Signals(noted[0])]
        if callable(handler):
            handler(noted[0], None)
        raise SystemExit(128 + noted[0])
