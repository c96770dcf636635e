"""Front ends that we do not bring: installed for their tests, and shown what a lesson shows.

Here: the environment, marimo's server, and a notebook of one player and one question, played. Not
here: JupyterLab's server (`conftest`), and what a front end must be asked for (the tests).
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anew

import faultviz as fv
from faultviz.course.questions.items import item, right
from faultviz.engine.numbering import total
from faultviz.start import jupyter
from faultviz.start.child import environment as child
from faultviz.start.environment import BUILD

CELLS = ("import faultviz as fv\nfv.play('mips', 'before')", "fv.ask('00-M4')")
KEYS = ("d", "d", "0", "0", "i", "i", "x", "b", "a", "m", "z")
"""What notebooks take for: delete, restart, interrupt, cut, insert twice, as text, undo."""

MARIMO = """import marimo

app = marimo.App()


@app.cell
def _():
    import faultviz as fv

    return (fv,)


@app.cell
def _(fv):
    fv.play("mips", "before")
    return


@app.cell
def _(fv):
    fv.ask("00-M4")
    return


if __name__ == "__main__":
    app.run()
"""
MARIMO_RUNS = "[tool.marimo.runtime]\nauto_instantiate = true\n"
"""Its cells are run as the notebook opens, as by the button that runs all."""


def environment(repo: Path, folder: Path) -> Path:
    """A Python with the wheel and what tests/data/front-ends.txt names, and nothing else."""
    python = folder / "environment" / "bin" / "python"
    (folder / "wheel").mkdir()
    uv = [Path(sys.executable).with_name("uv"), "--no-config", "--quiet"]
    install = [*uv, "pip", "install", "--no-deps", "--python", python]
    build = [sys.executable, "-P", "-c", BUILD, folder / "wheel"]
    subprocess.run(build, cwd=repo, check=True, stdout=subprocess.DEVNULL)
    for command in (
        [*uv, "venv", "--python", sys.executable, folder / "environment"],
        [*install, "--require-hashes", "-r", repo / anew.FRONT_ENDS],
        [*install, *(folder / "wheel").iterdir()],
    ):
        subprocess.run(command, check=True)
    return python


@contextmanager
def marimo(python: Path, folder: Path, port: int) -> Iterator[str]:
    """The address of marimo's editor with the two cells in it."""
    (folder / "lesson.py").write_text(MARIMO)
    (folder / "pyproject.toml").write_text(MARIMO_RUNS)
    told = ["--headless", "--no-token", "--skip-update-check", "--host=127.0.0.1", f"--port={port}"]
    command = [python, "-P", "-m", "marimo", "-y", "edit", *told, "lesson.py"]
    around = child(HOME=str(folder), XDG_CONFIG_HOME=str(folder), FAULTVIZ_WORK="")
    with (
        (folder / "log").open("wb") as said,
        subprocess.Popen(command, cwd=folder, env=around, stdout=said, stderr=said) as server,
    ):
        try:
            assert jupyter.answers(server, "127.0.0.1", port), (folder / "log").read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def shown(page: Any) -> Any:
    """The player, when it is there."""
    page.locator(".fv-player .fv-svg .node").first.wait_for(timeout=60_000)
    return page.locator(".fv-player")


def at(page: Any, step: int) -> None:
    """Wait until the player is there."""
    page.locator(f'.fv-player[data-step="{step}"]').wait_for()


def played(page: Any, cells: str) -> None:
    """A step by key, one by mouse, another revision, an answer; no key is the notebook's.

    `cells`: what finds the cells of a notebook in this front end.
    """
    player = shown(page)
    player.focus()
    page.keyboard.press("ArrowRight")
    at(page, 2)
    player.get_by_role("button", name="Step", exact=True).click()
    at(page, 3)
    page.keyboard.press("ArrowRight")  # the focus is where keys step
    at(page, 4)
    player.get_by_role("button", name="v3", exact=True).click()
    after = total([step.label for step in fv.play("mips", "v3").trace.steps])
    player.get_by_text(re.compile(rf"^Step .* of {after}$")).wait_for()
    asked = page.locator(".fv-sheet")
    wrong = right(item("00-M4")) % len(item("00-M4").answers)
    asked.get_by_role("radio").nth(wrong).check()
    asked.get_by_role("button").first.click()
    asked.locator(".fv-told").get_by_text(item("00-M4").answers[wrong][1]).wait_for()
    before = page.locator(cells).count()
    player.locator(".fv-svg .node").first.click()
    for key in KEYS:
        page.keyboard.press(key)
    assert page.locator(cells).count() == before
