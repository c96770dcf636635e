"""Graders for what lessons ask: a question (`ask`), and one at a step of a trace (`gate`).

A question is asked anew of the models here, as the learner's was there. Of a file only names are
taken: no path and no program. Not here: what a score is (`scoring`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.course.questions.gate import Gate, gates, rule_of
from faultviz.course.questions.items import item, right
from faultviz.edit.ablate import without
from faultviz.engine.run import Trace, run

SKIPPED = "skipped"


def grade(act: Act) -> list[Score]:
    """One score. Raises BadInput for a question or an answer that this faultviz does not have.

    >>> given = {"revision": "merged", "outcomes": "COMPLETED", "context": "write", "without": "",
    ...          "inside": False, "step": 9, "question": 0, "value": "1"}
    >>> (score,) = grade(Act("", "", "gate", "mips", "", given))
    >>> score.what, score.points, score.rule
    ('mips merged, COMPLETED, write, step 9: lock', 0, 'contract')
    """
    return [_item(act) if act.kind == "ask" else _gate(act)]


def _item(act: Act) -> Score:
    one, answer = item(act.name), act.given["answer"]
    number = one.number(str(answer))
    if number is None:
        raise BadInput(f"The question {act.name} of this faultviz has no answer {answer!r}.")
    points = number == right(one)
    return Score(act.name, int(points), 1, f"lesson {one.lesson}", one.about, chosen=answer)


def _gate(act: Act) -> Score:
    told = act.given
    words = tuple(str(told[name]) for name in ("revision", "outcomes", "context", "without"))
    trace, asked = _asked(act.name, *words, inside=bool(told["inside"]))
    gate = asked.get(told["step"])
    if gate is None or not 0 <= told["question"] < len(gate.questions):
        where = f"step {told['step']}, number {told['question'] + 1}"
        raise BadInput(f"{act.name} has no such question in this faultviz: {where}.")
    question, value = gate.questions[told["question"]], told["value"]
    option = next((one for one in question.options if one.value == value), None)
    if option is None and value is not None:
        raise BadInput(f"{value!r} is no answer to {question.ask!r} in this faultviz.")
    what = (
        f"{act.name} {', '.join(words[:3])}, step {trace.steps[gate.n - 1].label}: {question.kind}"
    )
    rule = rule_of(trace, gate, question)
    return Score(
        what,
        int(option is not None and option.right),
        1,
        f"questions at steps: {rule}",
        option.about if option else "",
        chosen=option.label if option else SKIPPED,
        rule=rule,
    )


@cache
def _asked(
    name: str, revision: str, outcomes: str, context: str, role: str, *, inside: bool
) -> tuple[Trace, dict[Any, Gate]]:
    """A scenario of a shipped model, with its questions by their step."""
    if name not in models.HANDLERS + models.ENTRIES:
        raise BadInput(f"{name!r} is no handler of this faultviz: nothing of it can be run here.")
    program = models.load(name, revision)
    cut = without(program, role) if role else program
    if cut is None:
        raise BadInput(f"{name} {revision} has no {role} to take away.")
    trace = run(cut, revision, outcomes, context)
    return trace, {gate.n: gate for gate in gates(trace, inside=inside)}
