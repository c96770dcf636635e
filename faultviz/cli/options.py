"""What commands share: options, exit codes, and how JSON is printed.

Here: what more than one command needs. Not here: a command.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.ir.graph import Program
from faultviz.start.launch import NO_CLONE, clone

FINE, VIOLATED, BAD = 0, 1, 2
FORMATS = ("as_csv", "as_json", "as_markdown", "plain")
"""Parameters that say in which form a command prints: it prints one."""


class Excluding(click.Option):
    """An option that would pass others over, which is refused: those in `excludes`."""

    def __init__(self, *told: Any, excludes: Sequence[str] = FORMATS, **more: Any) -> None:
        super().__init__(*told, **more)
        self.excludes = {*excludes} - {self.name}

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Raise BadInput where one of them was typed, too."""
        if self.name in opts:
            for other in ctx.command.params:
                if other.name in self.excludes and other.name in opts:
                    raise BadInput(
                        f"Choose {self.opts[0]} or {other.opts[0]}: one would be passed over."
                    )
        return super().handle_parse_result(ctx, opts, args)


as_json = click.option(
    "--json", "as_json", is_flag=True, cls=Excluding, help="Print JSON, for programs."
)
revision_option = click.option("--revision", default="merged", show_default=True)
outcomes_option = click.option(
    "--outcomes", default="auto", show_default=True, help="auto, or a list such as RETRY,OK."
)
context_option = click.option(
    "--context", default="write", show_default=True, help="Words, such as kernel,write; or none."
)
accounting_option = click.option(
    "--accounting", default="6.0", show_default=True, help="6.0, or 6.4 and later."
)
run_option = click.option(
    "--run", "execute", is_flag=True,
    help="Execute a FILE.py that you trust; without it, it is read as data.",
)  # fmt: skip


def model(name: str, revision: str | None = None, *, execute: bool) -> Program:
    """A handler or a model file; who has one executed is told before."""
    if execute and models.is_file(name):
        click.echo(f"faultviz: executing {name}, with all that it may do.", err=True)
        sys.stderr.flush()
        return models.load(name, revision, run=True)
    return models.load(name, revision)


RAW = {"ignore_unknown_options": True, "help_option_names": []}


def numbers(text: str, example: str) -> list[int]:
    """A list of numbers as it is typed; BadInput, with an example, for what is none."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise BadInput(f"{text!r} is no list of numbers: write {example}.") from None


def columns(*heads: str) -> Table:
    """An empty table without lines, whose cells are folded."""
    made = Table(box=None, pad_edge=False)
    for head in heads:
        made.add_column(head, overflow="fold")
    return made


def of_a_clone(word: str) -> Path:
    """The clone that a command needs. Raises BadInput where there is none."""
    root = clone()
    if root is None:
        raise BadInput(NO_CLONE.format(word=word))
    return root


def tell_folder(folder: Path, serve: str) -> None:
    """What was written to a folder, and how it is given away."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1_000_000
    click.echo(f"wrote {folder}: {len(files)} files, {size:.0f} MB")
    click.echo(serve.format(folder=folder))


def print_json(value: Any) -> None:
    """Print a value as --json does."""
    click.echo(json.dumps(value, indent=1))
