"""Kernels as files: what a file holds, and a kernel taken out of a Debian package.

A kernel for QEMU is a bzImage (or an ELF file), one for user-mode Linux a program. Nothing is
installed: a package is read as a stream. Not here: how a kernel is booted (`guest`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import opened
from faultviz.kernel.files.archive import packed_file

HEAD = 1 << 16
IN_PACKAGE = {"qemu": "boot/vmlinuz-", "um": "usr/bin/linux.uml"}
OWN_NAME = "vmlinuz*"


class Image(NamedTuple):
    """A kernel that may be booted: on `target` "qemu" or "um"; `name` is what the reader named."""

    name: str
    path: Path
    target: str
    version: str = ""

    def __repr__(self) -> str:
        return f"Image({self.name}, {self.target}{', ' if self.version else ''}{self.version})"


def image(file: Path, folder: Path, target: str = "qemu", *, deb: bool = False) -> Image:
    """What `file` is; a kernel in a Debian package is unpacked into `folder` first.

    BadInput for what is neither, and with `deb` for what is no package.
    """
    head = _head(file)
    if head.startswith(b"!<arch>\n"):
        return _image(file.name, _unpacked(file, folder, target), target)
    if deb:
        raise BadInput(f"{file} is no Debian package. A kernel image is named without --deb.")
    return _image(file.name, file, target)


def _head(file: Path) -> bytes:
    try:
        with opened(file) as found:
            return found.read(HEAD)
    except OSError as problem:
        raise BadInput(f"{file} cannot be read: {problem.strerror}.") from None


def _image(name: str, file: Path, target: str) -> Image:
    head = _head(file)
    elf = head.startswith(b"\x7fELF") and head[18:20] == b"\x3e\x00"
    if target == "um":
        if not elf:
            raise BadInput(f"{name} is no program for x86-64, which user-mode Linux would be.")
        return Image(name, file.resolve(), target)
    if not elf and not _is_bzimage(head):
        raise BadInput(
            f"{name} is no kernel image for x86-64: it begins neither as a bzImage nor as an ELF "
            f"file. Name such a file as {OWN_NAME}, or a package with --deb."
        )
    return Image(name, file.resolve(), target, "" if elf else version(head))


def _is_bzimage(head: bytes) -> bool:
    return head[0x1FE:0x200] == b"\x55\xaa" and head[0x202:0x206] == b"HdrS"


def version(head: bytes) -> str:
    """What a bzImage says that it is, such as 6.1.0-56-cloud-amd64; empty if it says nothing.

    The header has its address: two bytes at 0x20e, counted from 0x200 (the kernel's boot protocol).

    >>> head = bytearray(0x300)
    >>> head[0x20E:0x210], head[0x2F0:0x2FA] = bytes([0xF0, 0]), b"6.1.0 (me)"
    >>> version(bytes(head))
    '6.1.0'
    """
    at = 0x200 + int.from_bytes(head[0x20E:0x210], "little")
    words = head[at : at + 200].split(b"\0")[0].decode("ascii", "replace").split()
    return words[0] if words else ""


def _unpacked(package: Path, folder: Path, target: str) -> Path:
    wanted = IN_PACKAGE[target]
    found = packed_file(package, lambda name: name.startswith(wanted))
    if found is None:
        hint = (
            "a package such as linux-image-cloud-amd64 only names the newest kernel; take the one "
            "that it depends on"
            if target == "qemu"
            else "user-mode-linux is the package that has it"
        )
        raise BadInput(f"{package} holds no {wanted}: {hint}.")
    path, data = found
    # Two packages may have a file of one name.
    file = Path(tempfile.mkdtemp(dir=folder)) / Path(path).name
    file.write_bytes(data)
    file.chmod(0o755)
    return file
