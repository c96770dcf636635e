"""x86: do_user_addr_fault, for addresses in the user half.

RETRY, then one unlock, then the errors: the lock is held as briefly as can be. After the unlock
an error in kernel mode meets a second test for SIGKILL. The retry label stands inside the failed
try for the lock. The flag INSTRUCTION of a fetch is left out. No known fault in mid-2022.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/x86/mm/fault.c", "d92725256b4f"
CITE = Cite(FILE, "do_user_addr_fault", source=SOURCE)

BY_MODE = by_mode(kernel=FIXUP, user=SIGNAL)
FIX_OR_OOPS = call("kernelmode_fixup_or_oops", effect=FIXUP, why=FIX_UP.why)
BAD_AREA_NOSEMAPHORE = call(
    "bad_area_nosemaphore", effect=BY_MODE,
    why="A program is told by SIGSEGV, kernel code is sent to its fix-up.",
)  # fmt: skip
DO_SIGBUS = call(
    "do_sigbus", effect=BY_MODE,
    why="A program is told by SIGBUS, kernel code is sent to its fix-up.",
)  # fmt: skip

bad_area = function(
    "__bad_area", Cite(FILE, "__bad_area", source=SOURCE),
    RELEASE_BAD_AREA,
    BAD_AREA_NOSEMAPHORE,
    falls_off_end(why=LEAVE_DEALT.why),
    held=1, exit_held=0,
    why="The access is refused; __bad_area gives the lock up itself.",
)  # fmt: skip

do_user_addr_fault = function(
    "do_user_addr_fault", CITE,
    when(NO_MM, BAD_AREA_NOSEMAPHORE, LEAVE_DEALT),
    MARK_USER,
    MARK_WRITE,
    try_acquire(failed=[when(NO_FIX_UP, BAD_AREA_NOSEMAPHORE, LEAVE_DEALT),
                        label("retry"), acquire()]),
    LOOK_UP,
    when(NO_VMA, call(bad_area, text="bad_area"), LEAVE_DEALT),
    label("good_area"),
    when(NO_ACCESS, call(bad_area, text="bad_area_access_error"), LEAVE_DEALT),
    fault(),
    when(SIGNAL_PENDING, when(KERNEL, FIX_OR_OOPS), LEAVE_SIGNAL),
    since(V3, completed(LEAVE_COMPLETED)),
    when(RETRY, MARK_TRIED, goto("retry")),
    RELEASE_ONCE,
    when(not_(ERROR, "no ERROR?", "No error bit: handled."), LEAVE_HANDLED),
    when(KILLED_IN_KERNEL,
         FIX_OR_OOPS, LEAVE_FIXED),
    when(OOM,
         when(KERNEL, FIX_OR_OOPS, LEAVE_FIXED),
         OUT_OF_MEMORY,
         else_=[when(any_of(SIGBUS, HWPOISON, why="Nothing backs the address, or what did is "
                            "broken."), DO_SIGBUS,
                     else_=[when(SIGSEGV, BAD_AREA_NOSEMAPHORE, else_=[bug()])])]),
    falls_off_end(why="The error has been dealt with, and the lock is gone since before."),
    locals={"flags": DEFAULT},
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("x86", "handler", do_user_addr_fault, about="the lock is held as briefly as can be")
