"""handle_mm_fault and the shared write fault below it: mm/memory.c and mm/internal.h.

Here: the way of a write fault to a shared file page, from the call to the books, with the other
page events beside it. The page is described by cells: `pte` (0 no entry, 1 read-only, 2 writable),
`shared`, `dirty`, `mkwrite` (the file system wants to be asked before a page becomes writable).
Not here: anonymous and huge pages, swap, NUMA hints, userfaultfd.
"""

from dataclasses import replace

from faultviz.ir.bits import ERROR_BITS
from faultviz.ir.conditions import Condition
from faultviz.ir.expr import Value
from faultviz.ir.graph import Program
from faultviz.models.words import *

MEMORY = Cite("mm/memory.c", "handle_mm_fault", source="6.1 and 5.10")
INTERNAL = Cite("mm/internal.h", "maybe_unlock_mmap_for_io", source="6.1 and 5.10")


def at(name: str) -> Cite:
    """A cite of another function of mm/memory.c."""
    return Cite("mm/memory.c", name, source="6.1 and 5.10")


LATER = "accounting-6.4"
PAGE_EVENTS: dict[str, tuple[str, dict[str, Value]]] = {
    "fresh": ("first write to a shared page",
              {"pte": 0, "shared": 1, "dirty": 0, "mkwrite": 0}),
    "wp": ("write to a shared page that was only read so far",
           {"pte": 1, "shared": 1, "dirty": 0, "mkwrite": 0}),
    "dirty": ("first write here to a shared page that is dirty already",
              {"pte": 0, "shared": 1, "dirty": 1, "mkwrite": 0}),
    "mkwrite": ("first write to a page of a file system that wants to be asked",
                {"pte": 0, "shared": 1, "dirty": 0, "mkwrite": 1}),
    "private": ("first write to a page of a private mapping",
                {"pte": 0, "shared": 0, "dirty": 0, "mkwrite": 0}),
    "read": ("first read of a page",
             {"pte": 0, "shared": 1, "dirty": 0, "mkwrite": 0}),
}  # fmt: skip
"""Each page event: what the learner chooses, and the page it starts from."""

PTE = {0: "none", 1: "read-only", 2: "writable"}
"""The page-table entry in words."""

STORE = flag(Flag.WRITE, "a store?", "A load, a private store and a shared store differ.")
SHARED = local("shared", "shared mapping?", "What is stored must reach the file, or stay private.")
ASKS = local("mkwrite", "page_mkwrite?", "Some file systems must reserve space before a write.")
COUNTED_LATE = word(
    LATER, "pgfault is counted as from 6.4 on", "counted after the RETRY filter?",
    "Up to 6.3 pgfault counts every call; from 6.4 it is counted when the result is known.",
)
MAY_UNLOCK = Condition(
    all_of(flag(Flag.ALLOW_RETRY), not_(flag(Flag.TRIED)), not_(flag(Flag.RETRY_NOWAIT))).expr,
    "ALLOW_RETRY, first round, may wait?",
    "Only a caller that allows it, in its first round, expects to find the lock gone.",
)

maybe_unlock = function(
    "maybe_unlock_mmap_for_io", INTERNAL,
    when(MAY_UNLOCK,
         take("fpin", text="hold the file (fpin)",
              why="The VMA may vanish once mmap_lock is gone; a file reference keeps the mapping."),
         release(why="Throttling may sleep. Nobody should wait for mmap_lock meanwhile: it is "
                     "given up here, inside handle_mm_fault."),
         leave(1, text="return the file", why="The caller sees by it that the lock is gone.")),
    leave(0, text="return NULL", why="The lock stays held, even while the writer is throttled."),
    params=["flags"],
    why="Before the writer may be put to sleep: can mmap_lock be given up?",
)  # fmt: skip

fault_dirty_shared_page = function(
    "fault_dirty_shared_page", at("fault_dirty_shared_page"),
    let(was_dirty="dirty", why="Only a page that becomes dirty now needs throttling."),
    put("dirty", 1, text="set the page dirty",
        why="From now on the page differs from what is on disk."),
    do("unlock the page", why="Its state is settled; others may use it."),
    when(not_(ASKS, "no page_mkwrite?"),
         do("update the file's time",
            why="A file system without page_mkwrite gets its time stamp here.")),
    when(any_of(not_(local("was_dirty")), ASKS, text="newly dirty, or page_mkwrite?",
                why="A page that was dirty before was throttled for before."),
         call(maybe_unlock, into="fpin"),
         call("balance_dirty_pages_ratelimited", text="throttle the writer",
              why="Who dirties pages faster than they can be written out must sleep a while. "
                  "tmpfs is never written out, so there this returns at once."),
         when(local("fpin", "was the lock given up?",
                    "The answer must say who holds mmap_lock now."),
              give("fpin", text="drop the file reference", why="It kept the mapping alive."),
              only("before", body=[
                  leave(int(Result.RETRY), text="return RETRY",
                        why="The page is in place, but RETRY is the only answer that says "
                            "the lock is gone: the whole fault will be done again.")]),
              since(V3, leave(int(Result.COMPLETED), text="return COMPLETED",
                              why="Done, and the lock is gone: the new answer of the patch.")))),
    leave(0, why="Done, and the lock is still held."),
    params=["flags"], locals={"was_dirty": 0, "fpin": 0},
    patch=Cite("mm/memory.c", "fault_dirty_shared_page", source="6.1"),
    why="The PTE is writable now: mark the page dirty and throttle the writer.",
)  # fmt: skip

do_page_mkwrite = function(
    "do_page_mkwrite", at("do_page_mkwrite"),
    let(old="flags", why="The flags are changed only for the time of the call."),
    let(flags=exactly(Flag.WRITE | Flag.MKWRITE),
        why="The file system must not think that it may give up mmap_lock."),
    call("page_mkwrite", text="ask the file system",
         why="It may need to reserve blocks, or to wait for an older write."),
    let(flags="old", text="restore the flags",
        why="ALLOW_RETRY must be visible again, or the lock could not be given up below."),
    leave(int(Result.LOCKED), text="return LOCKED", why="The page comes back locked."),
    params=["flags"], locals={"old": 0},
    why="The file system wants to know before a clean page becomes writable.",
)  # fmt: skip

finish_fault = function(
    "finish_fault", at("finish_fault"),
    put("pte", 2, if_=STORE, text="install the PTE, writable for a store",
        why="From here on the access would succeed: a second round finds nothing to do."),
    put("pte", 1, if_=not_(STORE), text="install the PTE, read-only for a load",
        why="A later store will trap once more, so that the page can be marked dirty."),
    leave(0, why="The mapping is in place."),
    params=["flags"],
    why="The page is there: put it into the page table.",
)  # fmt: skip

do_shared_fault = function(
    "do_shared_fault", at("do_shared_fault"),
    call("__do_fault", text="get the page, locked",
         why="The page cache, or the file system, provides the page."),
    let(ret=exactly(Result.LOCKED), why="The page was returned locked."),
    when(ASKS,
         do("unlock the page", why="page_mkwrite takes the page lock itself."),
         call(do_page_mkwrite, into="ret")),
    call(finish_fault, into="rc"),
    merge("ret", "rc", why="All bits are collected in one result."),
    call(fault_dirty_shared_page, into="rc"),
    merge("ret", "rc", why="So COMPLETED arrives together with LOCKED."),
    leave("ret", why="The result goes up through the generic code."),
    params=["flags"], locals={"ret": 0, "rc": 0},
    why="A store to a shared file mapping without a page-table entry.",
)  # fmt: skip

do_private = function(
    "do_cow_fault", at("do_cow_fault"),
    call("__do_fault", text="get the page, locked", why="It is the original of the copy."),
    do("copy the page", why="The store must not reach the file."),
    call(finish_fault, into="rc"),
    leave(int(Result.LOCKED), text="return LOCKED", why="A private copy dirties no file."),
    params=["flags"], locals={"rc": 0},
    why="A store to a private mapping: copy on write.",
)  # fmt: skip

do_read = function(
    "do_read_fault", at("do_read_fault"),
    call("__do_fault", text="get the page, locked", why="The page cache provides the page."),
    call(finish_fault, into="rc"),
    leave(int(Result.LOCKED), text="return LOCKED", why="A load dirties nothing."),
    params=["flags"], locals={"rc": 0},
    why="A load from a file mapping.",
)  # fmt: skip

wp_page_shared = function(
    "wp_page_shared", at("wp_page_shared"),
    let(ret=exactly(Result.WRITE), why="Up to 6.1 this bit tells GUP that a write was resolved."),
    do("take a page reference", why="Later the VMA may be gone; the page must not be."),
    when(ASKS, call(do_page_mkwrite, into="rc"),
         else_=[do("lock the page", why="Its state is about to change.")]),
    put("pte", 2, text="make the PTE writable", why="The page is reused, not copied."),
    call(fault_dirty_shared_page, into="rc"),
    merge("ret", "rc", why="So COMPLETED arrives together with WRITE."),
    do("put the page", why="The reference is not needed any more."),
    leave("ret", why="The result goes up through the generic code."),
    params=["flags"], locals={"ret": 0, "rc": 0},
    why="A store to a shared page that is mapped read-only.",
)  # fmt: skip

do_wp_page = function(
    "do_wp_page", at("do_wp_page"),
    when(SHARED,
         call(wp_page_shared, into="ret"),
         leave("ret", why="The result goes up.")),
    do("copy the page", why="The store must not reach the file."),
    put("pte", 2, text="install the copy, writable", why="From here on the store succeeds."),
    leave(int(Result.WRITE), text="return WRITE", why="A private copy dirties no file."),
    params=["flags"], locals={"ret": 0},
    why="There is an entry, but it does not permit the store.",
)  # fmt: skip

do_fault = function(
    "do_fault", at("do_fault"),
    when(not_(STORE, "a load?"),
         call(do_read, into="ret"),
         leave("ret", why="The result goes up.")),
    when(not_(SHARED, "private mapping?"),
         call(do_private, into="ret"),
         leave("ret", why="The result goes up.")),
    call(do_shared_fault, into="ret"),
    leave("ret", why="The result goes up."),
    params=["flags"], locals={"ret": 0},
    why="A file mapping without an entry: which of the three kinds is it?",
)  # fmt: skip

handle_pte_fault = function(
    "handle_pte_fault", at("handle_pte_fault"),
    when(equals("pte", 0, "no entry?", "Without an entry the page must be found first."),
         call(do_fault, into="ret"),
         leave("ret", why="The result goes up.")),
    when(all_of(STORE, equals("pte", 1), text="a store to a read-only entry?",
                why="The entry permits loads only."),
         call(do_wp_page, into="ret"),
         leave("ret", why="The result goes up.")),
    do("mark the entry young, and dirty for a store",
       why="The entry is good already: a second round after RETRY ends here, for nothing."),
    leave(0, why="There was nothing to do."),
    params=["flags"], locals={"ret": 0},
    why="The page tables above exist: look at the entry itself.",
)  # fmt: skip

mm_account_fault = function(
    "mm_account_fault", at("mm_account_fault"),
    when(COUNTED_LATE,
         when(bits(Result.RETRY, "RETRY?", "It will be counted when it is done.", of="ret"),
              leave(why="An unfinished fault is not counted.")),
         count("pgfault", why="From 6.4 only a fault that came to an end is counted.")),
    when(bits(ERROR_BITS | Result.RETRY, "ERROR or RETRY?",
              "Only a fault that was handled is booked as minor or major.", of="ret"),
         leave(why="Nothing was handled, so nothing is booked.")),
    when(any_of(bits(Result.MAJOR, of="ret"), flag(Flag.TRIED), text="MAJOR, or called with TRIED?",
                why="A second round is taken for one that waited for storage, I/O or not."),
         count("major", why="Booked as major: after RETRY even where nothing was read."),
         leave(why="The books are done.")),
    count("minor", why="Booked as minor: no I/O was needed."),
    leave(why="The books are done."),
    params=["ret", "flags"],
    why="The task's own fault counters.",
)  # fmt: skip

handle_mm_fault = function(
    "handle_mm_fault", MEMORY,
    when(not_(COUNTED_LATE, "counted per call?"),
         count("pgfault", why="Up to 6.3 every call counts, finished or not.")),
    call(handle_pte_fault, into="ret"),
    call(mm_account_fault),
    leave("ret", why="The handler learns how it went, and who holds mmap_lock."),
    params=["flags"], locals={"ret": 0}, held=1,
    why="The generic code makes the page present.",
)  # fmt: skip

MODEL = program(
    "handle_mm_fault", "generic", handle_mm_fault,
    about="the generic code below every handler",
    revisions=("before", "v3", "v4", "merged", "fixed"),
    cells={"shared": 1, "dirty": 0, "mkwrite": 0},
    qualified=True,
)  # fmt: skip


def caller(flags: int) -> Program:
    """A caller that does nothing but call handle_mm_fault with these flags, for the checker."""
    root = function(
        "caller", MEMORY, fault(), leave(), locals={"flags": flags}, held=1, why="A bare call."
    )
    return program("caller", "entry", root, about="a bare call", revisions=MODEL.revisions)


def inside(handler: Program, event: str) -> Program:
    """A handler with the generic code below it, at the page of a page event."""
    generic = MODEL.at(handler.revision or "merged")
    _, page = PAGE_EVENTS[event]
    return replace(
        handler,
        functions={**handler.functions, **generic.functions},
        cells={**handler.cells, **page},
    )
