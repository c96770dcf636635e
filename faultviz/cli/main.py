"""The `faultviz` command: rich text for people, `--json` for programs.

Here: the options, what is printed, and the exit code (0 fine, 1 a rule is violated, 2 bad input).
Not here: anything that a notebook could want as well; each command calls one function.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.base.version import __version__
from faultviz.cli import render as told
from faultviz.course.glossary import glossary
from faultviz.edit.ablate import ROLES
from faultviz.engine.check import check
from faultviz.engine.compare import compare as compare_traces
from faultviz.engine.run import run
from faultviz.ir.graph import Program
from faultviz.start import launch as start
from faultviz.start.ending import watch

FINE, VIOLATED, BAD = 0, 1, 2

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
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


def _model(name: str, revision: str | None = None, *, execute: bool) -> Program:
    """A handler or a model file; who has one executed is told before."""
    if execute and name.endswith(".py"):
        click.echo(f"faultviz: executing {name}, with all that it may do.", err=True)
        sys.stderr.flush()
        return models.load(name, revision, run=True)
    return models.load(name, revision)


class Sentences(click.Group):
    """A group whose bad input is one sentence on stderr and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it refuses becomes the sentence."""
        try:
            return super().invoke(ctx)
        except BadInput as problem:
            click.echo(f"faultviz: {problem}", err=True)
            ctx.exit(BAD)


ELSEWHERE: dict[str, tuple[str, str]] = {
    "export": ("faultviz.cli.export", "export_command"),
    "figures": ("faultviz.cli.figures", "figures"),
    "grade": ("faultviz.cli.grade", "grade"),
    "handout": ("faultviz.cli.handout", "handout_command"),
    "items": ("faultviz.cli.items", "items"),
    "kernel": ("faultviz.cli.kernel", "kernel"),
    "kernels": ("faultviz.cli.kernels", "kernels_command"),
    "lite": ("faultviz.cli.lite", "lite"),
    "measure": ("faultviz.cli.measure", "measure_command"),
    "page": ("faultviz.cli.page", "page"),
    "route": ("faultviz.cli.route", "route"),
    "site": ("faultviz.cli.site", "site"),
    "simulate": ("faultviz.cli.simulate", "simulate_command"),
}
"""Commands of other rooms: module and name, read when they are asked for."""


class Commands(Sentences):
    """The commands, those of other rooms among them; some need what not everybody installed."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command by name."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, name = ELSEWHERE[cmd_name]
        try:
            found: click.Command = getattr(import_module(module), name)
        except ModuleNotFoundError as missing:
            return _missing(cmd_name, missing.name or "")
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, for --help."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])


def _missing(name: str, module: str) -> click.Command:
    """A command that says what it needs: only when it is called, so that --help stays whole."""

    def refuse(**_: object) -> None:
        raise BadInput(
            f"faultviz {name} needs {module}: pip install 'faultviz[{name}]' installs it."
        )

    told = f"Needs {module}: pip install 'faultviz[{name}]'."
    anything = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)
    settings = {"ignore_unknown_options": True, "help_option_names": []}
    return click.Command(name, settings, refuse, [anything], short_help=told, help=told)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Step a page fault through Linux' handlers, with RETRY or with COMPLETED."""
    # A pipe or a file may have a narrow encoding; what cannot be said is replaced, not a crash.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


@main.command("list")
@as_json
def list_command(as_json: bool) -> None:
    """The handlers and entries, with what is special about each."""
    rows = []
    for name in models.HANDLERS + models.ENTRIES:
        program = models.load(name)
        rows.append(
            {
                "name": name,
                "kind": program.kind,
                "function": program.root,
                "file": program.function.cite.file,
                "revisions": list(program.revisions),
                "about": program.about,
            }
        )
    if as_json:
        _print_json(rows)
        return
    table = Table(box=None, pad_edge=False)
    for head in ("name", "function", "what is special"):
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(str(row["name"]), str(row["function"]), str(row["about"]))
    Console().print(table)


@main.command()
@click.argument("name")
@revision_option
@click.option("-o", "--output", help="Write the pictures to FILE.svg, FILE.dot or FILE.png.")
@run_option
@as_json
def show(name: str, revision: str, output: str | None, execute: bool, as_json: bool) -> None:
    """One handler: its nodes, words and cites; with -o its picture."""
    program = _model(name, revision, execute=execute)
    if output:
        from faultviz.picture.sheet import write

        click.echo(f"wrote {write(program, output)}")
        return
    if as_json:
        _print_json(told.described(program))
    else:
        told.show(program)


@main.command()
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
    program = _model(name, execute=execute)
    both = compare_traces(program, revisions, outcomes, context, accounting)
    if as_json:
        _print_json(both.as_dict())
    else:
        told.compare(both)


@main.command()
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
    program = _model(name, execute=execute)
    made = run(program, revision, outcomes, context, accounting)
    if as_json:
        _print_json(made.as_dict())
    else:
        told.trace(made)
    sys.exit(VIOLATED if made.violations else FINE)


@main.command("check")
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
    given = [_model(name, execute=execute) for name in dict.fromkeys(names)]
    rows = check(given or None, revision, drop)
    violated = any(row.verdict == "violated" for row in rows)
    if as_json:
        _print_json([row.as_dict() for row in rows])
    else:
        told.checked(rows)
    sys.exit(VIOLATED if violated else FINE)


RAW = {"ignore_unknown_options": True, "help_option_names": []}


@main.command("glossary")
@click.argument("word", required=False)
@as_json
def glossary_command(word: str | None, as_json: bool) -> None:
    """Show the thirty words of the course, or one of them."""
    found = glossary(word)
    if as_json:
        _print_json({name: term._asdict() for name, term in found})
        return
    table = Table("word", "lesson", "meaning")
    for name, term in found:
        table.add_row(Text(name), term.lesson, Text(term.sentence))
    Console().print(table)


@main.command(context_settings=RAW)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def lab(words: Sequence[str]) -> None:
    """Open JupyterLab on the first lesson."""
    sys.exit(start.main(["lab", *words]))


@main.command(context_settings=RAW)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def test(words: Sequence[str]) -> None:
    """Run every test; what follows is given to pytest."""
    sys.exit(start.main(["test", *words]))


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=1))


def run_main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    watch()
    main(prog_name="faultviz")
    raise SystemExit(FINE)
