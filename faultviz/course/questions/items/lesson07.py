"""The questions of lesson 07, accounting and intervals."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Key
from faultviz.engine.run import run
from faultviz.ir.bits import Flag, Result
from faultviz.lab.recorded import cost_formula, intervals
from faultviz.lab.recorded.records import recorded


def _why_major() -> str:
    """What the step that books a major fault had before it: the bit or the flag."""
    trace = run("mips", "before")
    answer = next(s for s in reversed(trace.steps) if s.event == "fault")
    booked = next(s for s in trace.steps if s.text == "count major")
    if (answer.result or 0) & Result.MAJOR:
        return "all"
    return "nothing" if (booked.flags or 0) & Flag.TRIED else "one"


def _late_books() -> str:
    counters = run("mips", "before", accounting="6.4").counters
    return {(2, 1): "calls", (1, 0): "minor", (1, 1): "major"}[
        counters["pgfault"], counters["major"]
    ]


def _own_faults() -> str:
    """A recorded store with others' faults in vmstat; getrusage has one for each page."""
    store = next(r for r in recorded("gup.csv") if (r.kernel, r.mode) == ("6.18", "store"))
    own = store.minor_per_page + store.major_per_page
    return "once" if own == 1 < (store.pgfault_per_page or 0) else "more"


def _what_settles() -> str:
    """What tells 6.12.117 from the same kernel with RETRY put back, as recorded."""
    new, old = (
        next(row for row in recorded("bytepatch_debian.csv") if row.kernel == kernel)
        for kernel in ("6.12.117", "6.12.117 with RETRY put back")
    )
    alike = new.minor_per_page == old.minor_per_page and new.major_per_page == old.major_per_page
    more = (old.seconds or 0) / (new.seconds or 1)
    if alike and more > 1.05:
        return "instructions"
    return "pages" if alike else "major"


def _error() -> str:
    before, after = intervals.AUTHOR
    found = intervals.ratio(after, before, "95 %")
    off = f"{100 * (found.high / found.value - 1):.1f}"
    return {"3.3": "sum", "0.6": "difference", "2.4": "root"}[off]


def _one_pair() -> str:
    """What all pairs say where single ones say the opposite."""
    all_ = intervals.series("tog400.csv")
    if all_.smallest < all_.median.high < 1 < all_.largest:
        return "nothing"
    return "slower" if all_.median.low > 1 else "faster"


def _without_lock() -> str:
    rest = cost_formula.put(cost_formula.saving(), {"lock": 0})
    left = {str(one) for one in rest.free_symbols}
    if not left:
        return "nothing"
    return "everything" if "page" in left else "second"


def _erms() -> str:
    plain, erms = intervals.rounds("icount400.csv"), intervals.rounds("icount_erms.csv")
    same = abs(erms.second - plain.second) < 0.01 * plain.second
    return "same" if same else "twice"


KEYS: dict[str, Key] = {
    "07-M2": _why_major,
    "07-books": _late_books,
    "07-vmstat": _own_faults,
    "07-M16": _what_settles,
    "07-error": _error,
    "07-pair": _one_pair,
    "07-M12": _without_lock,
    "07-erms": _erms,
}
