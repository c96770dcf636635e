"""Two exercises in words: a patch to review and to reply to, and a handler to write.

Here: the widgets, and the mail as the page shows it. Not here: what an answer is worth (`reviews`,
`replies`, `writing`), or tries (`tries`).
"""

from __future__ import annotations

import re
from typing import Any

from faultviz.base.errors import BadInput
from faultviz.course.banks import CURRENT
from faultviz.course.exercises import invented, replies, reviews, writing
from faultviz.edit.listing import lines
from faultviz.ir.graph import Program
from faultviz.player.base_widget import CellText
from faultviz.player.desk import Desk, Sheet
from faultviz.player.payload import Json
from faultviz.player.tries import ExerciseWidget, chosen

HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class PatchReview(ExerciseWidget, Desk):
    """A patch as a mail: ack it, or object with rule, line and scenario; then a reply.

    >>> ex = PatchReview("0")
    >>> print(ex.as_text().splitlines()[2])
    Subject: [PATCH] plover: do not do a completed fault again
    >>> ex.answer(ack=True)
    0 of 3 points.
    The patch breaks a rule. No one gives up mmap_lock who does not hold it: the count stays >= 0.
    >>> print(str(ex.reply("No.")).splitlines()[0])
    0 of 5 found in the reply.
    """

    act = "review"

    def __init__(self, seed: str, level: int | None = None, bank: int = CURRENT) -> None:
        self.one = reviews.make(seed, level, bank)
        self._answered: dict[str, Any] = {}
        head = {
            "kind": "review",
            "title": "Would you ack this patch?",
            "about": "The player shows the handler as it is after the patch. If a rule breaks, "
            "say which, at which line of the new file, and in which scenario.",
            "mail": shown(self.one.mail),
        }
        self._is("review", self.one)
        super().__init__(self.one.after, head)

    def text(self) -> CellText:
        """The mail."""
        return CellText(self.one.mail.rstrip())

    def answer(
        self,
        *,
        ack: bool = False,
        rule: str = "",
        line: int = 0,
        outcomes: str = "",
        context: str = "",
    ) -> CellText:
        """Ack it; or object: name the rule, a line of the new file, and a scenario."""
        given: dict[str, Any] = {"ack": ack}
        if not ack:
            given |= {"rule": rule, "line": line, "outcomes": outcomes, "context": context}
        self._answered = given
        self.fill(**given)
        return self.judged(given, reviews.judge(self.one, given), self.one.after)

    def reply(self, text: str) -> CellText:
        """A reply of about five sentences, held against the rubric; then the model replies.

        Raises BadInput before the first answer, and for an empty reply.
        """
        if not self.tries:
            raise BadInput("First say what you think of the patch: answer().")
        if not text.strip():
            raise BadInput("The reply is empty: write three to eight sentences to the author.")
        found = replies.rubric(self.one, text)
        self.keep({**self._answered, "reply": text})
        model = replies.replies(self.one)
        met = [[ok, what] for what, ok in found.met.items()]
        told = {"head": found.head, "met": met, "letters": model}
        self.fill(reply=text)
        self.tell(replied=told)
        return CellText("\n\n".join([repr(found), "Two replies that say it all:", *model]))

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done: `check`, `worked` or `reply`."""
        if wanted["do"] == "reply":
            self.reply(str(wanted.get("reply", "")))
        else:
            super().wanted(wanted)

    def check(self, form: Json) -> None:
        """Answer with what the page's form holds."""
        number = str(form.get("line", ""))
        line = int(number) if number.isdigit() else 0
        fields = chosen({**form, "how": "said"}, "rule")
        self.answer(ack=form.get("ack") is True, line=line, **fields)

    def solution(self) -> str:
        """What is wrong, if anything, and at which lines."""
        first = self.one.first
        if first is None:
            return "Nothing is wrong: after the patch every rule holds on every way."
        texts = {line.number: str(line).strip() for line in lines(self.one.after)}
        places = "\n".join(f"  line {n}: {texts[n]}" for n in sorted(self.one.places))
        return (
            f"Broken: {first.invariant}, with outcomes {first.outcomes}, context {first.context}.\n"
            f"{first.why}\nThese lines count as the place:\n{places}"
        )

    def __repr__(self) -> str:
        return f"{self.one!r}. Would you ack this patch?"


def shown(mail: str) -> Json:
    r"""The words before the diff, and its rows: sign, number in the new file, text.

    >>> shown("Hello.\n\n--- a/x\n+++ b/x\n@@ -4,2 +4,2 @@\n one\n-two\n+2\n")["rows"]
    [['@', 0, '@@ -4,2 +4,2 @@'], [' ', 4, 'one'], ['-', 0, 'two'], ['+', 5, '2']]
    """
    at = mail.index("--- a/")
    rows: list[list[Any]] = []
    number = 0
    for line in mail[at:].splitlines()[2:]:
        if hunk := HUNK.match(line):
            number = int(hunk[1])
            rows.append(["@", 0, line])
            continue
        sign, text = line[:1] or " ", line[1:]
        rows.append([sign, 0 if sign == "-" else number, text])
        number += sign != "-"
    return {"words": _reflowed(mail[:at]), "rows": rows}


def _reflowed(words: str) -> str:
    """Paragraphs without their line ends, so that they fit any width; the rest as it is."""
    head, *rest = words.rstrip().split("\n\n")
    told = [" ".join(one.splitlines()) if not one.startswith("Signed") else one for one in rest]
    return "\n\n".join([head, *told])


class Write(ExerciseWidget, Sheet):
    """A handler to write: the file with a gap, and the check that judges it.

    >>> ex = Write("0")
    >>> print(ex)
    Exercise(write, seed 0, level 2: avocet). Write what is missing.
    >>> print(str(ex.answer(ex.solution())).splitlines()[0])
    22 of 22 points.
    """

    act = "write"

    def __init__(self, seed: str, level: int | None = None, bank: int = CURRENT) -> None:
        self.one = writing.task(seed, level, bank)
        head = {
            "kind": "write",
            "title": "Write what is missing",
            "about": f"{self.one.about}.",
            "starter": self.one.starter,
        }
        self._is("write", self.one)
        super().__init__(head)

    @property
    def starter(self) -> str:
        """The file with the gap."""
        return self.one.starter

    def text(self) -> CellText:
        """The task, and the file with the gap."""
        return CellText(f"{self.one.about}\n\n{self.one.starter.rstrip()}")

    def answer(self, written: str | Program) -> CellText:
        """Judge a handler, given as the text of the file. Raises BadInput for what is none.

        A program is judged as well, but only a text can be kept as your answer.
        """
        verdict = writing.judge(self.one, written)
        if isinstance(written, Program):
            return CellText(f"{verdict!r}\nOnly a text is kept as your answer.")
        self.fill(text=written)
        return self.tried({"text": written}, verdict)

    def check(self, form: Json) -> None:
        """Answer with what the page's form holds."""
        self.answer(str(form.get("text", "")))

    def solution(self) -> str:
        """The sound handler as a file."""
        return invented.source(invented.features(f"write {self.seed}", self.level, self.bank))

    def __repr__(self) -> str:
        return f"{self.one!r}. Write what is missing."
