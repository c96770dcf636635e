"""ia64: ia64_do_page_fault, where a speculative access needs no page at all.

Such an access is let go at bad_area and again at no_context, in both modes. check_expansion, which
grows a stack and goes back to good_area, is part of the test for a VMA. Known fault: a fatal signal
in kernel mode gets a plain return without a fix-up, so the instruction faults for ever.
"""

from faultviz.models.words import *

FILE = "arch/ia64/mm/fault.c"
CITE = Cite(FILE, "ia64_do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "ia64_do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

SPECULATIVE = word("speculative", "ia64: the access is a speculative load or a prefetch",
                   "speculative access?", "A guess that failed hurts nobody: it is dropped.")
LET_GO = call("set_psr_ed", text="set psr.ed", effect=FIXUP,
              why="With psr.ed set a load leaves a NaT, a prefetch does nothing, and the code goes "
              "on.")  # fmt: skip
LEAVE_LET_GO = leave(why="The access is dropped, and nobody need be told.")
PRESENT = all_of(any_of(NO_MM, NO_VMA), word("stale", "ia64: a kernel page is there, but its "
                 "translation was stale"), text="a kernel page, and present by now?",
                 why="Kernel addresses of region 5 have no VMA; where only a stale translation was "
                 "in the way, it has been purged.")  # fmt: skip

do_page_fault = function(
    "ia64_do_page_fault", CITE,
    when(NO_MM, goto("no_context")),
    MARK_USER,
    MARK_WRITE,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area"), text="no VMA here, and none that can grow?",
         why="A stack may grow down to the address, the register stack up to it; else it belongs "
         "to nobody."),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
    since(V3, completed(LEAVE_COMPLETED)),
    when(ERROR,
         when(OOM, goto("out_of_memory")),
         when(SIGSEGV, goto("bad_area")),
         when(SIGBUS, do("signal = SIGBUS", why="The number alone changes: bad_area sends it with "
                         "the code of a refused access."), goto("bad_area")),
         bug()),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    LEAVE_HANDLED,
    label("bad_area"),
    RELEASE_BAD_AREA,
    when(SPECULATIVE, LET_GO, LEAVE_LET_GO),
    when(USER, signal("SIGSEGV or SIGBUS", why="The access cannot be made good: the program is "
                      "told by SIGSEGV, or by SIGBUS if that came back."), LEAVE_TOLD),
    label("no_context"),
    when(SPECULATIVE, LET_GO, LEAVE_LET_GO),
    when(PRESENT, leave(why="The same instruction runs again and now finds the page.")),
    FIX_UP,
    LEAVE_FIXED,
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("no_context")),
    OUT_OF_MEMORY,
    falls_off_end(why=LEAVE_OOM.why),
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The TLB had no entry for the address, or one that forbids the access.",
)  # fmt: skip

MODEL = program("ia64", "handler", do_page_fault, about="a speculative access is simply let go")
