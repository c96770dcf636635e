"""GUP: __get_user_pages_locked, __get_user_pages and faultin_page of mm/gup.c, for one page.

The caller comes with mmap_lock held and may pass `locked`, a pointer to an int that is 1; where the
lock was given up on the way, `*locked` is 0 at the end. The second round finds the page by looking
it up, so the patch saves no call here: it gives the answer a name of its own (-EAGAIN) and puts the
fault into the books. Left out: hugetlb, several pages, NUMA, -EEXIST. WRITEV is a caller.
"""

from faultviz.ir.bits import EAGAIN, EBUSY, EFAULT, EHWPOISON, EINTR, ENOMEM
from faultviz.models.words import *

FILE = "mm/gup.c"
SOURCE = "6.1 and 5.10"
PATCH = Cite(FILE, "faultin_page", source="6.1; v5 posting, 30 May 2022")

LOCKED = free("locked", "locked passed?", "Only who passes the pointer can be told of a lost lock.")
HELD = local("*locked", "*locked still 1?", "The callee cleared it where it lost the lock.")
MAPPED = any_of(
    equals("pte", 2), all_of(not_(WRITE), equals("pte", 1)), text="mapped for this access?",
    why="An entry that was installed before is found here, whatever the fault answered.",
)  # fmt: skip

faultin_page = function(
    "faultin_page", Cite(FILE, "faultin_page", source=SOURCE),
    MARK_WRITE,
    let(flags=add(Flag.ALLOW_RETRY | Flag.KILLABLE), if_=LOCKED,
        text="ALLOW_RETRY, if locked is passed",
        why="Without the pointer nobody could be told that the lock is gone."),
    let(flags=add(Flag.ALLOW_RETRY | Flag.RETRY_NOWAIT), if_=NOWAIT,
        text="RETRY_NOWAIT, if nowait",
        why="FOLL_NOWAIT: rather no page than to wait for one; the lock is kept."),
    let(flags=add(Flag.TRIED), if_=local("tried"), text="TRIED, in a later round",
        why="FOLL_TRIED becomes FAULT_FLAG_TRIED, with which the lock is kept."),
    fault(),
    since(V3, completed(
        put("*locked", 0, if_=LOCKED, text="*locked = 0, if passed", role="locked-clear",
            why="handle_mm_fault gave the lock up; the callers above must know."),
        leave(-EAGAIN, why="Done, but the lock must be taken again: -EBUSY would not be true."))),
    when(ERROR,
         when(OOM, leave(-ENOMEM, why="The caller gets an errno.")),
         when(any_of(HWPOISON, SIGBUS, SIGSEGV),
              leave(-EFAULT, why="The caller gets an errno; no signal is sent.")),
         bug()),
    when(RETRY,
         put("*locked", 0,
             if_=all_of(LOCKED, not_(flag(Flag.RETRY_NOWAIT), "RETRY_NOWAIT not passed?")),
             text="*locked = 0, if the lock is gone", role="locked-clear",
             why="With RETRY_NOWAIT the lock was kept, else it is gone."),
         leave(-EBUSY, why="Not done: the page has to be asked for again.")),
    leave(0, why="Done with the lock held: look the page up again."),
    params=["tried"], locals={"flags": 0}, patch=PATCH,
    why="The page is not there: fault it in for the caller.",
)  # fmt: skip

get_user_pages = function(
    "__get_user_pages", Cite(FILE, "__get_user_pages", source=SOURCE),
    LOOK_UP,
    when(NO_VMA, let(ret=-EFAULT, why="No VMA, no page."), goto("out")),
    label("retry"),
    when(FATAL, let(ret=-EINTR, why="A dying task gets no more memory."), goto("out")),
    call("follow_page_mask", text="look the page up", needs_lock=True,
         why="The page tables may be read only while the VMA cannot go away."),
    when(not_(MAPPED, "not mapped for this access?"),
         call(faultin_page, into="ret"),
         choose("ret",
                case(0, goto("retry")),
                case(-EBUSY, goto("none")),
                case(-EAGAIN, goto("none"), role="eagain-case", revisions=from_on(V3)),
                case(-EFAULT, goto("out")),
                case(-ENOMEM, goto("out")),
                case(-EHWPOISON, goto("out")),
                default=[bug(why="faultin_page returned what the switch does not know.")],
                text="what did faultin_page return?",
                why="Each errno says whether to look again, stop here or fail.")),
    let(ret=1, text="take the page", why="It is mapped: the caller gets it."),
    goto("out"),
    label("none"),
    let(ret=0, text="no page this time",
        why="The lock may be gone, so the look-up cannot go on here: the caller decides."),
    label("out"),
    leave("ret", why="The number of pages, or an errno."),
    params=["tried"], locals={"ret": 0},
    why="Look the page up, and fault it in where it is missing.",
)  # fmt: skip

get_user_pages_locked = function(
    "__get_user_pages_locked", Cite(FILE, "__get_user_pages_locked", source=SOURCE),
    call(get_user_pages, into="ret"),
    when(not_(LOCKED, "locked is NULL?"),
         leave("ret", why="Nobody could be told of a lost lock, so it was never given up.")),
    when(HELD, let(done="ret", why="One page, or an errno, with the lock held throughout."),
         goto("finish")),
    let(dropped=1, why="The lock was given up: what the caller knew under it is void."),
    label("retry"),
    when(FATAL, let(done=-EINTR, why="A dying task need not go on."), goto("finish")),
    try_acquire(
        unless=FATAL, text="take mmap_lock, killable",
        why="The page is asked for once more, and that needs the lock; SIGKILL ends the wait.",
        failed=[let(done=-EINTR, why="Killed while waiting."), goto("finish")]),
    put("*locked", 1, why="From here the lock is held again."),
    let(tried=1, text="FOLL_TRIED from now on",
        why="The second round must end with the lock held."),
    call(get_user_pages, into="ret"),
    when(not_(HELD, "*locked 0 again?"), goto("retry", why="RETRY came again: go round.")),
    let(done="ret", why="The page, found by the look-up where the first round installed it."),
    label("finish"),
    when(all_of(local("dropped"), HELD, text="dropped before, and held now?",
                why="The caller must learn that its critical section was broken."),
         release(why="Given up on purpose: *locked = 0 is the only way to tell the caller."),
         put("*locked", 0, why="The caller reads: the lock was gone in between.")),
    leave("done", why="The number of pages, or an errno."),
    locals={"ret": 0, "done": 0, "dropped": 0, "tried": 0}, held=1, exit_held="*locked",
    result={1: HANDLED, 0: AGAIN, -EINTR: KILLED, -EFAULT: FAILED, -ENOMEM: FAILED},
    why="The kernel wants a user page, as for process_vm_writev or direct I/O.",
)  # fmt: skip

writev = function(
    "process_vm_rw_single_vec",
    Cite("mm/process_vm_access.c", "process_vm_rw_single_vec", source="6.1"),
    acquire(why="GUP must be called with the lock held."),
    put("*locked", 1, text="locked = 1", why="So far it is held; GUP is told where to say else."),
    call(get_user_pages_locked, into="pages"),
    when(local("*locked", "locked still 1?", "Only GUP knows whether the lock is still held."),
         release(why="GUP left it held.")),
    leave("pages", why="With a page it copies; without one the system call fails."),
    locals={"pages": 0}, held=0,
    result={1: HANDLED, 0: FAILED, -EINTR: KILLED, -EFAULT: FAILED, -ENOMEM: FAILED},
    why="process_vm_writev wants a page of another process, to copy into it.",
)  # fmt: skip

WRITEV = program(
    "writev", "entry", writev, about="process_vm_writev around GUP, for one page",
    cells={"*locked": 1},
)  # fmt: skip
"""A caller of GUP, for the lesson; not among the entries, for it adds no call of its own."""

MODEL = program(
    "gup", "entry", get_user_pages_locked, about="GUP for one page, with and without `locked`",
    cells={"*locked": 1},
)  # fmt: skip
