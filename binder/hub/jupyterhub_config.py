"""A JupyterHub on one machine, to try the course with several learners. Not for a class.

It listens on this machine only, every password is right, and all servers run under one account:
`values.yaml` is for a class. Needed are the packages of ../requirements.txt and requirements.txt,
the package itself, and `configurable-http-proxy` from npm on the PATH.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from faultviz.start import copies as start_copies
from faultviz.start import jupyter as start_lab

CLONE = Path(__file__).resolve().parent.parent.parent
PORT = int(os.environ.get("FAULTVIZ_HUB_PORT", "8000"))
HOMES = Path(os.environ.get("FAULTVIZ_HUB_HOMES") or tempfile.mkdtemp(prefix="faultviz-hub-"))
HERE = "127.0.0.1"

c = get_config()  # noqa: F821 (JupyterHub reads this file with it)

c.JupyterHub.bind_url = f"http://{HERE}:{PORT}"
c.JupyterHub.hub_ip = HERE
c.JupyterHub.hub_port = PORT + 1
c.ConfigurableHTTPProxy.api_url = f"http://{HERE}:{PORT + 2}"
c.JupyterHub.db_url = f"sqlite:///{HOMES}/.hub.sqlite"
c.JupyterHub.cookie_secret_file = str(HOMES / ".hub.cookie")
c.ConfigurableHTTPProxy.pid_file = str(HOMES / ".hub.proxy")

c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{HOMES}/{{username}}"
c.JupyterHub.concurrent_spawn_limit = 10
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.Spawner.default_url = f"/lab/tree/{start_lab.FIRST}"
c.Spawner.args = [*start_lab.QUIET, *(["--allow-root"] if os.geteuid() == 0 else [])]
c.Spawner.environment = start_lab.settings(HOMES / ".settings")


def copies(spawner: Any) -> None:
    """The learner's own lessons, without outputs; what was changed in them stays."""
    home = HOMES / spawner.user.name
    home.mkdir(exist_ok=True)
    for line in start_copies.make(CLONE, home):
        spawner.log.info("%s: %s", spawner.user.name, line)
    spawner.environment = {**spawner.environment, start_lab.KEPT: str(home / start_copies.WORK)}


c.Spawner.pre_spawn_hook = copies
