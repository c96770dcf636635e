"""Questions about what is counted and what is measured: page events, the books, a pair of timings.

Here: three kinds of question, each with what it is drawn from and a key that a run or recorded data
give. Not here: the lock (`locks`), the data themselves (`lab`), or how cases are drawn (`forms`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from statistics import median

from faultviz import models
from faultviz.base.seeds import Draw
from faultviz.course.quiz.locks import EVENTS, Case, answers_completed, ran
from faultviz.course.quiz.question import Answer, Question, question
from faultviz.lab.recorded.pairs import TimedPair, pairs, runs
from faultviz.lab.recorded.records import recorded
from faultviz.models.mm import memory

# --- page events -------------------------------------------------------------------------------

LISTED = 4
"""How many page events stand in a question."""


def events_cases() -> Iterator[Case]:
    """Four page events, and a handler."""
    return product(map(",".join, combinations(EVENTS, LISTED)), models.HANDLERS)


def tells_apart(case: Case) -> bool:
    """Whether some of the events end in COMPLETED, and some write to a shared page does not."""
    listed, name = case[0].split(","), case[1]
    done = {event for event in listed if answers_completed(name, event)}
    return bool(done) and bool({"dirty", "private"} & set(listed) - done)


def events(case: Case, draw: Draw) -> Question:
    """Which of four page events end in COMPLETED."""
    name, listed = case[1], draw.shuffle(case[0].split(","))
    letters = dict(zip(listed, "abcd", strict=True))
    answered = {event: ran(name, "merged", context=event).used[0] for event in listed}
    done = [event for event in listed if answered[event] == "COMPLETED"]
    writes = [event for event in listed if event != "read"]
    shared = [event for event in writes if event != "private"]

    def told(chosen: list[str], about: str = "M6") -> Answer:
        text = _listed([letters[event] for event in listed if event in chosen])
        wrong = [event for event in listed if event in chosen and event not in done]
        (answer,) = {answered[event] for event in wrong} or {""}
        said = f"Answered with {answer}: {_listed([letters[event] for event in wrong])}."
        return Answer(text, said, about)

    right = Answer(
        _listed([letters[event] for event in done]),
        "A write that makes a shared page dirty has its writer throttled, without the lock.",
    )
    answers = [right, told(shared), told(writes), told(listed)]
    answers.append(
        Answer(
            "that is the handler's choice",
            "The code below handle_mm_fault answers, and the handler takes what comes.",
            "M7",
        )
    )
    return question(
        "events",
        "events",
        f"{name}, with the patch. Which of these page events end in COMPLETED?",
        answers,
        right.text,
        case,
        draw,
        shown="\n".join(f"{letters[e]}  {memory.PAGE_EVENTS[e][0]}" for e in listed),
    )


def _listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


# --- the books ---------------------------------------------------------------------------------

PAGES = (10, 20, 50, 100, 250, 400, 1000, 4000)
PARTS = {2: "half", 3: "a third", 4: "a quarter", 8: "an eighth", 20: "a twentieth"}
KERNELS = ("6.1.176", "6.12.117")
NOTHING = "nothing"


def books_cases() -> Iterator[Case]:
    """Each handler, with a number of pages and a kernel on which the saving was counted."""
    return product(models.HANDLERS, map(str, PAGES), KERNELS)


def books(case: Case, draw: Draw) -> Question:
    """What the kernel counts for first writes before the patch, and which part of them it saves."""
    name, number, kernel = case
    pages = int(number)
    counted = ran(name, "before").counters
    pgfault, minor, major = (counted[what] * pages for what in ("pgfault", "minor", "major"))
    part, kept = _saved(kernel)

    def text(pgfault: int, minor: int, major: int, part: str) -> str:
        saves = f"about {part}" if part != NOTHING else NOTHING
        return f"pgfault {pgfault}, minor {minor}, major {major}; the patch saves {saves}"

    return question(
        "books",
        "books",
        f"{name} in mid-2022, before the patch: a program writes once to each of {pages} fresh "
        "pages of shared memory. By how much do the counters grow? And which part of the executed "
        f"instructions does the patch save, where that was counted (x86, {kernel})?",
        [
            Answer(
                text(pgfault, minor, major, part),
                "Both calls count, the second as major since it carries TRIED; clearing the page, "
                "most of the work, is done once either way.",
            ),
            Answer(
                text(pgfault, major, minor, part),
                "No disk was read, and yet a finished call that carries TRIED is booked as major.",
                "M2",
            ),
            Answer(
                text(pgfault, minor, major, "half"),
                f"Half of the calls, but {kept:.2f} of the instructions were still executed.",
                "M12",
            ),
            Answer(
                text(pages, pages, 0, NOTHING),
                f"RETRY asks for a second call, which pgfault counts as well: {pgfault}.",
            ),
        ],
        text(pgfault, minor, major, part),
        case,
        draw,
    )


@cache
def _saved(kernel: str) -> tuple[str, float]:
    """Which part of the instructions the patch saves on a kernel, in words, and which it leaves."""
    rows = {row.kernel: row.seconds or 0 for row in recorded("bytepatch_debian.csv")}
    kept = rows[kernel] / rows[f"{kernel} with RETRY put back"]
    return PARTS[min(PARTS, key=lambda part: abs(1 / part - (1 - kept)))], kept


# --- a pair of timings -------------------------------------------------------------------------

SERIES = ("ab400.csv", "tog400.csv", "tog400_qemu64.csv")
NOTHING_YET = "nothing yet"
STRAY = 0.05
"""Where more single pairs than this lie on the other side of 1, one pair settles nothing."""


def evidence_cases() -> Iterator[Case]:
    """Each recorded pair."""
    for file in SERIES:
        yield from ((file, str(n)) for n in range(len(series(file))))


def apart(case: Case) -> bool:
    """Whether the two times of a pair differ by 2 % or more."""
    return abs(series(case[0])[int(case[1])].ratio - 1) >= 0.02


@cache
def series(file: str) -> tuple[TimedPair, ...]:
    """The pairs of one thread that writes to fresh shared pages."""
    return tuple(p for p in pairs(file) if (p.mode, p.threads, p.mapper) == ("shared", 1, False))


def evidence(case: Case, draw: Draw) -> Question:
    """What one pair of timings says of the patch."""
    file, n = case
    pair, ratios = series(file)[int(n)], [one.ratio for one in series(file)]
    low, high, middle = min(ratios), max(ratios), median(ratios)
    kept = _saved("6.1.176")[1]
    other = max(ratios) if pair.ratio < middle else min(ratios)
    right = NOTHING_YET if unsettled(ratios) else _gain(pair.ratio)
    return question(
        "evidence",
        "evidence",
        f"First writes to {_megabytes(file)} MB of shared memory on one machine, once with the "
        f"patch and once without: {_ms(pair.completed)} and {_ms(pair.retry)}. What may be "
        "concluded?",
        [
            Answer(
                NOTHING_YET,
                f"The {len(ratios)} pairs of this series have ratios from {low:.2f} to {high:.2f}, "
                "on both sides of 1: it takes many pairs.",
            ),
            Answer(
                _gain(pair.ratio),
                f"That is this pair; another pair of the same series says: {_gain(other)}.",
                "M16",
            ),
            Answer(
                "half is saved, and the rest is noise",
                f"Half of the calls is not half of the work: {kept:.2f} of the instructions stay.",
                "M12",
            ),
            Answer(
                "the patch has no effect: two times always differ a little",
                f"A pair cannot say that either; the median ratio of its series is {middle:.2f}.",
            ),
        ],
        right,
        case,
        draw,
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


@cache
def _megabytes(file: str) -> int:
    return runs(file)[0].pages * 4096 // 2**20


def unsettled(ratios: list[float]) -> bool:
    """Whether single pairs of a series come out on both sides of 1, more than by a rare accident.

    >>> unsettled([0.8, 0.9, 1.1]), unsettled([0.8, 0.9, 0.85])
    (True, False)
    """
    above = sum(ratio >= 1 for ratio in ratios)
    return min(above, len(ratios) - above) > STRAY * len(ratios)


def _gain(ratio: float) -> str:
    """A ratio of times as people say it."""
    verb = "saves" if ratio < 1 else "costs"
    return f"the patch {verb} {abs(1 - ratio) * 100:.0f} % of the time"
