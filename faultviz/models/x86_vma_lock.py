"""x86 in 6.12: do_user_addr_fault, which tries the VMA's own lock before mmap_lock.

For a fault from user mode the VMA is found and locked without mmap_lock; only where that fails, or
the answer is RETRY, comes the way of 2022. COMPLETED then means that the lock that the fault ran
under is gone, whichever it was. An illustration beside the handlers of mid-2022: what is done
for all of them leaves it out. `before` is not mid-2022 here, but 6.12 with the answer of
fault_dirty_shared_page turned back to RETRY, as it was measured (bytepatch_debian.csv). Left out
are the flag INSTRUCTION and how lock_vma_under_rcu makes sure of its VMA.
"""

from faultviz.models.words import *
from faultviz.models.x86 import BAD_AREA_NOSEMAPHORE, DO_SIGBUS, FIX_OR_OOPS

FILE, SOURCE = "arch/x86/mm/fault.c", "6.12.117"
CITE = Cite(FILE, "do_user_addr_fault", source=SOURCE)
LOCKING = Cite("mm/memory.c", "lock_vma_under_rcu", source=SOURCE)

VMA_LOCK = "vma_lock"
NO_VMA_LOCK = word(
    "no-vma-lock", "6.12: the VMA cannot be locked at once (none there, or a writer has it)",
    "VMA not locked?", "Who cannot have it at once does not wait: mmap_lock is the way that is "
    "always there.",
)  # fmt: skip
LOCK_DROPPED = bits(
    Result.RETRY | Result.COMPLETED, "RETRY or COMPLETED?",
    "Either says that the callee gave up the lock that the fault ran under: the VMA's.",
)  # fmt: skip

do_user_addr_fault = function(
    "do_user_addr_fault", CITE,
    when(NO_MM, BAD_AREA_NOSEMAPHORE, LEAVE_DEALT),
    MARK_WRITE,
    MARK_USER,
    when(KERNEL, goto("lock_mmap"), why="Only a fault from user mode takes the short way."),
    when(NO_VMA_LOCK, goto("lock_mmap"), cite=LOCKING),
    take(VMA_LOCK, text="lock the VMA",
         why="This VMA alone is locked, for reading. mmap_lock is not taken, so a thread that "
             "maps memory elsewhere disturbs nobody here."),
    when(NO_ACCESS,
         give(VMA_LOCK, text="give up the VMA's lock", why="bad_area_access_error does that."),
         BAD_AREA_NOSEMAPHORE, LEAVE_DEALT),
    let(flags=add(Flag.VMA_LOCK), why="The generic code learns from it which lock to give up."),
    fault(under=VMA_LOCK, why="The generic code makes the page present; only it may give the VMA's "
          "lock up early."),
    let(flags=remove(Flag.VMA_LOCK), why="The kernel adds the flag for this one call only."),
    when(LOCK_DROPPED, role="completed-check",
         else_=[give(VMA_LOCK, text="give up the VMA's lock",
                     why="Neither RETRY nor COMPLETED: it counts as held and is given up.")]),
    when(not_(RETRY, "no RETRY?", "Anything else is settled."), goto("done")),
    let(flags=add(Flag.TRIED), if_=MAJOR, text="mark TRIED, if MAJOR",
        why="Without MAJOR the call under mmap_lock counts as a first one: it may still end in "
            "COMPLETED, and it is not booked as major."),
    when(SIGNAL_PENDING, when(KERNEL, FIX_OR_OOPS), LEAVE_SIGNAL),
    label("lock_mmap"),
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, release(why="lock_mm_and_find_vma returns without the lock where it finds "
                             "none."),
         BAD_AREA_NOSEMAPHORE, LEAVE_DEALT),
    when(NO_ACCESS, RELEASE_BAD_AREA, BAD_AREA_NOSEMAPHORE, LEAVE_DEALT),
    fault(),
    when(SIGNAL_PENDING, when(KERNEL, FIX_OR_OOPS), LEAVE_SIGNAL),
    completed(LEAVE_COMPLETED),
    when(RETRY, MARK_TRIED, goto("retry")),
    RELEASE_ONCE,
    label("done"),
    when(not_(ERROR, "no ERROR?", "No error bit: handled. COMPLETED of the short way ends here, "
              "too."), LEAVE_HANDLED),
    when(KILLED_IN_KERNEL, FIX_OR_OOPS, LEAVE_FIXED),
    when(OOM,
         when(KERNEL, FIX_OR_OOPS, LEAVE_FIXED),
         OUT_OF_MEMORY,
         else_=[when(any_of(SIGBUS, HWPOISON, why="Nothing backs the address, or what did is "
                            "broken."), DO_SIGBUS,
                     else_=[when(SIGSEGV, BAD_AREA_NOSEMAPHORE, else_=[bug()])])]),
    falls_off_end(why="The error has been dealt with, and no lock is held."),
    locals={"flags": DEFAULT},
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program(
    "x86-6.12", "handler", do_user_addr_fault, about="6.12: the VMA's own lock is tried first",
    revisions=("before", MERGED),
)  # fmt: skip
