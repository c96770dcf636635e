"""`faultviz lite`: the course as a JupyterLite, for any web server.

Here: the option and what is said. Not here: how the site is made (`jupyterlite`).
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.base.errors import BadInput
from faultviz.cli.options import of_a_clone, tell_folder
from faultviz.start.child import CannotStart

SERVE = (
    "Serve it with: python3 -m http.server --directory {folder} (a page opened from the disk may "
    "not load Python)."
)


@click.command("lite")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="The folder to make; an older site in it is replaced.",
)  # fmt: skip
def lite(output: Path) -> None:
    """Make the course a folder for any web server: JupyterLite, with Python in the page."""
    from faultviz.publish.site.jupyterlite import build

    root = of_a_clone("lite")
    try:
        build(root, output)
    except CannotStart as problem:
        raise BadInput(str(problem)) from None
    tell_folder(output, SERVE)
