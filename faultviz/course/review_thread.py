"""The review of the patch as facts: who said what of version 3, when, and of how much of it.

Read in the archives of the mailing lists, told in our own words. Here: the events between the
posting and the answer to the last remark, and the versions. Not here: what the versions do
(`models.s390` and the others).
"""

from __future__ import annotations

from typing import NamedTuple

SOURCE = "list archives of the v3 thread, message 20220524234531.1949-1-peterx@redhat.com"
"""Where the events were read."""


class Event(NamedTuple):
    """A mail: when (UTC), who, of which kind, and what of the patch it speaks of."""

    when: str
    who: str
    kind: str
    scope: str

    def __str__(self) -> str:
        return f"{self.when}  {self.who:18} {self.kind:12} {self.scope}"


EVENTS: tuple[Event, ...] = (
    Event("24 May 23:45", "Peter Xu", "posts v3", "26 files"),
    Event("25 May 08:03", "Geert Uytterhoeven", "Acked-by", "m68k"),
    Event("25 May 11:10", "Peter Zijlstra", "Acked-by", "the whole patch"),
    Event("25 May 12:44", "Johannes Weiner", "Acked-by", "the whole patch"),
    Event("26 May 03:40", "Vineet Gupta", "Acked-by", "arc"),
    Event("27 May 02:54", "Guo Ren", "Acked-by", "csky"),
    Event("27 May 05:39", "Max Filippov", "Acked-by", "xtensa"),
    Event("27 May 08:21", "Alistair Popple", "Reviewed-by", "in general, and hmm"),
    Event("27 May 10:46", "Ingo Molnar", "Reviewed-by", "in general, and fixup_user_fault"),
    Event("27 May 12:23", "Heiko Carstens", "objects", "s390"),
    Event("27 May 13:49", "Peter Xu", "agrees", "s390: will take the lock again"),
)
"""All of 2022, up to the answer to the objection, in order."""

VERSIONS: dict[str, str] = {
    "v3": "24 May 2022: the version that was reviewed",
    "v4": "27 May 2022: s390 takes the lock again after every COMPLETED",
    "v5": "30 May 2022: only for a guest; this form was merged, first in Linux 6.0",
}
"""The versions of the patch that this course has, and when they were posted."""


def tags_before(kind: str) -> list[Event]:
    """The Acked-by and Reviewed-by given before the first mail of a kind.

    >>> len(tags_before("objects"))
    8
    """
    at = next(i for i, event in enumerate(EVENTS) if event.kind == kind)
    return [event for event in EVENTS[:at] if event.kind.endswith("-by")]
