"""Exercises in which the learner writes a handler, in the words of `statements`.

A task is an invented handler whose middle is left out: what comes between the call of
handle_mm_fault and the exits. Here: the task, the answer as text or as functions, and its cases.
Not here: how the sound handler is made (`invented`), or what may stand in a text (`as_data`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.base.seeds import Draw
from faultviz.base.texts import texts
from faultviz.course import banks
from faultviz.course.banks import CURRENT
from faultviz.course.exercises.invented import features, handler, source
from faultviz.course.exercises.marking import Remark, Verdict, asked_for, level_of
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import Score
from faultviz.course.phrases import phrases
from faultviz.engine.check import check
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.models.as_data import program_of, shipped_words

BLANK = "    # Here: what comes after the answer, in the order that the task names.\n"
CASES: tuple[tuple[str, str], ...] = (
    ("OK", "write"), ("COMPLETED", "write"), ("COMPLETED", "kernel,write"), ("RETRY,OK", "write"),
    ("RETRY", "fatal,write"), ("RETRY", "fatal,kernel,write"), ("OOM", "write"),
    ("OOM", "kernel,write"), ("SIGSEGV", "write"), ("SIGBUS", "write"), ("SIGBUS", "kernel,write"),
)  # fmt: skip
"""The answers and contexts by which a handler is held against the sound one."""

OF = 2 * len(CASES)
"""Points: half for the rules, half for the cases."""

DEEDS: dict[str, str] = texts("faultviz.course.exercises", "exercises")["deeds"]
say = phrases("faultviz.course.exercises", "exercises", "written")


class Task(NamedTuple):
    """What is to be written: the features in words, and the file with a gap."""

    seed: str
    level: int
    bank: int
    about: str
    starter: str
    sound: Program

    def __repr__(self) -> str:
        return f"Exercise(write, seed {self.seed}, level {self.level}: {self.sound.name})"


@cache
def task(seed: str, level: int | None = None, bank: int = CURRENT) -> Task:
    """The task of a seed. Without a level the seed draws one.

    >>> print(task("7", 1).about)
    avocet: takes mmap_lock at the label retry; asks for a signal, COMPLETED, an error, RETRY; \
returns nothing
    """
    level = level_of(level, Draw(f"write {seed}").choice(banks.bank(bank).levels), bank)
    wanted = features(f"write {seed}", level, bank)
    whole = source(wanted)
    start, end = gap(whole)
    starter = whole[:start] + BLANK + whole[end:]
    sound = handler(f"write {seed}", level, bank).at("merged")
    return Task(seed, level, bank, str(wanted), starter, sound)


def gap(whole: str) -> tuple[int, int]:
    """Where in the file the middle begins and ends: behind the call, before the first exit."""
    start = whole.index("    fault(),\n") + len("    fault(),\n")
    ends = re.compile(r'^    (label\("link"\)|let\(error=0, why|release\(\),)', re.MULTILINE)
    found = ends.search(whole, start)
    assert found is not None
    return start, found.start()


def read(text: str) -> Program:
    """The handler of a model file given as text, at revision merged.

    Only the vocabulary can be used, so that a teacher may read what a student sent. Raises BadInput
    with what is wrong and where.

    >>> read("import os")
    Traceback (most recent call last):
    faultviz.models.as_data.TooFree: Line 1 of your handler: only the vocabulary can be used here, \
no Import.
    """
    known = shipped_words()
    before = dict(known)
    try:
        return _merged(program_of(text))
    finally:
        # What one learner calls a word binds no other.
        known.clear()
        known.update(before)


def _merged(found: Program) -> Program:
    if found.revision is not None:
        return found
    return found.at("merged" if "merged" in found.revisions else found.revisions[-1])


def judge(one: Task, answer: str | Program) -> Verdict:
    """A handler that was written, as text or as a program.

    Half of the points are for the rules, half for doing in each case what the sound one does.

    >>> one = task("7", 1)
    >>> judge(one, one.sound).total == OF
    True
    """
    program = read(answer) if isinstance(answer, str) else _merged(answer)
    broken = [row for row in check(program) if row.verdict == "violated"]
    told = [
        say("broken", rule=row.invariant, node=row.node, outcomes=row.outcomes,
            context=row.context, reason=row.reason)
        for row in broken
    ]  # fmt: skip
    differs = list(_differences(one.sound, program))
    told = (told or [say("no-rule-broken")]) + (differs or [say("as-asked", n=len(CASES))])
    points = {"rules": 0 if broken else len(CASES), "cases": len(CASES) - len(differs)}
    return Verdict(points, OF, tuple(map(Remark, told)))


def _differences(sound: Program, written: Program) -> Iterator[str]:
    for outcomes, context in CASES:
        wanted = deeds(run(sound, outcomes=outcomes, context=context))
        case = {"outcomes": outcomes, "context": context}
        try:
            does = deeds(run(written, outcomes=outcomes, context=context))
        except BadInput as reason:
            yield say("refused", **case, reason=reason)
            continue
        wrong = [
            say("deed", what=DEEDS[deed], does=does[deed], wanted=wanted[deed])
            for deed in wanted if wanted[deed] != does[deed]
        ]  # fmt: skip
        if wrong:
            yield say("differs", **case, wrong="; ".join(wrong))


def deeds(trace: Trace) -> Mapping[str, Any]:
    """What a run comes to: calls, end, how the caller reads it, what was done under the lock."""
    function = trace.program.function
    nodes = trace.program.nodes
    under = sorted(
        nodes[s.node].text
        for s in trace.steps
        if isinstance(op := nodes[s.node].op, ir.Call) and op.needs_lock and "VMA" not in s.text
    )
    reads = function.result.get(trace.result or 0, ir.FAILED) if function.result else "void"
    kernel = "kernel" in trace.given.words
    effects = [nodes[s.node].effect for s in trace.steps]
    told = sorted({e for one in effects if (e := one.kernel if kernel else one.user)})
    return {
        "calls": trace.counters["calls"],
        "end": trace.end,
        "reads": reads,
        "locked": ", ".join(under) or say("nothing"),
        "told": ", ".join(told) or say("nobody"),
    }


def grade(act: Act) -> list[Score]:
    """The score of a recorded handler: it is built, searched and run again."""
    one = task(*asked_for(act))
    try:
        points = judge(one, str(act.given.get("text", ""))).total
    except BadInput:
        points = 0
    return [Score(f"{act.name} level {one.level}", points, OF, objective="write a handler")]
