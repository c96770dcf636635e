"""What a question of a test is: drawn answers, each with a reason, and what it is meant to show.

Here: `Answer`, `Question`, the objectives, how answers get their order, and how their texts are
filled in. Not here: any question (`locks`, `books`, `paths`, `transfer`), its texts (`quiz.toml`,
`exam.toml`), or how they make a form (`forms`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.base.texts import texts


class Objective(NamedTuple):
    """What a learner is to be able to do, and the lesson that teaches it."""

    sentence: str
    lesson: str


OBJECTIVES: dict[str, Objective] = {
    name: Objective(*told)
    for name, told in texts("faultviz.course.quiz", "quiz")["objectives"].items()
}
"""Name to objective, in the order of a test."""


class Answer(NamedTuple):
    """An answer, what is to be said to it, and the misconception that choosing it shows."""

    text: str
    reason: str
    about: str = ""


class Wording:
    """The texts of one kind of question, out of a TOML file, filled with what was computed."""

    def __init__(self, file: str, kind: str) -> None:
        self.told = texts("faultviz.course.quiz", file)[kind]

    def say(self, name: str, /, **filled: object) -> str:
        """One of its phrases, such as `ask`."""
        return str(self.told[name].format(**filled))

    def answer(self, name: str, /, **filled: object) -> Answer:
        """One of its answers."""
        return Answer(*(part.format(**filled) for part in self.told["answers"][name]))


class Question(NamedTuple):
    """One question of one form. `key` is the text of the right answer, as it was computed.

    `shown` is what stands above it, line by line, such as a trace; `case` says what was drawn.
    """

    name: str
    objective: str
    ask: str
    answers: tuple[Answer, ...]
    key: str
    case: tuple[str, ...]
    shown: str = ""

    @property
    def right(self) -> int:
        """The number of the right answer, from 1."""
        return [answer.text for answer in self.answers].index(self.key) + 1

    def numbered(self, text: str) -> int:
        """The number of an answer by its text. Raises BadInput for what is not among them."""
        texts = [answer.text for answer in self.answers]
        if text not in texts:
            raise BadInput(f"The question {self.name!r} has no answer {text!r} in this form.")
        return texts.index(text) + 1

    def text(self, number: str = "") -> str:
        """The question as text, each answer with its number, from 1."""
        lines = [f"{number}. {self.ask}" if number else self.ask]
        lines += [f"    {line}" for line in self.shown.splitlines()]
        lines += [f"  {i}  {answer.text}" for i, answer in enumerate(self.answers, start=1)]
        return "\n".join(lines)


def question(
    name: str,
    objective: str,
    ask: str,
    answers: Iterable[Answer],
    key: str,
    case: tuple[str, ...],
    draw: Draw | None = None,
    shown: str = "",
) -> Question:
    """A question with its answers in an order that is drawn; without `draw` they keep theirs.

    An answer that says the same as an earlier one is left out: two misconceptions may agree.

    >>> both = Answer("once", "It is one call."), Answer("twice", "RETRY asks for another.")
    >>> question("calls", "rounds", "How often?", both, "twice", ("mips",)).right
    2
    """
    distinct: dict[str, Answer] = {}
    for answer in answers:
        distinct.setdefault(answer.text, answer)
    order = list(distinct.values())
    return Question(
        name, objective, ask, tuple(draw.shuffle(order) if draw else order), key, case, shown
    )
