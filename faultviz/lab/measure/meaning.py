"""What the number of each mode means on a kernel version, in one or two sentences.

Here: what is expected of a mode before 6.0, from 6.0 to 6.3 and from 6.4 on, why, and what is said
of another reading. Not here: the verdict on the mode `shared` (`verdict`), how it is counted
(`touch`). Each expectation is a recorded row, or says that it was only read in the source.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from faultviz.lab.measure.modes import MODES
from faultviz.lab.recorded.verdict import NEAR

BEFORE, MERGED, LATER = ERAS = ("before 6.0", "from 6.0 to 6.3", "from 6.4 on")
ODD = (
    "Backports, swapping, large pages of a file system, or an architecture that marks pages dirty "
    "by a fault would do that; measure again on an idle machine and look at the controls."
)
_CONTROL = "the lock is kept and one call does, before the patch and after it: a control."
_MINOR, _MAJOR, _NOBODY, _NOTHING = (1, 0), (0, 1), (0, 0), (0, 0)
Reading = tuple[float, float]


class ExpectedFaults(NamedTuple):
    """Minor and major faults per page, and why they are so."""

    reading: Reading
    why: str


_ROUNDS = {
    BEFORE: ExpectedFaults(
        _MAJOR, "the second call of handle_mm_fault is counted as major, without any I/O."
    ),
    MERGED: ExpectedFaults(_MINOR, "one call; a RETRY would have made it major."),
    LATER: ExpectedFaults(
        _MINOR, "with a RETRY it would read the same from 6.7 on, so it proves nothing."
    ),
}
_COUNTED = (
    "the fault ended in COMPLETED and is counted. No call was saved: before 6.0 GUP's second look "
    "found the page as well."
)
_GUP = {
    BEFORE: ExpectedFaults(
        _NOBODY,
        "nobody counts the fault: its call ended in RETRY, and GUP's second look finds the page.",
    ),
    MERGED: ExpectedFaults(_MINOR, _COUNTED),
    LATER: ExpectedFaults(
        _MINOR,
        _COUNTED + " From 6.4 on a call that ends in RETRY is counted nowhere, so a RETRY would "
        "read 0, as 6.12.117 with RETRY put back does (kernels.csv): here GUP tells what a store "
        "cannot.",
    ),
}


def _always(reading: Reading, why: str) -> dict[str, ExpectedFaults]:
    return dict.fromkeys(ERAS, ExpectedFaults(reading, why))


_EXPECTED: dict[str, dict[str, ExpectedFaults]] = {
    "shared": _ROUNDS,
    "anon_shared": _ROUNDS,
    "private": _always(
        _MINOR,
        f"a private page is a copy of the task's own, whose writer is not throttled; {_CONTROL}",
    ),
    "read_pass": _always(_MINOR, f"a read makes no page dirty; {_CONTROL}"),
    "read_first": _always(
        _NOTHING,
        "on tmpfs the read has installed an entry that may be written, and the processor marks it "
        "dirty by itself.",
    ),
    "already_dirty": _always(_MINOR, f"who writes to a dirty page is not throttled; {_CONTROL}"),
    "after_write2": _always(_MINOR, f"write(2) has made the page dirty already; {_CONTROL}"),
    "process_vm_writev": _GUP,
    "proc_self_mem": _always(
        _MINOR,
        "this GUP may not give up the lock, so there is neither RETRY nor COMPLETED: the control "
        "of the other two.",
    ),
    "madv_populate_write": _GUP,
    "disk_alloc": _ROUNDS,
    "disk_sparse": _ROUNDS,
}
SPARSE = 0.2  # of a sparse file some faults wait for the disk, with a RETRY in earnest


def era(release: str) -> str | None:
    """Which of ERAS a release belongs to; None for one without a number.

    >>> era("5.19.17"), era("6.1.0-50-amd64"), era("6.12.9"), era("mine")
    ('before 6.0', 'from 6.0 to 6.3', 'from 6.4 on', None)
    """
    found = re.match(r"(\d+)\.(\d+)", release)
    if not found:
        return None
    version = int(found[1]), int(found[2])
    return BEFORE if version < (6, 0) else MERGED if version < (6, 4) else LATER


def meaning(mode: str, release: str, minor: float, major: float) -> str:
    """What faults per page of one mode say on this kernel version.

    >>> print(meaning("read_pass", "5.10.223", 1, 0))
    read_pass: minor 1.000, major 0.000, as expected before 6.0: a read makes no page dirty; the
    lock is kept and one call does, before the patch and after it: a control.
    """
    read = f"{mode}: minor {minor:.3f}, major {major:.3f}"
    when = era(release)
    if when is None:
        return f"{read}: {release} has no version number by which to say more."
    expected = _EXPECTED[mode][when]
    off = SPARSE if mode == "disk_sparse" else NEAR
    if abs(minor - expected.reading[0]) <= off and abs(major - expected.reading[1]) <= off:
        told = " (recorded on ext4)" if MODES[mode].memory == "disk" else ""
        return f"{read}, as expected {when}{told}: {expected.why}"
    wanted = "minor {:g} and major {:g}".format(*expected.reading)
    return f"{read}, but {when} {wanted} are expected. {ODD}"
