"""arm: do_page_fault, which leaves VMA and fault to a helper that never touches the lock.

The helper adds two private results, BADMAP and BADACCESS, in bits that handle_mm_fault does not
use here. RETRY is asked only where no ERROR bit is set. Always returns 0. Known fault: with
CONFIG_DEBUG_VM, kernel code without a fix-up jumps to no_context with the lock held, and oopses.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/arm/mm/fault.c", "v6.0-rc6"
CITE = Cite(FILE, "do_page_fault", source=SOURCE)
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

BADMAP, BADACCESS = 0x010000, 0x020000
DEBUG_VM = word(
    "debug-vm", "the kernel is built with CONFIG_DEBUG_VM", "CONFIG_DEBUG_VM?",
    "A debugging build looks for a fix-up even where the lock was free.",
)  # fmt: skip
NOT_FAILED = not_(
    any_of(ERROR, bits(Result(BADMAP | BADACCESS))), "no ERROR, BADMAP or BADACCESS?",
    "Neither the generic code nor the helper refused: handled.",
)  # fmt: skip

helper = function(
    "__do_page_fault", Cite(FILE, "__do_page_fault", source=SOURCE),
    LOOK_UP,
    when(NO_VMA, leave(BADMAP, text="return BADMAP", why="Refused, with the lock still held.")),
    when(NO_ACCESS,
         leave(BADACCESS, text="return BADACCESS", why="Refused, with the lock still held.")),
    fault(),
    leave("result", why="The caller reads from the bits whether the lock is still held."),
    params=["flags"], held=1,
    why="The helper finds the VMA and has the fault handled; the lock stays the caller's affair.",
)  # fmt: skip

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("no_context")),
    MARK_USER,
    MARK_WRITE,
    try_acquire(
        failed=[when(NO_FIX_UP, goto("no_context")), label("retry"), acquire()],
        taken=[when(DEBUG_VM, when(
            NO_FIX_UP, goto("no_context"),
            why="Code that must not fault is found out here as well; the lock is forgotten."))],
    ),
    call(helper, into="result"),
    when(SIGNAL_PENDING, when(KERNEL, goto("no_context")), leave(0, why=LEAVE_SIGNAL.why)),
    since(V3, completed(leave(0, why=LEAVE_COMPLETED.why))),
    when(not_(ERROR, "no ERROR?", "Only what is no error can be RETRY; BADMAP and BADACCESS pass "
              "here too, and are none."),
         when(RETRY, MARK_TRIED, goto("retry"))),
    release(why="Handled, failed or refused, the lock is still held: one unlock serves all."),
    when(NOT_FAILED, leave(0, why=LEAVE_HANDLED.why)),
    when(KERNEL, goto("no_context")),
    when(OOM, OUT_OF_MEMORY, leave(0, why=LEAVE_OOM.why)),
    when(SIGBUS, signal("SIGBUS"),
         else_=[signal("SIGSEGV", why="The rest, broken memory included, is told by SIGSEGV.")]),
    leave(0, why=LEAVE_TOLD.why),
    label("no_context"),
    when(NO_EXTABLE, bug("oops", why="Nothing says where this kernel code could go on: it dies.")),
    call("__do_kernel_fault", text="__do_kernel_fault: fix up", effect=FIXUP, why=FIX_UP.why),
    leave(0, why=LEAVE_FIXED.why),
    locals={"flags": DEFAULT}, result={0: HANDLED}, patch=PATCH,
    why="The MMU found no usable entry for the address and aborted the access.",
)  # fmt: skip

MODEL = program("arm", "handler", do_page_fault, about="DEBUG_VM kernels oops with the lock held")
