"""`faultviz compare`: the same scenario in two revisions, side by side."""

from __future__ import annotations

import click

from faultviz.cli import render
from faultviz.cli.options import (
    accounting_option,
    as_json,
    context_option,
    model,
    outcomes_option,
    print_json,
    run_option,
)
from faultviz.engine.compare import compare as compare_traces


@click.command("compare")
@click.argument("name")
@click.option("--revisions", default="before,merged", show_default=True)
@outcomes_option
@context_option
@accounting_option
@run_option
@as_json
def compare(
    name: str, revisions: str, outcomes: str, context: str, accounting: str, execute: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """The same scenario in two revisions, side by side."""
    program = model(name, execute=execute)
    both = compare_traces(program, revisions, outcomes, context, accounting)
    if as_json:
        print_json(both.as_dict())
    else:
        render.compare(both)
