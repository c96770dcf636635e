"""The thirty words of the course: one sentence each, and the lesson that introduces each.

Here: the words, and how they are shown as a table. The lessons bring them in this order, in bold,
and the player explains them where they stand (`player`). Not here: the bits of results and flags
(`bits`), the rules (`invariants`) or the names of handlers (`models`).
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from faultviz.base.errors import BadInput, nearest


class Term(NamedTuple):
    """What a word means, the lesson that introduces it, and its other forms in a text."""

    sentence: str
    lesson: str
    also: tuple[str, ...] = ()


GLOSSARY: dict[str, Term] = {
    "page fault": Term(
        "The whole way from an access that traps, through the kernel's handler, back to the same "
        "access.", "00a", ("page faults",)),
    "trap": Term(
        "The processor stops a program before an access that it cannot make, and jumps into the "
        "kernel.", "00a", ("traps", "trapped")),
    "handler": Term(
        "The kernel's function that answers a trap; each architecture has its own.",
        "00a", ("handlers",)),
    "VMA": Term(
        "A virtual memory area: a range of addresses, and what a program may do there.",
        "00a", ("VMAs",)),
    "PTE": Term(
        "A page-table entry: where one page lies now, and whether the processor lets a store "
        "through.", "00a", ("PTEs",)),
    "page cache": Term(
        "The content of files in memory, page by page, once for all programs.", "00a"),
    "shmem": Term(
        "Files that live in memory alone and on no disk; also called tmpfs.", "00a", ("tmpfs",)),
    "dirty page": Term(
        "A page that was changed and has not been written back to its file.",
        "00a", ("dirty", "dirty pages")),
    "minor fault": Term(
        "A fault whose page was found or made in memory.", "00a", ("minor", "minor faults")),
    "major fault": Term(
        "A fault whose page had to be read from storage; the kernel's books also call a fault "
        "major that took two calls.", "00a", ("major", "major faults")),
    "mmap_lock": Term(
        "The reader-writer lock that protects the list of a program's VMAs.", "00a"),
    "reader-writer lock": Term(
        "A lock that many may hold at once to read, or one alone to write.",
        "00a", ("reader-writer locks",)),
    "handle_mm_fault": Term(
        "The code of all architectures that makes a page present; its answer says how far it came, "
        "and who holds the lock.", "00"),
    "pgfault": Term("The kernel's counter of page faults, in /proc/vmstat.", "00", ("pgfaults",)),
    "RETRY": Term(
        "An answer of handle_mm_fault: not finished, and mmap_lock was given up, so take it and "
        "call again.", "00"),
    "COMPLETED": Term(
        "An answer of handle_mm_fault: the fault is handled, and mmap_lock was given up, so it "
        "must not be given up a second time.", "00"),
    "OK": Term(
        "An answer of handle_mm_fault: the fault is handled, and this task still holds mmap_lock.",
        "00"),
    "ERROR": Term(
        "An answer of handle_mm_fault with an error bit: the fault is not handled, and this task "
        "still holds mmap_lock.", "00"),
    "TRIED": Term(
        "The flag on every call after the first: the lock is then kept.", "00"),
    "RETRY_NOWAIT": Term(
        "The flag of a caller that does not want to wait: RETRY then comes with mmap_lock still "
        "held.", "00", ("NOWAIT",)),
    "fix-up": Term(
        "The place, written down beforehand, at which kernel code goes on when an access of its "
        "own fails.", "00", ("fix-ups", "fix up")),
    "invariant": Term(
        "A rule that must hold on every way through a handler.", "00", ("invariants",)),
    "counterexample": Term(
        "A way through a handler that breaks a rule; the search shows the shortest.",
        "00", ("counterexamples",)),
    "throttling": Term(
        "A writer that makes pages dirty faster than they are written back is made to wait.",
        "01", ("throttle", "throttles", "throttled")),
    "fault flag": Term(
        "A bit that a caller passes to handle_mm_fault: what access it is, and what the callee may "
        "do.", "01", ("fault flags",)),
    "ALLOW_RETRY": Term(
        "The flag that permits handle_mm_fault to give mmap_lock up.", "01"),
    "gmap": Term(
        "The page tables that s390 keeps for a guest, beside those of the host.", "03"),
    "GUP": Term(
        "get_user_pages: kernel code looks a program's pages up, and has missing ones faulted in.",
        "05"),
    "fixup_user_fault": Term(
        "A function that makes a user address accessible for kernel code that must not fault.",
        "06"),
    "per-VMA lock": Term(
        "From Linux 6.4 on: a lock of one VMA alone, under which a fault may be handled without "
        "mmap_lock.", "10", ("per-VMA locks",)),
}  # fmt: skip
"""In the order in which the lessons bring them."""


class GlossaryTable(tuple[tuple[str, Term], ...]):
    """Words with their sentences, as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        wide = max(len(name) for name, _ in self)
        return "\n".join(f"{name:{wide}}  {t.lesson:3}  {t.sentence}" for name, t in self)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th><td>{t.lesson}</td>'
            f'<td style="text-align:left">{escape(t.sentence)}</td></tr>'
            for name, t in self
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("word", "lesson", "meaning"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def glossary(word: str | None = None) -> GlossaryTable:
    """The words of the course with their sentences; or one of them, in any of its forms.

    Raises BadInput for a word that is not among them.

    >>> glossary("NOWAIT")
    RETRY_NOWAIT  00   The flag of a caller that does not want to wait: RETRY then comes with \
mmap_lock still held.
    >>> len(glossary())
    30
    """
    if word is None:
        return GlossaryTable(GLOSSARY.items())
    wanted = word.strip().lower()
    found = GlossaryTable(
        {name: GLOSSARY[name] for form, name in forms() if form.lower() == wanted}.items()
    )
    if not found:
        close = nearest(word, [form for form, _ in forms()])
        raise BadInput(f"The glossary has no {word!r}.{close}")
    return found


def forms() -> Iterator[tuple[str, str]]:
    """Every form of every word, with the word.

    >>> dict(forms())["tmpfs"]
    'shmem'
    """
    for name, term in GLOSSARY.items():
        for form in (name, *term.also):
            yield form, name
