"""What tests and benchmark share of Binder's image and of a Hub: made, started, weighed.

The image is an environment of its own with exactly what binder/ says, made with Binder's Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from faultviz.publish import pins
from faultviz.start.child import environment

CLONE = ("binder", "faultviz", "notebooks", "LICENSE", "README.md", "pyproject.toml", "uv.lock")
PROXY = "configurable-http-proxy@5.3.0"
PIP = ("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check")
PATIENCE = 120.0  # seconds
MB = 1_000_000


def binders_python() -> str | None:
    """A Python of the version that Binder is asked for; nothing where there is none."""
    if f"{sys.version_info[0]}.{sys.version_info[1]}" == pins.BINDER_PYTHON:
        return sys.executable
    return shutil.which(f"python{pins.BINDER_PYTHON}")


class Image(NamedTuple):
    """An environment and the clone that it was made of."""

    python: Path
    clone: Path

    def around(self, **more: str) -> dict[str, str]:
        """What a program of the image sees: its own commands first, and a home of its own."""
        home = self.clone / ".home"
        home.mkdir(exist_ok=True)
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        return environment(**{"PATH": path, "HOME": str(home), **more})

    def run(self, *command: str | Path, **more: str) -> str:
        """Run a program of the image in the clone; what it said, and a failure with it."""
        done = subprocess.run(
            command, cwd=self.clone, env=self.around(**more), capture_output=True, text=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout


def image(repo: Path, folder: Path) -> Image:
    """What Binder does with the folder binder/, step for step, without Docker."""
    clone = folder / "clone"
    clone.mkdir()
    for name in CLONE:
        if (repo / name).is_dir():
            leave = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(repo / name, clone / name, ignore=leave)
        else:
            shutil.copy2(repo / name, clone / name)
    subprocess.run([binders_python(), "-m", "venv", folder / "environment"], check=True)
    made = Image(folder / "environment" / "bin" / "python", clone)
    made.run(made.python, *PIP, "-r", "binder/requirements.txt")
    made.run("binder/postBuild")
    return made


def with_hub(made: Image) -> Path:
    """Put JupyterHub into the image, as repo2docker does; give the folder of the proxy."""
    made.run(made.python, *PIP, "-r", "binder/hub/requirements.txt")
    folder = made.clone / "proxy"
    folder.mkdir(exist_ok=True)
    made.run("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder, PROXY)
    return folder / "node_modules" / ".bin"


@contextmanager
def hub(made: Image, proxy: Path, port: int, homes: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The Hub of binder/hub on this machine, until all its processes have ended."""
    homes.mkdir(exist_ok=True)
    path = os.pathsep.join([str(made.python.parent), str(proxy), os.environ["PATH"]])
    around = made.around(
        PATH=path, FAULTVIZ_HUB_PORT=str(port), FAULTVIZ_HUB_HOMES=str(homes), FAULTVIZ_WORK=""
    )
    config = made.clone / "binder" / "hub" / "jupyterhub_config.py"
    command = [made.python, "-m", "jupyterhub", "-f", config]
    log = homes / ".hub.log"
    with (
        log.open("wb") as said,
        subprocess.Popen(
            command, env=around, cwd=homes, stdout=said, stderr=said, stdin=subprocess.DEVNULL
        ) as server,
    ):
        try:
            assert _healthy(server, port), log.read_text()[-4000:]
            yield server
        finally:
            server.terminate()  # it ends the proxy and all servers
            with suppress(subprocess.TimeoutExpired):
                server.wait(30)
            server.kill()


def _healthy(server: subprocess.Popen[bytes], port: int) -> bool:
    end = monotonic() + PATIENCE
    while server.poll() is None and monotonic() < end:
        with suppress(URLError, OSError), urlopen(f"http://127.0.0.1:{port}/hub/health") as answer:
            return bool(answer.status == 200)
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.2)
    return False


def family(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            after = (folder / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(after[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def memory(pid: int) -> float:
    """MB that a process and all that it started hold, what they share counted once (PSS)."""
    total = 0
    for one in family(pid):
        with suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total / MB


def listening() -> set[tuple[str, int]]:
    """Addresses and ports of this machine on which somebody listens (IPv4)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    found = set()
    for row in rows:
        if row[3] == "0A":  # it listens
            host, _, port = row[1].partition(":")
            octets = bytes.fromhex(host)[::-1]
            found.add((".".join(map(str, octets)), int(port, 16)))
    return found


def learner(open_: ExitStack, browser: Any, address: str, name: str, bad: list[str]) -> Any:
    """Log in, and give the page of lesson 00; what goes wrong there is added to `bad`."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    open_.callback(context.close)

    def refuse(route: Any) -> None:
        bad.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", refuse)
    page = context.new_page()
    page.on("pageerror", lambda error: bad.append(str(error)))
    page.goto(f"{address}/hub/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", "any")
    page.click("input[type=submit], button[type=submit]")
    return page


def answer_gate(page: Any, gate: Any, *, miss: bool) -> None:
    """Answer all questions of the first player's gate by keys, each wrong first if `miss`."""
    player, keys = page.locator(".fv-player").first, "abcdefghi"
    player.focus()
    page.keyboard.press("End")
    for question in gate.questions:
        said = player.locator(".fv-verdict")
        player.locator(".fv-ask").get_by_text(question.ask, exact=True).wait_for()
        good = [option.right for option in question.options].index(True)
        if miss:
            page.keyboard.press(keys[good - 1])
            said.get_by_text("No.").wait_for()
        page.keyboard.press(keys[good])
        said.get_by_text("Right.").wait_for()


def step(page: Any, steps: int = 1) -> str:
    """Step the first player by keys; give the node where it is then."""
    player = page.locator(".fv-player").first
    player.focus()
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    return str(player.locator(".fv-svg .now").get_attribute("data-node"))
