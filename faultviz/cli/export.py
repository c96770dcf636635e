"""`faultviz export`: a notebook as a page, a deck or on paper; a route as one deck.

Here: the options. Not here: what is made (`publish.export`).
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import put
from faultviz.publish.export import KINDS, export, export_route, run

LESSONS = Path("notebooks")


@click.command("export")
@click.argument("notebook", required=False, type=click.Path(path_type=Path))
@click.option("--to", default="html", show_default=True, type=click.Choice([*KINDS]))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write.")
@click.option(
    "--solutions", is_flag=True, help="With the answers: folded in a page, open on paper."
)
@click.option("--route", "way", help="One deck of a route, such as lecture-90, in place of a file.")
@click.option(
    "--lessons", type=click.Path(path_type=Path), default=LESSONS, show_default=True,
    help="Where the lessons of a route lie.",
)  # fmt: skip
def export_command(
    notebook: Path | None, to: str, output: Path | None, solutions: bool, way: str | None,
    lessons: Path,
) -> None:  # fmt: skip
    """Run a NOTEBOOK and write it as one file that needs no kernel and no network."""
    if (notebook is None) == (way is None):
        raise BadInput("Name a notebook, or a route with --route: one of the two.")
    if way is not None:
        if to != "slides":
            raise BadInput("A route becomes slides: add --to slides.")
        made, name = export_route(way, lessons, solutions=solutions), way
    else:
        assert notebook
        made, name = export(run(notebook), to, solutions=solutions), notebook.stem
    end = {"html": "", "slides": "-slides", "print": "-print"}[to] if way is None else ""
    file = put(output or Path(f"{name}{end}.html"), made.encode())
    click.echo(f"wrote {file} ({file.stat().st_size / 1000:.0f} KB)")
