"""mips: __do_page_fault, the plainest handler and the first one shown.

Lock at the label, the four tests in the order signal, COMPLETED, ERROR, RETRY, one unlock at the
end; the error labels unlock for themselves. No known fault in mid-2022.
"""

from faultviz.models.words import *

CITE = Cite("arch/mips/mm/fault.c", "__do_page_fault", source="v5.17-rc era, before the patch")
PATCH = Cite("arch/mips/mm/fault.c", "__do_page_fault", "derived", "v5 posting, 30 May 2022")

do_page_fault = function(
    "__do_page_fault", CITE,
    when(NO_MM, goto("bad_area_nosemaphore")),
    MARK_USER,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    when(NO_ACCESS, goto("bad_area")),
    MARK_WRITE,
    fault(),
    when(SIGNAL_PENDING, when(KERNEL, goto("no_context")), LEAVE_SIGNAL),
    since(V3, completed(LEAVE_COMPLETED)),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (SIGBUS, goto("do_sigbus")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    LEAVE_HANDLED,
    label("bad_area"),
    RELEASE_BAD_AREA,
    label("bad_area_nosemaphore"),
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    label("no_context"),
    FIX_UP,
    LEAVE_FIXED,
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("no_context")),
    OUT_OF_MEMORY,
    LEAVE_OOM,
    label("do_sigbus"),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("no_context")),
    signal("SIGBUS"),
    LEAVE_TOLD,
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("mips", "handler", do_page_fault, about="the four tests in the plainest order")
