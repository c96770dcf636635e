"""`faultviz list`: the handlers and entries, with what is special about each."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from faultviz import models
from faultviz.cli.options import as_json, print_json


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
    table = Table(box=None, pad_edge=False)
    for head in ("name", "function", "what is special"):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(str(row["name"]), str(row["function"]), str(row["about"]))
    Console().print(table)
