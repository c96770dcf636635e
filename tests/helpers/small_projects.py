"""A clone in small, with all that its set-up needs as wheels of a few lines, and who gives them.

`python3 -m faultviz test` is in it what it is in a real clone; pytest prints one line.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import faultviz

RAN = "All tests of the small project ran."
BALLAST = os.urandom(4 << 20)
"""No archive makes it smaller: what is installed is more than a disk of a few MB holds."""
BUILDER = """\
import pathlib, zipfile

def build_wheel(folder):
    name = "faultviz-0.1.0-py3-none-any.whl"
    info = "faultviz-0.1.0.dist-info"
    own = "Metadata-Version: 2.1\\nName: faultviz\\nVersion: 0.1.0\\n"
    told = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as file:
        for path in pathlib.Path("faultviz").rglob("*.py"):
            file.write(path)
        file.writestr(f"{info}/METADATA", own)
        file.writestr(f"{info}/WHEEL", told)
        file.writestr(f"{info}/RECORD", "")
    return name
"""
PROJECT = """\
[project]
name = "faultviz"
[tool.uv]
constraint-dependencies = ["thing<9"]
"""


def wheel(folder, name, version, files):
    """A wheel of these files."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as file:
        for path, content in files.items():
            file.writestr(path, content)
        file.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")


def wheels(folder):
    """All that the small project needs; pip is the one that is here."""
    folder.mkdir()
    wheel(folder, "thing", "1.5", {"thing/__init__.py": "", "thing/ballast": BALLAST})
    wheel(folder, "hatchling", "2.0", {"hatchling/build.py": BUILDER})
    wheel(folder, "pytest", "9.9", {"pytest.py": f"print({RAN!r})\n"})
    pip = metadata.distribution("pip")
    here = {
        str(path): path.locate().read_bytes()
        for path in pip.files or ()
        if path.parts[0] == "pip" and path.suffix != ".pyc"
    }
    wheel(folder, "pip", pip.version, here)
    return folder


def project(folder, given, index="http://127.0.0.1:9"):
    """The clone; `given` is the folder of its wheels, `index` who has them by the lock."""
    package = Path(faultviz.__file__).parent
    for path in (*package.glob("*.py"), *package.glob("start/*.py"), *package.glob("base/*.py")):
        copy = folder / "faultviz" / path.relative_to(package)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    (folder / "pyproject.toml").write_text(PROJECT)
    needed = {"core": ("thing", "hatchling", "pip"), "lab": ("thing",), "test": ("pytest",)}
    (folder / "binder/requirements").mkdir(parents=True, exist_ok=True)
    for name in ("core", "kernel", "lab", "lessons", "site", "test"):
        (folder / "binder/requirements" / f"{name}.txt").write_text(
            "".join(
                f"{'=='.join(path.name.split('-')[:2])} --hash=sha256:{hash_of(path)}\n"
                for path in sorted(given.glob("*.whl"))
                if path.name.split("-")[0] in needed.get(name, ())
            )
        )
    with (folder / "uv.lock").open("w") as lock:
        for path in sorted(given.glob("*.whl")):
            name, version = path.name.split("-")[:2]
            lock.write(
                f'[[package]]\nname = "{name}"\nversion = "{version}"\n'
                f'source = {{ registry = "{index}/simple" }}\n'
                f'wheels = [{{ url = "{index}/files/{path.name}", '
                f'hash = "sha256:{hash_of(path)}" }}]\n'
            )
    return folder


def hash_of(path):
    """As a lock names it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def around(home, **more):
    """The surroundings of an account with this home, and no settings of this machine's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "PYTHON", "XDG_", "TMP"))
        and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy",
        "UV_HTTP_RETRIES": "0",
        **more,
    }


def given_by(folder):
    """Surroundings in which a folder is the index."""
    return {
        "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder),
        "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder),
    }  # fmt: skip


def asked_at(address):
    """Surroundings in which that address is the index."""
    host = urlsplit(address).hostname
    return {
        "PIP_INDEX_URL": f"{address}/simple", "PIP_TRUSTED_HOST": host,
        "UV_DEFAULT_INDEX": f"{address}/simple", "UV_INSECURE_HOST": host,
        "PIP_RETRIES": "0", "PIP_TIMEOUT": "5",
    }  # fmt: skip


def path_with(tmp_path, *, uv):
    """A PATH with uv, or one without that has all the rest."""
    if uv:
        return os.environ["PATH"]
    places = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(place for place in places if not Path(place, "uv").exists())


def start(folder, surroundings, before=(), words=("test",)):
    """`python3 -m faultviz test` in the clone, by a Python that has its standard library only."""
    return subprocess.run(
        [*before, sys.executable, "-S", "-m", "faultviz", *words],
        cwd=folder, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip


def refused(done):
    """The one sentence of a start that did not come to its end."""
    said = done.stderr.splitlines()
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr, done.stderr
    progress = (
        "faultviz: Starting",
        "faultviz: Setting up",
        "faultviz: Fetching",
        "faultviz: Building",
    )
    sentences = [line for line in said if not line.startswith(progress)]
    assert len(sentences) == 1, done.stderr
    return sentences[0]


class Index(NamedTuple):
    """A package index at `address`; `asked` are the addresses that it was asked for."""

    address: str
    asked: list[str]


@contextmanager
def index(folder):
    """An index on this machine; used as a proxy it answers as the index of every host."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            path = urlsplit(self.path).path.strip("/").split("/")
            content, kind, kept = b"", "text/html", "max-age=0"
            if path[0] == "files" and (folder / path[1]).is_file():
                content, kind = (folder / path[1]).read_bytes(), "application/octet-stream"
                kept = "max-age=365000000, immutable, public"
            elif path[0] == "simple" and len(path) == 2:
                content = b"".join(
                    b"<a href='/files/%b#sha256=%b'>%b</a>\n"
                    % (file.name.encode(), hash_of(file).encode(), file.name.encode())
                    for file in folder.glob(f"{path[1]}-*.whl")
                )
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", kept)
            self.end_headers()
            with suppress(ConnectionError):  # who asked has seen enough
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 (the same)

        def log_message(self, *_):
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield Index(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()


class Disk(NamedTuple):
    """A disk of its own of some MB; `enter` is what a command begins with that sees it."""

    folder: Path
    seen: Path
    """The same folder, for those who stay outside."""
    enter: list[str]

    def leave(self, room):
        """Fill it, but for so many bytes."""
        filler = self.seen / "filler"
        filler.unlink(missing_ok=True)
        status = os.statvfs(self.seen)
        size = status.f_bavail * status.f_frsize - room
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(size, 1))


def _unshare():
    """What a command begins with whose mounts nobody else sees: as root, or as one's own root."""
    user = ["--user", "--map-root-user"] if os.geteuid() else []
    return [shutil.which("unshare"), "--mount", *user]


def find_small_disk():
    """Whether this machine lets us have one."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        return False
    mount = [*_unshare(), "mount", "-t", "tmpfs", "none", "/mnt"]
    return not subprocess.run(mount, capture_output=True, check=False).returncode


@contextmanager
def small_disk(folder, megabytes=64):
    """A disk in memory, mounted at the folder; it goes with the one process that holds it."""
    code = 'mount -t tmpfs -o "size=$1" none "$2" && echo ready && exec cat'
    with subprocess.Popen(
        [*_unshare(), "sh", "-c", code, "sh", f"{megabytes}m", str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        assert holder.stdout.readline() == b"ready\n"
        enter = ["nsenter", f"--target={holder.pid}", "--mount"]
        if os.geteuid():
            enter += ["--user", "--preserve-credentials"]
        seen = Path(f"/proc/{holder.pid}/root{folder}")
        # Who enters begins at the root.
        enter += ["sh", "-c", 'cd "$0" && exec "$@"', str(folder / "clone")]
        yield Disk(folder, seen, enter)
        holder.stdin.close()


def without_rights():
    """What a command begins with so that the rights of files hold for it, too, if we are root."""
    if os.geteuid():
        return []
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
