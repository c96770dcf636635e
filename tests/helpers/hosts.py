"""Machines that are less than this one, made of it: programs started under a restriction.

Run as a program: `hosts.py --without-large-registers COMMAND ...`.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
PTRACE, SETREGSET, EFAULT = 101, 0x4205, 14
LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER, FIRST_ARGUMENT = 0, 16  # where a filter finds them
ALLOW, FAIL = 0x7FFF0000, 0x00050000

WITHOUT_LARGE_REGISTERS = "--without-large-registers"


def without_large_registers() -> None:
    """From here on no tracer can write the vector registers of a process, as with AMX.

    There they do not fit into what user-mode Linux has for them, and the host refuses the call
    with the same error.
    """
    filter_ = b"".join(
        struct.pack("<HBBI", *one)
        for one in (
            (LOAD, 0, 0, NUMBER),
            (IF_EQUAL, 0, 3, PTRACE),
            (LOAD, 0, 0, FIRST_ARGUMENT),
            (IF_EQUAL, 0, 1, SETREGSET),
            (RETURN, 0, 0, FAIL | EFAULT),
            (RETURN, 0, 0, ALLOW),
        )
    )
    kept = ctypes.create_string_buffer(filter_, len(filter_))
    # A length and a pointer, as the kernel's struct has them.
    program = struct.pack("HP", len(filter_) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(SECCOMP, FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def command_without_large_registers(*words: str | Path) -> list[str]:
    """The same command, on such a machine."""
    return [sys.executable, __file__, WITHOUT_LARGE_REGISTERS, *map(str, words)]


if __name__ == "__main__":
    without_large_registers()
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 (a shell would not help)
