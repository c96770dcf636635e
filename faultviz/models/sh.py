"""sh: do_page_fault, with signals and errors in a helper, and COMPLETED tested after both.

That order is unique and right, for COMPLETED never comes with RETRY or an error. Known fault, older
than the patch and still in 6.12: mm_fault_error gives the lock up, and then do_sigbus and bad_area,
right where they are called before the fault, give it up a second time. The ways through vmalloc
addresses are left out.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/sh/mm/fault.c", "v5.17-rc era, before the patch"
CITE = Cite(FILE, "do_page_fault", source=SOURCE)
PATCH = Cite(FILE, "do_page_fault", "derived", "v5 posting, 30 May 2022")

ENDED = leave(1, why="1 tells the caller to stop: nothing is left to do.")
RETRY_OR_ERROR = any_of(RETRY, ERROR, text="RETRY or ERROR?",
                        why="Both go to one helper, which also asks for signals.")

no_context = function(
    "no_context", Cite(FILE, "no_context", source=SOURCE),
    FIX_UP,
    LEAVE_FIXED,
    why="Kernel code whose access fails goes on at its fix-up.",
)  # fmt: skip

bad_area_nosemaphore = function(
    "bad_area_nosemaphore", Cite(FILE, "__bad_area_nosemaphore", source=SOURCE),
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    call(no_context),
    LEAVE_FIXED,
    why="The access is refused, and the lock is not held here.",
)  # fmt: skip

bad_area = function(
    "bad_area", Cite(FILE, "__bad_area", source=SOURCE),
    release(why="Whoever calls bad_area is expected to hold the lock, so it is given up here."),
    call(bad_area_nosemaphore),
    leave(why="The access has been refused."),
    held=1, exit_held=0,
    why="The access is refused; bad_area gives the lock up itself.",
)  # fmt: skip

do_sigbus = function(
    "do_sigbus", Cite(FILE, "do_sigbus", source=SOURCE),
    release(why="do_sigbus gives the lock up itself, although its only caller has done so."),
    when(KERNEL, call(no_context)),
    SIGBUS_IN_BOTH_MODES,
    LEAVE_TOLD,
    held=1, exit_held=0,
    why="There is no memory to be had at the address.",
)  # fmt: skip

mm_fault_error = function(
    "mm_fault_error", Cite(FILE, "mm_fault_error", source=SOURCE),
    when(SIGNAL_PENDING, when(KERNEL, call(no_context)), ENDED),
    when(not_(RETRY, "no RETRY?", "With RETRY the lock is gone already; with an error it is not."),
         RELEASE_ON_ERROR),
    when(not_(ERROR, "no ERROR?", "RETRY alone, and no signal: the caller goes round again."),
         leave(0, why="0 tells the caller to go on.")),
    when(OOM, when(KERNEL, call(no_context), ENDED), OUT_OF_MEMORY, ENDED),
    when(SIGBUS, call(do_sigbus), ENDED),
    when(SIGSEGV, call(bad_area, why="The exit of a failed look-up is used again; but that one "
                       "is entered with the lock held."), ENDED),
    bug(),
    params=["result"], held=1, exit_held=0,
    why="Signals and errors are sorted out in one place.",
)  # fmt: skip

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, call(bad_area_nosemaphore), leave(why="The access has been refused.")),
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, call(bad_area), leave(why="bad_area has given the lock up.")),
    label("good_area"),
    when(NO_ACCESS, call(bad_area, text="bad_area_access_error"),
         leave(why="The exit has given the lock up.")),
    MARK_USER,
    MARK_WRITE,
    fault(),
    when(RETRY_OR_ERROR,
         call(mm_fault_error, into="stop"),
         when(local("stop", "is it to stop?", "1 says that all is done, 0 that RETRY goes on."),
              leave(why="The helper has dealt with the signal or the error."))),
    since(V3, completed(LEAVE_COMPLETED)),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    LEAVE_HANDLED,
    locals={"flags": DEFAULT, "stop": 0}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("sh", "handler", do_page_fault, about="two errors give the lock up twice")
