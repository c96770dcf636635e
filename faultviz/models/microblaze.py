"""microblaze: do_page_fault, with the retry label inside the failed try for the lock.

So only the first round tries; every later one waits. A statistic of its own, pte_misses, stands
behind the last unlock, where COMPLETED does not come by. Known fault: a fatal signal in kernel
mode gets a plain return without a fix-up, so the instruction faults for ever (mended in 2023).
"""

from faultviz.models.words import *

FILE = "arch/microblaze/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM,
         when(KERNEL, goto("bad_area_nosemaphore")),
         bug("die", why="A program runs with an mm and with faults on: something is badly wrong.")),
    MARK_USER,
    try_acquire(failed=[when(NO_FIX_UP, goto("bad_area_nosemaphore")), label("retry"), acquire()]),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    MARK_WRITE,
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
    since(V3, completed(leave(why="Handled, and the lock is gone; pte_misses does not see it."))),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (SIGBUS, goto("do_sigbus")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    do("pte_misses += 1", slug="pte_misses",
       why="A statistic of its own: good addresses that only lacked a PTE."),
    LEAVE_HANDLED,
    label("bad_area"),
    RELEASE_BAD_AREA,
    label("bad_area_nosemaphore"),
    do("pte_errors += 1", slug="pte_errors",
       why="The other statistic: addresses or accesses that were bad."),
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    BAD_PAGE_FAULT,
    LEAVE_FIXED,
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, BAD_PAGE_FAULT, else_=[OUT_OF_MEMORY]),
    leave(why="Kernel code goes on at its fix-up; a program tries again, or is dying."),
    label("do_sigbus"),
    RELEASE_ON_ERROR,
    when(USER, signal("SIGBUS"), LEAVE_TOLD),
    BAD_PAGE_FAULT,
    falls_off_end(why=LEAVE_FIXED.why),
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The TLB had no entry for the address, or one that forbids the access.",
)  # fmt: skip

MODEL = program("microblaze", "handler", do_page_fault, about="pte_misses never sees COMPLETED")
