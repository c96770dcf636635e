"""What a learner answered before stands there again: after a restart, and when a cell is run anew.

Here: each kept answer is given to the fresh widget once more, and kept no second time. Not here:
how answers are kept (`course.grading.answer_file`), and what they are worth.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeVar

from ipywidgets import Widget

from faultviz.base.errors import BadInput
from faultviz.course.banks import FIRST
from faultviz.course.grading.answer_file import Act, answers, not_kept

W = TypeVar("W", bound=Widget)


def again(widget: W) -> W:
    """The widget, as the learner left it; an answer that it does not know any more is left out."""
    acts = answers().acts
    with not_kept():
        for one in getattr(widget, "asks", [widget]):
            for act in acts:
                with suppress(BadInput):
                    _give(one, act)
    return widget


def _give(widget: Any, act: Act) -> None:
    given = dict(act.given) if isinstance(act.given, dict) else {}
    if hasattr(widget, "form"):
        if (act.kind, act.name, act.seed) == ("quiz", widget.form.name, widget.form.seed):
            widget.chosen_before(given)
        return
    if hasattr(widget, "item"):
        number = widget.item.number(str(given.get("answer")))
        if (act.kind, act.name) == ("ask", widget.name) and number:
            widget.answer(number)
        return
    made = {"level": given.pop("level", None), "bank": given.pop("bank", FIRST)}
    asked = (widget.act, widget.kind, widget.seed, widget.level, widget.bank)
    if asked != (act.kind, act.name, act.seed, *made.values()):
        return
    if "reply" in given:
        widget.reply(str(given["reply"]))
    elif "text" in given:
        widget.answer(str(given["text"]))
    else:
        widget.answer(**{name: given[name] for name in FIELDS if name in given})


FIELDS = ("ack", "rule", "node", "line", "outcomes", "context", "path")
"""What may be said to an exercise."""
