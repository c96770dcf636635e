"""JupyterLab for tests: started as `faultviz lab` starts it, from any environment.

Here: its server. Not here: a notebook in it (the fixture `opened`), a Hub's (`hubs`).
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import sharing

from faultviz.start import jupyter
from faultviz.start.child import environment

HERE = ("127.0.0.1", "localhost", "::1")

OF_LITE = "@jupyterlite/"
"""What builds JupyterLite lies in the same environment; JupyterLab loads its extension, in vain."""
OF_OTHERS = (
    OF_LITE, "filebrowser:open-path", "(reading 'schema')", "Could not restore the debugger state",
)  # fmt: skip
"""Two Notebook 7 says of itself; the last, JupyterLab of a kernel that is stopped as it comes."""

READY = """async (path) => {
  const sessions = await (await fetch("/api/sessions")).json();
  const here = sessions.find((session) => session.path === path)?.kernel;
  return here?.connections > 0 && here.execution_state === "idle";
}"""
"""The notebook of this path has a kernel, and it waits."""


class Lab(NamedTuple):
    """A running JupyterLab: what lies in `folder` is what it shows; notebooks/ is a copy."""

    folder: Path
    port: int
    token: str

    def link(self, path=""):
        """The address that opens a file of the folder."""
        return jupyter.address("127.0.0.1", self.port, path, self.token)


@contextmanager
def served(python: str | Path, folder: Path, port: int) -> Iterator[Lab]:
    """The JupyterLab of an environment, from a first port on."""
    homes = {f"JUPYTER_{n}_DIR": str(folder / f".{n}") for n in ("CONFIG", "DATA", "RUNTIME")}
    lab = Lab(folder, jupyter.free_port("127.0.0.1", sharing.port(port)), "a-known-token")
    told = jupyter.arguments(folder, "127.0.0.1", lab.port, "", browser=False)
    around = environment(
        **homes,
        **jupyter.settings(folder / ".settings"),
        IPYTHONDIR=str(folder / ".ipython"),
        JUPYTER_TOKEN=lab.token,
        FAULTVIZ_WORK="",  # answers lie beside their notebook, as where nobody said otherwise
    )
    command = [python, "-P", "-m", "jupyterlab", *told]
    log = folder / ".server.log"
    with (
        log.open("wb") as said,
        subprocess.Popen(command, env=around, cwd=folder, stdout=said, stderr=said) as server,
    ):
        try:
            assert jupyter.answers(server, "127.0.0.1", lab.port), log.read_text()
            yield lab
        finally:
            server.terminate()
            # Told so while a kernel of its own is starting again, it would wait for ever.
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)
            server.kill()
