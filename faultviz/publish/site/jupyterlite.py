"""The course as a JupyterLite: the learner's lessons, and the Python that runs them, as files.

Any web server can give them away; a page asks no other one for anything. Here: what the site holds
and how JupyterLite's own builder is told. Not here: which packages (`packages`), and Python in the
page (`browser_python`).
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from faultviz.base.errors import CannotHere
from faultviz.base.extras import needs
from faultviz.base.plain_files import to_make_anew
from faultviz.publish.site import browser_python, packages
from faultviz.start.copies import LESSONS, learner_copy
from faultviz.start.ending import fresh
from faultviz.start.fetching import Log, logged
from faultviz.start.jupyter import saving

CACHE = Path("build") / "lite"
"""In the clone; what was fetched once is not fetched again."""

MARK = "jupyter-lite.json"

EXTENSIONS = ("anywidget", "jupyterlab-widgets", "jupyterlite-pyodide-kernel")
"""What the page has beside JupyterLab itself: one folder of JavaScript from each."""
OURS = {
    "name": "faultviz",
    "version": "1.0.0",
    "jupyterlab": {"_build": {"load": "static/comm_info.js", "extension": "./extension"}},
}
"""And one of ours, without which no saved lesson would open alive: comm_info.js says why."""

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
KERNELSPEC = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
"""As the page lists its kernel; a lesson that names another one would ask which to take."""

PRELOADED = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
"""Named so by the kernel; what is not named is asked for one by one, each after the other."""


def build(root: Path, output: Path, cache: Path | None = None) -> Path:
    """Make the site of a clone in the folder `output`, anew, and give that folder.

    Raises CannotStart where a tool is missing, where what the cache lacks cannot be fetched, or
    where JupyterLite cannot be built; BadInput where `output` is no folder or holds something else.
    """
    output = to_make_anew(output, MARK)
    cache = (cache or root / CACHE).resolve()
    cache.mkdir(parents=True, exist_ok=True)
    with logged(cache / "lite.log") as log, tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _python(root, folder / "static" / "pyodide", cache, log)
        _lessons(root / LESSONS, folder / "files")
        _settings(folder)
        told = ["--lite-dir", str(folder), "--output-dir", str(folder / "site")]
        log.run(
            "JupyterLite", [sys.executable, "-P", "-m", "jupyterlite_core", "build", *told], folder
        )
        with fresh(output) as new:
            shutil.copytree(folder / "site", new, dirs_exist_ok=True)
    return output


def _python(root: Path, folder: Path, cache: Path, log: Log) -> None:
    """Pyodide with the wheels: of this clone, of the lock, and of the kernel."""
    browser_python.unpack(packages.pyodide(cache, log), folder)
    itself, *locked = packages.wheels(root / "uv.lock", cache, log)
    micropip = packages.micropip(browser_python.version_of(folder, "micropip"), cache, log)
    with tempfile.TemporaryDirectory() as built:
        own = itself._replace(file=packages.own(root, Path(built), log))
        browser_python.fill(folder, [own, *locked, micropip, *packages.of_the_kernel()])


def _lessons(source: Path, folder: Path) -> None:
    """The learner's copies, in the folder that the page shows."""
    import nbformat

    folder.mkdir()
    for lesson in sorted(source.glob("*.ipynb")):
        copy = learner_copy(nbformat.read(lesson, as_version=4))  # type: ignore[no-untyped-call]
        copy["metadata"] = {**copy["metadata"], "kernelspec": KERNELSPEC}
        (folder / lesson.name).write_text(json.dumps(copy, ensure_ascii=False), "utf-8")


def _settings(folder: Path) -> None:
    """What builder and page read: extensions, Python, the system's theme, no look outside."""
    lite = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "faultviz",
            "exposeAppInBrowser": True,
            "disabledExtensions": ["@jupyterlab/apputils-extension:announcements"],
            "litePluginSettings": {
                KERNEL: {
                    "disablePyPIFallback": True,
                    "loadPyodideOptions": {"packages": [*PRELOADED, "faultviz"]},
                }
            },
        },
    }
    told = {
        "LiteBuildConfig": {
            "apps": ["lab", "notebooks"],
            "contents": ["files"],
            "federated_extensions": [*_extensions(), str(_ours(folder / "ours"))],
            "ignore_sys_prefix": ["federated_extensions"],
            "no_sourcemaps": True,
        }
    }
    (folder / MARK).write_text(json.dumps(lite), "utf-8")
    follows = {"@jupyterlab/apputils-extension:themes": {"adaptive-theme": True}, **saving()}
    (folder / "overrides.json").write_text(json.dumps(follows), "utf-8")
    (folder / "jupyter_lite_config.json").write_text(json.dumps(told), "utf-8")


def _ours(folder: Path) -> Path:
    """The folder of our own extension, as its builder would have left it."""
    (folder / "static").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps(OURS), "utf-8")
    shutil.copy(Path(__file__).with_name("comm_info.js"), folder / "static")
    return folder


def _extensions() -> list[str]:
    """Where each installed extension has its JavaScript."""
    found = []
    for name in EXTENSIONS:
        try:
            listed = metadata.files(name) or ()
        except metadata.PackageNotFoundError:
            raise CannotHere(needs(packages.LITE, "site", name)) from None
        tops = (Path(str(f.locate())) for f in listed if "labextensions" in f.parts)
        found += [str(file.parent.resolve()) for file in tops if file.name == "package.json"]
    return found
