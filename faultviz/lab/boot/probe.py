"""Whether user-mode Linux starts a process on this machine, asked of the real program.

User-mode Linux keeps the registers of each of its processes in a room of fixed size. Where the
processor has more of them than fit (those with AMX, for 6.1), the kernel boots and dies as it
starts its first process. To tell that from a fault of ours, it is given a process that is none of
ours: two system calls, assembled here. Not here: the counting program (`initramfs`).
"""

from __future__ import annotations

from pathlib import Path
from struct import pack

from faultviz.lab.boot import initramfs
from faultviz.lab.boot.guest import END, run
from faultviz.lab.boot.image import Image

HANDED_OVER = "Run /init as init process"
"""What a kernel logs last before its first process."""

MEMORY, LIMIT, KEPT = 64, 30.0, 1000  # MB, seconds, lines
CANNOT = (
    "{name} boots, but starts no process on this machine: it dies on processors with more "
    "registers than it has room for (AMX, say). faultviz measure --recorded shows what it counts."
)

_AT = 0x400000  # where a static program is loaded
_HEAD = 64 + 56  # bytes of an ELF header and of its one program header


def smallest() -> bytes:
    r"""A program for x86-64 that prints the line with which the counting program ends, and exits.

    >>> smallest()[:4], len(smallest()) < 200
    (b'\x7fELF', True)
    """
    said = f"{END}\n".encode()
    leave = b"\x31\xff\xb8" + pack("<I", 60) + b"\x0f\x05"  # exit(0)
    call = b"\xba" + pack("<I", len(said)) + b"\x0f\x05" + leave
    where = b"\x48\x8d\x35" + pack("<I", len(call))  # the words stand behind the last instruction
    code = b"\xb8" + pack("<I", 1) + b"\xbf" + pack("<I", 1) + where + call + said  # write(1, ...)
    size = _HEAD + len(code)
    head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9) + pack("<HHIQQQ", 2, 62, 1, _AT + _HEAD, 64, 0)
    head += pack("<IHHHHHH", 0, 64, 56, 1, 64, 0, 0)
    return head + pack("<IIQQQQQQ", 1, 5, 0, _AT, _AT, size, size, 4096) + code


def starts_nothing(one: Image, folder: Path) -> str:
    """Why this user-mode Linux can start no process here, in one sentence; empty if it can.

    Empty, too, where it does not come so far: then it is the file that is wrong, or the command.
    """
    archive = folder / "smallest"
    archive.write_bytes(initramfs.initramfs(smallest()))
    words = [f"mem={MEMORY}M", f"initrd={archive}", "con=null", "con0=fd:0,fd:1", "panic=-1"]
    said = run([str(one.path), *words], folder, LIMIT, keep=KEPT)
    died = said.ended == "exit" and any(HANDED_OVER in line for line in said.last)
    return CANNOT.format(name=one.name) if died else ""
