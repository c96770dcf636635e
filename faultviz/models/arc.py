"""arc: do_page_fault, where success leaves through the label bad_area.

The only unlock stands at bad_area, and the error bits are read after it; the result therefore
starts as SIGSEGV, for jumps that come before any fault. Known fault, harmless: after a RETRY the
result is RETRY, so a VMA that is gone by then gets a plain return, and the access faults anew.
"""

from faultviz.models.words import *

CITE = Cite("arch/arc/mm/fault.c", "do_page_fault", source="v5.17-rc era, before the patch")
PATCH = Cite("arch/arc/mm/fault.c", "do_page_fault", "derived", "v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("no_context")),
    MARK_USER,
    MARK_WRITE,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    when(NO_ACCESS, goto("bad_area")),
    fault(),
    when(SIGNAL_PENDING, when(KERNEL, goto("no_context")), LEAVE_SIGNAL),
    since(V3, completed(LEAVE_COMPLETED)),
    when(RETRY, MARK_TRIED, goto("retry")),
    label("bad_area"),
    release(why="Handled, failed or refused: whoever still holds the lock comes by here."),
    when(not_(ERROR, "no ERROR?", "No error bit means handled; an address refused in the first "
              "round still carries the first value, SIGSEGV."), LEAVE_HANDLED),
    when(KERNEL, goto("no_context")),
    when(OOM, OUT_OF_MEMORY, LEAVE_OOM),
    when(SIGBUS, signal("SIGBUS"),
         else_=[signal("SIGSEGV", why="The rest, broken memory included, is told by SIGSEGV.")]),
    LEAVE_TOLD,
    label("no_context"),
    FIX_UP,
    LEAVE_FIXED,
    locals={"flags": DEFAULT, "result": int(Result.SIGSEGV)}, patch=PATCH,
    why="The TLB had no entry for the address, or one that forbids the access.",
)  # fmt: skip

MODEL = program("arc", "handler", do_page_fault, about="success leaves through bad_area")
