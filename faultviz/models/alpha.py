"""alpha: do_page_fault, the tests in mips' order, with the signals under labels of their own.

SIGBUS is sent before the mode is asked, so kernel code gets the signal and a fix-up. Known fault:
a fatal signal in kernel mode gets a plain return without a fix-up, so the instruction faults for
ever (mended in 2023). The skipped prefetch and vmalloc_fault, which take no lock, are left out.
"""

from faultviz.models.words import *

FILE = "arch/alpha/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("no_context")),
    MARK_USER,
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
    when(USER, goto("do_sigsegv")),
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
    label("do_sigsegv"),
    signal("SIGSEGV"),
    LEAVE_TOLD,
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("alpha", "handler", do_page_fault, about="kernel code gets SIGBUS and a fix-up")
