"""`faultviz grade`: the answers of a class, graded again.

Here: options, what is printed, the exit code (0 fine, 2 when a file was no answers). Not here: the
work itself (`class_files`, `report`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from faultviz.cli.options import Excluding, as_json, columns
from faultviz.course.grading import class_files, report
from faultviz.course.grading.scoring import GradedAct

FINE, BAD = 0, 2
SUPERVISED = (
    "The answers can be computed with this package: points that count need supervision, or the "
    "written part."
)


@click.command("grade")
@click.argument("where", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--seed-file",
    type=click.Path(path_type=Path),
    help="CSV with code,seed: which seed each learner had to use.",
)
@click.option("--summary", is_flag=True, help="The class: per item and per misconception.")
@click.option("--csv", "as_csv", is_flag=True, cls=Excluding, help="Print CSV, for a spreadsheet.")
@as_json
def grade(where: Path, seed_file: Path | None, summary: bool, as_csv: bool, as_json: bool) -> None:
    """Grade files of answers: all .json of a folder, and each answers.json below it.

    Nothing is believed of a file but what was answered: every key is computed again.
    """
    wanted = class_files.seeds(seed_file) if seed_file else None
    handed = class_files.collect(where)
    learners = class_files.graded(handed, wanted)
    for line in (*handed.bad, *handed.odd):
        click.echo(f"faultviz: {class_files.plain(line)}", err=True)
    if as_csv or as_json:
        columns, rows = _table(learners, summary=summary)
        text = json.dumps(rows, indent=1) if as_json else class_files.as_csv(columns, rows)
        click.echo(text.rstrip("\n"))
    elif summary:
        _print_class(learners)
    else:
        _print_learners(learners)
    raise SystemExit(BAD if handed.bad else FINE)


def _table(
    learners: dict[str, list[GradedAct]], *, summary: bool
) -> tuple[Sequence[str], list[dict[str, object]]]:
    if not summary:
        rows = [class_files.as_dict(code, row) for code, rows in learners.items() for row in rows]
        return class_files.COLUMNS, rows
    both = (
        ("item", report.per_item(learners)),
        ("misconception", report.per_misconception(learners)),
    )
    lines = [{"table": table, **line._asdict()} for table, found in both for line in found]
    return ("table", *report.ClassRow._fields), lines


def _print_learners(learners: dict[str, list[GradedAct]]) -> None:
    console = Console()
    table = columns("code", "answers", "first try", "last try", "misconceptions left")
    for code, rows in learners.items():
        first = [row.score for row in rows if row.score.first]
        share = report.Share(sum(s.points for s in first), sum(s.of for s in first))
        answers = len({row.act.id for row in rows})
        weak = ", ".join(report.left(rows))
        last = report.Share(*class_files.total(rows))
        cells = (code, str(answers), str(share), str(last), weak)
        table.add_row(*(Text(class_files.plain(cell)) for cell in cells))
    console.print(table)
    for code, rows in learners.items():
        odd = (row for row in rows if row.problem)
        for line in dict.fromkeys(f"{code}: {r.act.kind} {r.act.name}: {r.problem}" for r in odd):
            console.print(Text(class_files.plain(line)))
    console.print(Text(SUPERVISED))


def _print_class(learners: dict[str, list[GradedAct]]) -> None:
    console = Console()
    for title, lines in (
        ("item", report.per_item(learners)),
        ("misconception", report.per_misconception(learners)),
    ):
        table = columns(title, "answered", "right at first", "wrong most often", "sure but wrong")
        for line in lines:
            belief = report.said_of(line.name)
            name = f"{line.name} {belief}" if belief else line.name
            right = f"{line.right} ({100 * line.right / line.answered:.0f} %)"
            wrong = f"{line.wrong} ({line.times})" if line.times else ""
            cells = (name, str(line.answered), right, wrong, str(line.sure or ""))
            table.add_row(*(Text(class_files.plain(cell)) for cell in cells))
        console.print(table)
        console.print()
    console.print(Text(f"{len(learners)} learners; first tries only. {SUPERVISED}"))
