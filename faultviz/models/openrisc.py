"""openrisc: do_page_fault, the order of mips; SIGBUS is sent before the mode is asked.

Interrupts are asked for, faults switched off are not. Known fault: a fatal signal in kernel mode
gets a plain return without a fix-up, so the instruction faults for ever (mended in 2023).
vmalloc_fault, which takes no lock and alone jumps to bad_area_nosemaphore, is left out.
"""

from faultviz.models.words import *

FILE = "arch/openrisc/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    MARK_USER,
    when(NO_MM, goto("no_context"), text="in an interrupt, or no mm?"),
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    MARK_WRITE,
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
    SIGBUS_IN_BOTH_MODES,
    when(KERNEL, goto("no_context")),
    LEAVE_TOLD,
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The TLB had no entry for the address, or one that forbids the access.",
)  # fmt: skip

MODEL = program("openrisc", "handler", do_page_fault, about="the plain order, SIGBUS in both modes")
