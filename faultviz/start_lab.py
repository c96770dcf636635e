"""How JupyterLab is started: which port, which page, and no request to the outside.

Standard library only; the tests' server is started with the same arguments.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from faultviz.start_child import CannotStart, call, say

PORT = 8888
TRIED = 50
FIRST = "notebooks/00-start.ipynb"
EVERYWHERE = ("", "*", "0.0.0.0", "::")  # noqa: S104 (what a reader may have asked for)


def free_port(ip: str, wanted: int) -> int:
    """The wanted port, or the next that nobody listens on.

    >>> 8000 <= free_port("127.0.0.1", 8000) < 8000 + TRIED
    True
    """
    for port in range(wanted, min(wanted + TRIED, 65536)):
        if _is_free(ip, port):
            return port
    raise CannotStart(f"The ports from {wanted} to {port} are all taken: name another with --port.")


def _is_free(ip: str, port: int) -> bool:
    host = "0.0.0.0" if ip in EVERYWHERE else ip  # noqa: S104
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            if os.name == "posix":  # a port that was closed a moment ago is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        raise CannotStart(f"Port {port} may not be used by this account: name another.") from None
    except (socket.gaierror, OverflowError):
        raise CannotStart(f"{ip}:{port} is no address to listen on.") from None
    except OSError as problem:
        if problem.errno in _ELSEWHERE:
            raise CannotStart(f"{ip} is no address of this machine.") from None
        return False
    return True
