"""`faultviz route`: the plan of a route, to keep beside the projector.

Here: options, and what is printed. Not here: the routes (`lectures`, `alone`), or their text
(`plan`).
"""

from __future__ import annotations

import click

from faultviz.base.errors import BadInput
from faultviz.cli.options import Excluding, as_json, print_json
from faultviz.course.routes import ROUTES
from faultviz.course.routes import route as find
from faultviz.course.routes.plan import length, markdown, markdown_cuts, text


@click.command("route")
@click.argument("name", required=False)
@click.option(
    "--markdown", "as_markdown", is_flag=True, cls=Excluding, help="Print tables of Markdown."
)
@as_json
def route(name: str | None, as_markdown: bool, as_json: bool) -> None:
    """Show the plan of a route by minute, lesson and cell; without a name, all routes."""
    if name is None and (as_json or as_markdown):
        raise BadInput(f"One route is printed so: name it, of {', '.join(ROUTES)}.")
    if name is None:
        for one in ROUTES.values():
            click.echo(f"{one.name:11} {length(one)}: {one.about}")
        return
    found = find(name)
    if as_json:
        stops = [{"at": at, **stop._asdict()} for at, stop in found.clock()]
        print_json({"route": name, "minutes": found.minutes, "stops": stops})
    elif as_markdown:
        cuts = ["", markdown_cuts(found)] if found.cuts else []
        click.echo("\n".join([markdown(found), *cuts]))
    else:
        click.echo(text(found))
