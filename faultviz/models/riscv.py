"""riscv: do_page_fault, of csky's shape: one unlock, then the errors, in functions.

In 2022 mm_fault_error expects OOM and SIGBUS only, so SIGSEGV and HWPOISON end in BUG(), in both
modes. Known fault: a fatal signal in kernel mode gets a plain return without a fix-up, so the
instruction faults for ever (mended in 2023). The flag INSTRUCTION of a fetch is left out.
"""

from faultviz.models.words import *

FILE, SOURCE = "arch/riscv/mm/fault.c", "v6.0-rc6"
CITE = Cite(FILE, "do_page_fault", source=SOURCE)
PATCH = Cite(FILE, "do_page_fault", source="v6.0-rc6, and the v5 posting, 30 May 2022")

NO_CONTEXT = call("no_context", text="no_context: fix up, or oops", effect=FIXUP, why=FIX_UP.why)

bad_area = function(
    "bad_area", Cite(FILE, "bad_area", source=SOURCE),
    RELEASE_BAD_AREA,
    when(USER, signal("SIGSEGV"), LEAVE_TOLD),
    NO_CONTEXT,
    falls_off_end(why=LEAVE_FIXED.why),
    held=1, exit_held=0,
    why="The access is refused; bad_area gives the lock up itself.",
)  # fmt: skip

mm_fault_error = function(
    "mm_fault_error", Cite(FILE, "mm_fault_error", source=SOURCE),
    when(OOM, when(KERNEL, NO_CONTEXT, LEAVE_FIXED), OUT_OF_MEMORY, LEAVE_OOM),
    when(SIGBUS, when(KERNEL, NO_CONTEXT, LEAVE_FIXED), signal("SIGBUS"), LEAVE_TOLD),
    bug(why="SIGSEGV and HWPOISON are not expected here, and stop the kernel in either mode."),
    params=["result"],
    why="An error: what it means for the task depends on the bit and on the mode.",
)  # fmt: skip

do_page_fault = function(
    "do_page_fault", CITE,
    when(NO_MM, NO_CONTEXT, LEAVE_FIXED),
    MARK_USER,
    MARK_WRITE,
    label("retry"),
    acquire(),
    LOOK_UP,
    when(NO_VMA, call(bad_area), LEAVE_DEALT),
    label("good_area"),
    when(NO_ACCESS, call(bad_area), LEAVE_DEALT),
    fault(),
    when(SIGNAL_PENDING, LEAVE_EITHER_MODE),
    since(V3, completed(LEAVE_COMPLETED)),
    when(RETRY, MARK_TRIED, goto("retry")),
    RELEASE_ONCE,
    when(ERROR, call(mm_fault_error), LEAVE_DEALT),
    LEAVE_HANDLED,
    locals={"flags": DEFAULT}, patch=PATCH,
    why="The MMU found no usable entry for the address and trapped.",
)  # fmt: skip

MODEL = program("riscv", "handler", do_page_fault, about="killed in the kernel, no fix-up in 2022")
