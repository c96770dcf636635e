"""Which cells make a slide: of one notebook, or of a route through several.

Here: how cells are put together, and what the speaker is told. Not here: how a slide is shown
(`document`), or which cells a route has (`course.routes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from faultviz.course.routes import Route
from faultviz.course.routes.plan import UNTRIED
from faultviz.publish.export.book import REVEAL, Cell, between, for_learners, for_the_teacher, title
from faultviz.publish.export.cells_html import literal
from faultviz.publish.export.document import KEYS, Slide

SUBJECT = "One write, two page faults"
"""What all routes are about."""
FEW = 9
"""How many lines of an output leave room for a text."""
SHORT = 420
"""How many letters of text leave room for a question or an answer on the same screen."""


def together(cells: Iterable[Cell]) -> Iterator[tuple[Cell, ...]]:
    """Cells that share a screen; a picture has one of its own.

    A text goes with the output that follows it, a short text with the question that follows it, and
    a short output or answer with the short text that explains it.

    >>> [len(some) for some in together([Cell("a", "text", "# A"), Cell("b", "code", "1")])]
    [2]
    """
    waiting: tuple[Cell, ...] = ()
    for cell in cells:
        if waiting and not _joins(cell, waiting):
            yield waiting
            waiting = ()
        waiting = (*waiting, cell)
    if waiting:
        yield waiting


def _joins(cell: Cell, waiting: tuple[Cell, ...]) -> bool:
    """Whether a cell goes on the screen of those before it."""
    last = waiting[-1]
    if cell.kind == "text":
        begins = cell.source.startswith("#")
        return last.kind == "code" and _prints_little(last) and _short(cell) and not begins
    if REVEAL in cell.tags:
        return False
    if cell.told:
        return len(waiting) == 1 and last.kind == "text" and _short(last) and _asks_once(cell)
    return True


def _short(cell: Cell) -> bool:
    return len(cell.source) <= SHORT


def _prints_little(cell: Cell) -> bool:
    """Whether it shows a few lines of text and nothing else."""
    lines = "".join("".join(one.get("text", "")) for one in cell.outputs).count("\n")
    return not cell.told and lines <= FEW and all("data" not in one for one in cell.outputs)


def _asks_once(cell: Cell) -> bool:
    """Whether it is one question and nothing else."""
    return [len(one["items"]) if one["kind"] == "asks" else 0 for one in cell.told] == [1]


def of_notebook(cells: Sequence[Cell], name: str, *, solutions: bool) -> list[Slide]:
    """A whole notebook; what it says to the teacher becomes the notes of its first slide."""
    told = tuple(cell.source for cell in for_the_teacher(cells))
    slides: list[Slide] = []
    for some in together(for_learners(cells, solutions=solutions)):
        notes = () if slides else (KEYS, *told)
        keys = answers(some) if solutions else ()
        head = _title(some, slides[-1].title if slides else name)
        slides.append(Slide(some, head, "", (*notes, *keys)))
    return slides


def of_route(route: Route, books: Mapping[str, Sequence[Cell]], *, solutions: bool) -> list[Slide]:
    """One deck of all stops of a route, in their order; `books` has the cells of each lesson.

    The notes of a stop's slides are its minutes, what is done there, and with the solutions the
    answers to what is asked; those of the first slide of a lesson also what it says to the teacher.
    """
    slides = [_first(route, books)]
    met: set[str] = set()
    for at, stop in route.clock():
        cells = between(books[stop.lesson], stop.first, stop.last)
        minutes = f"{at} to {at + stop.minutes}"
        told = (f"**Minutes {minutes}.** {stop.what}",)
        name = _before(books[stop.lesson], stop.first)
        for some in together(for_learners(cells, solutions=solutions)):
            teacher = () if stop.lesson in met else _of_lesson(books[stop.lesson])
            met.add(stop.lesson)
            name = _title(some, name)
            keys = answers(some) if solutions else ()
            slides.append(Slide(some, name, minutes, (*told, *keys, *teacher)))
    return slides


def answers(cells: Iterable[Cell]) -> tuple[str, ...]:
    """For the speaker: what is right at each question; of one alone, why others are wrong."""
    items = [
        item
        for cell in cells
        for one in cell.told
        if one["kind"] == "asks"
        for item in one["items"]
    ]
    said = []
    for item in items:
        pairs = [*zip(item["answers"], item["reasons"], strict=True)]
        text, reason = pairs.pop(item["key"] - 1)
        asked = f"{literal(item['ask'])} " if len(items) > 1 else ""
        head = "" if asked else "Right: "
        replies = (f"\n- Not “{literal(other)}”: {literal(why)}" for other, why in pairs)
        wrong = "" if asked else "".join(replies)
        said.append(f"{asked}**{head}{literal(text)}.** {literal(reason)}{wrong}")
    return tuple(said)


def _first(route: Route, books: Mapping[str, Sequence[Cell]]) -> Slide:
    """What the class sees while it comes in: the lessons and when each begins."""
    begins: dict[str, int] = {}
    for at, stop in route.clock():
        begins.setdefault(stop.lesson, at)
    rows = "\n".join(f"| {at} | {title(books[lesson], lesson)} |" for lesson, at in begins.items())
    source = f"# {SUBJECT}\n\n{route.about}\n\n| minute | lesson |\n|---:|---|\n{rows}"
    before = "\n".join(f"- {one}" for one in route.before)
    about = Cell("route", "text", source)
    return Slide((about,), f"{SUBJECT} ({route.name})", notes=(UNTRIED, KEYS, before))


def _of_lesson(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(cell.source for cell in for_the_teacher(cells))


def _before(cells: Sequence[Cell], id_: str) -> str:
    """The last heading up to a cell."""
    name = title(cells, "")
    for cell in cells:
        name = _title([cell], name)
        if cell.id == id_:
            break
    return name


def _title(cells: Sequence[Cell], else_: str) -> str:
    """The first heading on a slide; else that of the slide before."""
    for cell in cells:
        for line in cell.source.splitlines() if cell.kind == "text" else ():
            if line.startswith("#"):
                return line.lstrip("# ").strip()
    return else_
