"""Handlers beside empty lanes: mips with and without its test, s390 as posted and as merged.

Here: which scenarios, and what is asked. The counts of the solutions are those of the runs.
"""

from __future__ import annotations

from faultviz import models
from faultviz.edit import ablate
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.picture.svg import svg
from faultviz.publish.handouts import frame, paper_lane
from faultviz.publish.handouts.frame import code, gap
from faultviz.publish.handouts.part import own, part

FAULT = "handle_mm_fault"


def mips(solution: bool) -> str:
    """The picture of the merged handler, and three lanes."""
    whole = models.load("mips", "merged")
    cut = ablate.without(whole, "completed-check")
    assert cut
    done, broken = run(whole, outcomes="COMPLETED"), run(cut, outcomes="COMPLETED")
    before = run("mips", "before")
    shown = part([done, run(whole, outcomes="OK"), run(whole, outcomes="RETRY,OK"),
                  run(whole, outcomes="SIGBUS")])  # fmt: skip
    (bad,) = broken.violations
    left = (
        f"<div class='wide'>{_picture(shown, 'max-height:190mm;max-width:103mm')}"
        "<p>The mips handler of the merged patch, as far as these answers come.</p></div>"
    )
    right = (
        "<div><p>Write behind each step how often <b>this task</b> holds mmap_lock after it: the "
        "lane.</p><h2>A. merged, the first write to a shared page: COMPLETED</h2>"
        f"{paper_lane.down(own(done), filled=solution)}"
        "<h2>B. The same, where the test of COMPLETED is missing</h2>"
        "<p>Write the steps, too; a test with its answer. Mark the first bad one.</p>"
        f"{paper_lane.down(own(broken), filled=solution, broken=[bad.n], given=9)}"
        f"<p>Which rule is it? {_line(INVARIANTS[bad.invariant], 60, filled=solution)}</p></div>"
    )
    down = (
        f"<h2>C. before, the same write: {' then '.join(before.used)}. Count along while it is "
        "stepped</h2>"
        f"{paper_lane.across(own(before), filled=solution, named='lane of mips before')}"
    )
    foot = (
        f"To see whether you are right: {code('faultviz trace mips --outcomes COMPLETED')}; "
        f"B: {code('faultviz check mips --revision merged --drop completed-check')}; "
        f"C: {code('faultviz trace mips --revision before')}."
    )
    body = f'<div class="two">{left}{right}</div>{down}'
    return frame.page("mips: three lanes", body, foot, solution=solution)


def s390(solution: bool) -> str:
    """The posted version and the merged one, each with and without a guest."""
    sides = "".join(_side(revision, filled=solution) for revision in ("v3", "merged"))
    found = run("s390", "v3", "COMPLETED", "gmap,write")
    (bad,) = found.violations
    callee = next(f"{step.label}, {step.text}" for step in own(found) if step.n == bad.n)
    body = (
        "<p>s390 has guests: for a fault of one (<i>from a guest? yes</i>) there is "
        "work left that needs mmap_lock. Both pictures begin at handle_mm_fault, called with the "
        "lock held once; its answer is COMPLETED. The first box of a lane is the answer itself. "
        "Number the steps in the picture, and write the count of <b>this task</b> into the lane."
        f'</p><div class="two">{sides}</div>'
        "<h2>Your review of v3</h2>"
        f"<p>At which step is a count wrong for what is called there? "
        f"{_line(callee, 40, filled=solution)}</p>"
        f"<p>Which rule? {_line(INVARIANTS[bad.invariant], 120, filled=solution)}</p>"
        f"<p>Is the count right at the end? {_line(_ends(found), 22, filled=solution)}</p>"
        f"<p>What does merged do about it? "
        f"{_line('it takes the lock again, for a guest', 90, filled=solution)}</p>"
    )
    foot = (
        "To see whether you are right: "
        f"{code('faultviz trace s390 --revision v3 --outcomes COMPLETED --context gmap,write')}."
    )
    return frame.page("s390: as posted (v3), and as merged", body, foot, solution=solution)


def _side(revision: str, *, filled: bool) -> str:
    guest, alone = (run("s390", revision, "COMPLETED", c) for c in ("gmap,write", "write"))
    lanes = "".join(
        f"<h2>{revision}, {said}</h2>{_tail(trace, f'{revision}, {said}', filled=filled)}"
        for trace, said in ((guest, "with a guest"), (alone, "without one"))
    )
    picture = _picture(part([guest, alone], FAULT), "max-height:152mm;max-width:90mm")
    return f"<div>{lanes}{picture}</div>"


def _tail(trace: Trace, named: str, *, filled: bool) -> str:
    steps = own(trace)
    first = next(i for i, step in enumerate(steps) if step.node == FAULT)
    broken = [bad.n for bad in trace.violations]
    return paper_lane.across(steps[first:], filled=filled, broken=broken, named=f"lane of {named}")


def _ends(trace: Trace) -> str:
    return "yes" if trace.mmap_lock_at_exit == trace.program.function.held else "no"


def _picture(program: Program, room: str) -> str:
    """A picture that keeps its shape in the room that it has."""
    picture = svg(program, style=False)
    wide, high = picture.width, picture.height
    return picture.replace(
        f'width="{wide}" height="{high}"',
        f'style="width:{wide}px;height:{high}px;height:auto;{room}" '
        'preserveAspectRatio="xMidYMin meet"',
        1,
    )


def _line(text: str, millimetres: int, *, filled: bool) -> str:
    said = gap(text, filled=filled)
    return said or f'<span class="line" style="min-width:{millimetres}mm">&nbsp;</span>'
