"""How JupyterLab is started: which port, which page, and no request to the outside.

Standard library only; the tests' server is started with the same arguments.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from faultviz.start import copies
from faultviz.start.child import CannotStart, call, environment, say
from faultviz.start.ending import outside

PORT = 8888
TRIED, END = 50, 65536
FIRST = f"{copies.WORK}/00-start.ipynb"
KEPT = "FAULTVIZ_WORK"  # read by faultviz.course.grading.answer_file in each kernel
EVERYWHERE = ("", "*", "0.0.0.0", "::")  # noqa: S104 (what a reader may ask for)
QUIET = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
"""The news, the look for updates and the list of extensions come from outside."""

LETTERS = {"code-font-size": "20px", "content-font-size1": "22px", "ui-font-size1": "20px"}
"""For a projector of 1280 by 720: none smaller than those of a picture in its stage view."""


def free_port(ip: str, wanted: int) -> int:
    """The wanted port, or the next that nobody listens on.

    >>> 8000 <= free_port("127.0.0.1", 8000) < 8000 + TRIED
    True
    """
    if not 0 < wanted < END:
        raise CannotStart(f"{wanted} is no port: name one from 1 to {END - 1}.")
    ports = range(wanted, min(wanted + TRIED, END))
    for port in ports:
        try:
            with socket.create_server(_host(ip, port), family=_family(ip)):
                return port
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                reason = problem.strerror or problem
                raise CannotStart(f"{ip}, port {port}, cannot be used: {reason}.") from None
    raise CannotStart(f"The ports from {wanted} to {ports[-1]} are taken: name one with --port.")


def _host(ip: str, port: int) -> tuple[str, int]:
    return ("" if ip == "*" else ip, port)


def _family(ip: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in ip else socket.AF_INET


def arguments(
    folder: Path, ip: str, port: int, page: str, *, browser: bool, stage: bool = False
) -> list[str]:
    """What JupyterLab is told.

    >>> arguments(Path("clone"), "127.0.0.1", 8888, "", browser=False)[-1]
    '--LabApp.default_url=/lab'
    """
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        *(["--allow-root"] if root else []),
        *([] if browser else ["--no-browser"]),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.ip={ip}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",  # the address is said by us, so it is this one or none
        "--ServerApp.answer_yes=True",  # Ctrl-C asks nothing
        "--Application.log_level=WARN",
        *QUIET,
        f"--LabApp.default_url={_path(page, stage=stage)}",
    ]


def settings(folder: Path) -> dict[str, str]:
    """Variables by which JupyterLab finds the settings that are written to the folder.

    They are defaults: what the account chose in JupyterLab stays.
    """
    file = folder / "labconfig" / "default_setting_overrides.json"
    file.parent.mkdir(parents=True)
    # The server is told to fetch no news; without this the page asks whether it should.
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    told = {"@jupyterlab/apputils-extension:notification": quiet, **saving()}
    file.write_text(json.dumps(told), "utf-8")
    known = os.environ.get("JUPYTER_CONFIG_PATH")
    return {"JUPYTER_CONFIG_PATH": f"{folder}{os.pathsep + known if known else ''}"}


def saving() -> dict[str, Any]:
    """The setting by which JupyterLab saves widgets with their notebook.

    The wheel brings the same file to wherever it is installed, as a default of JupyterLab's there.
    """
    told: dict[str, Any] = json.loads(Path(__file__).with_name("overrides.json").read_text("utf-8"))
    return told


def large(folder: Path) -> Path:
    """Write settings with letters for a projector to a folder, and give it.

    JupyterLab takes these sizes from an account's own settings only, never from defaults.
    """
    file = folder / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"overrides": LETTERS}), "utf-8")
    return folder


def address(ip: str, port: int, page: str, token: str, *, stage: bool = False) -> str:
    """Where a browser on this machine finds it.

    >>> address("0.0.0.0", 8889, FIRST, "t")
    'http://127.0.0.1:8889/lab/tree/work/00-start.ipynb?token=t'
    """
    host = "127.0.0.1" if ip in EVERYWHERE else f"[{ip}]" if ":" in ip else ip
    return f"http://{host}:{port}{_path(page, stage=stage)}?token={token}"


def _path(page: str, *, stage: bool) -> str:
    """The path of a page. On a stage it is alone, without the list of files beside it."""
    return f"/{'doc' if stage else 'lab'}{'/tree/' + quote(page) if page else ''}"


def run(
    python: Path, root: Path, ip: str, port: int, others: Sequence[str],
    *, browser: bool, stage: bool = False,
) -> int:  # fmt: skip
    """JupyterLab until it ends, with one line that says where it is.

    On a `stage`, a projector, its letters are large and the account's own settings wait.
    """
    if (root / copies.LESSONS).is_dir():
        for line in copies.make(root):
            say(line)
    page = FIRST if (root / FIRST).is_file() else ""
    token = secrets.token_hex(16)
    told = arguments(root, ip, port, page, browser=browser, stage=stage)

    def announce(child: subprocess.Popen[bytes]) -> None:
        if answers(child, ip, port):
            say(f"JupyterLab runs. Open {address(ip, port, page, token, stage=stage)}")
            say("Ctrl-C here stops it.")

    command = [str(python), "-P", "-m", "jupyterlab", *told, *others]
    # What a learner answers lies in one place, whichever folder a notebook is opened in.
    kept = {KEPT: os.environ.get(KEPT) or str(root / copies.WORK)}
    with tempfile.TemporaryDirectory(prefix="faultviz-lab-") as made:
        # In the environment the token is seen by fewer than on the command line.
        if stage:
            kept["JUPYTERLAB_SETTINGS_DIR"] = str(large(Path(made) / "stage"))
        around = outside(environment(JUPYTER_TOKEN=token, **kept, **settings(Path(made))))
        code = call(command, around, root, announce, apart=True)
    say("JupyterLab has stopped." if code <= 0 else f"JupyterLab ended with exit code {code}.")
    return max(code, 0)


def answers(child: subprocess.Popen[bytes], ip: str, port: int) -> bool:
    """Wait until a server listens; False when it ended before."""
    host = "::1" if ip == "::" else "127.0.0.1" if ip in EVERYWHERE else ip
    while child.poll() is None:
        try:
            with socket.create_connection((host, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False
