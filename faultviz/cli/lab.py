"""`faultviz lab`: open JupyterLab on the first lesson."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from faultviz.cli.options import RAW
from faultviz.start import launch


@click.command("lab", context_settings=RAW)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def lab(words: Sequence[str]) -> None:
    """Open JupyterLab on the first lesson."""
    sys.exit(launch.main(["lab", *words]))
