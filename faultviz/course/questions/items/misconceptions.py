"""The misconceptions that the course meets, each with what its holder believes.

Here: ids and sentences; questions name them by id. Not here: the questions (`lesson00a` and so on,
`course.quiz`).
"""

from __future__ import annotations

MISCONCEPTIONS: dict[str, str] = {
    "M1": "A page fault is an error.",
    "M2": "A major fault means that a disk was read.",
    "M3": "COMPLETED means that the store has been executed.",
    "M4": "RETRY is a failure, or could not get the lock.",
    "M5": "After the patch there is no RETRY any more.",
    "M6": "COMPLETED takes the place of OK, or every write to shared memory gives it.",
    "M7": "The handler or the program chooses the answer.",
    "M8": "Who took a lock must be the one to give it up.",
    "M9": "A count of 0 means that nobody holds the lock.",
    "M10": "Readers exclude each other.",
    "M11": "The count is the number of readers in the system.",
    "M12": "Half the calls, or half the lock operations, is half the work.",
    "M13": "A longer lane takes longer.",
    "M14": "A balanced count makes a handler right.",
    "M15": "It ran, so it is right.",
    "M16": "One number from one machine proves it.",
}
"""Id to belief, in the order of the lessons' first draft; ids are for ever."""
