"""What became of it after mid-2022: facts that no model holds, each with how we know it.

Here: sentences, by topic. Not here: the handlers (their models are of mid-2022), nor what is found
in a tree of one's own (`faultviz kernel check` reads that).
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest

KNOWN: dict[str, str] = {
    "read": "in the source that is named",
    "checked": "by `faultviz kernel check` on the source that is named",
    "measured": "in the recorded file that is named",
    "told": "in a posting, or in a list of what was merged, that we read",
    "unverified": "from memory: look it up before you build on it",
}
"""How something can be known, the firmest first."""


class Fact(NamedTuple):
    """A sentence, where it shows, and how we know: one of KNOWN."""

    what: str
    where: str
    known: str


WIDTH = 100  # letters of a line of text
NEW, OLD = "6.12.117", "6.1.176"

FACTS: dict[str, tuple[Fact, ...]] = {
    "loongarch": (
        Fact("The handler has the test of COMPLETED.", f"{OLD}, arch/loongarch/mm/fault.c", "read"),
        Fact("The test came by a fix of its own, reviewed by another architecture's maintainer.",
             "posting of 15 Aug 2022 and its review", "told"),
        Fact("The architecture had come in just one cycle before the patch.", "", "unverified"),
    ),
    "signals": (
        Fact("Eleven handlers send kernel code back to a fault that SIGKILL has ended.",
             f"{OLD}, arch/", "checked"),
        Fact("Ten patches repair them, one for both handlers of sparc.", "postings of 31 Jan 2023",
             "told"),
        Fact("None of them does it any more; ia64 is gone.", f"{NEW}, arch/", "checked"),
        Fact("The series came with 6.3.", "", "unverified"),
    ),
    "books": (
        Fact("pgfault is raised at the door of handle_mm_fault.", f"{OLD}, mm/memory.c", "read"),
        Fact("pgfault is raised in mm_account_fault, after RETRY is sorted out.",
             f"{NEW}, mm/memory.c", "read"),
        Fact("It moved in the cycle of 6.4, commit 53156443a303.", "list of merges", "told"),
    ),
    "vma": (
        Fact("arm, arm64, powerpc, riscv, s390 and x86 try the VMA's own lock first, for faults "
             "from user mode.", f"{NEW}, arch/*/mm/fault.c", "read"),
        Fact("RETRY and COMPLETED both say that this lock is gone; each of the six asks for both "
             "in one test.", f"{NEW}, arch/*/mm/fault.c", "read"),
        Fact("Which lock the callee gives up, the flag VMA_LOCK says.",
             f"{NEW}, include/linux/mm.h, release_fault_lock", "read"),
        Fact("At first the handlers gave the VMA's lock up themselves, after RETRY and COMPLETED, "
             "too; a series of 2023 moved that into the callee.", "cover letter", "told"),
        Fact("The move fell between 6.4 and 6.6.", "", "unverified"),
    ),
    "um": (
        Fact("On COMPLETED the handler returns before the flush.", f"{OLD}, arch/um/kernel/trap.c",
             "read"),
        Fact("Two faults a page, both minor.", "uml.csv, 6.1.176", "measured"),
        Fact("It still returns at that place, but nothing is flushed there any more: set_ptes "
             "notes the page, and the way back to the program brings it into the host's mapping.",
             f"{NEW}, arch/um, set_ptes and userspace", "read"),
        Fact("One fault a page.", "uml.csv, 6.12.113", "measured"),
    ),
    "eagain": (
        Fact("KVM and vfio answer -EAGAIN whenever mmap_lock was given up meanwhile.",
             f"{OLD} and {NEW}, virt/kvm/kvm_main.c, drivers/vfio/vfio_iommu_type1.c", "read"),
        Fact("The author named teaching them COMPLETED as a possible follow-up.",
             "reply of 27 May 2022", "told"),
        Fact("fixup_user_fault still takes the lock again after COMPLETED.", f"{NEW}, mm/gup.c",
             "read"),
        Fact("It still stores through `unlocked` without asking whether it is NULL.",
             f"{NEW}, mm/gup.c", "read"),
    ),
    "still": (
        Fact("sh gives the lock up twice after SIGBUS and SIGSEGV.", f"{NEW}, arch/sh/mm/fault.c",
             "checked"),
        Fact("nios2 assigns WRITE over its other flags, ALLOW_RETRY among them: for a store the "
             "lock may not be given up.", f"{NEW}, arch/nios2/mm/fault.c", "read"),
    ),
}  # fmt: skip
"""By topic, in the order of the lesson."""


def facts(*topics: str) -> tuple[Fact, ...]:
    """The facts of some topics, or of all. BadInput for a topic that there is not.

    >>> [fact.known for fact in facts("um")]
    ['read', 'measured', 'read', 'measured']
    """
    for topic in topics:
        if topic not in FACTS:
            raise BadInput(f"There is no topic {topic!r}.{nearest(topic, FACTS)}")
    return tuple(fact for topic in topics or FACTS for fact in FACTS[topic])


def told(some: Iterable[Fact]) -> str:
    """Facts as text, how each is known in front.

    >>> print(told(facts("still")[:1]))
    checked     sh gives the lock up twice after SIGBUS and SIGSEGV. (6.12.117, arch/sh/mm/fault.c)
    """
    lines: list[str] = []
    for fact in some:
        where = f" ({fact.where})" if fact.where else ""
        lines += wrap(
            fact.what + where, WIDTH, initial_indent=f"{fact.known:12}",
            subsequent_indent=" " * 12, break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return "\n".join(lines)
