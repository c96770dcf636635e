"""The two ways for whoever reads alone: self-study, and a newcomer before a first review.

Here: each lesson in parts of a few minutes; together they are the minutes of the lesson's head.
Not here: the lectures (`lectures`).
"""

from __future__ import annotations

from faultviz.course.routes.stops import Route, Stop


def _lesson(lesson: str, *parts: tuple[int, str, str, str], elective: bool = False) -> list[Stop]:
    return [
        Stop(minutes, lesson, first, last, what, elective) for minutes, first, last, what in parts
    ]


CORE = [
    *_lesson(
        "00a",
        (3, "c00", "c02", "Six questions say whether you may skip this lesson."),
        (8, "c02a", "c02b", "The test before the course."),
        (3, "c03", "c08", "The same store again; a fault is no error."),
        (2, "c09", "c13", "VMA and PTE: what is allowed, what is there."),
        (3, "c14", "c18", "Shared, private, dirty."),
        (3, "c19", "c23", "Minor and major."),
        (4, "c24", "c33", "A lock with readers and a writer; one unlock too many."),
        (2, "c34", "c37", "A first count of your own."),
    ),
    *_lesson(
        "00",
        (3, "c00", "c03", "mips before the patch, with questions."),
        (1, "c04", "c06", "How often the lock is taken."),
        (2, "c07", "c10", "The same write after the patch."),
        (1, "c11", "c12", "Completed is not executed."),
        (2, "c13", "c15", "The four outcomes."),
        (1, "c16", "c19", "Who chooses the answer."),
        (2, "c20", "c22", "Break it: the test is missing."),
        (2, "c23", "c26", "Count it on your own kernel."),
        (1, "c27", "c29", "Questions from Python; key points."),
    ),
    *_lesson(
        "01",
        (6, "c00", "c04", "Inside handle_mm_fault, to where the count falls."),
        (1, "c05", "c06", "Who gave it up."),
        (4, "c07", "c10", "Why there: the writer is throttled."),
        (4, "c11", "c15", "Result bits."),
        (1, "c16", "c17", "RETRY is no failure."),
        (4, "c18", "c22", "Fault flags."),
        (2, "c23", "c25", "A lane is no time."),
        (3, "c26", "c29", "Your turn: a private page; key points."),
    ),
    *_lesson(
        "02",
        (4, "c00", "c06", "Before and merged on one clock."),
        (2, "c07", "c09", "RETRY stays."),
        (3, "c10", "c11a", "Which events end in COMPLETED."),
        (6, "c12", "c18", "The books, and what 1.000 proves."),
        (4, "c19", "c23a", "What is saved."),
        (3, "c24", "c27", "A handler that forgets."),
        (8, "c28", "c33", "Your turn: x86; key points."),
    ),
    *_lesson(
        "03",
        (6, "c00", "c05", "s390 before the patch, with a guest."),
        (5, "c06", "c09", "The diff of v3: ack or object?"),
        (7, "c10", "c17", "Follow it: balanced, and wrong."),
        (2, "c18", "c20", "The search through every way."),
        (4, "c22", "c23", "What the reviewers saw."),
        (4, "c25", "c28", "What tags promise; repair it yourself."),
        (3, "c29", "c32", "v4, and its price."),
        (2, "c33", "c35", "The slip, and the merged form."),
        (6, "c36", "c38", "Your turn: review a patch, and reply."),
    ),
]  # fmt: skip
END_OF_03 = _lesson(
    "03", (12, "c40a", "c40b", "The test after the course."), (1, "c41", "c41", "Key points.")
)
SECOND_REVIEW = _lesson("03", (12, "c40", "c40", "A second patch, and a reply of five sentences."))
KERNEL = _lesson(
    "08",
    (2, "k00", "k02", "A tree of your own."),
    (5, "k03", "k06", "The real function, step by step."),
    (4, "k07", "k09", "Model against source."),
    (5, "k10", "k12", "What breaks in a real kernel."),
    (2, "k13", "k14", "Take the check away."),
    (7, "k15", "k18", "Your turn: a handler of your own; other kernels; key points."),
)
CAPSTONE = _lesson(
    "11",
    (3, "c00", "c03", "Your seed, and how to go about it."),
    (8, "c04", "c06", "Two handlers of level 1."),
    (8, "c07", "c09", "Two handlers of level 2."),
    (5, "c10", "c11", "One handler of level 3."),
    (1, "c12", "c13", "What an answer is worth."),
    (10, "c14", "c17", "Three patches."),
    (4, "c18", "c22", "One real defect: sh."),
    (4, "c23", "c24", "Write one."),
    (2, "c25", "c29", "How it went; the record of work."),
)


def _electives(*, elective: bool) -> dict[str, list[Stop]]:
    return {
        "04": _lesson(
            "04",
            (2, "c00", "c02", "Does the order of the tests matter?"),
            (5, "c03", "c04", "Sort nine handlers by their order."),
            (7, "c05", "c11", "A truth table by hand, then the theorem."),
            (2, "c12", "c14", "What the theorem needs; a bit is asked for."),
            (5, "c15", "c19", "The lock and the label."),
            (7, "c20", "c25", "What COMPLETED leads to."),
            (3, "c26", "c27", "When, as a formula."),
            (4, "c30", "c35", "Take the test away, anywhere."),
            (2, "c36", "c38", "It ran, and was wrong."),
            (1, "c39", "c40", "The gallery; key points."),
            elective=elective,
        ),
        "05": _lesson(
            "05",
            (4, "c00", "c03", "GUP before the patch."),
            (3, "c04", "c07", "Why one call is enough."),
            (5, "c08", "c13", "What is saved: nothing."),
            (4, "c15", "c18", "The fault that nobody had counted."),
            (4, "c19", "c24", "How the caller is told."),
            (4, "c25", "c32", "A new errno."),
            (2, "c33", "c35", "The fine print of RETRY."),
            (4, "c36", "c39", "Your turn: seven edits; key points."),
            elective=elective,
        ),
        "06": _lesson(
            "06",
            (4, "c00", "c03", "The contract of fixup_user_fault."),
            (4, "c04", "c07", "What is saved, and the pity."),
            (3, "c08", "c10", "Who may give it up."),
            (6, "c12", "c17", "A report about NULL."),
            (4, "c19", "c23", "Which calls can meet COMPLETED."),
            (4, "c25", "c27", "Held again is not held throughout."),
            (2, "c29", "c31", "The reviewer's question."),
            (2, "c33", "c34", "Your turn: without the re-lock."),
            (1, "c39", "c39", "Key points."),
            elective=elective,
        ),
        "07": _lesson(
            "07",
            (4, "c00", "c04", "The bogus major fault."),
            (4, "c05", "c07", "Four kernels, four books."),
            (4, "c08", "c12", "Whose faults a counter counts."),
            (2, "c13", "c15", "What a number proves."),
            (5, "c16", "c19", "12.5 %, more or less."),
            (6, "c20", "c26", "Pairs, a median and its interval."),
            (4, "c27", "c30", "The saving as a formula."),
            (2, "c31", "c33", "The same saving, another share."),
            (4, "c34", "c37", "Your turn: change a cost; key points."),
            elective=elective,
        ),
        "09": _lesson(
            "09",
            (4, "c00", "c03", "Three threads and a writer."),
            (5, "c04", "c08", "Who waits for whom."),
            (2, "c09", "c11", "Readers alone do not wait."),
            (3, "c12", "c13", "Held against the cost model."),
            (4, "c14", "c16", "More threads, a writer now and then."),
            (4, "c17", "c19", "A writer that never rests."),
            (5, "c20", "c24", "What was measured says something else."),
            (3, "c25", "c28", "Two kernels that never existed."),
            (5, "c29", "c31", "Your turn: find a load; key points."),
            elective=elective,
        ),
        "10": _lesson(
            "10",
            (3, "c00", "c03", "The one that was forgotten."),
            (3, "c04", "c07", "Its fix, and what is told of it."),
            (2, "c08", "c09", "How each claim is known."),
            (7, "c10", "c17", "Killed in the kernel."),
            (5, "c20", "c25", "Another lock."),
            (2, "c26", "c28", "What that does to the books."),
            (4, "c29", "c33", "A page that faults twice all the same."),
            (2, "c34", "c36", "What nobody took up."),
            (2, "c37", "c39", "Your turn: a sentence for a review; key points."),
            elective=elective,
        ),
    }  # fmt: skip


FIXED = _electives(elective=False)

SELF_STUDY = Route(
    "self-study",
    "Alone: 00a to 03 with a test before and after, then two electives, then the capstone.",
    (
        *CORE,
        *END_OF_03,
        *(stop for stops in _electives(elective=True).values() for stop in stops),
        *CAPSTONE,
    ),
    ("python3 -m faultviz lab, or Binder. Answers are kept; fv.work() saves them to a file.",),
    picks=2,
)

NEWCOMER = Route(
    "newcomer",
    "Before a first review: 00a to 03 with a second reply, your kernel, 04, 10, the capstone.",
    (*CORE, *SECOND_REVIEW, *END_OF_03, *KERNEL, *FIXED["04"], *FIXED["10"], *CAPSTONE),
    ("A kernel tree: Debian's linux-source-6.1, or any that you have (lesson 08).",),
)
