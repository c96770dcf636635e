"""hexagon: do_page_fault, success first: all that is no error stands in one nested block.

Three unlocks: in that block, before the errors are told apart, and at bad_area; no BUG(), an
unexpected error bit becomes SIGSEGV. Interrupts are asked for, faults switched off are not. Known
fault: a fatal signal in kernel mode gets a plain return without a fix-up (mended in 2023).
"""

from faultviz.models.words import *

FILE = "arch/hexagon/mm/vm_fault.c"
CITE = Cite(FILE, "do_page_fault", source="v6.0-rc6, and a copy of early 2022")
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, goto("no_context"), text="in an interrupt, or no mm?"),
    MARK_USER,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, goto("bad_area")),
    label("good_area"),
    when(NO_ACCESS, goto("bad_area")),
    MARK_WRITE,
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
    since(V3, completed(LEAVE_COMPLETED)),
    when(not_(ERROR, "no ERROR?", "The common case comes first: handled, or to be done again."),
         when(RETRY, MARK_TRIED, goto("retry")),
         release(),
         LEAVE_HANDLED),
    RELEASE_ON_ERROR,
    when(KERNEL, goto("no_context")),
    when(OOM, OUT_OF_MEMORY, LEAVE_OOM),
    when(SIGBUS, signal("SIGBUS"),
         else_=[signal("SIGSEGV", why="The rest, broken memory included, is told by SIGSEGV.")]),
    LEAVE_TOLD,
    label("bad_area"),
    RELEASE_BAD_AREA,
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    label("no_context"),
    FIX_UP,
    LEAVE_FIXED,
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("hexagon", "handler", do_page_fault, about="success nested, the errors last")
