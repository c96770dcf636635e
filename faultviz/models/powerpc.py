"""powerpc: ___do_page_fault, which returns 0 or the number of a signal.

The wrapper hands any number but 0 to bad_page_fault, which fixes kernel code up or oopses. The
patch adds the label out, so that COMPLETED passes the unlock by but still comes to the books of
major faults. The retry label stands inside the failed try for the lock. Protection keys (a second
exit of the same kind) and the flag INSTRUCTION are left out. No known fault in mid-2022.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/powerpc/mm/fault.c", "v6.0-rc6"
CITE = Cite(FILE, "___do_page_fault", source=SOURCE)

SIGBUS_NUMBER, SIGKILL_NUMBER, SIGSEGV_NUMBER = 7, 9, 11
RETURN_CODE = leave("code", why="The wrapper reads it: 0 is dealt with, a number is kernel code "
                    "that needs its fix-up.")  # fmt: skip
RETURN_SIGSEGV = leave(SIGSEGV_NUMBER, text="return SIGSEGV",
                       why="The wrapper looks for a fix-up of the kernel code, or oopses.")
RETURN_SIGBUS = leave(SIGBUS_NUMBER, text="return SIGBUS", why=RETURN_SIGSEGV.why)

bad_area_nosemaphore = function(
    "bad_area_nosemaphore", Cite(FILE, "bad_area_nosemaphore", source=SOURCE),
    when(KERNEL, RETURN_SIGSEGV),
    signal("SIGSEGV"),
    leave(0, why=LEAVE_TOLD.why),
    why="The access is refused, and the lock is not held here.",
)  # fmt: skip

bad_area = function(
    "__bad_area", Cite(FILE, "__bad_area", source=SOURCE),
    RELEASE_BAD_AREA,
    call(bad_area_nosemaphore, into="code"),
    RETURN_CODE,
    held=1, exit_held=0,
    why="The access is refused; __bad_area gives the lock up itself.",
)  # fmt: skip

do_sigbus = function(
    "do_sigbus", Cite(FILE, "do_sigbus", source=SOURCE),
    when(KERNEL, RETURN_SIGBUS),
    signal("SIGBUS", why="Nothing backs the address, or what did is broken; a code says which."),
    leave(0, why=LEAVE_TOLD.why),
    why="There is no memory to be had at the address.",
)  # fmt: skip

mm_fault_error = function(
    "mm_fault_error", Cite(FILE, "mm_fault_error", source=SOURCE),
    when(KILLED_IN_KERNEL,
         leave(SIGKILL_NUMBER, text="return SIGKILL", why=RETURN_SIGSEGV.why)),
    when(OOM,
         when(KERNEL, RETURN_SIGSEGV),
         OUT_OF_MEMORY,
         else_=[when(any_of(SIGBUS, HWPOISON, why="Nothing backs the address, or what did is "
                            "broken."), call(do_sigbus, into="code"), RETURN_CODE),
                when(SIGSEGV, call(bad_area_nosemaphore, into="code"), RETURN_CODE),
                bug()]),
    leave(0, why=LEAVE_OOM.why),
    params=["result"],
    why="An error: what it means for the task depends on the bit and on the mode.",
)  # fmt: skip

do_page_fault = function(
    "___do_page_fault", CITE,
    when(NO_MM, call(bad_area_nosemaphore, into="code"), RETURN_CODE),
    MARK_USER,
    MARK_WRITE,
    try_acquire(failed=[when(NO_FIX_UP, call(bad_area_nosemaphore, into="code"), RETURN_CODE),
                        label("retry"), acquire()]),
    LOOK_UP,
    when(NO_VMA, call(bad_area, into="code", text="bad_area"), RETURN_CODE),
    when(NO_ACCESS, call(bad_area, into="code", text="bad_access"), RETURN_CODE),
    fault(),
    let(major=add(Result.MAJOR), if_=MAJOR, text="keep MAJOR",
        why="The storage was read in this round; a later round would not know of it."),
    when(SIGNAL_PENDING, when(KERNEL, RETURN_SIGBUS), leave(0, why=LEAVE_SIGNAL.why)),
    since(V3, completed(goto("out"))),
    when(RETRY, MARK_TRIED, goto("retry")),
    RELEASE_ONCE,
    when(ERROR, call(mm_fault_error, into="code"), RETURN_CODE),
    label("out"),
    when(bits(Result.MAJOR, "MAJOR in any round?", "Only faults that cost I/O go into these "
              "books, and COMPLETED may come with MAJOR too.", of="major"),
         call("cmo_account_page_fault",
              why="Where machines share memory, the hypervisor is told how many pages were read.")),
    leave(0, why=LEAVE_HANDLED.why),
    locals={"flags": DEFAULT, "major": 0},
    result={0: HANDLED, SIGBUS_NUMBER: FAILED, SIGKILL_NUMBER: FAILED, SIGSEGV_NUMBER: FAILED},
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("powerpc", "handler", do_page_fault,
                about="COMPLETED passes the unlock by, not the books")
