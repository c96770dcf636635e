"""loongarch: __do_page_fault, the handler that the patch forgot.

The file is younger than the posted patch, so v3, v4 and merged have no test of COMPLETED: known
fault, the last unlock then gives up a lock that is gone. `fixed` has the test, by a later patch.
bad_area stands before good_area; errors and success each have an unlock of their own.
"""

from faultviz.models.words import *

FILE = "arch/loongarch/mm/fault.c"
CITE = Cite(FILE, "__do_page_fault", source="v5.19-rc1")
PATCH = Cite(FILE, "__do_page_fault", source="v6.0-rc6, and the fix posted 15 Aug 2022")

BY_MODE = by_mode(kernel=FIXUP, user=SIGNAL)
NO_CONTEXT = call("no_context", text="no_context: fix up, or oops", effect=FIXUP, why=FIX_UP.why)
DO_SIGSEGV = call(
    "do_sigsegv", effect=BY_MODE,
    why="A program is told by SIGSEGV, kernel code is sent to its fix-up.",
)  # fmt: skip
DO_SIGBUS = call(
    "do_sigbus", effect=BY_MODE,
    why="A program is told by SIGBUS, kernel code is sent to its fix-up.",
)  # fmt: skip
DO_OUT_OF_MEMORY = call(
    "do_out_of_memory", effect=BY_MODE,
    why="The OOM killer may make room for a program, kernel code is sent to its fix-up.",
)  # fmt: skip

do_page_fault = function(
    "__do_page_fault", CITE,
    when(NO_MM, DO_SIGSEGV, LEAVE_DEALT),
    MARK_USER,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(not_(NO_VMA, "a VMA here, or a stack that grew?",
              "Only an address that a VMA covers can be made good."), goto("good_area")),
    label("bad_area"),
    RELEASE_BAD_AREA,
    DO_SIGSEGV,
    LEAVE_DEALT,
    label("good_area"),
    MARK_WRITE,
    when(NO_ACCESS, goto("bad_area")),
    fault(),
    when(SIGNAL_PENDING, when(KERNEL, NO_CONTEXT), LEAVE_SIGNAL),
    only(FIXED, body=[completed(LEAVE_COMPLETED)]),
    when(RETRY, MARK_TRIED, goto("retry")),
    when(ERROR,
         RELEASE_ON_ERROR,
         when(OOM, DO_OUT_OF_MEMORY,
              leave(why="Kernel code goes on at its fix-up; a program tries again, or is dying.")),
         when(SIGSEGV, DO_SIGSEGV, LEAVE_DEALT),
         when(any_of(SIGBUS, HWPOISON, why="Nothing backs the address, or what did is broken."),
              DO_SIGBUS, LEAVE_DEALT),
         bug()),
    release(why="No signal, RETRY or error: the lock counts as held and is given up."),
    falls_off_end(why=LEAVE_HANDLED.why),
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The TLB had no entry for the address, or one that forbids the access.",
)  # fmt: skip

MODEL = program(
    "loongarch", "handler", do_page_fault, about="forgotten by the patch, fixed later",
    revisions=("before", V3, V4, MERGED, FIXED),
)  # fmt: skip
