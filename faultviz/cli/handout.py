"""`faultviz handout`: the pages, as files.

Here: the command. Not here: the pages (`publish.handouts`).
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.publish.handouts import HANDOUTS, names, write


@click.command("handout")
@click.argument("name", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("handouts"),
              show_default=True, help="The folder to write to.")  # fmt: skip
def handout_command(name: str | None, output: Path) -> None:
    """Write a hand-out, or `all`, as HTML that prints to one A4 page; without a name, list them."""
    if name is None:
        for one, told in HANDOUTS.items():
            click.echo(f"{one:9} {told.about}")
        click.echo(f"All pages: {', '.join(names())}.")
        return
    for file in write(name, output):
        click.echo(f"wrote {file}")
