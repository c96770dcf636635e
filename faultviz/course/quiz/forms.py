"""The tests before and after the course: parallel forms of the same questions, drawn by a seed.

Here: which kinds of question there are, how a case is drawn for each form, and `form`. Not here:
the questions themselves (`locks`, `books`, `paths`, `transfer`), which of them a test asks and of
what (`banks`), or what answers say (`result`).

Each kind of question has one draw for a seed, and the forms take its cases in turn: so the test
before and the one after never ask of the same handler, page event or pair of timings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest
from faultviz.base.seeds import Draw
from faultviz.course import banks
from faultviz.course.banks import CURRENT, Bank
from faultviz.course.quiz import books, locks, paths
from faultviz.course.quiz.locks import Case
from faultviz.course.quiz.question import Question, Wording
from faultviz.course.quiz.transfer import transfer

FIXED = "faultviz"
"""The seed of whoever names none."""

FORMS = ("pre", "post", "exam")
"""Who takes which case of a draw."""

_TITLES = Wording("quiz", "titles")
TESTS = FORMS[:2]
"""Those that a learner takes."""


class Kind(NamedTuple):
    """A kind of question: what it is drawn from, the question, and whether a case will do.

    Cases whose first word is the same are alike: no two forms of a seed take them.
    """

    name: str
    cases: Callable[[Bank], Iterable[Case]]
    ask: Callable[[Case, Draw], Question]
    fits: Callable[[Case], bool] | None = None


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("rounds", locks.rounds_cases, locks.rounds, locks.may_retry),
        Kind("holders", locks.holders_cases, locks.holders, locks.completes),
        Kind("events", books.events_cases, books.events, books.tells_apart),
        Kind("missing", locks.missing_cases, locks.missing, locks.reached),
        Kind("balance", paths.balance_cases, paths.balance),
        Kind("books", books.books_cases, books.books, locks.may_retry),
        Kind("path", paths.path_cases, paths.path, paths.asks_signal),
        Kind("evidence", books.evidence_cases, books.evidence, books.apart),
    )
}
"""All that there are; a bank says which are asked."""


class Form(NamedTuple):
    """One test: its questions in order, and their numbers as they are shown."""

    name: str
    bank: int
    seed: str
    questions: tuple[Question, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """1, 2, 3; questions on one thing share a number, and bear a letter."""
        told: list[str] = []
        for n, (_, group) in enumerate(groupby(self.questions, lambda q: q.objective), start=1):
            size = len(list(group))
            told += [f"{n}{letter}" for letter in "abcdef"[:size]] if size > 1 else [str(n)]
        return tuple(told)

    def text(self) -> str:
        """The whole test as text, without its key."""
        asked = zip(self.numbers, self.questions, strict=True)
        head = self._titled("sheet")
        return "\n\n".join([head, *(question.text(number) for number, question in asked)])

    def __repr__(self) -> str:
        return self._titled("form")

    def _titled(self, how: str) -> str:
        number, title = self.numbers[-1].rstrip("abcdef"), _TITLES.say(self.name)
        return _TITLES.say(how, title=title, n=number, bank=self.bank, seed=self.seed)


def form(name: str, seed: str = "", bank: int = CURRENT) -> Form:
    """The test `pre` or `post` of a seed and a bank: the same two give the same test for ever.

    Raises BadInput for another name, and for a bank that there is not.

    >>> form("pre")
    Test before the course, 8 questions, seed faultviz
    >>> [q.case[0] for q in (form("pre").questions[0], form("post").questions[0])]
    ['sh', 'arm']
    """
    if name not in TESTS:
        raise BadInput(f"There is no test {name!r}.{nearest(name, TESTS)}")
    return _form(name, str(seed).strip() or FIXED, banks.bank(bank).version)


@cache
def _form(name: str, seed: str, bank: int) -> Form:
    questions: list[Question] = []
    for kind in banks.bank(bank).tests[name]:
        if kind == "transfer":
            questions += transfer(seed, bank)
        else:
            questions.append(asked(KINDS[kind], name, seed, bank))
    return Form(name, bank, seed, tuple(questions))


def asked(kind: Kind, name: str, seed: str, bank: int = CURRENT) -> Question:
    """The question of a kind in one of FORMS."""
    case = drawn(kind, seed, bank)[FORMS.index(name)]
    return kind.ask(case, Draw(f"{seed}/{kind.name}/{name}"))


@cache
def drawn(kind: Kind, seed: str, bank: int = CURRENT) -> tuple[Case, ...]:
    """One case for each form, all of them different in their first word."""
    groups: dict[str, list[Case]] = {}
    for case in kind.cases(banks.bank(bank)):
        groups.setdefault(case[0], []).append(case)
    draw, found = Draw(f"{seed}/{kind.name}"), list[Case]()
    for first in draw.shuffle(list(groups)):
        order = draw.shuffle(groups[first])
        found += [case for case in order if kind.fits is None or kind.fits(case)][:1]
        if len(found) == len(FORMS):
            break
    return tuple(found)
