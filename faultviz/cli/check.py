"""`faultviz check`: search all scenarios for the shortest way to break a rule."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from faultviz.cli import render
from faultviz.cli.options import FINE, VIOLATED, as_json, model, print_json, run_option
from faultviz.edit.ablate import ROLES
from faultviz.engine.check import check


@click.command("check")
@click.argument("names", nargs=-1)
@click.option("--revision", help="One revision; without it, all.")
@click.option("--drop", help=f"Take a role away: {', '.join(ROLES)}.")
@run_option
@as_json
def check_command(
    names: Sequence[str], revision: str | None, drop: str | None, execute: bool, as_json: bool
) -> None:
    """Search all scenarios for the shortest way to break a rule.

    NAMES are handlers, entries or model files FILE.py, which are read as data.
    """
    given = [model(name, execute=execute) for name in dict.fromkeys(names)]
    rows = check(given or None, revision, drop)
    violated = any(row.verdict == "violated" for row in rows)
    if as_json:
        print_json([row.as_dict() for row in rows])
    else:
        render.checked(rows)
    sys.exit(VIOLATED if violated else FINE)
