"""s390: do_exception, the handler over which the posted patch was stopped in review.

The lock is taken before the label, so the RETRY branch takes it again by itself. For a KVM guest
(gmap) the page is linked into the guest's tables after the fault, and __gmap_link needs mmap_lock:
v3 came there without it, v4 always took it again, merged does so only for a guest. Both callers
read any result but 0 as an error, and know OOM, SIGSEGV and SIGBUS only: HWPOISON stops the kernel.
"""

from faultviz.models.words import *

FILE = "arch/s390/mm/fault.c"
CITE = Cite(FILE, "do_exception", source="d92725256b4f")
PATCH = Cite(FILE, "do_exception", "derived",
             "merged as in d92725256b4f; v3 and v4 as the review thread tells of them")

BADCONTEXT, BADMAP, BADACCESS, GOT_SIGNAL, PFAULT = 0x010000, 0x020000, 0x040000, 0x080000, 0x100000
GMAP = free("gmap", "from a guest?", "A guest has page tables of its own beside the host's.")
PFAULT_ON = free("nowait", "pfault enabled?", "A guest may run other work while its page comes.")
NO_HOST = word("no-guest-map", "s390: no host address belongs to the guest's address",
               "no host address for it?", "An address the guest was never given has no page.")
LINK_FAULT = word("link-fault", "s390: __gmap_link returns -EFAULT",
                  "-EFAULT from the link?", "The guest's address may be gone by now.")
LINK_NOMEM = word("link-nomem", "s390: __gmap_link returns -ENOMEM",
                  "-ENOMEM from the link?", "A table for the guest may be missing, and no memory.")
NOT_LINKED = do("the page is not linked", effect=UNDONE,
                why="The host has the page, the guest has not: for the guest nothing is handled.")
KEPT = flag(Flag.RETRY_NOWAIT, "RETRY_NOWAIT passed?",
            "With RETRY_NOWAIT the answer RETRY does not give the lock up.")

do_exception = function(
    "do_exception", CITE,
    when(NO_MM, goto("out"),
         why="No lock is taken; the result is BADCONTEXT. A kernel address ends here as well."),
    MARK_USER,
    MARK_WRITE,
    acquire(why="Taken once, before the label: whoever goes to retry brings the lock along."),
    when(GMAP,
         call("gmap_translate", text="__gmap_translate", needs_lock=True,
              why="The fault happened at a guest address; the host knows its page by another."),
         when(NO_HOST,
              let(result=BADMAP, text="result = BADMAP",
                  why="There is no host address to look up."),
              goto("out_up")),
         let(flags=add(Flag.RETRY_NOWAIT), if_=PFAULT_ON, text="RETRY_NOWAIT, if pfault enabled",
             why="The guest is told of a missing page at once, so nobody has to wait for it.")),
    label("retry"),
    let(result=BADMAP, text="result = BADMAP", why="The answer, should there be no VMA."),
    LOOK_UP,
    when(NO_VMA, goto("out_up")),
    let(result=BADACCESS, text="result = BADACCESS",
        why="The answer, should the VMA forbid the access."),
    when(NO_ACCESS, goto("out_up")),
    fault(),
    when(SIGNAL_PENDING,
         let(result=GOT_SIGNAL, text="result = SIGNAL",
             why="The callers fix kernel code up; a program gets its signal on the way back."),
         when(KEPT, goto("out_up")),
         goto("out")),
    since(V3, completed(
        only("v3", body=[
            let(need_unlock=0, why="The lock is gone already, so out_up must not give it up."),
            goto("out_gmap")]),
        since(MERGED, when(GMAP, else_=[
            let(result=0, role="result-clear",
                why="Both callers read anything but 0 as an error, COMPLETED too."),
            goto("out")], why="Only __gmap_link needs the lock once more; without a guest there "
            "is nothing left to do under it.")),
        acquire(role="relock", why="__gmap_link comes next and needs mmap_lock. The VMA and the "
                "guest's address are not looked up again."),
        goto("out_gmap"))),
    when(ERROR, goto("out_up")),
    when(RETRY,
         when(all_of(GMAP, KEPT, text="from a guest, and RETRY_NOWAIT passed?",
                     why="RETRY_NOWAIT kept the lock: the guest is told that its page is on the "
                     "way."),
              let(result=PFAULT, text="result = PFAULT",
                  why="KVM lets the guest do other work meanwhile."),
              goto("out_up")),
         let(flags=remove(Flag.RETRY_NOWAIT), text="clear RETRY_NOWAIT",
             why="The second round may wait."),
         MARK_TRIED,
         acquire(why="The label stands behind the first lock operation, so this one is needed."),
         goto("retry")),
    label("out_gmap"),
    when(GMAP,
         call("gmap_link", text="__gmap_link", needs_lock=True,
              why="The page is entered into the guest's tables; the host's tables are walked for "
                  "it, so mmap_lock must be held."),
         when(LINK_FAULT, NOT_LINKED,
              let(result=BADMAP, text="result = BADMAP", why="The guest has no such address."),
              goto("out_up")),
         when(LINK_NOMEM, NOT_LINKED,
              let(result=exactly(Result.OOM), why="No memory for the guest's tables."),
              goto("out_up"))),
    let(result=0, why="Handled: 0 is the only result that the callers do not read as an error."),
    label("out_up"),
    only("v3", body=[when(local("need_unlock", "need_unlock set?", "v3 remembers in a flag whether "
                                "the lock is still there."), else_=[goto("out")])]),
    release(),
    label("out"),
    leave("result", why="0 is handled; do_fault_error takes whatever else there is."),
    locals={"flags": DEFAULT, "result": BADCONTEXT, "need_unlock": 1}, patch=PATCH,
    result={0: HANDLED, BADCONTEXT: FAILED, BADMAP: FAILED, BADACCESS: FAILED, GOT_SIGNAL: FAILED,
            PFAULT: FAILED, int(Result.OOM): FAILED},
    why="An address could not be translated, or a page is protected: a program check arrives.",
)  # fmt: skip

MODEL = program("s390", "handler", do_exception,
                about="a guest's page must be linked under the lock")
