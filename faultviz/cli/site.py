"""`faultviz site`: every handler, the course and its sheets as files for any web server.

Here: the options and what is said. Not here: how the site is made (`assemble`).
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.base.errors import BadInput
from faultviz.cli.lite import MB
from faultviz.start.launch import NO_CLONE, clone

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

    root = clone()
    if root is None:
        raise BadInput(NO_CLONE.format(word="site"))
    build(root, output, Plan(lite=lite), lambda name: click.echo(f"made {name}"))
    files = [file for file in output.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / MB
    click.echo(f"wrote {output}: {len(files)} files, {size:.0f} MB")
    click.echo(SERVE.format(folder=output))
