"""The two lectures, minute by minute: 90 and 45.

Here: what is done at which cells, what to press and what to ask. Not here: what to draw on a board,
and what to answer to a class (`notebooks/instructor.md`).
"""

from __future__ import annotations

from faultviz.course.routes.stops import Cut, Route, Stop

BEFORE = (
    "python3 -m faultviz lab --stage: large letters, one notebook at a time.",
    "In each lesson run the first code cell beforehand, the others when you come to them.",
    "Never Run All: the answers would stand below their questions.",
    "In a picture: click, f for the stage, right arrow to step, v to count hands, s to skip.",
)

LECTURE_90 = Route(
    "lecture-90",
    "One projector: the four outcomes, a broken handler, and the review of s390.",
    (
        Stop(5, "00a", "c02a", "c02b",
             "Poll: the first three questions by hands, no verdict yet. Write the numbers on the "
             "board."),
        Stop(6, "00a", "c03", "c05",
             "On the board: store, trap, handler, return, store; VMA and PTE; shared and "
             "private."),
        Stop(4, "00a", "c24", "c29",
             "On the board: two readers, a writer that waits, a third reader; one count for each "
             "task."),
        Stop(11, "00", "c01", "c03",
             "mips before. First the page event “dirty already” (OK), then “first write” "
             "(RETRY). Votes: count after handle_mm_fault, next node, number of calls."),
        Stop(3, "00", "c04", "c06",
             "Vote: how often is mmap_lock taken? Then run the folded cell."),
        Stop(4, "00", "c07", "c08",
             "mips merged, the same write. Votes: count after COMPLETED, next node."),
        Stop(3, "02", "c01", "c05",
             "Both on one clock: where do they part? Vote, then d jumps there."),
        Stop(5, "00", "c13", "c13",
             "The class fills the contract table on the board, row by row; ? in a picture shows "
             "it."),
        Stop(3, "00", "c25", "c26",
             "Recorded counts of 5.10 and 6.1: why 2.000, why major?"),
        Stop(2, "00", "c23", "c24",
             "This machine's own count. Predict it from the kernel's number."),
        Stop(3, "02", "c16", "c18",
             "Vote: does 1.000 on 6.12 prove the patch?"),
        Stop(10, "00", "c20", "c21",
             "Pairs: mips without its test. Draw the lane on paper, mark the first bad step; "
             "then step it."),
        Stop(4, "00", "c22", "c22",
             "The search gives the shortest way. Whose is longer? Which rule is it?"),
        Stop(2, "03", "c01", "c03",
             "s390 has guests; __gmap_link enters the page for one, and needs mmap_lock."),
        Stop(4, "03", "c06", "c08",
             "The diff of v3, in silence: follow COMPLETED through the lines, with and without a "
             "guest."),
        Stop(2, "03", "c09", "c09",
             "Vote: ack or object? Write the numbers down before any picture."),
        Stop(4, "03", "c10", "c13",
             "v3 with a guest. Vote: count after handle_mm_fault; then step on to the end."),
        Stop(2, "03", "c14", "c16",
             "The count is 0 at the end. Is it right, then? Vote, run the folded cell: which "
             "callee minds?"),
        Stop(2, "03", "c29", "c30",
             "v4: the lock is taken again, always, and the flag is gone."),
        Stop(2, "03", "c31", "c32",
             "v4 beside merged, without a guest: what does v4 pay?"),
        Stop(5, "03", "c40a", "c40b",
             "The same three kinds of question, of other handlers. Both numbers beside each "
             "other."),
        Stop(2, "03", "c41", "c41",
             "Key points: a right count, an unprotected callee."),
        Stop(2, "03", "c36", "c38",
             "Homework: the review exercise, with a seed for each."),
    ),
    BEFORE,
    (
        Cut((("00", "c23"), ("02", "c16")),
            "Counts: recorded rows only; say that from 6.4 on 1.000 proves nothing."),
        Cut((("02", "c01"), ("03", "c31")),
            "Say that both are alike up to the first test, and that merged re-locks only for a "
            "guest."),
        Cut((("00", "c04"), ("03", "c29")),
            "The lock count was voted on in the picture; v4 is one sentence."),
        Cut((("03", "c40a"),), "The closing poll becomes homework."),
    ),
)  # fmt: skip

LECTURE_45 = Route(
    "lecture-45",
    "One projector: the four outcomes, a broken handler, and the review of s390. No "
    "counting.",
    (
        Stop(4, "00a", "c02a", "c02b",
             "Poll: the first three questions by hands, no verdict yet."),
        Stop(4, "00a", "c03", "c05",
             "On the board: store, trap, handler, return, store; VMA and PTE; shared and "
             "private."),
        Stop(2, "00a", "c24", "c29",
             "On the board: readers share, a waiting writer stops them; one count for each task."),
        Stop(5, "00", "c01", "c03",
             "mips before, the first write. Vote: count after handle_mm_fault; then why it calls "
             "again."),
        Stop(3, "00", "c07", "c08",
             "mips merged, the same write. Vote: next node after “COMPLETED?”."),
        Stop(2, "00", "c13", "c13",
             "The contract table: ? in the picture, or the hand-out."),
        Stop(7, "00", "c20", "c21",
             "mips without its test: the lane on paper, then step it. Where is the first bad "
             "step?"),
        Stop(3, "00", "c22", "c22",
             "The search gives the shortest way, and the rule."),
        Stop(2, "03", "c01", "c03",
             "s390 has guests; __gmap_link enters the page for one, and needs mmap_lock."),
        Stop(3, "03", "c06", "c08",
             "The diff of v3: follow COMPLETED through the lines, with and without a guest."),
        Stop(1, "03", "c09", "c09",
             "Vote: ack or object?"),
        Stop(3, "03", "c10", "c13",
             "v3 with a guest, to the end. Vote: count after handle_mm_fault."),
        Stop(2, "03", "c14", "c16",
             "The count is 0 at the end. Run the folded cell: which callee minds?"),
        Stop(1, "03", "c29", "c30",
             "v4 takes the lock again; merged does so only for a guest."),
        Stop(3, "03", "c40a", "c40b",
             "The same three kinds of question, of other handlers."),
    ),
    BEFORE,
    (
        Cut((("00", "c13"), ("03", "c40a")),
            "The table stands on the hand-out; the closing poll becomes homework."),
        Cut((("00", "c22"), ("03", "c14")),
            "Say the rule yourself: one unlock too many; then: a callee without its lock."),
    ),
)  # fmt: skip
