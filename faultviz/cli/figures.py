"""`faultviz figures`: all pictures written anew, or compared with those that are there.

Here: the options. Not here: which pictures there are (`figures`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from faultviz.base.errors import BadInput
from faultviz.publish.figures import LAYOUTS, stale, write

HOME = LAYOUTS.parents[2]
"""The clone, where the package lies in one."""


@click.command("figures")
@click.option(
    "-o", "--output", help="A folder for all of it; without it, where it lies in the clone."
)
@click.option("--check", is_flag=True, help="Change nothing; say what is stale, exit code 1.")
def figures(output: str | None, check: bool) -> None:
    """Write every figure of README and gallery, and the stored layouts."""
    if output is None and not (HOME / "figures").is_dir():
        raise BadInput("This is no clone of faultviz: name a folder with -o.")
    folder = Path(output) if output else HOME / "figures"
    layouts = folder / "layouts" if output else LAYOUTS
    if not check:
        for file in write(folder, layouts):
            click.echo(f"wrote {file}")
        return
    said = stale(folder, layouts)
    for line in said:
        click.echo(line)
    click.echo(f"{len(said)} stale." if said else "Nothing is stale.")
    sys.exit(1 if said else 0)
