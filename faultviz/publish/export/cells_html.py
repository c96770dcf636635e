"""Cells as HTML: text, code, output, and a place for each widget.

Here: the markup that page, slides and paper share; what differs is in their style sheets. Not here:
which cells (`book`), the document around them (`document`), or what the script does (js/).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html import escape
from typing import Any

from faultviz.base.extras import of_extra
from faultviz.publish.export.book import REVEAL, Cell
from faultviz.publish.export.inside import MIME, NO_KERNEL

Json = dict[str, Any]

MEASURED = "Measured where this page was made; elsewhere it comes out differently."
TESTS = {
    "pre": "No verdict comes here, only how many were right: the reasons come after the course.",
    "post": "The reasons come when it is handed in.",
}
KEEPS_NOTHING = NO_KERNEL["Work"]


class HtmlCells:
    """Makes HTML of cells, and collects what the page's script needs.

    `to` is html, slides or print: only on paper can nothing be stepped or answered. `solutions`:
    answers are there, folded in a page. `link` changes the target of a link.
    """

    def __init__(
        self, to: str, *, solutions: bool, link: Callable[[str], str] = lambda target: target
    ) -> None:
        self.live, self.opened = to != "print", "" if to == "html" else " open"
        self.slides = to == "slides"
        self.solutions, self.link = solutions, link
        self.data: dict[str, str] = {}
        self._asked = 0

    def cell(self, cell: Cell) -> str:
        """One cell."""
        inner = self.text(cell.source) if cell.kind == "text" else self._code_cell(cell)
        return f'<section class="cell {cell.kind}" id="{escape(cell.id)}">{inner}</section>'

    def text(self, source: str) -> str:
        """Markdown."""
        return markdown(source, self.link)

    def _code_cell(self, cell: Cell) -> str:
        shown = self.outputs(cell)
        source = code(cell.source)
        if cell.told or (self.slides and shown):
            source = f"<details><summary>Code</summary>{source}</details>"
        if self.slides and cell.told:
            source = ""  # a class looks at what comes out
        inner = f'<div class="source">{source}</div>{shown}'
        if REVEAL in cell.tags:
            return (
                f'<details class="reveal"{self.opened}><summary>Answer</summary>{inner}</details>'
            )
        return inner

    # --- outputs -----------------------------------------------------------------------------

    def outputs(self, cell: Cell) -> str:
        """All that a cell showed; what went to stderr is left out."""
        made = "".join(map(self._output, cell.outputs))
        note = f'<p class="note">{MEASURED}</p>' if cell.measured and made else ""
        return f'<div class="output">{made}{note}</div>' if made else ""

    def _output(self, output: Json) -> str:
        data = output.get("data", {})
        if MIME in data:
            return self._widget(data[MIME])
        if "text/html" in data:
            return f'<div class="rich" tabindex="0">{"".join(data["text/html"])}</div>'
        if "image/svg+xml" in data:
            return f'<div class="rich" tabindex="0">{"".join(data["image/svg+xml"])}</div>'
        text = output.get("text", data.get("text/plain", ""))
        if output["output_type"] == "stream" and output.get("name") == "stderr":
            return ""
        return f'<pre tabindex="0">{escape("".join(text).rstrip())}</pre>' if text else ""

    def _widget(self, told: Json) -> str:
        match told["kind"]:
            case "asks":
                return self._asks(told)
            case "paper":
                return self._paper(told)
        return self._played(told)

    def _played(self, told: Json) -> str:
        """A player, two of them or lanes: a place for it, its text form, and its pictures."""
        text = told["text"]
        if told["kind"] == "lanes":
            text = f'<pre tabindex="0">{escape(text)}</pre>'
        asks = told.get("looks", {}).get("gate", False)
        hides = asks and not self.solutions
        pictures = told["empty"] if hides else told["strip"]
        if not self.live:
            return f'<div class="paper">{pictures}{"" if hides else text}</div>'
        held = self._held(told["data"])
        place = (
            f'<div class="fv-here" data-kind="{told["kind"]}" data-from="{held}"'
            f" data-start='{_attribute(told.get('start'))}'"
            f" data-looks='{_attribute(told.get('looks'))}'></div>"
        )
        paper = f'<div class="paper-only">{pictures}</div>'
        if hides:
            return place + paper
        return (
            f'{place}<details class="as-text"><summary>The same as text</summary>{text}</details>'
            f"{paper}"
        )

    def _held(self, packed: str) -> str:
        """What a player needs, held once in the page; gives its name there."""
        name = f"held-{hashlib.sha256(packed.encode()).hexdigest()[:10]}"
        self.data[name] = packed
        return name

    def _asks(self, told: Json) -> str:
        """Questions, as a form that answers; the key is not in the clear."""
        mode, items = told["mode"], told["items"]
        made = "".join(self._item(one, mode) for one in items)
        title = f'<p class="head">{escape(told["title"])}</p>' if told["title"] else ""
        note = f'<p class="note">{TESTS[mode]} {KEEPS_NOTHING}</p>' if mode in TESTS else ""
        if not self.live:
            return f'<div class="asks">{title}{made}</div>'
        sealed_ = sealed([[one["key"], one["reasons"]] for one in items])
        last = '<button type="submit">Hand in</button>' if mode in TESTS else ""
        return (
            f'<form class="asks" data-mode="{mode}" data-sealed="{sealed_}">{title}{note}{made}'
            f'{last}<p class="sum" role="status"></p></form>'
        )

    def _item(self, one: Json, mode: str) -> str:
        self._asked += 1
        shown = f'<pre tabindex="0">{escape(one["shown"])}</pre>' if one["shown"] else ""
        if one["listing"]:
            inner = f'<pre tabindex="0">{escape(one["listing"])}</pre>'
            shown += f"<details><summary>{escape(one['ask'])} in lines</summary>{inner}</details>"
        answers = "".join(
            f'<label><input type="radio" name="q{self._asked}" value="{n}"> {escape(text)}</label>'
            for n, text in enumerate(one["answers"], start=1)
        )
        last = '<p class="verdict" role="status"></p>'
        if mode == "each":
            last = f'<button type="button">Answer</button>{last}'
        if not self.live:
            key = one["key"] - 1
            right = f"{one['answers'][key]}. {one['reasons'][key]}"
            last = f'<p class="key">Right: {escape(right)}</p>' if self.solutions else ""
        return (
            f'<fieldset class="ask"><legend>{escape(one["ask"])}</legend>{shown}{answers}{last}'
            "</fieldset>"
        )

    def _paper(self, told: Json) -> str:
        """What there is to read of a widget that needs a kernel, and what it cannot do here."""
        text = f'<pre tabindex="0">{escape(told["text"])}</pre>' if told["text"] else ""
        worked = ""
        if told["solution"] and self.solutions:
            inner = f'<pre tabindex="0">{escape(told["solution"])}</pre>'
            worked = f"<details{self.opened}><summary>Worked answer</summary>{inner}</details>"
        return f'<div class="paper">{text}<p class="note">{escape(told["why"])}</p>{worked}</div>'


def sealed(value: Any) -> str:
    """A value that nobody reads by the way.

    >>> sealed("twice")
    'InR3aWNlIg=='
    """
    return base64.b64encode(json.dumps(value).encode()).decode()


def _attribute(value: Any) -> str:
    return escape(json.dumps(value))


def code(source: str) -> str:
    """Python with its words marked."""
    try:
        from pygments import highlight
        from pygments.formatters.html import HtmlFormatter
        from pygments.lexers.python import PythonLexer
    except ModuleNotFoundError:
        inner = escape(source)
    else:
        inner = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)).rstrip()
    return f'<pre class="code" tabindex="0"><code>{inner}</code></pre>'


def literal(text: str) -> str:
    """A text whose names of C, such as `*locked` and `__gmap_link`, Markdown must leave alone.

    >>> markdown(literal("*locked and *vmas")).strip()
    '<p>*locked and *vmas</p>'
    """
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def markdown(source: str, link: Callable[[str], str] = lambda to: to) -> str:
    """Markdown as HTML; raises BadInput where the package for it is missing.

    >>> markdown("two *words*").strip()
    '<p>two <em>words</em></p>'
    """
    with of_extra("lab", "Markdown"):
        import mistune

    class Linked(mistune.HTMLRenderer):
        def link(self, text: str, url: str, title: str | None = None) -> str:
            return super().link(text, link(url), title)

    made = mistune.create_markdown(renderer=Linked(), plugins=["table"])(source)
    return str(made)
