"""Questions about what is counted and what is measured: page events, the books, a pair of timings.

Here: three kinds of question, each with what it is drawn from and a key that a run or recorded data
give. Not here: the lock (`locks`), the data themselves (`lab`), or how cases are drawn (`forms`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from statistics import median

from faultviz.base.seeds import Draw
from faultviz.course.banks import Bank
from faultviz.course.quiz.locks import Case, answers_completed, ran
from faultviz.course.quiz.question import Answer, Question, Wording, question
from faultviz.lab.recorded.pairs import TimedPair, pairs, runs
from faultviz.lab.recorded.records import recorded
from faultviz.models.mm import memory

# --- page events -------------------------------------------------------------------------------

LISTED = 4
"""How many page events stand in a question."""


def events_cases(bank: Bank) -> Iterator[Case]:
    """Four page events, and a handler."""
    return product(map(",".join, combinations(bank.page_events, LISTED)), bank.handlers)


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

    told = Wording("quiz", "events")

    def wrong(chosen: list[str]) -> Answer:
        others = [event for event in listed if event in chosen and event not in done]
        (answer,) = {answered[event] for event in others} or {""}
        return told.answer("wrong", letters=named(chosen), answer=answer, wrong=named(others))

    def named(chosen: list[str]) -> str:
        return _listed([letters[event] for event in listed if event in chosen])

    right = told.answer("right", letters=named(done))
    return question(
        "events",
        "events",
        told.say("ask", name=name),
        [right, wrong(shared), wrong(writes), wrong(listed), told.answer("chosen")],
        right.text,
        case,
        draw,
        shown="\n".join(
            told.say("line", letter=letters[e], event=memory.PAGE_EVENTS[e][0]) for e in listed
        ),
    )


def _listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    told, (first, *more) = Wording("quiz", "events"), words or [""]
    for n, word in enumerate(more, start=2):
        first = told.say("last" if n == len(words) else "first", words=first, word=word)
    return first


# --- the books ---------------------------------------------------------------------------------


def books_cases(bank: Bank) -> Iterator[Case]:
    """Each handler, with a number of pages and a kernel on which the saving was counted."""
    return product(bank.handlers, map(str, bank.pages), bank.kernels)


def books(case: Case, draw: Draw) -> Question:
    """What the kernel counts for first writes before the patch, and which part of them it saves."""
    name, number, kernel = case
    pages = int(number)
    counted = ran(name, "before").counters
    pgfault, minor, major = (counted[what] * pages for what in ("pgfault", "minor", "major"))
    part, kept = _saved(kernel)
    told = Wording("quiz", "books")
    about, half = (told.say("about", part=told.told["parts"][one]) for one in (part, "2"))
    nothing = told.say("nothing")

    def answer(how: str, pgfault: int, minor: int, major: int, part: str) -> Answer:
        text = told.say("counted", pgfault=pgfault, minor=minor, major=major, part=part)
        return told.answer(how, counted=text, kept=kept, pgfault=counted["pgfault"] * pages)

    right = answer("right", pgfault, minor, major, about)
    return question(
        "books",
        "books",
        told.say("ask", name=name, pages=pages, kernel=kernel),
        [
            right,
            answer("read", pgfault, major, minor, about),
            answer("half", pgfault, minor, major, half),
            answer("once", pages, pages, 0, nothing),
        ],
        right.text,
        case,
        draw,
    )


@cache
def _saved(kernel: str) -> tuple[str, float]:
    """Which part of the instructions the patch saves on a kernel (8: an eighth); what it leaves."""
    rows = {row.kernel: row.seconds or 0 for row in recorded("bytepatch_debian.csv")}
    kept = rows[kernel] / rows[f"{kernel} with RETRY put back"]
    parts = Wording("quiz", "books").told["parts"]
    return min(parts, key=lambda part: abs(1 / int(part) - (1 - kept))), kept


# --- a pair of timings -------------------------------------------------------------------------

STRAY = 0.05
"""Where more single pairs than this lie on the other side of 1, one pair settles nothing."""


def evidence_cases(bank: Bank) -> Iterator[Case]:
    """Each recorded pair."""
    for file in bank.series:
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
    told, gain = Wording("quiz", "evidence"), _gain(pair.ratio)
    state = {
        "n": len(ratios), "low": low, "high": high, "middle": middle, "kept": kept,
        "gain": gain, "other": _gain(other),
    }  # fmt: skip
    answers = [told.answer(one, **state) for one in ("nothing-yet", "gain", "half", "none")]
    with_it, without = (
        told.say("time", ms=seconds * 1000) for seconds in (pair.completed, pair.retry)
    )
    return question(
        "evidence",
        "evidence",
        told.say("ask", megabytes=_megabytes(file), with_it=with_it, without=without),
        answers,
        answers[0].text if unsettled(ratios) else gain,
        case,
        draw,
    )


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
    percent = abs(1 - ratio) * 100
    return Wording("quiz", "evidence").say("saves" if ratio < 1 else "costs", percent=percent)
