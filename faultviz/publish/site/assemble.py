"""The whole site made in a folder, anew: every page, and JupyterLite where it is wanted.

Here: which files, made by several processes, and that an old site is replaced only by a whole one.
Not here: what a page is (`site_pages`, `index`), or JupyterLite (`jupyterlite`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from faultviz.base import schemas
from faultviz.base.errors import BadInput
from faultviz.base.plain_files import to_make_anew
from faultviz.base.version import __version__
from faultviz.publish.figures.moving import moving
from faultviz.publish.handouts import HANDOUTS, handout
from faultviz.publish.site import index, other_tools, reference
from faultviz.publish.site.site_pages import LITE, Job, Plan, made
from faultviz.start.child import CannotStart
from faultviz.start.ending import deaf, fresh

KINDS = ("deck", "lesson", "handler", "reference", "pair")
MARK = "faultviz-site.json"
WITHOUT = " Or make the site without JupyterLite: faultviz site --no-lite."


def build(
    root: Path, output: Path, plan: Plan, say: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Make the site of a clone in the folder `output`, and give its pages; `say` each one made.

    Raises BadInput where `output` holds something else, where a lesson does not run, or where
    JupyterLite cannot be built; what was there before then stays.
    """
    output = to_make_anew(output, MARK)
    try:
        with fresh(output) as folder:
            if plan.lite:  # first, for it may fail
                _lite(root, folder / LITE)
                say(f"{LITE}/")
            _plain(root, folder, plan)
            _pages(root, folder, plan, say)
    except OSError as problem:
        raise BadInput(f"{output} cannot be written: {problem.strerror}.") from None
    return sorted(output.rglob("*.html"))


def _plain(root: Path, folder: Path, plan: Plan) -> None:
    """What is made at once: the pages that lead to others, hand-outs without their solutions."""
    pages = {
        "index.html": index.index(root, plan),
        "glossary.html": index.glossary(plan),
        "404.html": index.nowhere(),
        other_tools.FILE: other_tools.page(),
        index.MOVING: moving(),
        ".nojekyll": "",  # a static host would else leave out what begins with _
        MARK: json.dumps({"faultviz": __version__, "lite": plan.lite}) + "\n",
    }
    pages |= {f"handouts/{name}.html": handout(name) for name in HANDOUTS}
    pages |= {f"schemas/{name}{schemas.END}": schemas.schema(name) for name in schemas.names()}
    if plan.reference:
        pages[reference.LIST] = reference.names()
    for name, text in pages.items():
        _put(folder / name, text)


def _pages(root: Path, folder: Path, plan: Plan, say: Callable[[str], None]) -> None:
    write = partial(_written, root=root, folder=folder, plan=plan)
    # The slowest first, so that none is left over at the end.
    jobs = sorted(plan.jobs, key=lambda job: KINDS.index(job.kind))
    workers = max(1, min(os.cpu_count() or 1, len(jobs)))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        with deaf():
            todo = [pool.submit(write, job) for job in jobs]
        try:
            for done in as_completed(todo):
                say(done.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _written(job: Job, root: Path, folder: Path, plan: Plan) -> str:
    _put(folder / job.file, made(job, root, plan))
    return job.file


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def _lite(root: Path, folder: Path) -> None:
    from faultviz.publish.site import jupyterlite

    try:
        jupyterlite.build(root, folder)
    except CannotStart as problem:
        raise BadInput(f"{problem}{WITHOUT}") from None
