"""`python3 -m faultviz`: the way in, also on a machine where nothing is installed.

Here: the refusal of an old Python, in words that an old Python can read. The rest is in `start`.
"""

import sys

OLDEST = (3, 11)


def too_old(version, executable):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """What is said to a Python that is too old; nothing otherwise.

    >>> too_old((3, 9, 2), "/usr/bin/python3")
    'faultviz needs Python 3.11 or later, and /usr/bin/python3 is 3.9: start it with a newer one.'
    >>> too_old((3, 11, 2), "/usr/bin/python3")
    ''
    """
    if tuple(version[:2]) >= OLDEST:
        return ""
    return "faultviz needs Python %d.%d or later, and %s is %d.%d: start it with a newer one." % (
        *OLDEST,
        executable,
        *version[:2],
    )


if __name__ == "__main__":
    refusal = too_old(sys.version_info, sys.executable)
    if refusal:
        sys.exit(refusal)
    from faultviz.start import main

    sys.exit(main(sys.argv[1:]))
