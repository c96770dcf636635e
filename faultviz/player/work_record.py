"""The record of work: one plain page of HTML to print, with a code and a date and no name.

Here: what stands on it. Not here: how it is shown and saved (`saved`), or how it was computed
(`report`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from importlib import resources

from faultviz.base.version import __version__
from faultviz.course.grading import report
from faultviz.course.grading.answer_file import Answers
from faultviz.course.grading.report import Share
from faultviz.course.grading.scoring import GradedAct

KINDS = {
    "ask": "questions of the lessons",
    "gate": "questions at steps",
    "quiz": "tests",
    "exercise": "exercises",
    "trace": "traces",
    "write": "handlers written",
    "review": "reviews",
    "table": "truth tables",
}
"""What a learner calls the kinds."""

STYLE = "\n" + resources.files(__package__).joinpath("work_record.css").read_text("utf-8")

NOTE = (
    "Every key was computed again when this page was made. The answers can be computed with the "
    "package itself: who must be sure that they are somebody's own watches them being given."
)


def page(answers: Answers, rows: Sequence[GradedAct], today: str = "") -> str:
    """The page. `today` is a date; without it, the day on which it is made.

    >>> "K7F2-9QXM" in page(Answers("K7F2-9QXM", ()), [], "2026-03-01")
    True
    """
    today = today or datetime.now(UTC).date().isoformat()
    days = sorted(act.at[:10] for act in answers.acts)
    between = days[:1] + [day for day in days[-1:] if day != days[0]]
    span = f" Answers of {' to '.join(between)}." if days else " No answers yet."
    made = f"Made on {today} with faultviz {__version__}."
    kinds = report.shares(rows, lambda row: KINDS.get(row.act.kind, row.act.kind))
    weak = [f"{name}: {report.said_of(name)}" for name in report.left(rows)]
    unknown = sum(row.score.of == 0 for row in rows)
    return "\n".join(
        [
            '<!doctype html><html lang="en"><meta charset="utf-8">',
            f"<title>Record of work, {escape(answers.code)}</title><style>{STYLE}</style>",
            "<h1>Record of work</h1>",
            f"<p>Code <b>{escape(answers.code)}</b>. {escape(made + span)}</p>",
            '<div class="tables">',
            _table("Right at the first try", kinds, {}),
            _table("Questions at steps, by rule", report.by_rule(rows), report.RULES),
            _table("By objective", report.by_objective(rows), {}),
            _table("Exercises, reviews and tests", _named(rows), {}),
            "</div>",
            _list("Misconceptions left", weak),
            f"<p>{unknown} answers of another version are not graded.</p>" if unknown else "",
            f"<p>{NOTE}</p></html>",
        ]
    )


def _named(rows: Iterable[GradedAct]) -> dict[str, Share]:
    """Each exercise, review and test with its seed."""
    return report.shares(
        rows,
        lambda row: (
            ""
            if row.act.kind in ("ask", "gate")
            else " ".join(filter(None, (row.act.kind, row.act.name, row.act.seed)))
        ),
    )


def _table(title: str, found: Mapping[str, Share], words: Mapping[str, str]) -> str:
    if not found:
        return ""
    rows = "".join(
        f"<tr><td>{escape(words.get(name, name))}</td><td>{share}</td></tr>"
        for name, share in found.items()
    )
    return f"<section><h2>{escape(title)}</h2><table>{rows}</table></section>"


def _list(title: str, lines: Sequence[str]) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in lines) or "<p>None.</p>"
    return f"<section><h2>{escape(title)}</h2>{said}</section>"
