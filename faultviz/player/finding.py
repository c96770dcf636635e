"""Two exercises on a handler that no kernel has: would you ack it, and by which way does it break.

Here: the widgets. Not here: what an answer is worth (`seeded`, `counterexamples`), or tries
(`tries`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from faultviz.course.banks import CURRENT
from faultviz.course.exercises import counterexamples, seeded
from faultviz.edit.listing import lines, text
from faultviz.engine.invariants import INVARIANTS
from faultviz.player.base_widget import CellText
from faultviz.player.desk import Desk
from faultviz.player.payload import Json
from faultviz.player.tries import ExerciseWidget, chosen, way_of


class Find(ExerciseWidget, Desk):
    """Would you ack this handler? If not: which rule breaks, at which node, on which way.

    >>> ex = Find("0")
    >>> print(ex.as_text().splitlines()[0])
    Exercise(find, seed 0, level 2: knot). Would you ack this handler?
    >>> ex.answer(rule="lock-underflow", node="bad_area", outcomes="RETRY")
    4 of 4 points.
    Rule: lock-underflow is broken. No one gives up mmap_lock who does not hold it: the count \
stays >= 0.
    Node: it is broken at bad_area.
    Way: it breaks lock-underflow at step 15, and no way is shorter.
    """

    def __init__(self, seed: str, level: int | None = None, bank: int = CURRENT) -> None:
        self.one = seeded.make(seed, level, bank)
        program = self.one.program
        head = {
            "kind": "find",
            "title": "Would you ack this handler?",
            "about": f"{program.name}, level {self.one.level}: no kernel has it. If a rule "
            "breaks, say which, at which node and on which way.",
        }
        self._is("find", self.one)
        super().__init__(program, head)

    def text(self) -> CellText:
        """The handler as numbered lines."""
        return CellText(text(lines(self.one.program)))

    def answer(
        self,
        *,
        ack: bool = False,
        rule: str = "",
        node: str = "",
        outcomes: str = "",
        context: str = "",
        path: Sequence[str] = (),
    ) -> CellText:
        """Ack it; or object: name the rule, the node, and a way there by outcomes or by nodes."""
        given: dict[str, Any] = {"ack": ack}
        if not ack:
            given |= {"rule": rule, "node": node} | way_of(outcomes, context, path)
        self.fill(**given)
        return self.judged(given, seeded.judge(self.one, given), self.one.program)

    def check(self, form: Json) -> None:
        """Answer with what the page's form holds."""
        self.answer(ack=form.get("ack") is True, **chosen(form, "rule", "node"))

    def solution(self) -> str:
        """What was changed, which rule breaks, and the shortest way there."""
        return seeded.worked(self.one)

    def __repr__(self) -> str:
        return f"{self.one!r}. Would you ack this handler?"


class Reach(ExerciseWidget, Desk):
    """One rule breaks in this handler, and which is said: by which way?

    >>> Reach("0").answer(outcomes="OK", context="write")
    0 of 2 points.
    Way: it does not break lock-underflow: no rule is broken on it.
    """

    act = "trace"

    def __init__(self, seed: str, level: int | None = None, bank: int = CURRENT) -> None:
        self.one = counterexamples.make(seed, level, bank)
        rule = self.one.first.invariant
        head = {
            "kind": "trace",
            "title": f"On which way does {rule} break?",
            "about": f"{self.one.program.name}, level {self.one.level}: no kernel has it. "
            f"{INVARIANTS[rule]} Enter a way that breaks this, as short as you can.",
        }
        self._is("trace", self.one)
        super().__init__(self.one.program, head)

    def text(self) -> CellText:
        """The handler as numbered lines."""
        return CellText(text(lines(self.one.program)))

    def answer(
        self, *, outcomes: str = "", context: str = "", path: Sequence[str] = ()
    ) -> CellText:
        """A way, by outcomes and context words or by its nodes."""
        given = way_of(outcomes, context, path)
        self.fill(**given)
        return self.judged(given, counterexamples.judge(self.one, given), self.one.program)

    def check(self, form: Json) -> None:
        """Answer with what the page's form holds."""
        self.answer(**chosen(form))

    def solution(self) -> str:
        """What was changed, and the shortest way to the rule that breaks."""
        return seeded.worked(self.one.one)

    def __repr__(self) -> str:
        return f"{self.one!r}. On which way does {self.one.first.invariant} break?"
