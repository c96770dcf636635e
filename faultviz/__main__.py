"""`python3 -m faultviz`: the way in, also on a machine where nothing is installed.

Here: the refusal of an old Python, in words that an old Python can read; and that a signal is
answered before anything large is imported. The rest is in `start`, and of the script in `cli`.
"""

import sys
from collections.abc import Sequence

TOO_OLD = "faultviz needs Python 3.11 or later, and {} is {}.{}: start it with a newer one."


def refusal(version: "tuple[int, ...]", executable: str) -> str:
    """What is said to a Python that is too old; nothing to another.

    >>> refusal((3, 9, 2), "/usr/bin/python3")
    'faultviz needs Python 3.11 or later, and /usr/bin/python3 is 3.9: start it with a newer one.'
    >>> refusal((3, 11, 2), "/usr/bin/python3")
    ''
    """
    return "" if version >= (3, 11) else TOO_OLD.format(executable, *version[:2])


def script() -> None:
    """What the installed `faultviz` does."""
    from faultviz.start.ending import watch

    watch()
    sys.exit(command(sys.argv[1:]))


def command(words: "Sequence[str]") -> int:
    """The `faultviz` command, imported only where it can run."""
    from faultviz.cli.main import main

    return int(main([*words], prog_name="faultviz") or 0)


if __name__ == "__main__":
    refused = refusal(sys.version_info[:3], sys.executable)
    if refused:
        sys.exit(refused)
    from faultviz.start.ending import watch

    watch()
    from faultviz.start.launch import main

    sys.exit(main(sys.argv[1:], command))
