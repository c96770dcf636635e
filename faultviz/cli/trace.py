"""`faultviz trace`: one scenario, step by step."""

from __future__ import annotations

import sys

import click

from faultviz.cli import render
from faultviz.cli.options import (
    FINE,
    VIOLATED,
    accounting_option,
    as_json,
    context_option,
    model,
    outcomes_option,
    print_json,
    revision_option,
    run_option,
)
from faultviz.engine.run import run


@click.command("trace")
@click.argument("name")
@revision_option
@outcomes_option
@context_option
@accounting_option
@run_option
@as_json
def trace(
    name: str, revision: str, outcomes: str, context: str, accounting: str, execute: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """One scenario, step by step."""
    program = model(name, execute=execute)
    made = run(program, revision, outcomes, context, accounting)
    if as_json:
        print_json(made.as_dict())
    else:
        render.trace(made)
    sys.exit(VIOLATED if made.violations else FINE)
