"""sparc64: do_sparc64_fault, with two things to end: mmap_lock and exception_enter.

The patch adds the label lock_released: behind the unlock there is work left, the size of the TSB.
The retry label stands inside the failed try for the lock. Known faults: a program that is told by
SIGBUS runs off the end without exception_exit; a fatal signal in kernel mode leaves without a
fix-up, so the instruction faults for ever (mended in 2023).
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/sparc/mm/fault_64.c", "v6.0-rc6"
CITE = Cite(FILE, "do_sparc64_fault", source=SOURCE)

BAD_RA = word("bad-ra", "sparc64: the real address behind the translation does not exist",
              "a bad real address?", "Without memory behind the translation no VMA can help.")
FETCH = call("get_fault_insn", text="fetch the instruction",
             why="What the instruction is decides how the failed access is told or fixed up.")

do_sparc64_fault = function(
    "do_sparc64_fault", CITE,
    take("exception", text="exception_enter",
         why="Context tracking must know that the CPU works for the kernel now."),
    MARK_USER,
    when(NO_MM, goto("intr_or_no_mm")),
    try_acquire(failed=[when(NO_FIX_UP, FETCH, goto("handle_kernel_fault")),
                        label("retry"), acquire()]),
    when(BAD_RA, goto("do_sigbus")),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    let(flags=add(Flag.WRITE), if_=WRITE, text="WRITE, if a store",
        why="A data miss does not tell whether it was a store; the instruction was read for it."),
    fault(),
    when(SIGNAL_PENDING, goto("exit_exception"),
         why="fault_signal_pending: RETRY, and SIGKILL or, in user mode, any signal. The mode is "
             "not asked again, so kernel code leaves without a fix-up."),
    since(V3, completed(goto("lock_released"))),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (SIGBUS, goto("do_sigbus")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    label("lock_released"),
    call("tsb_grow", text="size the TSB",
         why="The process has grown by a page: the buffer in which its translations are looked up "
             "may have to grow too. This needs no mmap_lock."),
    label("exit_exception"),
    give("exception", text="exception_exit", why="What exception_enter began ends here."),
    leave(why="Both are ended: the lock is not held, and exception_exit has been called."),
    label("bad_area"),
    FETCH,
    RELEASE_BAD_AREA,
    label("handle_kernel_fault"),
    call("do_kernel_fault", effect=by_mode(kernel=FIXUP, user=SIGNAL),
         why="Kernel code is sent to its fix-up, a program is told by SIGSEGV."),
    goto("exit_exception"),
    label("out_of_memory"),
    FETCH,
    RELEASE_ON_ERROR,
    when(USER, OUT_OF_MEMORY, goto("exit_exception")),
    goto("handle_kernel_fault"),
    label("intr_or_no_mm"),
    FETCH,
    goto("handle_kernel_fault"),
    label("do_sigbus"),
    FETCH,
    RELEASE_ON_ERROR,
    SIGBUS_IN_BOTH_MODES,
    when(KERNEL, goto("handle_kernel_fault")),
    falls_off_end(why="A program has been told, but no goto leads to exit_exception: context "
                  "tracking still believes that the kernel is at work."),
    locals={"flags": DEFAULT},
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("sparc64", "handler", do_sparc64_fault, about="two things to end, and work after")
