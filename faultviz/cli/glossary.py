"""`faultviz glossary`: show the thirty words of the course, or one of them."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultviz.cli.options import as_json, print_json
from faultviz.course.glossary import glossary


@click.command("glossary")
@click.argument("word", required=False)
@as_json
def glossary_command(word: str | None, as_json: bool) -> None:
    """Show the thirty words of the course, or one of them."""
    found = glossary(word)
    if as_json:
        print_json({name: term._asdict() for name, term in found})
        return
    table = Table("word", "lesson", "meaning")
    for name, term in found:
        table.add_row(Text(name), term.lesson, Text(term.sentence))
    Console().print(table)
