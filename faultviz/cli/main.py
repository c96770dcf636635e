"""The `faultviz` command: which commands there are, and what all of them refuse alike.

Here: the table of commands, read when they are asked for, and the exit code of bad input. Not
here: a command, which has its own file.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from faultviz.base.errors import BadInput, CannotHere
from faultviz.base.version import __version__
from faultviz.cli.options import BAD


class Sentences(click.Group):
    """A group whose bad input is one sentence on stderr and exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Do what was typed; where there is no room for what it prints, that is the sentence."""
        try:
            return super().main(*args, **kwargs)
        except OSError as problem:
            if problem.filename or problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            click.echo(f"faultviz: The output cannot be written: {problem.strerror}.", err=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would try again at its end
            sys.exit(BAD)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it refuses becomes the sentence."""
        try:
            return super().invoke(ctx)
        except BadInput as problem:
            click.echo(f"faultviz: {problem}", err=True)
            ctx.exit(BAD)


COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("faultviz.cli.check", "check_command"),
    "compare": ("faultviz.cli.compare", "compare"),
    "export": ("faultviz.cli.export", "export_command"),
    "figures": ("faultviz.cli.figures", "figures"),
    "glossary": ("faultviz.cli.glossary", "glossary_command"),
    "grade": ("faultviz.cli.grade", "grade"),
    "handout": ("faultviz.cli.handout", "handout_command"),
    "items": ("faultviz.cli.items", "items"),
    "kernel": ("faultviz.cli.kernel", "kernel"),
    "kernels": ("faultviz.cli.kernels", "kernels_command"),
    "lab": ("faultviz.cli.lab", "lab"),
    "list": ("faultviz.cli.list", "list_command"),
    "lite": ("faultviz.cli.lite", "lite"),
    "measure": ("faultviz.cli.measure", "measure_command"),
    "page": ("faultviz.cli.page", "page"),
    "route": ("faultviz.cli.route", "route"),
    "show": ("faultviz.cli.show", "show"),
    "simulate": ("faultviz.cli.simulate", "simulate_command"),
    "site": ("faultviz.cli.site", "site"),
    "test": ("faultviz.cli.test", "test"),
    "trace": ("faultviz.cli.trace", "trace"),
}
"""Module and name of each, read when it is asked for."""

GROUPS = {
    "Learn": ("lab", "list", "show", "trace", "compare", "glossary"),
    "Check": ("check", "kernel"),
    "Measure": ("measure", "kernels", "simulate"),
    "Teach": ("route", "handout", "items", "grade"),
}
"""In which groups --help shows them; what is not here publishes."""


class Commands(Sentences):
    """The commands; some need what not everybody installed."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command by name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        try:
            found: click.Command = getattr(import_module(module), name)
        except CannotHere as missing:
            return _missing(cmd_name, missing)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, for --help."""
        return sorted(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in their groups, for --help."""
        grouped = {name for names in GROUPS.values() for name in names}
        rest = tuple(sorted({*COMMANDS} - grouped))
        for head, names in {**GROUPS, "Publish": rest}.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            rows = [(name, one.get_short_help_str(limit=60)) for name, one in found if one]
            with formatter.section(head):
                formatter.write_dl(rows)


def _missing(name: str, why: CannotHere) -> click.Command:
    """A command that says what it needs: only when it is called, so that --help stays whole."""

    def refuse(**_: object) -> None:
        raise why

    told = str(why)
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
