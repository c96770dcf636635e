"""`faultviz lite`: the course as a JupyterLite, for any web server.

Here: the option and what is said. Not here: how the site is made (`jupyterlite`).
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.base.errors import BadInput
from faultviz.start.child import CannotStart
from faultviz.start.launch import NO_CLONE, clone

SERVE = (
    "Serve it with: python3 -m http.server --directory {folder} (a page opened from the disk may "
    "not load Python)."
)
MB = 1_000_000


@click.command("lite")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="The folder to make; an older site in it is replaced.",
)  # fmt: skip
def lite(output: Path) -> None:
    """Make the course a folder for any web server: JupyterLite, with Python in the page."""
    from faultviz.publish.site.jupyterlite import build

    root = clone()
    if root is None:
        raise BadInput(NO_CLONE.format(word="lite"))
    try:
        made = build(root, output)
    except CannotStart as problem:
        raise BadInput(str(problem)) from None
    files = [file for file in made.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / MB
    click.echo(f"wrote {output}: {len(files)} files, {size:.0f} MB")
    click.echo(SERVE.format(folder=output))
