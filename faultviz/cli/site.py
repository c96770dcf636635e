"""`faultviz site`: every handler, the course and its sheets as files for any web server.

Here: the options and what is said. Not here: how the site is made (`assemble`).
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.cli.options import of_a_clone, tell_folder

SERVE = "Serve it with: python3 -m http.server --directory {folder} (or open {folder}/index.html)."


@click.command("site")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="The folder to make; an older site in it is replaced.",
)  # fmt: skip
@click.option(
    "--lite/--no-lite", default=True,
    help="With JupyterLite, in which the lessons run (it takes npm and a network), or without.",
)  # fmt: skip
def site(output: Path, lite: bool) -> None:
    """Make a folder for any web server: each handler as a page, the course, slides, hand-outs."""
    from faultviz.publish.site.assemble import build
    from faultviz.publish.site.site_pages import Plan

    build(of_a_clone("site"), output, Plan(lite=lite), lambda name: click.echo(f"made {name}"))
    tell_folder(output, SERVE)
