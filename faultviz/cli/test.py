"""`faultviz test`: run every test; what follows is given to pytest."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from faultviz.cli.options import RAW
from faultviz.start import launch


@click.command("test", context_settings=RAW)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def test(words: Sequence[str]) -> None:
    """Run every test; what follows is given to pytest."""
    sys.exit(launch.main(["test", *words]))
