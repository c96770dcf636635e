"""How the start speaks, fails and runs programs. Standard library only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class CannotStart(Exception):
    """What stands in the way, as one sentence for the one who typed the command."""


def say(line: str) -> None:
    """One line of progress; on stderr, so that what a command prints can be piped."""
    print(f"faultviz: {line}", file=sys.stderr, flush=True)  # noqa: T201


def environment(**more: str) -> dict[str, str]:
    """The surroundings of a child: nothing that could bring other modules than its own.

    >>> "PYTHONPATH" in environment(), environment(A="1")["A"]
    (False, '1')
    """
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    # A kernel of the same name in a home folder must not win over the one beside this Python.
    return {**kept, "JUPYTER_PREFER_ENV_PATH": "1", **more}


def call(
    command: Sequence[str],
    around: Mapping[str, str],
    folder: Path,
    meanwhile: Callable[[subprocess.Popen[bytes]], None] | None = None,
    patience: float | None = None,
) -> int:
    """Run a program to its end and give its exit code; it is the one that answers Ctrl-C.

    With `patience` it is ended where it has not answered after so many seconds: one that was
    started in the background of a shell does not hear Ctrl-C at all.

    >>> call([sys.executable, "-c", "raise SystemExit(3)"], environment(), Path())
    3
    """
    with subprocess.Popen(command, env=around, cwd=folder) as child, _left_to(child, patience):
        if meanwhile:
            meanwhile(child)
        return child.wait()


@contextmanager
def _left_to(child: subprocess.Popen[bytes], patience: float | None) -> Iterator[None]:
    def wait(_number: int, _frame: FrameType | None) -> None:
        """The terminal sent it to the child, too."""
        if patience is not None:
            end = threading.Timer(patience, child.terminate)
            end.daemon = True
            end.start()

    def terminate(_number: int, _frame: FrameType | None) -> None:
        child.terminate()

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, wait),
        signal.SIGTERM: signal.signal(signal.SIGTERM, terminate),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
