"""Why a set-up did not come to its end, as one sentence that says what to do.

Here: how systems and programs say that a disk is full or closed, or that nobody answers. Not here:
the programs (`fetching`). Standard library only.
"""

from __future__ import annotations

import errno
import re
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from faultviz.start.child import CannotStart

ROOM = re.compile(r"No space left|Disk quota exceeded|ENOSPC|EDQUOT|\bE?(?:rrno|rror) (?:28|122)\b")
CLOSED = re.compile(r"Read-only file system|Permission denied|EROFS|EACCES|\berror (?:13|30)\b")
NOBODY = re.compile(
    r"name resolution|Name or service not known|nodename nor servname|getaddrinfo|dns error|"
    r"NewConnectionError|ConnectTimeoutError|Connection refused|Network is unreachable|"
    r"No route to host|Max retries exceeded|error sending request|Failed to fetch|ProxyError|"
    r"tunnel|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT",
    re.IGNORECASE,
)
"""How pip, uv, npm and Python say that a disk is full, that it is closed, that nobody answers."""

NO_ROOM = "The disk of {folder} is full: make room there{cure}, and type the command again."
OF_THE_SET_UP = " (the set-up takes up to 1 GB)"
OF_TEMPORARY = " or name another folder in TMPDIR"
NO_WAY_IN = (
    "{path} cannot be written ({reason}): make it writable, or use a clone in a folder of your "
    "own, and type the command again."
)
NO_TEMPORARY = (
    "There is no folder for temporary files that can be written: name one in TMPDIR, and type the "
    "command again."
)
NO_NETWORK = (
    "The package index cannot be reached{proxy}, and not all that is needed is in a cache: look at "
    "the network (or the proxy) and type the command again. All that was said is in {log}."
)
LAST = 12


class NoRoom(CannotStart):
    """A disk is full, and what was half made on it is of no use."""


def refusal(problem: OSError, folder: Path) -> CannotStart:
    """What stands in the way; `folder` is where one was at work when the system did not say.

    >>> str(refusal(OSError(28, "No space left on device"), Path("/clone")))[:28]
    'The disk of /clone is full: '
    >>> str(refusal(PermissionError(13, "Permission denied", "/clone/.venv"), Path("/clone")))[:58]
    '/clone/.venv cannot be written (Permission denied): make i'
    """
    path, reason = problem.filename, problem.strerror or str(problem)
    if isinstance(problem, shutil.Error):  # of many copies
        _, path, reason = problem.args[0][0]
    full = problem.errno in (errno.ENOSPC, errno.EDQUOT) or ROOM.search(reason)
    closed = problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS) or CLOSED.search(reason)
    if full:
        place = Path(path).parent if path else folder
        ours = place.is_relative_to(folder)
        cure = OF_THE_SET_UP if ours else OF_TEMPORARY
        # A folder that was made there for a while may be gone again.
        named = folder if ours else next(p for p in (place, *place.parents) if p.exists())
        return NoRoom(NO_ROOM.format(folder=named, cure=cure))
    if "No usable temporary directory" in reason:
        return CannotStart(NO_TEMPORARY)
    if closed:
        return CannotStart(NO_WAY_IN.format(path=path or folder, reason=reason))
    return CannotStart(str(problem))


def failure(what: str, said: str, last: str, log: Path) -> CannotStart:
    """What went wrong by all that programs said, and the last one: else its last lines."""
    if ROOM.search(last):
        return NoRoom(NO_ROOM.format(folder=log.parent, cure=OF_THE_SET_UP))
    if NOBODY.search(said):
        return CannotStart(NO_NETWORK.format(log=log, proxy=_by_proxy()))
    lines = "\n".join(said.splitlines()[-LAST:])
    return CannotStart(f"{what} could not be made. The last lines of {log}:\n{lines}")


def _by_proxy() -> str:
    """The proxy that the surroundings name, without the name and word that may stand in it."""
    named = urllib.request.getproxies_environment()
    for scheme in ("https", "http", "all"):
        if proxy := named.get(scheme):
            place = urlsplit(proxy if "//" in proxy else f"//{proxy}").netloc.rpartition("@")[2]
            return f" by way of the proxy {place} (of {scheme}_proxy)"
    return ""
