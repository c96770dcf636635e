"""The answers of a class: which files, whose they are, which seed each had, and all of it graded.

Here: everything but how it is printed (`cli.grade`). Not here: what an answer is worth
(`scoring`), or what scores add up to (`report`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import contents, given
from faultviz.course.grading.answer_file import FILE, Act, merged, read
from faultviz.course.grading.scoring import GradedAct, replay

COLUMNS = (
    "code", "kind", "name", "seed", "points", "of", "first", "objective", "misconception",
    "what", "chosen", "sure", "problem", "at",
)  # fmt: skip
"""Of the rows for a spreadsheet."""

UNSEEDED = ("ask", "gate")
"""Kinds that are the same for every learner."""


class HandedIn(NamedTuple):
    """The acts of each learner by code, and a sentence for each file that is none or is odd."""

    acts: dict[str, tuple[Act, ...]]
    bad: tuple[str, ...]
    odd: tuple[str, ...]


def files(where: Path) -> list[Path]:
    """The files of answers: every .json of a folder, and each answers.json below it."""
    if where.is_file():
        return [where]
    if not where.is_dir():
        raise BadInput(f"There is no folder {where}: name the one with the files of answers.")
    below = (f for f in where.rglob(FILE) if not any(p.startswith(".") for p in _parts(f, where)))
    found = sorted({*where.glob("*.json"), *below})
    if not found:
        raise BadInput(f"There are no answers in {where}: no .json, and no {FILE} below.")
    return found


def _parts(file: Path, where: Path) -> tuple[str, ...]:
    return file.relative_to(where).parts


def collect(where: Path) -> HandedIn:
    """Read what was handed in; a file that is no answers is said and left out."""
    acts: dict[str, tuple[Act, ...]] = {}
    homes: dict[str, Path] = {}
    known: dict[str, tuple[str, Path]] = {}
    bad, odd = [], []
    for file in files(where):
        try:
            found = read(contents(file))
        except (BadInput, OSError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else problem
            bad.append(f"{file}: {reason}")
            continue
        code = found.code.strip().upper()
        if code in homes:
            odd.append(f"{file}: {code} is also the code of {homes[code]}: taken as one learner.")
        homes.setdefault(code, file)
        owners = [known.setdefault(act.id, (code, file)) for act in found.acts]
        for owner, n in Counter(owner for owner in owners if owner[0] != code).items():
            odd.append(f"{file}: {n} of its answers came from {owner[1]}, of another code.")
        acts[code] = merged(acts.get(code, ()), found.acts)
    return HandedIn(acts, tuple(bad), tuple(odd))


def seeds(file: Path) -> dict[str, str]:
    """Which seed each code has to use, from a CSV file with the columns code and seed."""
    try:
        text = given(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file} is no text in UTF-8: save it as CSV in UTF-8.") from None
    found: dict[str, str] = {}
    for n, cells in enumerate(csv.reader(io.StringIO(text)), start=1):
        row = [cell.strip() for cell in cells]
        if not any(row) or (n == 1 and [cell.lower() for cell in row[:2]] == ["code", "seed"]):
            continue
        if len(row) < 2 or not row[0] or not row[1]:
            raise BadInput(f"{file}, line {n}: a code, a comma and a seed are wanted.")
        code = row[0].upper()
        if found.setdefault(code, row[1]) != row[1]:
            raise BadInput(f"{file}, line {n}: {code} has the seed {found[code]!r} already.")
    return found


def of_seed(used: str, wanted: str) -> bool:
    """Whether a seed is the wanted one, or is made of it with /, - or a space and more.

    >>> of_seed("K7F2-9QXM/3", "K7F2-9QXM"), of_seed("capstone 2", "capstone"), of_seed("12", "1")
    (True, True, False)
    """
    return used == wanted or used.startswith(tuple(f"{wanted}{between}" for between in "/- "))


def refusal(code: str, wanted: Mapping[str, str] | None) -> Callable[[Act], str]:
    """What says of an act of this code why its seed does not count; nothing without a list."""

    def refused(act: Act) -> str:
        if wanted is None or act.kind in UNSEEDED:
            return ""
        if code not in wanted:
            return "This code has no seed in the list."
        if of_seed(act.seed, wanted[code]):
            return ""
        return f"The seed is {act.seed!r}, and {wanted[code]!r} was to be used."

    return refused


def graded(handed: HandedIn, wanted: Mapping[str, str] | None = None) -> dict[str, list[GradedAct]]:
    """Every learner's rows, by code."""
    return {code: replay(acts, refusal(code, wanted)) for code, acts in sorted(handed.acts.items())}


def as_dict(code: str, row: GradedAct) -> dict[str, Any]:
    """A row as programs read it."""
    act, score = row.act, row.score
    told = {**act._asdict(), **score._asdict(), "code": code, "problem": row.problem}
    return {name: told[name] for name in COLUMNS}


def as_csv(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows for a spreadsheet."""
    columns = tuple(columns)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def plain(text: str) -> str:
    """A text from a file as a terminal may have it: without what it would obey.

    >>> plain("a" + chr(27) + "[2Jb")
    'a [2Jb'
    """
    return "".join(c if c.isprintable() else " " for c in text)


def cell(value: Any) -> str:
    """A value as a cell; what a spreadsheet would compute stays a text.

    >>> cell(True), cell(0.5), cell(None), cell("=1+1")
    ('1', '0.5', '', "'=1+1")
    """
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return f"{value:g}" if not isinstance(value, bool) else str(int(value))
    text = plain(str(value))
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) else text


def total(rows: Sequence[GradedAct]) -> tuple[float, float]:
    """The points of the last answers, and out of how many."""
    last = {(r.act.kind, r.act.name, r.act.seed, r.score.what): r.score for r in rows}
    return sum(s.points for s in last.values()), sum(s.of for s in last.values())
