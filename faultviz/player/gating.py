"""The questions of a trace, and answering them from Python.

Here: what is sent of them; their state and how an answer changes it, as js/answering.js has it for
the browser; a test plays both against each other. Not here: how they are made
(`course.questions.gate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from faultviz.base.errors import BadInput
from faultviz.course.questions.gate import Gate, GateQuestion, as_dict, gates
from faultviz.engine.run import Step, Trace
from faultviz.player.base_widget import CellText
from faultviz.player.payload import Json, brief

State = dict[str, Any]
"""n, q and misses: where the reader is; verdict: right, no, shown, or nothing yet; said: its
sentence, and brief: the same without numbers; results; closed: what became of each; tried: all that
was answered, in order. It only grows, so that no answer is lost on the way here."""

Tried = tuple[int, int, str | None, bool]
"""A gate's step, the number of the question from 0, the answer (None: shown), and whether the
inside was stepped through."""

TRIES = 2
WORDS = {"right": "right at once", "second": "right at the second try", "shown": "shown"}


class Questions(NamedTuple):
    """The gates on the handler's own steps, and those with the generic code stepped through."""

    over: tuple[Gate, ...] = ()
    inside: tuple[Gate, ...] = ()

    def told(self) -> Json:
        """As JSON has them."""
        return {name: [_told(one) for one in some] for name, some in self._asdict().items()}


def questions(trace: Trace) -> Questions:
    """Those of a trace."""
    return Questions(gates(trace), gates(trace, inside=True))


def _told(one: Gate) -> dict[str, Any]:
    """A gate; each text that names numbers is there without them, too."""
    told = as_dict(one)
    for question in told["questions"]:
        for option in question["options"]:
            option["brief"] = brief(option["reason"])
    return {**told, "brief": brief(one.said)}


def unasked(passed: Iterable[int] = ()) -> State:
    """Nothing is answered yet; what lies before the first step shown is not asked at all."""
    closed: dict[str, list[str]] = {str(n): [] for n in passed}
    where = {"n": 0, "q": 0, "misses": 0}
    return {**where, **_judged("", ""), "results": [], "closed": closed, "tried": []}


def answered(
    state: Mapping[str, Any], gate: Gate, value: str | None, *, inside: bool = False
) -> State:
    """The state after an answer; None skips the gate.

    A miss gives a reason, a second one the answer. What no edge leads to is no miss.
    """
    now = dict(state)
    if now["n"] != gate.n:
        now = {**unasked(), "closed": state["closed"], "tried": state["tried"], "n": gate.n}
    question = gate.questions[now["q"]]
    (right,) = (o for o in question.options if o.right)
    shown = _judged("shown", f"Shown: {right.label}. {right.reason}")
    if value is None:
        left = range(len(now["results"]), len(gate.questions))
        results = now["results"] + ["shown" for _ in left]
        tried = [*now["tried"], *([gate.n, q, None, inside] for q in left)]
        return _closed({**now, "results": results, "tried": tried, **shown}, gate)
    option = next((o for o in question.options if o.value == value), None)
    if option is None:
        return {**now, **_judged("no", question.elsewhere)}
    now["tried"] = [*now["tried"], [gate.n, now["q"], value, inside]]
    misses = now["misses"] + (not option.right)
    if not option.right and misses < TRIES:
        return {**now, "misses": misses, **_judged("no", f"No. {option.reason}")}
    result = ("second" if misses else "right") if option.right else "shown"
    verdict = _judged("right", f"Right. {option.reason}") if option.right else shown
    results = [*now["results"], result]
    now |= {"q": now["q"] + 1, "misses": 0, "results": results, **verdict}
    return now if now["q"] < len(gate.questions) else _closed(now, gate)


def _judged(verdict: str, said: str) -> State:
    return {"verdict": verdict, "said": said, "brief": brief(said) or said}


def _closed(state: State, gate: Gate) -> State:
    return {**state, "closed": {**state["closed"], str(gate.n): state["results"]}}


def newly_tried(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Tried]:
    """What was answered from one state to the next.

    >>> newly_tried({"tried": [[1, 0, "1", False]]},
    ...             {"tried": [[1, 0, "1", False], [1, 1, None, False]]})
    [(1, 1, None, False)]
    """
    before, now = old.get("tried", []), new.get("tried", [])
    return [(n, q, value, inside) for n, q, value, inside in now[len(before) :]]


def open_gate(gates: Iterable[Gate], state: Mapping[str, Any]) -> Gate | None:
    """The first gate that is not answered: nothing beyond its step may be shown."""
    return next((gate for gate in gates if str(gate.n) not in state["closed"]), None)


def question_of(state: Mapping[str, Any], gate: Gate) -> GateQuestion:
    """The question of an open gate that is asked now."""
    return gate.questions[state["q"] if state["n"] == gate.n else 0]


def value_of(question: GateQuestion, answer: str | int) -> str:
    """An answer as the question has it. Raises BadInput for what it does not offer.

    At a question for the next node any node may be named: no edge may lead there.
    """
    value = str(answer)
    known = [option.value for option in question.options]
    if value in known or question.kind == "node":
        return value
    raise BadInput(f"{value!r} is no answer to {question.ask!r}: choose {', '.join(known)}.")


def tally(state: Mapping[str, Any]) -> str:
    """How the questions were answered.

    >>> tally({"closed": {"1": ["right", "shown"], "9": ["right"]}})
    '3 questions: 2 right at once, 1 shown'
    """
    results = [result for each in state["closed"].values() for result in each]
    said = [f"{results.count(r)} {words}" for r, words in WORDS.items() if r in results]
    questions = f"{len(results)} question{'' if len(results) == 1 else 's'}"
    return f"{questions}: {', '.join(said)}" if said else questions


def asked(question: GateQuestion, step: Step) -> CellText:
    """A question as text: where it stands, what is asked, what may be answered."""
    options = [o.value if o.label == o.value else f"{o.value}  {o.label}" for o in question.options]
    return CellText(
        "\n".join([f"step {step.label}, {step.node}: {question.ask}", *(f"  {o}" for o in options)])
    )
