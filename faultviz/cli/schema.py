"""`faultviz schema`: the JSON Schema of answers.json, or of what a command prints with --json.

Here: the command. Not here: the schemas (`base.schemas`).
"""

from __future__ import annotations

import click

from faultviz.base.schemas import names
from faultviz.base.schemas import schema as text_of


@click.command("schema")
@click.argument("name", required=False)
def schema(name: str | None) -> None:
    """Print the JSON Schema of a command's --json, or of answers.json; without a name, which are.

    NAME is the command's, such as check or kernel-check, or answers.
    """
    click.echo(text_of(name).rstrip("\n") if name else "\n".join(names()))
