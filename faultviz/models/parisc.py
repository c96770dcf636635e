"""parisc: do_page_fault, where one exit, bad_area, serves SIGSEGV, SIGBUS and broken memory.

The result starts as 0, as bad_area reads it even where no fault was tried. check_expansion, which
grows a stack, is part of the test for a VMA; faults switched off are not asked for. Known faults: a
fatal signal in kernel mode gets a plain return without a fix-up (mended in 2023); bad_area unlocks
and then reads the VMA.
"""

from faultviz.models.words import *

FILE = "arch/parisc/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v5.17-rc era and v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("no_context"), text="no mm?"),
    MARK_USER,
    MARK_WRITE,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area"), text="no VMA here, and none that can grow?",
         why="A stack grows up to the address; else it belongs to nobody."),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
    since(V3, completed(LEAVE_COMPLETED)),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (any_of(SIGBUS, HWPOISON, why="Nothing backs the address, or what did is "
                                "broken."), goto("bad_area")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    LEAVE_HANDLED,
    label("bad_area"),
    RELEASE_BAD_AREA,
    when(USER,
         do("choose the signal", why="The trap code says which, and for a data fault the VMA, "
            "which is read though the lock is gone: it may have changed or vanished."),
         when(HWPOISON,
              signal("SIGBUS", why="Broken memory has a SIGBUS of its own, which says how much of "
                     "it is lost."), LEAVE_TOLD),
         signal("SIGSEGV or SIGBUS", why="A data fault is SIGSEGV if the VMA explains it, else "
                "SIGBUS; otherwise the trap code alone decides."),
         LEAVE_TOLD),
    label("no_context"),
    FIX_UP,
    LEAVE_FIXED,
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("no_context")),
    OUT_OF_MEMORY,
    falls_off_end(why=LEAVE_OOM.why),
    locals={"flags": DEFAULT, "result": 0}, patch=PATCH,
    why="The TLB had no entry for the address, or one that forbids the access.",
)  # fmt: skip

MODEL = program("parisc", "handler", do_page_fault, about="SIGBUS and HWPOISON share bad_area")
