"""m68k: do_page_fault, which returns an int and tells whoever failed in send_fault_sig.

bus_err, map_err and acc_err note the signal with the lock still held and meet at send_sig, which
unlocks. 0 is handled, 1 told, -1 fixed up. Known fault: a fatal signal in kernel mode gets a plain
return of 0 without a fix-up, so the instruction faults for ever (mended in 2023).
"""

from faultviz.models.words import *

FILE = "arch/m68k/mm/fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

send_fault_sig = function(
    "send_fault_sig", Cite(FILE, "send_fault_sig", source="6.1.192"),
    when(USER,
         call("force_sig_fault", text="send the noted signal", effect=SIGNAL,
              why="The access cannot be made good: the program is told by the signal noted."),
         else_=[FIX_UP, leave(-1, text="return -1, fixed up", why=LEAVE_FIXED.why)]),
    leave(1, why=LEAVE_TOLD.why),
    why="A program gets the signal that was noted, kernel code is sent to its fix-up.",
)  # fmt: skip

TELL = call(send_fault_sig, into="told")
LEAVE_SENT = leave("told", why="1: the program has been told; -1: kernel code was fixed up.")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("no_context")),
    MARK_USER,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("map_err")),
    label("good_area"),
    when(NO_ACCESS, goto("acc_err")),
    MARK_WRITE,
    fault(),
    when(SIGNAL_PENDING,
         leave(0, why=LEAVE_EITHER_MODE.why)),
    since(V3, completed(leave(0, why=LEAVE_COMPLETED.why))),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("map_err")),
                        (SIGBUS, goto("bus_err")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    leave(0, why=LEAVE_HANDLED.why),
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("no_context")),
    OUT_OF_MEMORY,
    leave(0, why=LEAVE_OOM.why),
    label("no_context"),
    do("signo = SIGBUS", why="Only the number and the address are noted here; the code stays."),
    TELL,
    LEAVE_SENT,
    label("bus_err"),
    do("signo = SIGBUS, ADRERR", why="Nothing backs the address; the lock is still held."),
    goto("send_sig"),
    label("map_err"),
    do("signo = SIGSEGV, MAPERR", why="No VMA, or SIGSEGV came back; the lock is still held."),
    goto("send_sig"),
    label("acc_err"),
    do("signo = SIGSEGV, ACCERR", why="The access is not permitted; the lock is still held."),
    label("send_sig"),
    release(why="All three ways came with the lock held, and nothing is sent under it."),
    TELL,
    LEAVE_SENT,
    locals={"flags": DEFAULT}, result={0: HANDLED, 1: FAILED, -1: FAILED}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("m68k", "handler", do_page_fault, about="three error labels meet at one unlock")
