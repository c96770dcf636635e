"""sparc32: do_sparc_fault, of mips's shape.

Known faults: a fatal signal in kernel mode gets a plain return without a fix-up, so the instruction
faults for ever (mended in 2023); a program told by SIGBUS falls into vmalloc_fault for want of a
return, and from there may get SIGSEGV as well. force_user_fault, the file's second caller of
handle_mm_fault, allows no retry and is left out.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/sparc/mm/fault_32.c", "v6.0-rc6"
CITE = Cite(FILE, "do_sparc_fault", source=SOURCE)

ABOVE = word("above-task-size", "sparc32: the address lies in the kernel's part",
             "an address of the kernel?", "The kernel's part of all page tables is the same; a "
             "missing entry is copied, and no lock may be taken for it.")
KERNEL_ENTRY = word("kernel-entry", "sparc32: the kernel's page table has an entry to copy",
                    "an entry to copy?", "Only what the kernel's own table has, and this one has "
                    "not, can be copied.")

do_sparc_fault = function(
    "do_sparc_fault", CITE,
    when(ABOVE, goto("vmalloc_fault")),
    when(NO_MM, goto("no_context")),
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    MARK_USER,
    MARK_WRITE,
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
    since(V3, completed(LEAVE_COMPLETED)),
    when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),
                        (SIGBUS, goto("do_sigbus")), otherwise=bug())),
    when(RETRY, MARK_TRIED, goto("retry")),
    release(),
    LEAVE_HANDLED,
    label("bad_area"),
    RELEASE_BAD_AREA,
    label("bad_area_nosemaphore"),
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    label("no_context"),
    when(KERNEL, FIX_UP, LEAVE_FIXED),
    bug("unhandled_fault", why="A program's fault where none may be taken has no way on: the task "
        "ends here."),
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(USER, OUT_OF_MEMORY, LEAVE_OOM),
    goto("no_context"),
    label("do_sigbus"),
    RELEASE_ON_ERROR,
    SIGBUS_IN_BOTH_MODES,
    when(KERNEL, goto("no_context"),
         why="Kernel code needs its fix-up too. No return stands behind this, so a program goes on "
             "into vmalloc_fault."),
    label("vmalloc_fault"),
    when(not_(KERNEL_ENTRY, "no entry to copy?"), goto("bad_area_nosemaphore")),
    do("copy the entry", why="This page table takes over what the kernel's own table has."),
    leave(why="The instruction runs again and finds the entry."),
    locals={"flags": DEFAULT},
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("sparc32", "handler", do_sparc_fault, about="SIGBUS falls into vmalloc_fault")
