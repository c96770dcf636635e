"""The pages that lead to others: the index with its gallery, the glossary, that for nowhere.

Here: what they say. Not here: the pages that they lead to (`site_pages`).
"""

from __future__ import annotations

import re
from html import escape
from importlib import resources
from pathlib import Path

from faultviz import models
from faultviz.analysis.classification import BINS, QUESTIONS, family, special
from faultviz.base import schemas
from faultviz.course.glossary import GLOSSARY
from faultviz.course.routes import FILES, route
from faultviz.picture.thumbnail import LEGEND, small
from faultviz.publish.export.book import cells, read, title
from faultviz.publish.export.document import plain
from faultviz.publish.handouts import HANDOUTS
from faultviz.publish.site import other_tools, reference
from faultviz.publish.site.site_pages import OTHERS, Plan, paired, revisions, run_in_lite

NAME = "faultviz: one write, two page faults"
ABOUT = (
    "One real change to Linux, VM_FAULT_COMPLETED, to step through and to check. The first write "
    "to a page of a shared mapping took two page faults; the patch makes it one, and teaches a new "
    "answer to the fault handler of every architecture."
)
SEEN = (
    "The first write in mips, before the patch and after it: mmap_lock is taken twice, then once."
)
FIRST = "handlers/mips.html#mips,before,first,gate"
MOVING = "figures/one-write.svg"

NO_LITE = (
    "JupyterLite, in which the lessons run without an install, was left out when this site was "
    "made (--no-lite): to run them, get a clone and type python3 -m faultviz lab."
)
LITE = (
    "“Run it” opens a lesson in JupyterLite: Python comes with this site, and nothing is installed."
)
NOWHERE = "Nothing is at this address: it was typed wrongly, or the page had another name before."

_HERE = resources.files(__package__)
STYLE = f"<style>{_HERE.joinpath('site.css').read_text('utf-8')}</style>"
MINUTES = re.compile(r"\*\*(\d+) minutes\*\*")


def index(root: Path, plan: Plan) -> str:
    """The first page: the course, the gallery of all handlers, their families."""
    first = f'<p class="go"><a href="{FIRST}">Step the first write through a handler</a></p>'
    seen = f'<img class="moving" src="{MOVING}" alt="{escape(SEEN)}">'
    body = [
        f"{STYLE}<h1>{NAME}</h1><p>{ABOUT}</p>",
        first if "mips" in plan.names else "",
        seen,
        f"<h2>The course</h2>{_course(root, plan)}<h2>The handlers</h2>",
        f'<p class="note">{LEGEND}. Each picture is that of the merged patch.</p>',
        f'<ul class="gallery">{"".join(map(_picture, plan.handlers))}</ul>',
        f"<h2>Families</h2>{_families(plan)}",
        _others(plan),
        f"<h2>For programs and kernel developers</h2>{_programs(plan)}",
    ]
    return plain(NAME, "".join(body))


def _course(root: Path, plan: Plan) -> str:
    rows = "".join(_lesson_row(root, one, lite=plan.lite) for one in plan.lessons)
    heads = "".join(f'<th scope="col">{said}</th>' for said in ("lesson", "minutes"))
    decks = "".join(
        f'<li><a href="slides/{name}.html">Slides: {name}</a>, {escape(route(name).about)}</li>'
        for name in plan.decks
    )
    sheets = "".join(
        f'<li><a href="handouts/{name}.html">Hand-out: {name}</a>, {escape(one.about)}</li>'
        for name, one in HANDOUTS.items()
    )
    return (
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="note">{LITE if plan.lite else NO_LITE}</p><ul>{decks}{sheets}'
        '<li><a href="glossary.html">Glossary: the thirty words of the course</a></li></ul>'
    )


def _lesson_row(root: Path, one: str, *, lite: bool) -> str:
    found = cells(read(root / "notebooks" / f"{FILES[one]}.ipynb"))
    minutes = next((m[1] for cell in found if (m := MINUTES.search(cell.source))), "")
    name = escape(title(found, FILES[one]))
    ran = f' <a href="{run_in_lite(one)}" aria-label="Run it: {name}">Run it</a>' if lite else ""
    return (
        f'<tr><td><a href="lessons/{FILES[one]}.html">{name}</a>{ran}</td><td>{minutes}</td></tr>'
    )


def _picture(name: str) -> str:
    picture = small(models.load(name, "merged"), style=False)
    old, new = revisions(name)
    return (
        f'<li id="{name}"><a href="handlers/{name}.html" aria-label="{name}, step by step">'
        f'{picture}</a><p><b>{name}</b>: {escape(special(name))} <a href="{paired(name)}" '
        f'aria-label="{name}: {old} and {new} on one clock">{old} and {new}</a></p></li>'
    )


def _families(plan: Plan) -> str:
    """For each question the handlers by their answer, read off their graphs."""
    told = []
    for question, asked in QUESTIONS.items():
        rows = ""
        for value, said in BINS[question].items():
            names = [n for n in plan.handlers if getattr(family(n), question) == value]
            links = ", ".join(f'<a href="#{name}">{name}</a>' for name in names)
            rows += f'<tr><th scope="row">{escape(said)}</th><td>{links}</td></tr>' if names else ""
        told.append(f"<h3>{escape(asked)}</h3><table>{rows}</table>")
    return "".join(told)


def _others(plan: Plan) -> str:
    rows = "".join(
        f'<li><a href="handlers/{name}.html">{name}</a>: {_told(models.load(name).about)}</li>'
        for name in OTHERS
        if name in plan.names
    )
    return f"<h2>Other callers, and a later kernel</h2><ul>{rows}</ul>" if rows else ""


def _programs(plan: Plan) -> str:
    """The reference of the Python names, and the schemas of all JSON."""
    links = ", ".join(
        f'<a href="schemas/{name}{schemas.END}">{name}</a>' for name in schemas.names()
    )
    names = f'<li><a href="{reference.LIST}">Reference of the Python names</a></li>'
    said = "JSON Schemas, of answers.json and of each command's --json"
    why = f'<li><a href="{other_tools.FILE}">{other_tools.TITLE}</a></li>'
    return f"<ul>{names if plan.reference else ''}<li>{said}: {links}</li>{why}</ul>"


def _told(text: str) -> str:
    """A sentence of a model, the names of C in it marked."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def glossary(plan: Plan) -> str:
    """The words, each with a link to the lesson that brings it."""
    rows = "".join(
        f'<tr id="{_anchor(word)}"><th scope="row">{escape(word)}</th>'
        f"<td>{_of_lesson(term.lesson, plan)}</td><td>{escape(term.sentence)}</td></tr>"
        for word, term in GLOSSARY.items()
    )
    heads = "".join(f'<th scope="col">{said}</th>' for said in ("word", "lesson", "meaning"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    body = f"{STYLE}<h1>The words of the course</h1>{table}"
    return plain("The words of the course", body, '<a href="index.html">The course</a>')


def _anchor(word: str) -> str:
    return word.replace(" ", "-")


def _of_lesson(lesson: str, plan: Plan) -> str:
    name = FILES[lesson]
    return f'<a href="lessons/{name}.html">{lesson}</a>' if lesson in plan.lessons else lesson


def nowhere() -> str:
    """What a server shows for an address that there is not, in whatever folder that may be."""
    script = f"<script>{_HERE.joinpath('nowhere.js').read_text('utf-8')}</script>"
    body = f'<h1>There is no such page</h1><p>{NOWHERE}</p><p><a href="./">To the course</a></p>'
    return plain("There is no such page", body + script)
