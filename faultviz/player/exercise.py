"""Exercises from a seed as widgets: a handler to judge, a patch to review, a handler to write.

Here: what is asked, the tries, and what is kept of them; the first try is what counts. Not here:
what an answer is worth (`exercises`, `reviews`, `writing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal, NoReturn, overload

import ipywidgets as w
import traitlets as t

from faultviz import exercises, invented, reviews, writing
from faultviz.errors import BadInput, nearest
from faultviz.ir import Program
from faultviz.listing import lines, text
from faultviz.player.cells import only_one
from faultviz.player.gating import Said
from faultviz.player.shown import Shown
from faultviz.work import record

DEFAULT = "0"
"""The seed where none is given: the same for everybody."""


class Exercise(Shown):
    """One exercise. The trait `verdict` is what was said last.

    `text()` gives what there is to read, `worked()` the worked answer, after a try.
    """

    verdict = t.Unicode()
    act = "exercise"

    def __init__(self, kind: str, seed: str, level: int) -> None:
        self.kind, self.seed, self.level = kind, seed, level
        self.tries = 0
        super().__init__([w.HTML(f"<pre>{escape(self.as_text())}</pre>")])

    def text(self) -> Said:
        """What there is to read."""
        raise NotImplementedError

    def as_text(self) -> str:
        """The question, and what there is to read."""
        return f"{self!r}\n{self.text()}"

    def worked(self) -> Said:
        """The worked answer. Raises BadInput before the first try."""
        if not self.tries:
            raise BadInput("The worked answer comes after a try: answer() first.")
        return Said(self._worked())

    def _worked(self) -> str:
        raise NotImplementedError

    def _tried(self, given: Mapping[str, Any], points: str) -> Said:
        """Count and keep a try."""
        self.tries += 1
        if self.tries == 1:
            self._first = points.split("\n", 1)[0]
        record(self.act, self.kind, {"level": self.level, **given}, self.seed)
        counts = "" if self.tries == 1 else f"\nThe first try counts: {self._first}"
        self.verdict = points + counts
        return Said(self.verdict)


class Find(Exercise):
    """Would you ack this handler? If not: which rule breaks, at which node, on which way.

    >>> ex = exercise("find", "0")
    >>> print(ex.as_text().splitlines()[0])
    Exercise(find, seed 0, level 2: knot). Would you ack this handler?
    """

    def __init__(self, seed: str, level: int | None = None) -> None:
        self.one = exercises.make(seed, level)
        super().__init__("find", seed, self.one.level)

    def text(self) -> Said:
        """The handler as numbered lines."""
        return Said(text(lines(self.one.program)))

    def answer(
        self,
        *,
        ack: bool = False,
        rule: str = "",
        node: str = "",
        outcomes: str = "",
        context: str = "",
        path: Sequence[str] = (),
    ) -> Said:
        """Ack it; or object: name the rule, the node, and a way there by outcomes or by nodes."""
        given: dict[str, Any] = {"ack": ack}
        if not ack:
            given |= {"rule": rule, "node": node}
            given |= {"path": list(path)} if path else {"outcomes": outcomes, "context": context}
        return self._tried(given, repr(exercises.judge(self.one, given)))

    def _worked(self) -> str:
        return exercises.worked(self.one)

    def __repr__(self) -> str:
        return f"{self.one!r}. Would you ack this handler?"


class Review(Exercise):
    """A patch as a mail: ack it, or object with rule, line and scenario; then a reply."""

    act = "review"

    def __init__(self, seed: str, level: int | None = None) -> None:
        self.one = reviews.make(seed, level)
        self._given: dict[str, Any] = {}
        super().__init__("review", seed, self.one.level)

    def text(self) -> Said:
        """The mail."""
        return Said(self.one.mail.rstrip())

    def answer(
        self,
        *,
        ack: bool = False,
        rule: str = "",
        line: int = 0,
        outcomes: str = "",
        context: str = "",
    ) -> Said:
        """Ack it; or object: name the rule, a line of the new file, and a scenario."""
        self._given = {"ack": ack}
        if not ack:
            self._given |= {"rule": rule, "line": line, "outcomes": outcomes, "context": context}
        return self._tried(self._given, repr(reviews.judge(self.one, self._given)))

    def reply(self, text: str) -> Said:
        """A reply of about five sentences, held against the rubric; then the model replies."""
        if not self.tries:
            raise BadInput("First say what you think of the patch: answer().")
        found = reviews.rubric(self.one, text)
        record("review", "review", {"level": self.level, **self._given, "reply": text}, self.seed)
        model = "\n\n".join(["Two replies that say it all:", *reviews.replies(self.one)])
        return Said(f"{found!r}\n\n{model}")

    def _worked(self) -> str:
        return "\n\n".join(reviews.replies(self.one))

    def __repr__(self) -> str:
        return f"{self.one!r}. Would you ack this patch?"


class Write(Exercise):
    """A handler to write: the file with a gap, and the check that judges it."""

    act = "write"

    def __init__(self, seed: str, level: int | None = None) -> None:
        self.one = writing.task(seed, level)
        super().__init__("write", seed, self.one.level)

    @property
    def starter(self) -> str:
        """The file with the gap."""
        return self.one.starter

    def text(self) -> Said:
        """The task, and the file with the gap."""
        return Said(f"{self.one.about}\n\n{self.one.starter.rstrip()}")

    def answer(self, written: str | Program) -> Said:
        """Judge a handler, given as the text of the file. Raises BadInput for what is none.

        A program is judged as well, but only a text can be kept as your answer.
        """
        said = repr(writing.judge(self.one, written))
        if isinstance(written, Program):
            return Said(f"{said}\nOnly a text is kept as your answer.")
        return self._tried({"text": written}, said)

    def _worked(self) -> str:
        return invented.source(invented.features(f"write {self.seed}", self.level))

    def __repr__(self) -> str:
        return f"{self.one!r}. Write what is missing."


KINDS: dict[str, type[Find | Review | Write]] = {
    "find": Find, "review": Review, "write": Write,
}  # fmt: skip


@overload
def exercise(
    kind: Literal["find"] = ..., seed: str | int = ..., level: int | None = ...
) -> Find: ...
@overload
def exercise(kind: Literal["review"], seed: str | int = ..., level: int | None = ...) -> Review: ...
@overload
def exercise(kind: Literal["write"], seed: str | int = ..., level: int | None = ...) -> Write: ...
@overload
def exercise(kind: str, seed: str | int = ..., level: int | None = ...) -> NoReturn: ...
def exercise(
    kind: str = "find", seed: str | int = DEFAULT, level: int | None = None
) -> Find | Review | Write:
    """An exercise of a seed; any text is a seed, such as a code of one's own.

    Without a level the seed draws one, from 1 to 3. Raises BadInput for an unknown kind or level.

    >>> exercise("find", "0").answer(ack=True)
    0 of 4 points.
    It is not sound. No one gives up mmap_lock who does not hold it: the count stays >= 0. \
Look again.
    """
    if kind not in KINDS:
        raise BadInput(f"There is no exercise {kind!r}.{nearest(kind, KINDS)}")
    made = KINDS[kind](str(seed) or DEFAULT, level)
    only_one(made)
    return made
