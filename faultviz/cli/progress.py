"""A bar on stderr for who waits longer than a second, and where a person looks.

Here: when it shows. Not here: what is done meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Tell = Callable[[str, int, int], None]
"""What is done now, how many parts are done, how many there are."""

LATE = 1.0  # seconds


@contextmanager
def progress(
    *, live: bool = False, at_once: bool = False, console: Console | None = None
) -> Iterator[Tell]:
    """A function to tell what is done now; from the second second on, or at once, a bar shows it.

    With `live` a thread of its own moves the clock; without it nothing runs between two calls,
    which is what a measurement wants.
    """
    console = console or Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f}"),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=console, transient=True, auto_refresh=live)
    begun = monotonic()
    tasks: list[TaskID] = []

    def tell(what: str, done: int, of: int) -> None:
        early = not at_once and monotonic() - begun < LATE
        if not console.is_terminal or (not tasks and early):
            return
        if not tasks:
            bar.start()
            tasks.append(bar.add_task(what, total=of))
        bar.update(tasks[0], description=what, completed=done, total=of, refresh=not live)

    try:
        yield tell
    finally:
        if tasks:
            bar.stop()
