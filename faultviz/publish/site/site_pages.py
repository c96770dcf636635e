"""The pages of the site, each made on its own: handlers, pairs, lessons, decks.

Here: which there are, and how one is made; several may be made at the same time, because none needs
another. Not here: the pages that lead to them (`index`), or where they are put (`assemble`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.course.routes import FILES
from faultviz.engine.compare import compare
from faultviz.player import play
from faultviz.player.pages.standalone import page
from faultviz.publish.export import export, export_route, run
from faultviz.publish.site import reference

OTHERS = (*models.ENTRIES, *models.LATER)
"""What has a page beside the handlers."""

PAIRS: Mapping[str, tuple[str, str]] = {"loongarch": ("merged", "fixed")}
"""Which two revisions are shown on one clock, where these are not `before` and `merged`."""
USUAL = ("before", "merged")
DECKS = ("lecture-90", "lecture-45")
LITE = "lite"


class Job(NamedTuple):
    """One page: its kind, what it is of, and its file within the site."""

    kind: str
    of: str
    file: str


class Plan(NamedTuple):
    """What the site has: handlers and other callers, lessons, decks, maybe JupyterLite."""

    names: tuple[str, ...] = (*models.HANDLERS, *OTHERS)
    lessons: tuple[str, ...] = tuple(FILES)
    decks: tuple[str, ...] = DECKS
    lite: bool = False
    reference: bool = True
    """Whether the Python names are on it."""

    @property
    def handlers(self) -> tuple[str, ...]:
        """Those of an architecture."""
        return tuple(name for name in self.names if name in models.HANDLERS)

    @property
    def jobs(self) -> list[Job]:
        """All pages but those that lead to them.

        >>> Plan(("mips",), ("00",), ()).jobs[1].file
        'handlers/mips-before-merged.html'
        """
        return [
            *(Job("handler", name, f"handlers/{name}.html") for name in self.names),
            *(Job("pair", name, paired(name)) for name in self.handlers),
            *(Job("lesson", one, f"lessons/{FILES[one]}.html") for one in self.lessons),
            *(Job("deck", one, f"slides/{one}.html") for one in self.decks),
            *(
                Job("reference", one, reference.file(one))
                for one in (reference.modules() if self.reference else ())
            ),
        ]


def revisions(name: str) -> tuple[str, str]:
    """The two that are shown on one clock."""
    return PAIRS.get(name, USUAL)


def paired(name: str) -> str:
    """The file of a handler's pair."""
    return f"handlers/{name}-{'-'.join(revisions(name))}.html"


def made(job: Job, root: Path, plan: Plan) -> str:
    """One page as HTML. Raises BadInput where a lesson does not run."""
    match job.kind:
        case "handler":
            return _handler(job.of, plan)
        case "pair":
            return _pair(job.of)
        case "lesson":
            return _lesson(job.of, root, plan)
        case "reference":
            return reference.page(job.of)
    return export_route(job.of, root / "notebooks", solutions=True)


def _handler(name: str, plan: Plan) -> str:
    others = {one: f"{one}.html" for one in plan.names}
    links = {"../index.html": "All handlers"}
    if name in plan.handlers:
        links[paired(name).removeprefix("handlers/")] = "two on one clock"
    try:
        shown = play(name)
    except BadInput:  # its answers are chosen, not derived from a page event
        shown = play(name, outcomes="OK")
    return page(shown, others, _links(links))


def _pair(name: str) -> str:
    links = {"../index.html": "All handlers", f"{name}.html": f"{name} alone"}
    return page(play(compare(name, revisions(name))), above=_links(links))


def _links(links: Mapping[str, str]) -> str:
    return "".join(f'<a href="{to}">{said}</a>' for to, said in links.items())


def _lesson(one: str, root: Path, plan: Plan) -> str:
    cells = run(root / "notebooks" / f"{FILES[one]}.ipynb")
    return export(cells, "html", solutions=True, nav=_nav(one, plan), link=partial(_link, plan))


def _nav(one: str, plan: Plan) -> str:
    at = plan.lessons.index(one)
    links = {"../index.html": "The course"}
    for n, said in ((at - 1, "Before"), (at + 1, "Next")):
        if 0 <= n < len(plan.lessons):
            name = FILES[plan.lessons[n]]
            links[f"{name}.html"] = f"{said}: {name}"
    if plan.lite:
        links[f"../{run_in_lite(one)}"] = "Run it in this browser"
    return _links(links)


def run_in_lite(one: str) -> str:
    """Where a lesson runs, within the site."""
    return f"{LITE}/lab/index.html?path={FILES[one]}.ipynb"


def _link(plan: Plan, target: str) -> str:
    """A link from one notebook to another leads to its page."""
    name = target.removesuffix(".ipynb")
    here = (FILES[one] for one in plan.lessons)
    return f"{name}.html" if name != target and name in here else target
