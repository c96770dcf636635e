"""nios2: do_page_fault, where a store loses the default flags, so COMPLETED cannot come.

The retry label stands inside the failed try for the lock. Known faults: a store assigns WRITE over
all flags instead of adding it (5.10 to 6.12 alike); a fatal signal in kernel mode gets a plain
return without a fix-up (mended in 2023). vmalloc_fault, which takes no lock, is left out.
"""

from faultviz.models.words import *

FILE = "arch/nios2/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("bad_area_nosemaphore")),
    MARK_USER,
    try_acquire(failed=[when(NO_FIX_UP, goto("bad_area_nosemaphore")), label("retry"), acquire()]),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    let(flags=exactly(Flag.WRITE), if_=WRITE, text="flags = WRITE, if a store",
        why="A store needs a writable page; but this assigns, so USER, TRIED and the defaults are "
        "lost, and without ALLOW_RETRY the lock is kept."),
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
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
    why="The TLB handler loads even a PTE that is not present; the access then breaks its "
    "protection.",
)  # fmt: skip

MODEL = program("nios2", "handler", do_page_fault, about="a store loses the default flags")
