"""How the start speaks, fails and runs programs. Standard library only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from faultviz.start.ending import SIGNALS, finish, held

PATIENCE = 20.0
"""Seconds that a program may take to end after Ctrl-C; a test may have much to put away."""


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
    *,
    apart: bool = False,
) -> int:
    """Run a program to its end and give its exit code; it is the one that answers Ctrl-C.

    At a terminal both hear it; elsewhere, and with `apart`, the program is in a group of its own
    and is told by this one, with `apart` to end. What has not ended after a while is ended.

    >>> call([sys.executable, "-c", "raise SystemExit(3)"], environment(), Path())
    3
    """
    own = os.name == "posix" and (apart or not sys.stdin or not sys.stdin.isatty())
    with ExitStack() as stack:
        with held():  # a signal finds no child, or one that is looked after
            child = stack.enter_context(
                subprocess.Popen(command, env=around, cwd=folder, process_group=0 if own else None)
            )
            noted = stack.enter_context(_left_to(child, own, apart))
        if meanwhile:
            meanwhile(child)
        code = child.wait()
    if noted and not apart:
        finish(noted[0])
    return code


@contextmanager
def _left_to(child: subprocess.Popen[bytes], own: bool, apart: bool) -> Iterator[list[int]]:
    noted: list[int] = []

    def wait(number: int, _frame: FrameType | None) -> None:
        noted.append(number)
        if apart or number != signal.SIGINT:
            child.terminate()
        elif own:
            child.send_signal(number)
        for seconds, act in ((PATIENCE, child.terminate), (2 * PATIENCE, child.kill)):
            end = threading.Timer(seconds, act)
            end.daemon = True
            end.start()

    heard = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.signal(number, wait) for number in heard}
    try:
        yield noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
