"""`faultviz list`: the handlers and entries, with what is special about each."""

from __future__ import annotations

import click
from rich.console import Console

from faultviz import models
from faultviz.cli.options import as_json, columns, print_json


@click.command("list")
@as_json
def list_command(as_json: bool) -> None:
    """The handlers and entries, with what is special about each."""
    rows = []
    for name in models.HANDLERS + models.ENTRIES:
        program = models.load(name)
        rows.append(
            {
                "name": name,
                "kind": program.kind,
                "function": program.root,
                "file": program.function.cite.file,
                "revisions": list(program.revisions),
                "about": program.about,
            }
        )
    if as_json:
        print_json(rows)
        return
    table = columns("name", "function", "what is special")
    for row in rows:
        table.add_row(str(row["name"]), str(row["function"]), str(row["about"]))
    Console().print(table)
