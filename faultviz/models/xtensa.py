"""xtensa: do_page_fault, the order of mips with the fix-up in a function, bad_page_fault.

The error labels unlock for themselves; SIGBUS is sent in both modes. The base of v3 still jumped
to a label that makes the call of bad_page_fault; later the call stands in place, as here. No
known fault in mid-2022.
"""

from faultviz.models.words import *

FILE = "arch/xtensa/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, BAD_PAGE_FAULT, LEAVE_FIXED),
    MARK_USER,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    MARK_WRITE,
    fault(),
    when(SIGNAL_PENDING, when(KERNEL, BAD_PAGE_FAULT), LEAVE_SIGNAL),
    since(V3, completed(LEAVE_COMPLETED)),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (SIGBUS, goto("do_sigbus")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    LEAVE_HANDLED,
    label("bad_area"),
    RELEASE_BAD_AREA,
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    BAD_PAGE_FAULT,
    LEAVE_FIXED,
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, BAD_PAGE_FAULT, else_=[OUT_OF_MEMORY]),
    leave(why="Kernel code goes on at its fix-up; a program tries again, or is dying."),
    label("do_sigbus"),
    RELEASE_ON_ERROR,
    SIGBUS_IN_BOTH_MODES,
    when(KERNEL, BAD_PAGE_FAULT),
    leave(why="The program has been told, and kernel code goes on at its fix-up."),
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("xtensa", "handler", do_page_fault, about="SIGBUS is sent in both modes")
