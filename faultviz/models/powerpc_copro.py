"""powerpc-copro: copro_handle_mm_fault, for a coprocessor that works in a task's address space.

It passes WRITE or nothing, so handle_mm_fault must keep the lock: there is no retry label, no
signal test, and the test of COMPLETED is there only to be on the safe side. A failed look-up
leaves by the label that unlocks. No known fault in mid-2022; HWPOISON ends in BUG().
"""

from faultviz.models.words import *

FILE = "arch/powerpc/mm/copro_fault.c"
CITE = Cite(FILE, "copro_handle_mm_fault", source="v5.17-rc era, before the patch")
PATCH = Cite(FILE, "copro_handle_mm_fault", "derived", "v5 posting, 30 May 2022")

EFAULT, ENOMEM = -14, -12
NO_ADDRESS = any_of(SIGBUS, SIGSEGV, why="Nothing backs the address, or it may not be used so.")

copro_handle_mm_fault = function(
    "copro_handle_mm_fault", CITE,
    when(NO_MM, leave(EFAULT, why="Refused before any lock was taken."),
         text="no mm, or no page table?"),
    acquire(why="It is not this task's own address space, but the VMAs are read all the same."),
    let(ret=EFAULT, why="The answer, should the look-up fail."),
    LOOK_UP,
    when(NO_VMA, goto("out_unlock")),
    when(NO_ACCESS, goto("out_unlock")),
    let(ret=0, why="The answer, unless handle_mm_fault reports an error."),
    let(flags=add(Flag.WRITE), if_=WRITE, text="WRITE, if a store",
        why="WRITE is all that is ever passed. Without ALLOW_RETRY the lock cannot get lost."),
    fault(why="The generic code makes the page present; without ALLOW_RETRY it keeps the lock."),
    since(V3, completed(
        leave(0, why="Handled, and the lock would be gone: nothing would be left to do."),
        why="It cannot be: COMPLETED needs ALLOW_RETRY. The test keeps this function in step with "
            "do_page_fault.")),
    when(ERROR,
         when(OOM, let(ret=ENOMEM, why="The caller is to know that memory ran out."),
              goto("out_unlock")),
         when(NO_ADDRESS, let(ret=EFAULT, why="The access cannot be made good."),
              goto("out_unlock")),
         bug()),
    label("out_unlock"),
    release(why="Handled, failed or refused: the lock was never lost, so one unlock serves all."),
    leave("ret", why="The driver of the coprocessor reads it: 0 is handled, the rest is an error."),
    locals={"flags": 0, "ret": 0}, patch=PATCH,
    result={0: HANDLED, EFAULT: FAILED, ENOMEM: FAILED},
    why="A coprocessor could not translate an address and asks the kernel for the page.",
)  # fmt: skip

MODEL = program("powerpc-copro", "handler", copro_handle_mm_fault,
                about="never allows a retry, so COMPLETED cannot come")
