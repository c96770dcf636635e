"""A bench for the JavaScript: its files beside the tools, and what Python makes for their tests.

Here: what npm installs (kept in build/, by package-lock.json), a copy of the files where they find
each other, and what Python really tells the page: as values for Node's tests, and as TypeScript,
which tsc reads as the types of payload.d.ts. By hand: `python tests/helpers/javascript.py`
runs all checks; with `--write` prettier first lays out the files in the clone. Not here: what must
hold (tests/js, test_javascript).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import machine
import styles

import faultviz as fv
from faultviz import models
from faultviz.player import bundle
from faultviz.player.choices import Scenario
from faultviz.player.lanes import lanes
from faultviz.player.pages.packing import unpacked
from faultviz.player.pages.precomputed import Holding
from faultviz.player.pages.standalone import of_handler, page
from faultviz.publish.export import page_scripts

SCRIPTS = ("types", "lint", "format", "test")
"""Those of tests/js/package.json: tsc, eslint, prettier, Node's own tests."""

FOLDERS = ("faultviz/player/js", "faultviz/publish/export/js", "faultviz/publish/site", "tests/js")

OF_THE_LIBRARY = re.compile(r"layout|tabbable|tooltip|_esm|_css|_model|_view|_dom|_anywidget")

BUNDLES = {
    name: getattr(bundle, name) for name in ("FILES", "SAVED", "PAGE", "LOADER", "FORMS", "LANES")
}


def clone() -> Path:
    """The repository; the tests may run elsewhere."""
    return Path(os.environ.get("FAULTVIZ_REPO") or Path(__file__).resolve().parents[2])


def install(repo: Path) -> Path:
    """The tools as the lock names them; whole or not at all."""
    there = machine.javascript_modules()
    if not there.exists():
        there.parent.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=there.parent.parent) as folder:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(repo / "tests/js" / name, folder)
            told = ["--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run([npm(), "ci", *told], cwd=folder, check=True, capture_output=True)
            there.parent.mkdir(exist_ok=True)
            (Path(folder) / "node_modules").rename(there)
    return there


def npm() -> str:
    """The program."""
    return shutil.which("npm") or "npm"


def bench(repo: Path, folder: Path) -> Path:
    """A copy of the files with the tools and what Python has made."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
        for file in (repo / name).iterdir():
            if file.suffix in (".js", ".ts", ".json") or file.name.startswith(".prettier"):
                shutil.copy(file, folder / name)
    (folder / "package.json").write_text('{"type": "module"}\n')  # for a Node that does not look
    (folder / "tests/js/node_modules").symlink_to(install(repo))
    make(folder / "tests/js/made")
    return folder


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """One of the scripts on a bench."""
    return subprocess.run(
        [npm(), "run", "--silent", script], cwd=folder / "tests/js", capture_output=True, text=True,
        check=False, env={**os.environ, "NO_COLOR": "1", "NO_UPDATE_NOTIFIER": "1"},
    )  # fmt: skip


# --- what Python tells -----------------------------------------------------------------------


def make(folder: Path) -> None:
    """Write what Python tells the page."""
    folder.mkdir()
    scripts = {name: bundle.script(files) for name, files in BUNDLES.items()}
    scripts |= {f"export {to}": page_scripts.code(to) for to in page_scripts.ENDS}
    held = Holding(models.load("mips"), Scenario("mips"))
    start = Scenario("mips", "merged", "COMPLETED")
    player = fv.play(*start[:4])
    names = ("_trace", "_choices", "_gates", "_pictures", "revision", "outcomes", "context")
    traits = {name: traits_of(player)[name] for name in names}
    traits["_choices"] = {**held.choices(start), "handler": []}
    values = {
        "scripts": scripts,
        "page": {
            "page": data_of(of_handler(held, start)), "traits": traits, "scenario": start[1:],
        },
        "pair": traits_of(fv.play(fv.compare("mips"))),
        "styles": styles.generated(),
    }  # fmt: skip
    for name, value in values.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    (folder / "payload.ts").write_text(typed(held, start))


def typed(held: Holding, start: Scenario) -> str:
    """What Python tells, each value as its type in payload.d.ts."""
    gated = fv.play("s390", "v3", gate=True)
    while gated._gates["over"][-1]["n"] != gated._gated["n"]:
        gated.ask()
        gated.skip()
    wishes = held.wishes(start, held.choices(start), {s: n for n, s in enumerate(held.traces)})
    told = {
        "PlayerState": [traits_of(gated), traits_of(fv.play("x86", without="completed-check"))],
        "DuoState": [traits_of(fv.play(fv.compare("s390")))],
        "LanesState": [traits_of(lanes("before", 2, 1))],
        "RecordState": [traits_of(fv.work().record_of_work())],
        "WorkState": [traits_of(fv.work())],
        "AsksState & Partial<PlayerState & DuoState>": [traits_of(one) for one in desks()],
        "HandlerPage": [data_of(of_handler(held, start))],
        "PairPage": [data_of(page(fv.play(fv.compare("mips"))))],
        'SceneParts["wishes"]': [wishes],
    }
    names = ", ".join(sorted({re.findall(r"\w+", name)[0] for name in told} | {"PlayerState"}))
    lines = [f'import type {{ {names} }} from "../../../faultviz/player/js/payload.js";']
    for n, (name, values) in enumerate(told.items()):
        lines.append(f"export const v{n}: ({name})[] = {json.dumps(values)};")
    return "\n".join(lines)


def desks():
    """Exercises of each kind and the bench, before a try and after it."""
    find, trace = fv.exercise("find", "0"), fv.exercise("trace", "0")
    review, write = fv.exercise("review", "0"), fv.exercise("write", "0")
    broken = fv.bench("mips")
    for one in (find, trace, review, write, broken):
        yield one.desk
    find.answer(ack=True)
    find.worked()
    trace.answer(outcomes="OK")
    review.answer(ack=True)
    review.reply("The lock is given up twice. Please return at once.")
    write.answer(write.solution())
    broken.edit("18 off")
    broken.predict("lock-underflow")
    broken.search()
    for one in (find, trace, review, write, broken):
        yield one.desk


def traits_of(widget) -> dict:
    """What a widget tells the page of itself; pictures are SVG, which has no type."""
    told = {
        name: getattr(widget, name) for name in widget.keys if not OF_THE_LIBRARY.match(name)
    }  # fmt: skip
    return json.loads(json.dumps(told))


def data_of(document: str) -> dict:
    """What lies packed in a page."""
    return unpacked(re.search(r'id="fv-data">(.*?)</script>', document, re.DOTALL)[1])


def main() -> int:
    """All checks, as a person asks for them."""
    repo = clone()
    if "--write" in sys.argv:
        told = json.loads((repo / "tests/js/package.json").read_text())["scripts"]["format"]
        write = told.removeprefix("cd ../.. && ").replace("--check", "--write")
        program = install(repo) / ".bin" / "prettier"
        subprocess.run(write.replace("prettier", str(program), 1), shell=True, cwd=repo, check=True)  # noqa: S602 (our own script)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as kept:
        os.environ["FAULTVIZ_WORK"] = kept
        made = bench(repo, Path(folder))
        done = [run(made, script) for script in SCRIPTS]
    for script, one in zip(SCRIPTS, done, strict=True):
        said = "nothing to say" if not one.returncode else f"\n{one.stdout}{one.stderr}"
        sys.stdout.write(f"{script}: {said}\n")
    return max(one.returncode for one in done)


if __name__ == "__main__":
    sys.exit(main())
