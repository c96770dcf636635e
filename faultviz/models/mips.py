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
    when(SIGNAL_PENDING,
         when(KERNEL, goto("no_context")),
         leave(why="The signal is delivered on the way back to user mode.")),
    since(V3, completed(leave(why="Handled, and the lock is gone: nothing is left to do."))),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (SIGBUS, goto("do_sigbus")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    leave(why="Handled: the same store runs again and now succeeds."),
    label("bad_area"),
    release(why="The lock is still held here, so the error exit gives it up."),
    label("bad_area_nosemaphore"),
    when(USER, signal("SIGSEGV"), leave(why="The program has been told.")),
    label("no_context"),
    FIX_UP,
    leave(why="The kernel code goes on at its fix-up."),
    label("out_of_memory"),
    release(why="An error keeps the lock held, so the error exit gives it up."),
    when(KERNEL, goto("no_context")),
    OUT_OF_MEMORY,
    leave(why="Room was made, or the task is dying."),
    label("do_sigbus"),
    release(why="An error keeps the lock held, so the error exit gives it up."),
    when(KERNEL, goto("no_context")),
    signal("SIGBUS"),
    leave(why="The program has been told."),
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("mips", "handler", do_page_fault, about="the four tests in the plainest order")
