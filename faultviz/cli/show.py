"""`faultviz show`: one handler: its nodes, words and cites; with -o its picture."""

from __future__ import annotations

import click

from faultviz.cli import render
from faultviz.cli.options import as_json, model, print_json, revision_option, run_option


@click.command("show")
@click.argument("name")
@revision_option
@click.option("-o", "--output", help="Write the pictures to FILE.svg, FILE.dot or FILE.png.")
@run_option
@as_json
def show(name: str, revision: str, output: str | None, execute: bool, as_json: bool) -> None:
    """One handler: its nodes, words and cites; with -o its picture."""
    program = model(name, revision, execute=execute)
    if output:
        from faultviz.picture.sheet import write

        click.echo(f"wrote {write(program, output)}")
        return
    if as_json:
        print_json(render.described(program))
    else:
        render.show(program)
