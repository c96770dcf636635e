"""The questions of lesson 07, accounting and cost."""

from __future__ import annotations

from faultviz.course.questions.items.lesson_question import Item
from faultviz.engine.run import run
from faultviz.ir.bits import Flag, Result
from faultviz.lab.recorded import cost_formula as formula
from faultviz.lab.recorded import intervals as cost
from faultviz.lab.recorded.records import recorded


def _why_major() -> str:
    """What the step that books a major fault had before it: the bit or the flag."""
    trace = run("mips", "before")
    answer = next(s for s in reversed(trace.steps) if s.event == "fault")
    booked = next(s for s in trace.steps if s.text == "count major")
    if (answer.result or 0) & Result.MAJOR:
        return "16384 pages, one for each fault"
    return "nothing" if (booked.flags or 0) & Flag.TRIED else "one page; the others came along"


def _late_books() -> str:
    counters = run("mips", "before", accounting="6.4").counters
    return f"pgfault {counters['pgfault']}, major {counters['major']}"


def _own_faults() -> str:
    """A recorded store with others' faults in vmstat; getrusage has one for each page."""
    store = next(r for r in recorded("gup.csv") if (r.kernel, r.mode) == ("6.18", "store"))
    own = store.minor_per_page + store.major_per_page
    return "once" if own == 1 < (store.pgfault_per_page or 0) else "1.23 times"


def _what_settles() -> str:
    """What tells 6.12.117 from the same kernel with RETRY put back, as recorded."""
    new, old = (
        next(row for row in recorded("bytepatch_debian.csv") if row.kernel == kernel)
        for kernel in ("6.12.117", "6.12.117 with RETRY put back")
    )
    alike = new.minor_per_page == old.minor_per_page and new.major_per_page == old.major_per_page
    more = (old.seconds or 0) / (new.seconds or 1)
    if alike and more > 1.05:
        return "the instructions that a page takes"
    return "the same over more pages" if alike else "the major faults"


def _error() -> str:
    before, after = cost.AUTHOR
    found = cost.ratio(after, before, "95 %")
    return f"by {100 * (found.high / found.value - 1):.1f} %"


def _one_pair() -> str:
    """What all pairs say where single ones say the opposite."""
    all_ = cost.series("tog400.csv")
    if all_.smallest < all_.median.high < 1 < all_.largest:
        return "nothing, in either direction"
    return "the patch makes it slower" if all_.median.low > 1 else "the patch makes it faster"


def _without_lock() -> str:
    rest = formula.put(formula.saving(), {"lock": 0})
    left = {str(one) for one in rest.free_symbols}
    if not left:
        return "nothing"
    return "everything" if "page" in left else "the second look-up and the second walk"


def _erms() -> str:
    plain, erms = cost.rounds("icount400.csv"), cost.rounds("icount_erms.csv")
    same = abs(erms.second - plain.second) < 0.01 * plain.second
    return "528, as before" if same else "twice as many"


ITEMS: dict[str, Item] = {
    "07-M2": Item(
        "5.10 booked 16384 first writes to pages of tmpfs as 16384 major faults. What was read "
        "from storage?",
        (
            ("16384 pages, one for each fault", "tmpfs lies in memory: there was no storage."),
            ("nothing", "The second call carried TRIED, and the books take that for a wait."),
            (
                "one page; the others came along",
                "Reading ahead is for files on a disk; this one has none.",
            ),
        ),
        _why_major,
        "M2",
    ),
    "07-books": Item(
        "A kernel with the books of 6.4 and without the patch: what does one first write to "
        "shared memory add?",
        (
            ("pgfault 2, major 1", "From 6.4 on the first call, which answers RETRY, is left out."),
            ("pgfault 1, minor 1", "The second call carries TRIED still, and TRIED means major."),
            ("pgfault 1, major 1", "One fault that is finished, by a call that carries TRIED."),
        ),
        _late_books,
    ),
    "07-vmstat": Item(
        "Beside a compile /proc/vmstat grew by 1.23 per page that your program wrote, and its own "
        "ru_minflt by 1.000. How often did your program fault for each page?",
        (
            ("1.23 times", "vmstat counts the whole system: the rest are the compiler's faults."),
            ("once", "getrusage counts this process alone."),
            ("that cannot be known", "It can: one of the two numbers is your program's own."),
        ),
        _own_faults,
    ),
    "07-M16": Item(
        "Your 6.12 reads minor 1.000, major 0.000, pgfault 1.000. Which further number would show "
        "whether it has COMPLETED?",
        (
            ("the instructions that a page takes", "With RETRY put back 6.12.117 takes more."),
            ("the same over more pages", "More pages give more digits of a number that is blind."),
            ("the major faults", "They are 0 either way: the second call carries no TRIED there."),
        ),
        _what_settles,
        "M16",
    ),
    "07-error": Item(
        "The two times carry 1.94 % and 1.38 %, independent of each other. By how much may their "
        "ratio be off?",
        (
            ("by 3.3 %", "Their sum, as if both were always wrong in the worst direction."),
            ("by 0.6 %", "Their difference, as if both were always wrong in the same direction."),
            ("by 2.4 %", "The root of the sum of their squares: now and then they cancel."),
        ),
        _error,
    ),
    "07-pair": Item(
        "One pair of runs: with the patch it took 1.05 times as long. What follows?",
        (
            ("the patch makes it slower", "Of the 24 pairs of that series 21 say the opposite."),
            ("the patch makes it faster", "Not from a pair that says the opposite."),
            ("nothing, in either direction", "Single pairs of that series go from 0.43 to 1.52."),
        ),
        _one_pair,
        "M16",
    ),
    "07-M12": Item(
        "Suppose mmap_lock cost no time at all. What would the patch still save?",
        (
            ("nothing", "The lock is only a part of the second round."),
            ("the second look-up and the second walk", "And the small steps around them."),
            ("everything", "The page is found and cleared once either way: nothing to save."),
        ),
        _without_lock,
        "M12",
    ),
    "07-erms": Item(
        "On another CPU model the same write takes 6800 instructions instead of 3215, since the "
        "page is cleared in another way. How many does the patch save there?",
        (
            ("twice as many", "In proportion? The second round clears no page."),
            ("528, as before", "The second round is the same; only the rest is larger."),
            ("hardly any", "As many as before; they are a smaller part of the whole, that is all."),
        ),
        _erms,
    ),
}
