"""Exam items about handlers, the books and what was measured.

Here: eight items whose keys a run, the search or recorded data give. Not here: the ground
(`exam_toy`), or the eight kinds that the tests ask as well (`locks`, `books`, `paths`).
"""

from __future__ import annotations

from faultviz import models
from faultviz.base.seeds import Draw
from faultviz.course.quiz.exam_item import CHOICE, MATCH, ExamItem, number, truth
from faultviz.course.quiz.locks import answers_completed, may_retry, ran, without_test
from faultviz.course.quiz.question import Answer, question
from faultviz.engine import narrate as story
from faultviz.engine.check import check
from faultviz.engine.compare import own_steps
from faultviz.engine.run import run
from faultviz.ir.outcomes import ERRORS, refusal
from faultviz.lab.recorded.records import recorded
from faultviz.lab.recorded.verdict import verdict
from faultviz.models.mm import memory


def reached() -> list[str]:
    """The handlers in which a first write to a shared page ends in COMPLETED."""
    return [name for name in models.HANDLERS if answers_completed(name, "fresh")]


def retry(draw: Draw) -> ExamItem:
    """M5: whether a fault may still answer RETRY after the patch."""
    name = draw.choice(models.HANDLERS)
    flags = {
        step.flags or 0
        for event in ("fresh", "read")
        for step in run(name, "merged", context=event).steps
        if step.event == "fault" and "." not in step.node
    }
    possible = any(refusal("RETRY", one, completed=True) is None for one in flags)
    return truth(
        "retry",
        "events",
        f"{name}, with the patch: handle_mm_fault may still answer RETRY to this handler.",
        possible,
        "RETRY stays for what is not finished, and needs ALLOW_RETRY in the call, no more.",
        "M5",
        name,
    )


def chooses(draw: Draw) -> ExamItem:
    """M7: which function decides that the answer is COMPLETED."""
    name = draw.choice(reached())
    trace = ran(name, "merged", context="fresh")
    made = next(step for step in trace.steps if step.text == "return COMPLETED")
    root = trace.program.root
    below = made.function in memory.MODEL.functions
    right = f"{made.function}, {made.depth} calls below the handler"
    assert below
    return ExamItem(
        CHOICE,
        question(
            "chooses",
            "events",
            f"{name}, with the patch, the first write to a shared page. Where is it decided that "
            "the answer is COMPLETED?",
            [
                Answer(right, "It knows that the lock was given up, and says so in its result."),
                Answer(f"in {root}, the handler", "The handler calls, and takes what comes.", "M7"),
                Answer("in the program", "It stores, and knows nothing of answers.", "M7"),
                Answer(
                    "in the CPU, when it traps", "The CPU knows the address and the access only."
                ),
            ],
            right,
            (name,),
            draw,
        ),
    )


CORNERS = {
    (True, True): "handled, and this task still holds mmap_lock",
    (False, True): "not handled, and this task still holds mmap_lock",
    (False, False): "not handled yet, and this task does not hold mmap_lock",
    (True, False): "handled, and this task does not hold mmap_lock",
}
"""Handled? Held? The four corners of the contract."""


def corners(draw: Draw) -> ExamItem:
    """M4 and M8: each answer with its corner of the contract."""
    name = draw.choice(reached())
    outcomes = draw.shuffle(["OK", draw.choice(ERRORS[:3]), "RETRY", "COMPLETED"])
    pairs = []
    for outcome in outcomes:
        steps = own_steps(ran(name, "merged", outcome))
        held = next(step.mmap_lock for step in steps if step.event == "fault") > 0
        pairs.append((outcome, CORNERS[outcome in ("OK", "COMPLETED"), held]))
    ask = f"{name}, with the patch: handle_mm_fault has returned. What does each answer say?"
    one = question("corners", "holders", ask, [], "", (name, *outcomes))
    return ExamItem(MATCH, one, tuple(pairs), ("M4", "M8"))


def counted(draw: Draw) -> ExamItem:
    """M16: pgfault under both rules of counting."""
    name = draw.choice([one for one in models.HANDLERS if may_retry((one,))])
    accounting = draw.choice(["6.0", "6.4"])
    pages = draw.choice([100, 256, 500, 1024])
    each = run(name, "before", accounting=accounting).counters["pgfault"]
    rule = {"6.0": "every call", "6.4": "no call that ends in RETRY"}[accounting]
    return number(
        "counted",
        "books",
        f"{name}, without the patch: a program writes once to each of {pages} fresh pages of "
        f"shared memory. On this kernel {rule} counts in pgfault. By how much does it grow?",
        each * pages,
        f"Each page takes two calls, RETRY and then OK; {rule} counts.",
        "M16",
        name,
        accounting,
    )


def proves(draw: Draw) -> ExamItem:
    """M16: what a count of 1.000 proves on a recorded kernel."""
    kernel = draw.choice(["6.1.176", "6.12.117"])
    row = next(r for r in recorded("debian_plain.csv") if (r.kernel, r.mode) == (kernel, "shared"))
    said = verdict(kernel, row.minor_per_page, row.major_per_page)
    return truth(
        "proves",
        "evidence",
        f"Linux {kernel} counted {row.minor_per_page:.3f} minor and {row.major_per_page:.3f} major "
        "faults for each first write to shared memory. That proves VM_FAULT_COMPLETED.",
        said.startswith("COMPLETED"),
        "From 6.4 on a retry is not counted, so there the number is the same either way.",
        "M16",
        kernel,
    )


def lanes(draw: Draw) -> ExamItem:
    """M13: the longer lane against the time that was recorded."""
    name = draw.choice(reached())
    cells = {e: len(own_steps(ran(name, "merged", context=e))) for e in ("fresh", "dirty")}
    rows = {row.mode: row for row in recorded("debian_plain.csv") if row.kernel == "6.1.176"}
    taken = {"fresh": rows["shared"].seconds or 0, "dirty": rows["already_dirty"].seconds or 0}
    more = max(cells, key=lambda event: cells[event])
    less = min(cells, key=lambda event: cells[event])
    said = {"fresh": "the first write to a shared page", "dirty": "a write to a dirty shared page"}
    return truth(
        "lanes",
        "evidence",
        f"{name}, with the patch: the lane of {said[more]} has {cells[more]} cells, that of "
        f"{said[less]} {cells[less]}. So the first of the two takes longer.",
        taken[more] > taken[less],
        "A cell is a step and no time; on x86 the fresh page took "
        f"{taken['fresh'] / taken['dirty']:.0f} times as long, for it must be cleared.",
        "M13",
        name,
    )


def ran_long(draw: Draw) -> ExamItem:
    """M15: whether machines that ran tell anything of the unlocks of their handler."""
    name = "loongarch" if draw.chance(0.5) else draw.choice(reached())
    rows = check(name, "merged")
    too_many = [row for row in rows if (row.invariant, row.outcomes) == UNLOCK_TOO_MANY]
    has = any(node.role == "completed-check" for node in models.load(name, "merged").nodes.values())
    reason = "Its test leaves without an unlock; that it ran would have shown nothing."
    if too_many:
        reason = "It ran, and yet: " + too_many[0].reason
    return truth(
        "ran-long",
        "missing",
        f"The handler of {name}, as merged, {'has a' if has else 'has no'} test of COMPLETED, and "
        "machines ran with it. So after COMPLETED it never unlocks once too often.",
        not too_many,
        reason,
        "M15",
        name,
    )


UNLOCK_TOO_MANY = ("lock-underflow", "COMPLETED")


def shortest(draw: Draw) -> ExamItem:
    """M8: the step at which a handler without the test gives up what it does not hold."""
    name = draw.choice(reached())
    steps = own_steps(run(without_test(name), "merged", "COMPLETED"))
    key = next(n for n, step in enumerate(steps, start=1) if step.mmap_lock < 0)
    shown = "\n".join(f"{n:3}  {story.short(step)}" for n, step in enumerate(steps, start=1))
    return number(
        "shortest",
        "transfer",
        f"{name}, as merged, but without a test of COMPLETED. At which step does this task give up "
        "an mmap_lock that it does not hold?",
        key,
        "COMPLETED gave it up inside handle_mm_fault, so the first unlock after that is too many.",
        "M8",
        name,
        shown=shown,
    )
