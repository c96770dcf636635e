"""The contract of handle_mm_fault with gaps: table, corners, page events, four questions.

Here: the page. Its answers are computed, or are those of the lessons' questions (`items`).
"""

from __future__ import annotations

from html import escape

from faultviz.course.questions.items import item, right
from faultviz.engine.run import run
from faultviz.models.mm.memory import PAGE_EVENTS
from faultviz.publish.handouts import frame
from faultviz.publish.handouts.frame import code, gap

HEAD = ("outcome", "is the fault handled?", "does this task still hold mmap_lock?",
        "the caller must")  # fmt: skip
CONTRACT: tuple[tuple[str, str, str, str], ...] = (
    ("OK", "yes", "yes", "unlock once, leave"),
    ("ERROR", "no", "yes", "unlock once, then signal or fix up"),
    ("RETRY", "not yet", "no (NOWAIT: yes)", "look at signals; lock again, mark TRIED, call again"),
    ("COMPLETED", "yes", "no", "NOT unlock; leave, or lock again if it still needs the lock"),
)
GIVEN = {("OK", 1), ("OK", 2), ("OK", 3), ("ERROR", 1)}
"""Cells that are filled in already, as a row to go by."""

WIDE = (27, 25, 42, 92)
EVENTS = ("fresh", "dirty", "private", "read")
QUESTIONS = ("00-M9", "00-M3", "01-M4", "02-M5")

CROSS = "\u00d7"


def page(solution: bool) -> str:
    """The page, with or without what belongs into the gaps."""
    body = [
        (
            f"<p>{code('handle_mm_fault')} makes a page present, for every architecture. Its "
            "answer tells the caller two things: whether the fault is handled, and whether this "
            f"task still holds {code('mmap_lock')}.</p>"
        ),
        "<h2>1. Fill the gaps</h2>",
        _table(solution),
        '<div class="two"><section><h2>2. Write each answer into its corner</h2>',
        _corners(solution),
        "</section><section><h2>3. What does a page event end in?</h2>",
        _events(solution),
        "</section></div>",
        "<h2>4. Mark one answer each</h2>",
        *(_question(name, n, filled=solution) for n, name in enumerate(QUESTIONS, start=1)),
    ]
    foot = (
        f"To see whether you are right: press {code('?')} in a picture for the table; "
        f"{code('faultviz trace mips --revision before --context private')} for an event."
    )
    return frame.page("The contract of handle_mm_fault", "".join(body), foot, solution=solution)


def _table(solution: bool) -> str:
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(text) if _given(row[0], i) else gap(text, filled=solution)}</td>"
            for i, text in enumerate(row)
        )
        + "</tr>"
        for row in CONTRACT
    )
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in HEAD)
    cols = "".join(f'<col style="width:{wide}mm">' for wide in WIDE)
    return f'<table class="rows">{cols}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _given(outcome: str, column: int) -> bool:
    return column == 0 or (outcome, column) in GIVEN


def _corners(solution: bool) -> str:
    """The two questions as a square; what RETRY leaves open counts as a no."""
    at = {(row[1] == "yes", row[2] == "yes"): row[0] for row in CONTRACT}
    rows = "".join(
        f'<tr><th scope="row">{said}</th>'
        + "".join(f"<td>{gap(at[handled, held], filled=solution)}</td>" for held in (True, False))
        + "</tr>"
        for handled, said in ((True, "handled"), (False, "not handled, or not yet"))
    )
    last = gap(at[True, False], filled=solution)
    return (
        '<table class="corners"><tr><td></td><th scope="col">lock still held</th>'
        f'<th scope="col">lock given up</th></tr>{rows}</table><p>Until Linux 6.0 one corner had '
        f'no name: <span class="line" style="min-width:28mm">{last or "&nbsp;"}</span></p>'
    )


def _events(solution: bool) -> str:
    """What each page event ends in, before the patch and after it."""
    rows = "".join(
        f"<tr><td>{escape(PAGE_EVENTS[event][0])}</td>"
        + "".join(
            f"<td>{gap(', '.join(run('mips', revision, context=event).used), filled=solution)}</td>"
            for revision in ("before", "merged")
        )
        + "</tr>"
        for event in EVENTS
    )
    heads = "".join(f'<th scope="col">{text}</th>' for text in ("on mips", "before", "merged"))
    return (
        f'<table class="events"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        "<p>Two answers in one field, where it is called twice.</p>"
    )


def _question(name: str, number: int, *, filled: bool) -> str:
    one = item(name)
    key = right(one) if filled else 0
    answers = " &nbsp; ".join(
        f'<span class="box">{CROSS if n == key else ""}</span>{escape(text)}'
        for n, (text, _) in enumerate(one.answers, start=1)
    )
    why = f'<p class="why">{escape(one.answers[key - 1][1])}</p>' if filled else ""
    letter = "abcdefg"[number - 1]
    return f'<div class="ask"><p><b>{letter})</b> {escape(one.ask)}</p><p>{answers}</p>{why}</div>'
