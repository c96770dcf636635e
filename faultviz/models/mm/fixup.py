"""fixup_user_fault of mm/gup.c and three of its callers: futex, vfio, kvm.

It returns with mmap_lock held, always: after COMPLETED it takes the lock again only so that the
caller may give it up (the cost that the review named). `unlocked` tells the caller that the lock
was gone in between; without that pointer ALLOW_RETRY is not passed and the lock never goes.
vfio and kvm answer every lost lock with -EAGAIN and begin anew; the patch left that alone.
CARELESS is made up, for the lesson: a caller as there must be none.
"""

from collections.abc import Sequence
from dataclasses import replace

from faultviz.ir.bits import EAGAIN, EFAULT, EINTR, EINVAL, ENOMEM
from faultviz.ir.conditions import Condition
from faultviz.ir.expr import Const
from faultviz.ir.statements import FunctionModel, Statement
from faultviz.models.words import *

FILE = "mm/gup.c"
SOURCE = "6.1 and 5.10"
ERRNOS = {0: HANDLED, -EAGAIN: AGAIN, -EINTR: KILLED, -EFAULT: FAILED, -ENOMEM: FAILED,
          -EINVAL: FAILED}  # fmt: skip

WHY_POINTER = "Only who passes the pointer can be told that the lock was gone in between."
VOID = "What the caller knew under the lock is void. Nobody asks whether there is a pointer."
GIVEN = free("unlocked", "unlocked passed?", WHY_POINTER)
ALWAYS = Condition(Const(1), "unlocked passed?", "This caller always passes it.")
NEVER = Condition(Const(0), "unlocked passed?", "This caller passes NULL.")
LOST = local("*unlocked", "*unlocked set?", "It says that the lock was gone in between.")
MAPPED = any_of(
    equals("pte", 2), all_of(not_(WRITE), equals("pte", 1)), text="an entry for this access?",
    why="A PFN mapping has no struct page: the entry itself is asked.",
)  # fmt: skip


def fixup_user_fault(pointer: Condition) -> FunctionModel:
    """The function, for a caller that passes `unlocked` under this condition."""
    return function(
        "fixup_user_fault", Cite(FILE, "fixup_user_fault", source=SOURCE),
        MARK_WRITE,
        let(flags=add(Flag.ALLOW_RETRY | Flag.KILLABLE), if_=pointer,
            text="ALLOW_RETRY, if unlocked is passed",
            why="Without the pointer nobody could be told, so the lock must not go."),
        label("retry"),
        LOOK_UP,
        when(NO_VMA, leave(-EFAULT, why="No VMA covers the address.")),
        when(NO_ACCESS, leave(-EFAULT, why="The VMA does not permit the access.")),
        when(all_of(flag(Flag.KILLABLE), FATAL, text="KILLABLE and SIGKILL pending?",
                    why="A dying task need not go on, unless the caller cannot take no."),
             leave(-EINTR, why="The task is being killed.")),
        fault(),
        since(V3, completed(
            acquire(role="relock",
                    why="The caller will give the lock up, so it must be held again: a pity, as "
                        "the review said, but the second handle_mm_fault is saved."),
            put("*unlocked", 1, through=pointer, why=VOID),
            leave(0, why="Done: no second round."))),
        when(ERROR,
             when(OOM, leave(-ENOMEM, why="The caller gets an errno.")),
             when(any_of(HWPOISON, SIGBUS, SIGSEGV),
                  leave(-EFAULT, why="The caller gets an errno; no signal is sent.")),
             bug()),
        when(RETRY,
             acquire(why="The second round needs the lock."),
             put("*unlocked", 1, through=pointer, why=VOID),
             MARK_TRIED,
             goto("retry")),
        leave(0, why="Done, and this call kept the lock."),
        params=["flags"], held=1, result=ERRNOS,
        patch=Cite(FILE, "fixup_user_fault", source="6.1; v5 posting, 30 May 2022"),
        why="Make a user address accessible for kernel code that may not fault itself.",
    )  # fmt: skip


def pfn_caller(name: str, cite: Cite, *setting: Statement, why: str) -> FunctionModel:
    """vfio and kvm: look the entry up, fix the fault up, begin anew where the lock was lost."""
    look_up: Sequence[Statement] = [
        call("follow_pte", text="look the entry up", needs_lock=True,
             why="Page tables may be read only while the VMA cannot go away."),
    ]  # fmt: skip
    return function(
        name, cite,
        *look_up,
        when(not_(MAPPED, "no entry for this access?"),
             *setting,
             call(fixup_user_fault(ALWAYS), into="ret"),
             when(LOST,
                  leave(-EAGAIN, why="Handled or not: the VMA may be another one by now, so the "
                                     "caller begins anew. The patch left this alone.")),
             when(local("ret", "an errno?", "The fault could not be fixed up."),
                  leave("ret", why="The errno goes up.")),
             *look_up,
             when(not_(MAPPED, "still no entry?"),
                  leave(-EINVAL, why="Someone took it away at once."))),
        leave(0, why="The page frame is known."),
        locals={"ret": 0, "flags": 0}, held=1, result=ERRNOS, why=why,
    )  # fmt: skip


futex = function(
    "fault_in_user_writeable",
    Cite("kernel/futex/core.c", "fault_in_user_writeable", source="6.1"),
    acquire(why="fixup_user_fault must be called with the lock held."),
    call(fixup_user_fault(NEVER), into="ret"),
    release(why="It was held throughout, because no pointer was passed: COMPLETED cannot come."),
    leave("ret", why="0, or an errno."),
    locals={"ret": 0, "flags": 0}, result=ERRNOS,
    why="A futex operation in the kernel found its word not writable.",
)  # fmt: skip

vfio = pfn_caller(
    "follow_fault_pfn",
    Cite("drivers/vfio/vfio_iommu_type1.c", "follow_fault_pfn", source="6.1"),
    let(flags=add(Flag.REMOTE), why="The address space may be another task's."),
    why="A device wants the page frame behind a PFN mapping.",
)
kvm = pfn_caller(
    "hva_to_pfn_remapped",
    Cite("virt/kvm/kvm_main.c", "hva_to_pfn_remapped", source="6.1"),
    why="A guest touches memory that its host maps by page frame.",
)

careless = function(
    "careless",
    Cite(FILE, "fixup_user_fault", "derived", "its contract in 6.1, turned round"),
    acquire(why="fixup_user_fault must be called with the lock held."),
    let(flags=add(Flag.ALLOW_RETRY), text="ALLOW_RETRY",
        why="Against the contract: who passes NULL must not permit that the lock goes."),
    call(fixup_user_fault(NEVER), into="ret"),
    release(why="It is held again, whatever came."),
    leave("ret", why="0, or an errno."),
    locals={"ret": 0, "flags": 0}, result=ERRNOS,
    why="No kernel has this caller: it shows what its contract keeps away.",
)  # fmt: skip

_CELLS = {"*unlocked": 0}
CARELESS = program(
    "careless", "entry", careless, cells=_CELLS, about="passes ALLOW_RETRY and NULL: made up",
)  # fmt: skip
MODELS = {
    "fixup-user-fault": program(
        "fixup-user-fault", "entry", replace(fixup_user_fault(GIVEN), locals={"flags": 0}),
        cells=_CELLS,
        about="always returns with the lock held, so COMPLETED costs a lock round trip"),
    "futex": program(
        "futex", "entry", futex, cells=_CELLS,
        about="passes NULL, so neither RETRY nor COMPLETED can come"),
    "vfio": program(
        "vfio", "entry", vfio, cells=_CELLS,
        about="answers every lost lock with -EAGAIN"),
    "kvm": program(
        "kvm", "entry", kvm, cells=_CELLS,
        about="answers every lost lock with -EAGAIN"),
}  # fmt: skip
