"""Exam items about handlers, the books and what was measured.

Here: eight items whose keys a run, the search or recorded data give. Not here: the ground
(`exam_toy`), or the eight kinds that the tests ask as well (`locks`, `books`, `paths`).
"""

from __future__ import annotations

from faultviz import models
from faultviz.base.seeds import Draw
from faultviz.course.banks import Bank
from faultviz.course.quiz.exam_item import CHOICE, MATCH, ExamItem, number, truth
from faultviz.course.quiz.locks import answers_completed, may_retry, ran, without_test
from faultviz.course.quiz.question import Wording, question
from faultviz.engine import narrate
from faultviz.engine.check import check
from faultviz.engine.compare import own_steps
from faultviz.engine.run import run
from faultviz.ir.outcomes import ERRORS, refusal
from faultviz.lab.recorded.records import recorded
from faultviz.lab.recorded.verdict import verdict
from faultviz.models.mm import memory


def reached(bank: Bank) -> list[str]:
    """The handlers in which a first write to a shared page ends in COMPLETED."""
    return [name for name in bank.handlers if answers_completed(name, "fresh")]


def retry(draw: Draw, bank: Bank) -> ExamItem:
    """M5: whether a fault may still answer RETRY after the patch."""
    name = draw.choice(bank.handlers)
    flags = {
        step.flags or 0
        for event in ("fresh", "read")
        for step in run(name, "merged", context=event).steps
        if step.event == "fault" and "." not in step.node
    }
    possible = any(refusal("RETRY", one, completed=True) is None for one in flags)
    told = Wording("exam", "retry")
    return truth("retry", "events", possible, told.say("ask", name=name), told.say("reason"), name)


def chooses(draw: Draw, bank: Bank) -> ExamItem:
    """M7: which function decides that the answer is COMPLETED."""
    name = draw.choice(reached(bank))
    trace = ran(name, "merged", context="fresh")
    made = next(step for step in trace.steps if step.text == "return COMPLETED")
    root = trace.program.root
    below = made.function in memory.MODEL.functions
    assert below
    told = Wording("exam", "chooses")
    state = {"function": made.function, "depth": made.depth, "root": root}
    answers = [told.answer(one, **state) for one in ("right", "handler", "program", "cpu")]
    ask = told.say("ask", name=name)
    one = question("chooses", "events", ask, answers, answers[0].text, (name,), draw)
    return ExamItem(CHOICE, one)


CORNERS = {
    (True, True): "done-held",
    (False, True): "undone-held",
    (False, False): "undone-gone",
    (True, False): "done-gone",
}
"""Handled? Held? The four corners of the contract."""


def corners(draw: Draw, bank: Bank) -> ExamItem:
    """M4 and M8: each answer with its corner of the contract."""
    name = draw.choice(reached(bank))
    outcomes = draw.shuffle(["OK", draw.choice(ERRORS[:3]), "RETRY", "COMPLETED"])
    pairs, told = [], Wording("exam", "corners")
    for outcome in outcomes:
        steps = own_steps(ran(name, "merged", outcome))
        held = next(step.mmap_lock for step in steps if step.event == "fault") > 0
        pairs.append((outcome, told.say(CORNERS[outcome in ("OK", "COMPLETED"), held])))
    one = question("corners", "holders", told.say("ask", name=name), [], "", (name, *outcomes))
    return ExamItem(MATCH, one, tuple(pairs), ("M4", "M8"))


def counted(draw: Draw, bank: Bank) -> ExamItem:
    """M16: pgfault under both rules of counting."""
    name = draw.choice([one for one in bank.handlers if may_retry((one,))])
    accounting = draw.choice(["6.0", "6.4"])
    pages = draw.choice(bank.exam_pages)
    each = run(name, "before", accounting=accounting).counters["pgfault"]
    told = Wording("exam", "counted")
    rule = told.say("every" if accounting == "6.0" else "finished")
    ask, reason = told.say("ask", name=name, pages=pages, rule=rule), told.say("reason", rule=rule)
    return number("counted", "books", each * pages, ask, reason, name, accounting)


def proves(draw: Draw, bank: Bank) -> ExamItem:
    """M16: what a count of 1.000 proves on a recorded kernel."""
    kernel = draw.choice(bank.kernels)
    row = next(r for r in recorded("debian_plain.csv") if (r.kernel, r.mode) == (kernel, "shared"))
    said = verdict(kernel, row.minor_per_page, row.major_per_page)
    told = Wording("exam", "proves")
    ask = told.say("ask", kernel=kernel, minor=row.minor_per_page, major=row.major_per_page)
    return truth(
        "proves", "evidence", said.startswith("COMPLETED"), ask, told.say("reason"), kernel
    )


def lanes(draw: Draw, bank: Bank) -> ExamItem:
    """M13: the longer lane against the time that was recorded."""
    name = draw.choice(reached(bank))
    cells = {e: len(own_steps(ran(name, "merged", context=e))) for e in ("fresh", "dirty")}
    rows = {row.mode: row for row in recorded("debian_plain.csv") if row.kernel == "6.1.176"}
    taken = {"fresh": rows["shared"].seconds or 0, "dirty": rows["already_dirty"].seconds or 0}
    more = max(cells, key=lambda event: cells[event])
    less = min(cells, key=lambda event: cells[event])
    told = Wording("exam", "lanes")
    ask = told.say(
        "ask", name=name, more=told.say(more), cells=cells[more], less=told.say(less),
        fewer=cells[less],
    )  # fmt: skip
    reason = told.say("reason", times=taken["fresh"] / taken["dirty"])
    return truth("lanes", "evidence", taken[more] > taken[less], ask, reason, name)


def ran_long(draw: Draw, bank: Bank) -> ExamItem:
    """M15: whether machines that ran tell anything of the unlocks of their handler."""
    name = "loongarch" if draw.chance(0.5) else draw.choice(reached(bank))
    rows = check(name, "merged")
    too_many = [row for row in rows if (row.invariant, row.outcomes) == UNLOCK_TOO_MANY]
    has = any(node.role == "completed-check" for node in models.load(name, "merged").nodes.values())
    told = Wording("exam", "ran-long")
    ask = told.say("ask" if has else "ask-without", name=name)
    reason = told.say("reason")
    if too_many:
        reason = told.say("reason-broken", why=too_many[0].reason)
    return truth("ran-long", "missing", not too_many, ask, reason, name)


UNLOCK_TOO_MANY = ("lock-underflow", "COMPLETED")


def shortest(draw: Draw, bank: Bank) -> ExamItem:
    """M8: the step at which a handler without the test gives up what it does not hold."""
    name = draw.choice(reached(bank))
    steps = own_steps(run(without_test(name), "merged", "COMPLETED"))
    key = next(n for n, step in enumerate(steps, start=1) if step.mmap_lock < 0)
    shown = "\n".join(f"{n:3}  {narrate.short(step)}" for n, step in enumerate(steps, start=1))
    told = Wording("exam", "shortest")
    ask, reason = told.say("ask", name=name), told.say("reason")
    return number("shortest", "transfer", key, ask, reason, name, shown=shown)
