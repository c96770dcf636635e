"""`faultviz items`: exam items for teachers.

Here: options, and where the text goes. Not here: the items (`exam`), or their formats.
"""

from __future__ import annotations

from pathlib import Path

import click

from faultviz.base.plain_files import put
from faultviz.course.banks import CURRENT
from faultviz.course.quiz.exam import exam
from faultviz.course.quiz.exam_sheet import table, text
from faultviz.course.quiz.forms import FIXED
from faultviz.course.quiz.gift import gift


@click.command("items")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "gift", "table"]),
    default="text",
    show_default=True,
    help="Questions and key; Moodle's GIFT; what each item is for.",
)
@click.option("--seed", default=FIXED, show_default=True, help="Another seed, other items.")
@click.option("--bank", type=int, default=CURRENT, show_default=True, help="Of which questions.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to FILE.")
def items(form: str, seed: str, bank: int, output: Path | None) -> None:
    """Twenty exam items with computed keys; not tried with a class."""
    seed = seed.strip() or FIXED
    made = exam(seed, bank)
    written = {"text": text, "gift": gift}.get(form)
    said = written(made, seed, bank) if written else table(made)
    said = said.rstrip("\n") + "\n"
    if output is None:
        click.echo(said, nl=False)
        return
    click.echo(f"wrote {put(output, said.encode())}")
