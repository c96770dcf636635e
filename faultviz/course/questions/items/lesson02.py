"""The questions of lesson 02, RETRY and COMPLETED."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Key
from faultviz.edit.ablate import without
from faultviz.engine.compare import compare
from faultviz.engine.run import run
from faultviz.lab.recorded.records import recorded
from faultviz.models import load


def _saved() -> str:
    """The part of the executed instructions that the patch saves, on one kernel, as recorded."""
    rows = {row.kernel: row.seconds or 0 for row in recorded("bytepatch_debian.csv")}
    saved = 1 - rows["6.1.176"] / rows["6.1.176 with RETRY put back"]
    return "half" if saved > 0.4 else "eighth" if 0.1 < saved < 0.16 else "nothing"


def _answer(event: str) -> str:
    return run("mips", "merged", context=event).used[0]


def _first() -> str:
    both = compare("mips")
    return {"4": "taking", "11": "test"}[both.label(both.first or 1)]


def _broken() -> str:
    cut = without(load("mips", "merged"), "completed-check")
    return run(cut, outcomes="COMPLETED").violations[0].invariant if cut else ""


KEYS: dict[str, Key] = {
    "02-first": _first,
    "02-M5": lambda: "yes" if run("mips", "merged", "RETRY,OK").used[0] == "RETRY" else "no",
    "02-M6": lambda: (
        "first"
        if (_answer("fresh"), _answer("dirty"), _answer("private")) == ("COMPLETED", "OK", "OK")
        else "every"
    ),
    "02-M12": _saved,
    "02-M16": lambda: (
        "no" if run("mips", "before", accounting="6.4").counters["pgfault"] == 1 else "yes"
    ),
    "02-broken": lambda: "twice" if _broken() == "lock-underflow" else "nothing",
}
