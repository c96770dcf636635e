"""Every stored thing that something makes, made anew by one command.

    .venv/bin/python tests/helpers/anew.py             writes what is stale, all of it
    .venv/bin/python tests/helpers/anew.py --check     changes nothing: a line each, exit code 1
    .venv/bin/python tests/helpers/anew.py notebooks   one thing, or several; --check, too
    .venv/bin/python tests/helpers/anew.py notebooks/00-start.ipynb         one lesson

Here: what there is, who makes it, and which files nobody makes any more. A new kind of stored file
is a row of THINGS. Not here: what is kept as a version wrote it (`kept`), the hashes of seeds that
are promised (they stand in their tests, for a change of them is a decision), measurements.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import rooms
import spoken

Files = dict[str, bytes]
"""Contents by file, each as a path below the clone."""


class Thing(NamedTuple):
    """A kind of stored file: who makes all of it, and where nothing else may lie."""

    make: Callable[[Path], Files]
    whole: tuple[str, ...] = ()
    """Patterns of files: what fits one and is not made is left over."""
    cheap: bool = True
    """Whether test_anew asks if it is stale; else nbval or a test in a browser compares it."""


# --- who makes what --------------------------------------------------------------------------


NAMING = ("README.md", "binder/hub/README.md", "binder/hub/values.yaml")
"""Who names a version to a reader or a host: a link, an image."""
NAMED = re.compile(r'(faultviz/v|faultviz:|branch=v|tag: ")\d[\w.]*')


def version(repo: Path) -> Files:
    """The one that base/version.py says; pyproject.toml reads it there by itself."""
    text = (repo / "faultviz/base/version.py").read_text("utf-8")
    said = text.split('__version__ = "')[1].split('"')[0]
    return {
        name: NAMED.sub(rf"\g<1>{said}", (repo / name).read_text("utf-8")).encode()
        for name in NAMING
    }


UV = "There is no uv here, which reads uv.lock: pip install uv brings it."
FRONT_ENDS = "tests/data/front-ends.txt"
EXPORT = ("export", "--frozen", "--no-emit-project", "--no-header", "--no-annotate", "--quiet")


def requirements(repo: Path) -> Files:
    """Of each extra, of none, and of the front ends: all that it needs by uv.lock, with hashes."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    uv = shutil.which("uv", path=beside)
    if uv is None:
        raise SystemExit(UV)
    project = tomllib.loads((repo / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {
        f"binder/requirements/{name}.txt": [] if name == "core" else ["--extra", name]
        for name in ("core", *project["optional-dependencies"])
    }
    wanted[FRONT_ENDS] = ["--extra", "lab", "--group", "front-ends"]
    made = {}
    for file, extra in wanted.items():
        done = subprocess.run(
            [uv, *EXPORT, "--group", "build", *extra, "--project", str(repo)],
            env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"}, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr.decode().strip())
        head = f"# From uv.lock by tests/helpers/anew.py: {' '.join(extra) or 'no extra'}.\n"
        made[file] = head.encode() + done.stdout
    return made


def figures(repo: Path) -> Files:
    """The pictures of README and gallery, and the layouts that the package ships."""
    from faultviz.publish.figures import LAYOUTS, write

    package = Path("faultviz") / LAYOUTS.relative_to(LAYOUTS.parents[1])
    with tempfile.TemporaryDirectory() as folder:
        drawn, laid = Path(folder, "figures"), Path(folder, "layouts")
        files = write(drawn, laid)
        return {
            (
                Path("figures") / file.relative_to(drawn)
                if file.is_relative_to(drawn)
                else package / file.name
            ).as_posix(): file.read_bytes()
            for file in files
        }


def the_map(repo: Path) -> Files:
    """The rooms, as CONTRIBUTING shows them."""
    text = (repo / "CONTRIBUTING.md").read_text("utf-8")
    return {"CONTRIBUTING.md": rooms.replaced(text, rooms.drawn(repo)).encode()}


def marks(repo: Path) -> Files:
    """The lessons with the tags and minutes of their routes."""
    from faultviz.course.routes.cell_tags import marked_lessons

    return {
        f"notebooks/{name}.ipynb": text.encode()
        for name, text in marked_lessons(repo / "notebooks")
    }


MEASURED = "# NBVAL_IGNORE_OUTPUT"
STORED = {"text/plain", "image/svg+xml"}
"""What an output keeps: GitHub, nbviewer and editors show the picture, and run nothing."""


def notebooks(repo: Path, pattern: str = "*.ipynb") -> Files:
    """The lessons, run from their first cell; an output that says the same stays as it is."""
    import nbformat
    from nbclient import NotebookClient

    from faultviz.player.still import FOR_READERS

    made = {}
    for file in sorted((repo / "notebooks").glob(pattern)):
        book, ran = (nbformat.read(file, as_version=4) for _ in range(2))
        with tempfile.TemporaryDirectory() as folder:
            around = {**os.environ, "FAULTVIZ_WORK": folder, FOR_READERS: "1"}
            told = {"metadata": {"path": str(file.parent)}}
            client = NotebookClient(ran, kernel_name="python3", timeout=600, resources=told)
            client.execute(env=around)
        for old, new in zip(book.cells, ran.cells, strict=True):
            if old.cell_type == "code" and not (
                old.source.startswith(MEASURED) or compared(old) == compared(new)
            ):
                old.outputs = stored(new)
                old.execution_count = new.execution_count
        text = json.dumps(book, indent=1, ensure_ascii=False) + "\n"
        made[f"notebooks/{file.name}"] = text.encode()
    return made


def compared(cell: dict) -> list:
    """Of a cell's outputs what a lesson is held to: its words and its pictures."""
    return [(one["output_type"], one.get("text"), one.get("data", {})) for one in stored(cell)]


def stored(cell: dict) -> list[dict]:
    """The outputs of a cell as a lesson keeps them: a stream in one piece, data of some kinds."""
    found: list[dict] = []
    for one in cell["outputs"]:
        if one["output_type"] != "stream":
            data = {kind: text for kind, text in one.get("data", {}).items() if kind in STORED}
            found.append({**one, "data": data} if "data" in one else one)
        elif said := [other for other in found if other.get("name") == one["name"]]:
            said[0]["text"] += one["text"]
        elif one["name"] != "stderr":
            found.append(dict(one))
    return found


THINGS = {
    "version": Thing(version),
    "requirements": Thing(requirements, ("binder/requirements/*.txt",)),
    "map": Thing(the_map),
    "marks": Thing(marks),
    "figures": Thing(figures, ("figures/**/*.svg", "faultviz/picture/layouts/*.json")),
    "spoken": Thing(spoken.files, cheap=False),
    "notebooks": Thing(notebooks, cheap=False),
}
"""By name, and in their order: what comes later may be made of what came before."""


# --- written, or looked at -------------------------------------------------------------------


def differences(repo: Path, thing: Thing) -> Iterator[tuple[str, str, bytes | None]]:
    """Of a thing each file that is not as it is made now: what is wrong, and what it should be."""
    made = thing.make(repo)
    for name, content in made.items():
        file = repo / name
        if not file.is_file():
            yield name, "missing", content
        elif file.read_bytes() != content:
            yield name, "not what is made today", content
    there = {p.relative_to(repo).as_posix() for pattern in thing.whole for p in repo.glob(pattern)}
    for name in sorted(there - {*made}):
        yield name, "nothing makes it", None


def main(words: Iterable[str] | None = None) -> int:
    """Write what is stale, or say it."""
    parser = argparse.ArgumentParser("anew.py", description="Make every stored thing anew.")
    parser.add_argument("things", nargs="*", metavar="THING", help=", ".join(THINGS))
    parser.add_argument("--check", action="store_true", help="change nothing; say what is stale")
    parser.add_argument("--repo", type=Path, default=Path(__file__).resolve().parents[2])
    asked = parser.parse_args(words)
    lessons = {name: Path(name).name for name in asked.things if Path(name).suffix == ".ipynb"}
    things = THINGS | {
        name: Thing(partial(notebooks, pattern=file))
        for name, file in lessons.items()
        if (asked.repo / "notebooks" / file).is_file()
    }
    if unknown := {*asked.things} - {*things}:
        parser.error(f"nothing here is called {', '.join(sorted(unknown))}: {', '.join(THINGS)}")
    stale = 0
    for name in asked.things or THINGS:
        for file, wrong, content in differences(asked.repo, things[name]):
            stale += 1
            print(f"{file}: {wrong}" if asked.check else f"wrote {file}")  # noqa: T201
            if not asked.check:
                write(asked.repo / file, content)
    if not stale:
        print("Nothing is stale.")  # noqa: T201
    return 1 if stale and asked.check else 0


def write(file: Path, content: bytes | None) -> None:
    """Put it there, or take away what nothing makes."""
    if content is None:
        file.unlink()
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
