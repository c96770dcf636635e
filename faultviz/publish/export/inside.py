"""What the widgets of a notebook tell the exporter, from within the notebook's own kernel.

A widget lives in its kernel and is gone with it: so each says beforehand, as plain JSON beside its
text form, what a page needs in order to show it without one. Here: that, kind by kind. Not here:
how the notebook is run (`running`), or what the page makes of it (`cells_html`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.publish.export.strip import stills, strip, text_trace, whole

Json = dict[str, Any]
MIME = "application/vnd.faultviz.export+json"

NO_KERNEL = {
    "Find": "Only a notebook can judge an answer to this exercise.",
    "Reach": "Only a notebook can judge an answer to this exercise.",
    "PatchReview": "Only a notebook can judge a review.",
    "Write": "Only a notebook can judge what is written here.",
    "Bench": "Only a notebook can edit this handler and search it.",
    "Work": "This page keeps no answers; a notebook does.",
    "Record": "The record of work is made by a notebook, from the answers that it keeps.",
}
"""What does not work in a page, in one sentence."""

# --- players -------------------------------------------------------------------------------------


def player(shown: Any) -> Json:
    """A player: every scenario of its handler, and where to begin."""
    from faultviz.player.pages.packing import packed
    from faultviz.publish.export.page_scenarios import held_for

    return {
        "kind": "player",
        "data": packed(held_for(shown).told()),
        "start": [shown.revision, shown.outcomes, shown.context, shown.without],
        "looks": {
            "step": shown.step, "view": shown.view, "gate": shown.gate, "reader": shown.reader,
            "inside": shown.inside, "breakpoints": list(shown.breakpoints),
        },
        "strip": strip(shown.trace),
        "text": text_trace(shown.trace, inside=shown.inside),
        "empty": whole(shown.trace),
    }  # fmt: skip


def duo(shown: Any) -> Json:
    """Two traces on one clock: the widget's own state, which is all that it needs."""
    from faultviz.player.pages.packing import packed

    names = ("_kind", "_sides", "_first", "_token", "clock", "reader", "view")
    return {
        "kind": "duo",
        "data": packed({name: getattr(shown, name) for name in names}),
        "strip": stills(shown.both),
        "text": shown.both._repr_html_(),
    }


def lanes(shown: Any) -> Json:
    """Several threads on one clock."""
    from faultviz.player.pages.packing import packed

    state = {name: getattr(shown, name) for name in ("_told", "clock", "view")}
    return {"kind": "lanes", "data": packed(state), "strip": "", "text": shown.chart}


# --- questions -----------------------------------------------------------------------------------


def _item(ask: str, answers: Any, key: int, shown: str = "", listing: str = "") -> Json:
    texts, reasons = zip(*answers, strict=True)
    return {"ask": ask, "shown": shown, "listing": listing, "answers": [*texts],
            "reasons": [*reasons], "key": key}  # fmt: skip


def ask(shown: Any) -> Json:
    """A question of a lesson, or a set of them."""
    from faultviz.course.questions.items import right

    asks = getattr(shown, "asks", None) or [shown]
    items = [_item(one.item.ask, one.item.answers, right(one.item)) for one in asks]
    return {"kind": "asks", "mode": "each", "title": "", "items": items}


def quiz(shown: Any) -> Json:
    """A test: its reasons come after the last one."""
    items = [
        _item(
            f"{number}. {one.ask}", [(a.text, a.reason) for a in one.answers], one.right, one.shown
        )
        for number, one in zip(shown.form.numbers, shown.form.questions, strict=True)
    ]
    return {"kind": "asks", "mode": shown.form.name, "title": repr(shown.form), "items": items}


def sorting(shown: Any) -> Json:
    """Nine handlers to be sorted: a question for each."""
    from faultviz.analysis.classification import NINE, QUESTIONS
    from faultviz.course.exercises.sorting import placed
    from faultviz.edit.listing import lines, text
    from faultviz.models import load

    items = []
    for name in NINE:
        tried = [placed(shown.by, name, one) for one in shown.bins]
        answers = [(t, reason) for t, (_, reason) in zip(shown.bins.values(), tried, strict=True)]
        key = next(n for n, (good, _) in enumerate(tried, start=1) if good)
        items.append(_item(name, answers, key, listing=text(lines(load(name, "merged")))))
    return {"kind": "asks", "mode": "each", "title": QUESTIONS[shown.by], "items": items}


# --- what needs a kernel -------------------------------------------------------------------------


def paper(shown: Any) -> Json:
    """What there is to read, and what only a notebook can do with it."""
    solution = getattr(shown, "solution", None)
    as_text = getattr(shown, "as_text", None)
    return {
        "kind": "paper",
        "text": as_text() if as_text else "",
        "solution": str(solution()) if solution else "",
        "why": NO_KERNEL.get(type(shown).__name__, f"{type(shown).__name__} needs a notebook."),
    }


KINDS: dict[tuple[str, str], Callable[[Any], Json]] = {
    ("faultviz.player.player_widget", "Player"): player,
    ("faultviz.player.duo", "Duo"): duo,
    ("faultviz.player.lanes", "Lanes"): lanes,
    ("faultviz.player.ask", "Ask"): ask,
    ("faultviz.player.ask", "Check"): ask,
    ("faultviz.player.quiz_widget", "Quiz"): quiz,
    ("faultviz.player.sorter", "Sorting"): sorting,
    ("ipywidgets.widgets.widget", "Widget"): paper,
}
"""The nearest class of a widget says what is told; the last is for all the others."""


def begin() -> None:
    """From now on each widget that a cell shows tells what it is.

    Raises BadInput outside a notebook's kernel.
    """
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise BadInput("This is for the kernel of a notebook that is exported.")
    formatter = shell.display_formatter.mimebundle_formatter
    for (module, name), told in KINDS.items():
        # By the class itself: a widget's own class is a nameless child of it.
        formatter.for_type(getattr(import_module(module), name), _bundle(told))


def _bundle(told: Callable[[Any], Json]) -> Callable[..., Json]:
    def bundle(shown: Any, **_: Any) -> Json:
        return {"text/plain": repr(shown), MIME: told(shown)}

    return bundle
