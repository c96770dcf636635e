"""The course as a JupyterLite: what it is made of, what is refused, and lessons in its Python."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from faultviz.base.errors import BadInput, CannotHere
from faultviz.publish.site import browser_python, jupyterlite, packages
from faultviz.publish.site.packages import Wheel
from faultviz.start.child import CannotStart
from faultviz.start.fetching import Log, logged

RUN = """
import {loadPyodide} from "%(pyodide)s/pyodide.mjs";
import fs from "fs";
const python = await loadPyodide({indexURL: "%(pyodide)s/"});
await python.loadPackage(%(packages)s, {messageCallback: () => {}});
python.FS.mkdirTree("/lessons");
for (const name of fs.readdirSync("%(lessons)s").filter((name) => name.endsWith(".ipynb")))
  python.FS.writeFile("/lessons/" + name, fs.readFileSync("%(lessons)s/" + name));
python.runPython(fs.readFileSync("%(script)s", "utf8"));
fs.writeFileSync("%(found)s", python.FS.readFile("/found.json"));
"""
"""For Node.js: the page's Python without the page."""

LESSONS = '''
import ast, contextlib, io, json, os, pathlib, sys
import pyodide_kernel

pyodide_kernel.kernel_instance.interpreter.send_comm = lambda *_, **__: None

def shown(value):
    if value is None:
        return ""
    bundle = getattr(value, "_repr_mimebundle_", lambda **_: None)(include=None, exclude=None)
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    return bundle["text/plain"] if bundle else repr(value)

def run(source, names):
    """What a cell prints and shows."""
    tree, last = ast.parse(source), None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(tree, "cell", "exec"), names)
        value = shown(eval(compile(last, "cell", "eval"), names)) if last else ""
    return said.getvalue() + value

found = {}
for file in sorted(pathlib.Path("/lessons").glob("*.ipynb")):
    os.environ["FAULTVIZ_WORK"], names = f"/work-{file.stem}", {"__name__": "__main__"}
    for cell in json.loads(file.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            try:
                said = {"said": run("".join(cell["source"]), names)}
            except Exception as error:
                said = {"error": f"{type(error).__name__}: {error}"}
            found[f"{file.stem} {cell['id']}"] = said

from faultviz.picture import svg as draw
from faultviz.course.exercises import invented
picture = draw.svg(invented.handler("0", 2).at("merged"))
found["drawn"] = {"said": str(picture.count("data-node"))}
pathlib.Path("/found.json").write_text(json.dumps(found))
'''


@pytest.fixture(scope="module")
def in_the_browsers_python(lite_site, repo, tmp_path_factory):
    """What every cell of every lesson answers there, by lesson and cell."""
    folder = tmp_path_factory.mktemp("lessons")
    (folder / "lessons.py").write_text(LESSONS)
    told = {
        "pyodide": lite_site / "static/pyodide",
        "lessons": repo / "notebooks",
        "script": folder / "lessons.py",
        "found": folder / "found.json",
        "packages": json.dumps([*jupyterlite.PRELOADED, "faultviz"]),
    }
    (folder / "run.mjs").write_text(RUN % told)
    node = shutil.which("node")
    done = subprocess.run([node, folder / "run.mjs"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads((folder / "found.json").read_text())


def cells(repo):
    """Each lesson's code cells: name, source, and the text that is stored with it."""
    for file in sorted((repo / "notebooks").glob("*.ipynb")):
        for cell in json.loads(file.read_text())["cells"]:
            if cell["cell_type"] == "code":
                texts = (o.get("text") or o["data"].get("text/plain", "") for o in cell["outputs"])
                yield (
                    f"{file.stem} {cell['id']}",
                    "".join(cell["source"]),
                    "".join("".join(text) for text in texts),
                )


def test_no_lesson_stops_in_a_browsers_python(in_the_browsers_python):
    """What cannot be had there is one sentence in its place."""
    bad = {name: cell["error"] for name, cell in in_the_browsers_python.items() if "error" in cell}
    assert bad == {}


def test_a_browsers_python_says_what_the_lessons_say(repo, in_the_browsers_python):
    """Word for word, but for cells that measure or read this machine."""
    compared = 0
    for name, source, stored in cells(repo):
        if "NBVAL_IGNORE_OUTPUT" not in source:
            assert in_the_browsers_python[name]["said"].strip() == stored.strip(), name
            compared += 1
    assert compared > 100


def test_what_a_browser_cannot_do_is_said_in_a_sentence(in_the_browsers_python):
    """Count faults, and read C."""
    assert "Faults are counted on Linux only" in in_the_browsers_python["00-start c24"]["said"]
    assert "nothing that reads C" in in_the_browsers_python["08-your-kernel k02"]["said"]


def test_a_graph_that_nobody_stored_is_drawn_there(in_the_browsers_python):
    """By the package's own layout: an invented handler."""
    assert int(in_the_browsers_python["drawn"]["said"]) > 10


def test_the_site_asks_for_nothing_outside(lite_site):
    """Its Python, its packages and its extensions are files of its own."""
    told = json.loads((lite_site / jupyterlite.MARK).read_text())["jupyter-config-data"]
    kernel = told["litePluginSettings"][jupyterlite.KERNEL]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"
    assert kernel["disablePyPIFallback"] is True
    assert all(url.startswith("./") for url in kernel["pipliteUrls"])
    extensions = {one["name"] for one in told["federated_extensions"]}
    assert extensions == {
        "anywidget", "faultviz", "@jupyter-widgets/jupyterlab-manager",
        "@jupyterlite/pyodide-kernel-extension",
    }  # fmt: skip


def test_its_python_has_the_locks_packages_and_no_others(lite_site, repo):
    """At the lock's versions, each with its own hash, and nothing that one needs is missing."""
    folder = lite_site / "static/pyodide"
    listed = json.loads((folder / browser_python.LIST).read_text())["packages"]
    known = packages.packages(repo / "uv.lock")
    for name, one in listed.items():
        assert hashlib.sha256((folder / one["file_name"]).read_bytes()).hexdigest() == one["sha256"]
        assert {*one["depends"]} <= listed.keys()
        if name not in ("faultviz", "ipykernel", "widgetsnbextension"):
            assert known.get(name, one)["version"] == one["version"]
    assert {path.name for path in folder.glob("*.whl")} == {o["file_name"] for o in listed.values()}
    assert {"faultviz", "sympy", "simpy", *jupyterlite.PRELOADED} <= listed.keys()
    assert listed["faultviz"]["imports"] == ["faultviz"]


def test_a_learner_gets_copies_without_outputs(lite_site, repo):
    """All lessons, and nothing for teachers."""
    lessons = {file.name for file in (repo / "notebooks").glob("*.ipynb")}
    assert {file.name for file in (lite_site / "files").iterdir()} == lessons
    copy = json.loads((lite_site / "files/00-start.ipynb").read_text())
    assert not any(cell.get("outputs") for cell in copy["cells"])
    assert copy["metadata"]["kernelspec"]["name"] == "python"


# --- without the network -------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path):
    """A log of what programs say."""
    with logged(tmp_path / "lite.log") as log_:
        yield log_


def test_another_folder_is_never_replaced(tmp_path, repo):
    """A slip of the pen costs nobody a home."""
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(BadInput, match="holds other things than a site of ours"):
        jupyterlite.build(repo, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years"


def test_without_npm_it_says_how_to_get_it(tmp_path, log, monkeypatch):
    """Pyodide is nowhere else."""
    monkeypatch.setattr(packages, "pyodide_version", lambda: "1.2.3")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match="apt install npm"):
        packages.pyodide(tmp_path, log)


def test_without_the_builder_it_names_the_extra(monkeypatch):
    """The core is light: what builds a site is asked for by name."""
    monkeypatch.setitem(sys.modules, "jupyterlite_pyodide_kernel.constants", None)
    with pytest.raises(CannotHere, match=r"faultviz\[site\]"):
        packages.pyodide_version()


@pytest.mark.parametrize("said", ["getaddrinfo ENOTFOUND", "connect ECONNREFUSED 127.0.0.1:9"])
def test_without_a_network_it_says_so(tmp_path, monkeypatch, said):
    """As npm says it."""
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\necho 'npm error code {said}' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setattr(packages, "pyodide_version", lambda: "1.2.3")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with (
        pytest.raises(CannotStart, match="cannot be reached"),
        logged(tmp_path / "lite.log") as log_,
    ):
        packages.pyodide(tmp_path, log_)


def test_what_was_fetched_is_not_fetched_again(tmp_path, repo):
    """With all wheels in the cache no program runs."""
    known = packages.packages(repo / "uv.lock")
    roots = [("faultviz", "lessons"), *((n, "") for n in ("faultviz", *packages.KERNEL))]
    for name in {*packages.needs(known, roots)} - {"faultviz"}:  # built, and not fetched
        spelled = name.replace("-", "_")
        (tmp_path / f"{spelled}-{known[name]['version']}-py3-none-any.whl").touch()
    found = packages.wheels(repo / "uv.lock", tmp_path, None)
    assert found[0].name == "faultviz"
    assert {"anywidget", "sympy", "simpy", "ipython"} <= {wheel.name for wheel in found}
    assert not {"psutil", "pexpect", "ipykernel", "jupyterlab-widgets"} & {w.name for w in found}


def test_pip_is_given_the_locks_hashes(tmp_path, repo):
    """Another file of the same name is refused."""
    ran = []

    class Noted(Log):
        def run(self, what, command, folder):
            ran.append(command)
            Path(command[command.index("--dest") + 1]).mkdir()

    known = packages.packages(repo / "uv.lock")
    packages.download([packages._pin(known["simpy"])], tmp_path, Noted(tmp_path / "log", tmp_path))
    wanted = (tmp_path / "wanted.txt").read_text()
    assert wanted.startswith(f"simpy=={known['simpy']['version']} --hash=sha256:")
    assert "--no-deps" in ran[0]


def test_a_wheel_is_listed_with_what_it_is_imported_as(tmp_path):
    """A package, a module, and not its papers."""
    file = tmp_path / "two_things-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as made:
        for name in ("thing/__init__.py", "thing/part.py", "other.py", "two-1.dist-info/METADATA"):
            made.writestr(name, "")
    made = browser_python.entry(Wheel("two-things", file, ("x",)))
    assert (made["imports"], made["version"], made["depends"]) == (["other", "thing"], "1.0", ["x"])


def test_of_pyodide_only_what_a_page_loads_is_kept(tmp_path):
    """The rest is for other ways to load it."""
    archive = tmp_path / "pyodide-1.tgz"
    source = tmp_path / "package"
    source.mkdir()
    for name in (*browser_python.NEEDED, "console.html"):
        (source / name).write_text('{"packages": {"micropip": {"version": "0.1"}}}')
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(source, "package")
    browser_python.unpack(archive, tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(
        browser_python.NEEDED
    )
    assert browser_python.version_of(tmp_path / "out", "micropip") == "0.1"
