"""arm64: do_page_fault, which leaves VMA and fault to a helper that never touches the lock.

As arm, with RETRY asked for itself, a case for broken memory, and an unlock in the test that
CONFIG_DEBUG_VM adds. Always returns 0. What is `flags` here is called mm_flags there; the flag
INSTRUCTION of a fetch is left out. No known fault in mid-2022.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/arm64/mm/fault.c", "d92725256b4f"
CITE = Cite(FILE, "do_page_fault", source=SOURCE)

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
            NO_FIX_UP,
            release(why="The lock just taken is given up, as no_context expects."),
            goto("no_context"),
            why="Code that must not fault is found out here as well."))],
    ),
    call(helper, into="result"),
    when(SIGNAL_PENDING, when(KERNEL, goto("no_context")), leave(0, why=LEAVE_SIGNAL.why)),
    since(V3, completed(leave(0, why=LEAVE_COMPLETED.why))),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(why="Handled, failed or refused, the lock is still held: one unlock serves all."),
    when(NOT_FAILED, leave(0, why=LEAVE_HANDLED.why)),
    when(KERNEL, goto("no_context")),
    when(OOM, OUT_OF_MEMORY, leave(0, why=LEAVE_OOM.why)),
    when(SIGBUS, signal("SIGBUS"), else_=[
        when(HWPOISON,
             signal("SIGBUS", why="The program is told how much of its memory is broken."),
             else_=[signal("SIGSEGV")])]),
    leave(0, why=LEAVE_TOLD.why),
    label("no_context"),
    when(NO_EXTABLE, bug("oops", why="Nothing says where this kernel code could go on: it dies.")),
    call("__do_kernel_fault", text="__do_kernel_fault: fix up", effect=FIXUP, why=FIX_UP.why),
    leave(0, why=LEAVE_FIXED.why),
    locals={"flags": DEFAULT}, result={0: HANDLED},
    why="The MMU found no usable entry for the address and aborted the access.",
)  # fmt: skip

MODEL = program("arm64", "handler", do_page_fault, about="a lock-neutral helper makes the call")
