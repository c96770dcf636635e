"""One file of HTML that shows a player without a kernel, and asks nobody for anything.

Here: the document of a handler and of a comparison, and how it is written. The script is that of
JupyterLab with another model (js/scenes.js); script, style and data are packed, because a page with
every revision and answer of a handler is to stay below 200 KB. Not here: what it holds
(`precomputed`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from faultviz import models
from faultviz.base.plain_files import put
from faultviz.base.version import __version__
from faultviz.engine import narrate
from faultviz.engine.compare import Comparison, as_text
from faultviz.picture import colours
from faultviz.picture.svg import RULES
from faultviz.player.bundle import LOADER, PAGE, script
from faultviz.player.choices import AUTO, Programs, Scenario
from faultviz.player.pages.packing import packed
from faultviz.player.pages.precomputed import USUAL, Holding
from faultviz.player.still import side_by_side, still, telling
from faultviz.player.stylesheet import ACCESS

Json = dict[str, Any]

LOOKS = ("step", "view", "gate", "inside", "reader", "breakpoints")
TWO = ("_kind", "_sides", "_first", "_token", "clock", "reader", "view")

_PLAYER = resources.files("faultviz.player")
OFF = (
    "This page is stepped by a script, which did not run here: scripts are off, or blocked by "
    "whoever serves the page, or too new for the browser. What follows is the same as a picture "
    "and text."
)
OWN = "This page asks nobody for anything, and keeps no answers. What it has not got says so."


class One(Protocol):
    """What a page asks of a player."""

    programs: Programs

    @property
    def scenario(self) -> Scenario:
        """What it shows."""


@runtime_checkable
class Two(Protocol):
    """What it asks of two on one clock."""

    both: Comparison


def page(shown: One | Two, others: Mapping[str, str] | None = None, above: str = "") -> str:
    """The document for a player or two on one clock, as it stands now.

    `others` are further handlers that can be chosen, each with the address of its page; `above` is
    HTML for the head of the page, such as a link back.

    >>> from faultviz.player import play
    >>> page(play("hmm", outcomes="OK")).count("<script")
    3
    """
    if isinstance(shown, Two):
        return _of_two(shown, above)
    start, programs = shown.scenario, shown.programs
    held = Holding(programs.load(start.handler), start, programs.own)
    return of_handler(held, start, {name: getattr(shown, name) for name in LOOKS}, others, above)


def of_handler(
    held: Holding,
    start: Scenario,
    looks: Mapping[str, Any] | None = None,
    others: Mapping[str, str] | None = None,
    above: str = "",
) -> str:
    """The document for what is held of a handler, beginning at a scenario of it."""
    told = held.told()
    name = told["name"]
    trace = held.traces.get(_merged(held)) or held.traces[start]
    data = {
        "kind": "one",
        "told": told,
        "start": start[1:],
        "looks": looks or {},
        "others": others or {},
    }
    asks = (
        '<label><input type="checkbox" id="fv-asks" disabled> ask before it shows</label>'
        if any(one.program.dropped is None for one in held.traces.values())
        else ""
    )
    note = (
        f"{len(held.traces)} scenarios of {name}: {_all_of(held)}. The address is a link to what "
        "you see."
    )
    return _document(
        (name, "a page fault, step by step"), held.program.about, asks, above,
        (narrate.text(trace), still(trace, telling(trace))), note, data,
    )  # fmt: skip


def _merged(held: Holding) -> Scenario:
    """The usual scenario in the merged patch."""
    return held.also._replace(revision="merged", outcomes=AUTO, context=USUAL, without="")


def _all_of(held: Holding) -> str:
    if held.only:
        return "one"
    revisions = ", ".join(held.revisions)
    return f"every page event and answer in {revisions}, in {held.said}"


def _of_two(duo: Two, above: str) -> str:
    both = duo.both
    name = both.old.handler
    sides = " and ".join(f"{t.revision}" for t in (both.old, both.new))
    state = {trait: getattr(duo, trait) for trait in TWO}
    data = {"kind": "two", "name": name, "told": state, "looks": {}}
    about = models.load(name).about if name in models.HANDLERS + models.ENTRIES else ""
    note = "Both are shown at the same step. The address is a link to what you see."
    title = (f"{name} on one clock", sides)
    stills = side_by_side([still(one, telling(one)) for one in (both.old, both.new)])
    shown = (as_text(both), stills)
    return _document(title, about, "", above, shown, note, data)


def head(title: str) -> str:
    """How every file that is made begins; its style and the end of the head come after it."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="generator" content="faultviz {__version__}">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
"""


def _document(
    title: tuple[str, str], about: str, asks: str, above: str, still_form: tuple[str, str],
    note: str, data: Json,
) -> str:  # fmt: skip
    text, picture = still_form
    theme = "".join(
        f'<option value="{value}">{said}</option>'
        for value, said in (("", "as the system"), ("light", "light"), ("dark", "dark"))
    )
    return f"""{head(": ".join(title))}<style>
{_lean(_read("pages/page.css"))}</style>
<noscript><style>#fv-text {{ animation: none; }}</style></noscript>
</head>
<body>
<header class="fv-page-head">{above}<h1>{escape(title[0])}</h1>
<h2>{escape(title[1])}</h2><p>{escape(about)}</p>{asks}
<label>theme <select id="fv-theme" disabled>{theme}</select></label></header>
<main id="fv-here"><section id="fv-text"><p id="fv-why">{OFF}</p>
<div class="fv-still">{picture}</div>
<pre tabindex="0">{escape(text)}</pre></section></main>
<footer class="fv-page-foot"><p>{escape(note)}</p>
<p>{OWN} Made by faultviz {__version__}.</p></footer>
<script type="text/plain" id="fv-data">{packed(data)}</script>
<script type="text/plain" id="fv-code">{code()}</script>
<script type="module">
{script(LOADER)}</script>
</body>
</html>
"""


def style() -> str:
    """What comes when the script does; until then the text has the browser's own colours."""
    return f"{RULES}\n{colours.rules('body')}{_read('player.css')}{ACCESS}"


@cache
def code() -> str:
    """Script and style, packed; what js/loader.js unpacks."""
    # Each line stays one, or the map of sources would be wrong.
    js = "\n".join(
        re.sub(r"(^|\s)// [^\"'`]*$", "", line).strip() for line in script(PAGE).split("\n")
    )
    return packed({"css": _lean(style()), "js": js})


def _lean(css: str) -> str:
    """Rules without what is only for their readers."""
    said = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", said))


def _read(file: str) -> str:
    return _PLAYER.joinpath(file).read_text("utf-8")


def write(shown: One | Two, file: str | Path) -> Path:
    """Write the document to a file, whole or not at all. Raises BadInput where it cannot be."""
    return put(Path(file), page(shown).encode())
