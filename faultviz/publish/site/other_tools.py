"""The page on other tools: what each makes of the defects that the lessons name, and ours too.

Here: the table, cell by cell with its command. Not here: what is in it (`other_tools.toml`), or
what runs it again (`tests/helpers/other_tools.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from faultviz.base.texts import texts
from faultviz.publish.export.document import plain

FILE = "other-tools.html"
TITLE = "Why not sparse, smatch, Coccinelle, lockdep, clang's context analysis?"
VERDICTS = ("found", "not found", "cannot say", "not run")


class ToolVerdict(NamedTuple):
    """What one tool says of one defect: a word of VERDICTS, why, and what was typed where."""

    defect: str
    tool: str
    verdict: str
    said: str
    command: str
    version: str
    tree: str


def cells() -> Iterator[ToolVerdict]:
    """The whole table, defect by defect.

    >>> next(cells()).defect
    's390-v3-link'
    """
    told = texts(__package__, "other_tools")
    for defect, about in told["defect"].items():
        for tool, of in told["tool"].items():
            verdict, _, said = told["cell"][tool][defect].partition(": ")
            command = about.get(tool) or ("" if verdict == "not run" else of["command"])
            yield ToolVerdict(
                defect, tool, verdict, said, command.format_map(about), of["version"], told["tree"]
            )


def page() -> str:
    """The page as HTML."""
    told = texts(__package__, "other_tools")
    tools, defects = told["tool"], told["defect"]
    rows = dict.fromkeys(defects, "")
    commands = ""
    for cell in cells():
        mark = f'<a href="#{cell.defect}-{cell.tool}">{cell.verdict}</a>'
        rows[cell.defect] += f"<td>{mark}</td>"
        typed = f"<code>{escape(cell.command)}</code>" if cell.command else ""
        commands += (
            f'<tr id="{cell.defect}-{cell.tool}"><th scope="row">{cell.defect}, {cell.tool}</th>'
            f"<td>{cell.verdict}</td><td>{escape(cell.said)}</td><td>{typed}</td></tr>"
        )
    body = "".join(f'<tr><th scope="row">{name}</th>{row}</tr>' for name, row in rows.items())
    listed = "".join(
        f"<li><b>{name}</b> ({one['file']}): {escape(one['said'])}</li>"
        for name, one in defects.items()
    )
    of_tools = "".join(
        f"<h3>{name}</h3><p>{escape(one['said'])} Version: {escape(one['version'])}.</p>"
        for name, one in tools.items()
    )
    heads = _heads("defect", *tools)
    return plain(
        TITLE,
        f"<h1>{escape(TITLE)}</h1>{_paragraphs(told['before'])}<ul>{listed}</ul>"
        f'<table id="verdicts"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
        f"{_paragraphs(told['after'])}<h2>The tools</h2>{of_tools}"
        f"<h2>Each cell</h2><p>{escape(told['where'])} Tree: {escape(told['tree'])}.</p>"
        f"<table><thead><tr>{_heads('cell', 'verdict', 'why', 'command')}</tr></thead>"
        f"<tbody>{commands}</tbody></table>",
        '<a href="index.html">The course</a>',
    )


def _heads(*names: str) -> str:
    return "".join(f'<th scope="col">{name}</th>' for name in names)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(one)}</p>" for one in text.strip().split("\n\n"))
