"""The reference of the Python names: a page for each module that has one of `fv`, and a list.

pdoc makes the pages from the docstrings, whose examples the tests run. Here: which pages, and the
list that leads to them. Not here: how a page looks (`templates/`).
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from faultviz.base.extras import of_extra
from faultviz.publish.export.document import plain

FOLDER, LIST = "reference", "reference/index.html"
TITLE = "The names of faultviz"
_TOP = import_module("faultviz")
"""It stands above every room, and so it is looked up: its names are read, and none is used here."""

USE = "import faultviz as fv: each of these is then fv. and its name. Every example runs as a test."


def modules() -> tuple[str, ...]:
    """Those that have a page: where the public names live.

    >>> modules()[0]
    'faultviz.analysis.reachability'
    """
    homes = {getattr(_TOP, name).__module__ for name in _TOP.__all__}
    return tuple(sorted(homes))


def file(module: str) -> str:
    """The file of a module's page.

    >>> file("faultviz.engine.run")
    'reference/faultviz/engine/run.html'
    """
    return f"{FOLDER}/{module.replace('.', '/')}.html"


def page(module: str) -> str:
    """A module's page. Raises CannotHere where pdoc is not installed."""
    with of_extra("site", "The reference"):
        from pdoc import render

    templates = Path(__file__).parent / "templates"
    render.configure(show_source=False, search=False, template_directory=templates)
    known = _known()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # traits are annotated as type checkers want it
        return linked(render.html_module(known[module], known))


def linked(html: str) -> str:
    """A page without links to places that it does not have: what a class inherits has none here.

    >>> linked('<a href="#Player.step">step</a> <a href="#Player">it</a> <h2 id="Player">')
    'step <a href="#Player">it</a> <h2 id="Player">'
    """
    here = set(re.findall(r'id="([^"]+)"', html))
    link = re.compile(r'<a href="#([^"]+)">([^<]*)</a>')
    return link.sub(lambda found: found[0] if found[1] in here else found[2], html)


@cache
def _known() -> dict[str, Any]:
    from pdoc.doc import Module

    return {name: Module(import_module(name)) for name in modules()}


def names() -> str:
    """The list of all public names, each with its first sentence and a link to the rest."""
    rows = ""
    for name in _TOP.__all__:
        one = getattr(_TOP, name)
        said = (one.__doc__ or "").partition("\n")[0].replace("`", "")
        to = file(one.__module__).removeprefix(f"{FOLDER}/")
        rows += (
            f'<tr><th scope="row"><a href="{to}#{name}"><code>{name}</code></a></th>'
            f"<td>{escape(said)}</td></tr>"
        )
    heads = "".join(f'<th scope="col">{said}</th>' for said in ("name", "what it is"))
    body = f"<h1>{TITLE}</h1><p>{USE}</p><table><tr>{heads}</tr>{rows}</table>"
    return plain(TITLE, body, '<a href="../index.html">The course</a>')
