"""Two direct callers of handle_mm_fault that the patch left alone: hmm_vma_fault and break_ksm.

Neither passes ALLOW_RETRY, so neither RETRY nor COMPLETED can come back, and no check is needed.
"""

from faultviz.ir.bits import EBUSY, EFAULT, ENOMEM, EPERM
from faultviz.models.words import *

DONE = Result.WRITE | Result.SIGBUS | Result.SIGSEGV | Result.OOM

hmm_vma_fault = function(
    "hmm_vma_fault", Cite("mm/hmm.c", "hmm_vma_fault", source="6.1"),
    when(all_of(WRITE, NO_ACCESS, text="a store, not permitted?",
                why="A device asks to write where the VMA does not permit it."),
         leave(-EPERM, text="return -EPERM", why="The device may not write here.")),
    MARK_WRITE,
    fault(why="Without ALLOW_RETRY: the page walk above cannot take a lost lock."),
    when(ERROR, leave(-EFAULT, why="The device is told.")),
    leave(-EBUSY, why="Handled: the walk begins anew and finds the entry."),
    locals={"flags": int(Flag.REMOTE)}, held=1,
    result={-EBUSY: AGAIN, -EFAULT: FAILED, -EPERM: FAILED},
    why="A device driver mirrors this address space and found a missing entry.",
)  # fmt: skip

break_ksm = function(
    "break_ksm", Cite("mm/ksm.c", "break_ksm", source="6.1"),
    repeat(
        call("follow_page", text="look the page up", needs_lock=True,
             why="It may have been unmapped or remapped meanwhile."),
        when(word("page-gone", "the page is not mapped any more (KSM)", "page gone?",
                  "Without a page there is nothing to un-merge."),
             goto("done")),
        when(not_(equals("pte", 2), "still a merged page?",
                  "A merged page is mapped read-only; a private copy is writable."),
             fault(why="A write fault breaks the sharing. WRITE and REMOTE, no ALLOW_RETRY: the "
                       "lock stays held, and COMPLETED cannot come."),
             else_=[let(result=exactly(Result.WRITE),
                        why="Someone else broke the sharing: that is as good.")]),
        while_=not_(bits(DONE, "resolved, or failed for good?"), "not resolved yet?",
                    "handle_mm_fault may back out of any race, so it is asked again.")),
    label("done"),
    when(OOM, leave(-ENOMEM, why="No memory for the private copy.")),
    leave(0, why="The page is private again, or gone."),
    locals={"flags": int(Flag.WRITE | Flag.REMOTE), "result": 0}, held=1,
    result={0: HANDLED, -ENOMEM: FAILED},
    why="KSM merged equal pages; this one must get its own copy back.",
)  # fmt: skip

MODELS = {
    "hmm": program(
        "hmm", "entry", hmm_vma_fault, about="left alone by the patch: no ALLOW_RETRY"),
    "ksm": program(
        "ksm", "entry", break_ksm, about="left alone by the patch: no ALLOW_RETRY"),
}  # fmt: skip
