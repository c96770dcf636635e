"""What a test says: points, the gain since the test before, beliefs that are left, what to read.

Here: answers marked by drawing the form again, and `QuizOutcome`, which a learner sees after the
test after the course. Not here: the forms (`forms`), how a test is taken (`player.quiz_widget`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.course.banks import version_of
from faultviz.course.grading import scoring
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.report import RULES, Share, by_rule
from faultviz.course.grading.scoring import Score
from faultviz.course.questions.items import ITEMS
from faultviz.course.questions.items.misconceptions import MISCONCEPTIONS
from faultviz.course.quiz.forms import Form, form
from faultviz.course.quiz.question import OBJECTIVES, Question, Wording

say = Wording("quiz", "result").say
NOT_TRIED = say("not-tried")
COLUMNS: tuple[str, ...] = tuple(Wording("quiz", "result").told["columns"])
"""Of the outcome's table."""
SURE, UNSURE = 2, 1
"""How much a belief weighs that was chosen when sure, or not."""


class Marked(NamedTuple):
    """A question and the number that was chosen, 0 for none; whether the learner was sure."""

    question: Question
    chosen: int
    sure: bool

    @property
    def good(self) -> bool:
        """Whether it is the right answer."""
        return self.chosen == self.question.right

    @property
    def belief(self) -> str:
        """The misconception that a wrong answer shows, if any."""
        return "" if self.good or not self.chosen else self.question.answers[self.chosen - 1].about

    def __str__(self) -> str:
        if not self.chosen:
            return say("no-answer")
        sure = say("sure" if self.sure else "not-sure")
        return say("right" if self.good else "wrong", sure=sure)


def given(of: Form, chosen: Sequence[int], sure: Sequence[bool]) -> dict[str, Any]:
    """What is kept of a test: its bank, the answers as texts, and of which the learner was sure."""
    return {
        "answers": {
            question.name: question.answers[number - 1].text
            for question, number in zip(of.questions, chosen, strict=True)
            if number
        },
        "sure": {q.name: bool(yes) for q, yes in zip(of.questions, sure, strict=True)},
        "bank": of.bank,
    }


def marked(of: Form, kept: Mapping[str, Any]) -> tuple[Marked, ...]:
    """Kept answers beside their questions. Raises BadInput for one that the form does not have."""
    answers, sure = kept["answers"], kept.get("sure", {})
    unknown = sorted(set(answers) - {question.name for question in of.questions})
    if unknown:
        raise BadInput(f"The {of.name}-test of this faultviz has no question {unknown[0]!r}.")
    return tuple(
        Marked(
            question,
            question.numbered(answers[question.name]) if question.name in answers else 0,
            sure.get(question.name) is True,
        )
        for question in of.questions
    )


def _form_of(act: Act) -> Form:
    """The test that was taken. Raises BadInput for one of a bank that there is not."""
    return form(act.name, act.seed, version_of(act.given))


def grade(act: Act) -> list[Score]:
    """A score for each question of a test. Raises BadInput for answers of another version.

    >>> first = form("pre").questions[0]
    >>> kept = given(form("pre"), [first.right, *[0] * 7], [True] * 8)
    >>> scores = grade(Act("", "", "quiz", "pre", "faultviz", kept))
    >>> scores[0].what, [score.points for score in scores]
    ('pre: rounds', [1, 0, 0, 0, 0, 0, 0, 0])
    """
    return [
        Score(
            f"{act.name}: {one.question.name}",
            int(one.good),
            1,
            OBJECTIVES[one.question.objective].sentence,
            one.belief,
            chosen=one.question.answers[one.chosen - 1].text if one.chosen else "",
            sure=one.sure,
        )
        for one in marked(_form_of(act), act.given)
    ]


@dataclass(frozen=True)
class QuizOutcome:
    """The test after, beside the one before of the same seed, if there was one.

    `gates` are first answers to questions at steps, by rule. The repr is the whole text.
    """

    form: Form
    after: tuple[Marked, ...]
    before: tuple[Marked, ...] = ()
    gates: Mapping[str, Share] | None = None

    def rows(self) -> list[tuple[str, str, str]]:
        """Each objective with what became of its questions, before and after."""
        return [
            (sentence, _said(_of(self.before, name)), _said(_of(self.after, name)))
            for name, (sentence, _) in OBJECTIVES.items()
            if _of(self.after, name)
        ]

    def total(self) -> str:
        """The points, and how many more than before."""
        now = _share(self.after)
        if not self.before:
            return say("no-test-before", share=now)
        asked = {one.question.name for one in self.before}
        same = [one for one in self.after if one.question.name in asked]
        more = sum(one.good for one in same) - sum(one.good for one in self.before)
        how = "more" if more > 0 else "fewer" if more < 0 else "as-many"
        state = {"before": _share(self.before), "after": _share(same), "rest": now}
        whole = "gain" if len(same) == len(self.after) else "gain-and-rest"
        return say(whole, gain=say(how, n=abs(more)), **state)

    def left(self) -> list[tuple[str, int]]:
        """Misconceptions of the answers after, heaviest first; chosen when sure they weigh more."""
        weights: dict[str, int] = {}
        for one in self.after:
            if one.belief:
                more = SURE if one.sure else UNSURE
                weights[one.belief] = weights.get(one.belief, 0) + more
        order = list(MISCONCEPTIONS)
        return sorted(weights.items(), key=lambda one: (-one[1], order.index(one[0])))

    def read_again(self) -> str:
        """One sentence: which lesson, and why."""
        if weak := self.left():
            belief = weak[0][0]
            shown = next(one.question for one in self.after if one.belief == belief)
            lesson = lesson_of(belief, shown)
            return say("read-belief", lesson=lesson, belief=MISCONCEPTIONS[belief])
        wrong = next((one for one in self.after if not one.good), None)
        if wrong:
            sentence, lesson = OBJECTIVES[wrong.question.objective]
            return say("read-objective", lesson=lesson, objective=sentence)
        return say("read-nothing")

    def __repr__(self) -> str:
        rows = [COLUMNS, *self.rows()]
        wide = [max(len(row[i]) for row in rows) for i in range(2)]
        lines = [repr(self.form), self.total(), ""]
        lines += [f"{a:{wide[0]}}  {b:{wide[1]}}  {c}".rstrip() for a, b, c in rows]
        lines += ["", *self.beliefs(), *self.steps(), self.read_again(), NOT_TRIED]
        return "\n".join(lines)

    def beliefs(self) -> list[str]:
        """The misconceptions that are left, a line each."""
        sure = {one.belief for one in self.after if one.sure}
        return [
            say("left-sure" if name in sure else "left", belief=MISCONCEPTIONS[name], name=name)
            for name, _ in self.left()
        ] or [say("none-left")]

    def steps(self) -> list[str]:
        """How questions at steps were answered at first, a line; nothing where none was."""
        if not self.gates:
            return []
        said = "; ".join(f"{RULES[rule]} {share}" for rule, share in self.gates.items())
        return [say("steps", shares=said)]


def outcome(after: Act, acts: Iterable[Act]) -> QuizOutcome:
    """The outcome of a test after, with what else the learner answered."""
    of = _form_of(after)
    known = list(acts)
    first = next((act for act in known if _is_before(act, of.seed)), None)
    before = marked(_form_of(first), first.given) if first else ()
    gates = by_rule(scoring.replay(act for act in known if act.kind == "gate"))
    return QuizOutcome(of, marked(of, after.given), before, gates)


def lesson_of(misconception: str, shown: Question) -> str:
    """The lesson that provokes and refutes it; else the one of the question's objective."""
    asked = (name for name, item in ITEMS.items() if item.about == misconception)
    name = next(asked, "")
    return ITEMS[name].lesson if name else OBJECTIVES[shown.objective].lesson


def _is_before(act: Act, seed: str) -> bool:
    """Whether it is the test before of this seed, in words that this version knows."""
    if (act.kind, act.name, act.seed) != ("quiz", "pre", seed):
        return False
    try:
        scoring.grade(act)
    except BadInput:
        return False
    return True


def _of(answers: Iterable[Marked], objective: str) -> list[Marked]:
    return [one for one in answers if one.question.objective == objective]


def _share(answers: Sequence[Marked]) -> Share:
    return Share(sum(one.good for one in answers), len(answers))


def _said(answers: Sequence[Marked]) -> str:
    if len(answers) < 2:
        return "".join(map(str, answers)) or say("not-asked")
    return say("share", share=_share(answers))
