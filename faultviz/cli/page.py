"""`faultviz page`: a handler, or two revisions of one on one clock, as one file of HTML.

Here: the options. Not here: what the page is (`standalone`).
"""

from __future__ import annotations

import click

from faultviz.engine.compare import compare
from faultviz.player import play


@click.command("page")
@click.argument("name")
@click.option("-o", "--output", help="The file; without it, NAME.html.")
@click.option("--compare", "pair", help="Two revisions on one clock, such as before,merged.")
@click.option("--revision", help="Where the page begins; it has all of them.")
@click.option("--outcomes", default="auto", show_default=True, help="The same for the answers.")
@click.option(
    "--context", default="write", show_default=True, help="This context is in the page, too."
)
@click.option("--step", default="1", show_default=True, help="Where it begins, such as 9 or 9.3.")
@click.option("--gate", is_flag=True, help="Begin with questions.")
@click.option("--view", default="full", show_default=True, help="first, full or stage.")
def page(
    name: str,
    output: str | None,
    pair: str | None,
    revision: str | None,
    outcomes: str,
    context: str,
    step: str,
    gate: bool,
    view: str,
) -> None:
    """Write a page that steps a handler without a kernel, a server or a network."""
    if pair:
        both = compare(name, pair, outcomes, context)
        shown = play(both, step=step, gate=gate, view=view)
    else:
        shown = play(name, revision, outcomes, context, step=step, gate=gate, view=view)
    beside = f"-{pair.replace(',', '-')}" if pair else ""
    file = shown.to_html(output or f"{name.removesuffix('.py')}{beside}.html")
    click.echo(f"wrote {file} ({file.stat().st_size / 1000:.0f} KB)")
