"""um: handle_page_fault of User-Mode Linux, a loop around handle_mm_fault and a label before it.

Only SIGKILL ends the wait (FATAL itself is asked for), in both modes; what the result means for
kernel code is up to segv(). A look-up that fails leaves by the label that unlocks. Known cost: on
COMPLETED the flush that shows the page to the host is passed by, so the page traps a second time.
"""

from faultviz.models.words import *

FILE = "arch/um/kernel/trap.c"
CITE = Cite(FILE, "handle_page_fault", source="v5.17-rc era, before the patch")
PATCH = Cite(FILE, "handle_page_fault", "derived", "v5 posting, 30 May 2022")

EFAULT, EACCES = -14, -13
SIGKILL_PENDING = all_of(RETRY, FATAL, text="RETRY and SIGKILL pending?",
                         why="A task about to die need not go round again; an ordinary signal is "
                         "not asked for. RETRY says that mmap_lock is gone already.")
PTE_GONE = word("pte-gone", "um: the PTE is gone again when the handler looks at it",
                "PTE not present?", "The page may have been taken away again meanwhile: then the "
                "fault is handled once more, with the lock still held.")

handle_page_fault = function(
    "handle_page_fault", CITE,
    when(NO_MM, goto("out_nosemaphore"), text="faults off?",
         why="Where no fault may be taken the access fails; segv() has made sure of the mm."),
    MARK_USER,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("out")),
    label("good_area"),
    when(NO_ACCESS, goto("out")),
    MARK_WRITE,
    repeat(
        fault(),
        when(SIGKILL_PENDING, goto("out_nosemaphore")),
        since(V3, completed(
            leave(0, text="return 0; the trap comes again",
                  why="Handled, and the lock is gone. But the flush that installs the page in the "
                      "host's mapping is skipped, so the same access traps again: on 6.1 two "
                      "faults per page were measured (uml.csv)."))),
        when(ERROR,
             when(OOM, goto("out_of_memory")),
             when(SIGSEGV, goto("out")),
             when(SIGBUS, let(err=EACCES, why="segv() makes SIGBUS of it, not SIGSEGV."),
                  goto("out")),
             bug()),
        when(RETRY, MARK_TRIED, goto("retry")),
        call("pte_offset_kernel", text="walk to the PTE", needs_lock=True,
             why="The page tables are walked to see whether the entry is there; only mmap_lock "
             "keeps them from being torn down."),
        while_=PTE_GONE,
    ),
    let(err=0, why="The entry is there: handled."),
    call("flush_tlb_page", needs_lock=True,
         why="Only this brings the new entry into the host's mapping; it reads the VMA."),
    label("out"),
    release(why="Handled, failed or refused, the lock is still held: one unlock serves all."),
    label("out_nosemaphore"),
    leave("err", why="segv() reads it: 0 is handled; else it fixes kernel code up or tells the "
          "program."),
    label("out_of_memory"),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("out_nosemaphore")),
    OUT_OF_MEMORY,
    leave(0, why=LEAVE_OOM.why),
    locals={"flags": DEFAULT, "err": EFAULT}, patch=PATCH,
    result={0: HANDLED, EFAULT: FAILED, EACCES: FAILED},
    why="The host sent SIGSEGV: its mapping has no usable page at the address.",
)  # fmt: skip

MODEL = program("um", "handler", handle_page_fault, about="a loop inside the retried part")
