"""The lab: a real measurement on this machine, the recorded rows, the verdicts, the refusals."""

from __future__ import annotations

import csv
import gc
import io
import json
import mmap
import os
import platform
import signal
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from faultviz.base.errors import BadInput
from faultviz.cli import progress as progress_module
from faultviz.cli.main import main
from faultviz.cli.progress import progress
from faultviz.lab.measure import machine, measurement, touch, touch_loops
from faultviz.lab.measure.machine import (
    IN_MEMORY,
    check_disk,
    check_huge_pages,
    check_machine,
    file_system,
)
from faultviz.lab.measure.meaning import ERAS, meaning
from faultviz.lab.measure.measurement import measure
from faultviz.lab.measure.modes import MODES, USUAL, ModeCase, chosen
from faultviz.lab.measure.passes import COLUMNS, Measurement, Pass
from faultviz.lab.measure.timing import Timing, timings
from faultviz.lab.recorded import summary
from faultviz.lab.recorded.records import CAVEATS, COUNTS, FaultRates, recorded
from faultviz.lab.recorded.verdict import verdict

GB = 1 << 30


@pytest.fixture(scope="module")
def here() -> Measurement:
    return measure(mb=8)


@pytest.fixture(scope="module")
def rows(here: Measurement) -> dict[str, FaultRates]:
    return {row.mode: row for row in here.rows}


def row_of(file: str, kernel: str, mode: str) -> FaultRates:
    (row,) = [r for r in recorded(file) if (r.kernel, r.mode) == (kernel, mode)]
    return row


def test_each_shared_page_is_written_once(rows: dict[str, FaultRates]) -> None:
    """One fault that finished, minor or major, for each page of a fresh shared mapping."""
    shared = rows["shared"]
    assert shared.pages == 8 * 1024 * 1024 // mmap.PAGESIZE
    assert shared.minor_per_page + shared.major_per_page == pytest.approx(1, abs=0.01)


def test_controls_fault_once_and_are_minor(rows: dict[str, FaultRates]) -> None:
    """Private, the read pass and the mapping of dirty pages never took a second round."""
    for mode in ("private", "read_pass", "already_dirty"):
        assert rows[mode].minor_per_page == pytest.approx(1, abs=0.01), mode
        assert rows[mode].major_per_page == pytest.approx(0, abs=0.01), mode


def test_pages_read_first_are_written_without_a_fault(rows: dict[str, FaultRates]) -> None:
    """Zero on x86; an architecture that marks dirty in software faults once more."""
    allowed = {0.0} if platform.machine() == "x86_64" else {0.0, 1.0}
    assert round(rows["read_first"].minor_per_page, 2) in allowed
    assert round(rows["read_first"].major_per_page, 2) == 0


def test_system_wide_count_is_never_below_the_thread_own(rows: dict[str, FaultRates]) -> None:
    """The pgfault of /proc/vmstat has this thread's faults in it, and those of everything else."""
    for row in rows.values():
        assert row.pgfault_per_page is not None
        assert row.pgfault_per_page >= row.minor_per_page + row.major_per_page


def test_measurement_names_its_kernel_and_stands_beside_three(here: Measurement) -> None:
    """Rows of this kernel, recorded rows of three, each with its file."""
    assert {row.kernel for row in here.rows} == {here.kernel} == {platform.release()}
    assert {row.kernel for row in here.recorded} == {"5.10.223", "6.1.176", "6.12.117"}
    assert {row.source for row in here.recorded} == {"debian_plain.csv"}
    assert {row.mode for row in here.rows} <= {row.mode for row in here.recorded}


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("fill", [False, True])
def test_writing_marks_each_page_once(private: bool, fill: bool) -> None:
    """One byte to a page or all of it, also past the first piece; only shared reaches the file."""
    pages, size = touch_loops.PIECE + 3, mmap.PAGESIZE
    with touch._file(MODES["shared"], pages, None) as fd:
        with touch._mapped(fd, pages, private=private) as area:
            touch_loops.run(touch_loops.write(area, 0, pages, fill=fill))
            assert area.memory[::size] == b"\x01" * pages
            assert area.memory[1::size] == (b"\x01" if fill else b"\x00") * pages
        with touch._mapped(fd, pages) as file:
            assert file.memory[::size] == (b"\x00" if private else b"\x01") * pages


@pytest.mark.parametrize("mode", list(MODES))
@pytest.mark.parametrize("threads", [1, 2])
def test_each_mode_reaches_each_page(mode: str, threads: int, tmp_path: Path) -> None:
    """By one thread or two, also with a mapper beside them; the counts are of these threads."""
    if MODES[mode].memory == "disk" and file_system(tmp_path) in IN_MEMORY:
        tmp_path = Path(__file__).parent
    counts = touch.touch(ModeCase(mode, threads, threads == 2), 2051, tmp_path)
    expected = 0 if mode == "read_first" and platform.machine() == "x86_64" else 2051
    assert counts.minor + counts.major == pytest.approx(expected, abs=40)
    assert (counts.mapper_ops > 0, counts.worst_mmap > 0) == (threads == 2, threads == 2)
    assert counts.seconds > 0


@pytest.mark.parametrize("by", ["process_vm_writev", "proc_self_mem"])
def test_the_kernel_writes_one_byte_to_each_page(by: str) -> None:
    """Also past what one call takes, and for the second of two threads."""
    pages, size = touch_loops.VECTOR + 5, mmap.PAGESIZE
    with (
        touch._file(MODES[by], pages, None) as fd,
        touch._mapped(fd, pages) as area,
        touch_loops.shares(by, area, pages, 2, fill=False) as shares,
    ):
        assert len(shares) == 2
        for share in shares:
            touch_loops.run(share)
        assert area.memory[::size] == b"\x01" * pages
        assert area.memory[1::size] == b"\x00" * pages


def test_no_loop_goes_page_by_page_in_python() -> None:
    """A piece of thousands of pages is one call: what a profiler sees does not grow with them."""

    def events(pages: int) -> int:
        seen = []
        with touch._file(MODES["shared"], pages, None) as fd, touch._mapped(fd, pages) as area:
            shares = [touch_loops.write(area, 0, pages, fill=fill) for fill in (False, True)]
            sys.setprofile(lambda *told: seen.append(told[1]))
            try:
                for share in shares:
                    touch_loops.run(share)
            finally:
                sys.setprofile(None)
        return len(seen)

    assert events(touch_loops.PIECE) == events(16)


def test_verdict_is_that_of_the_shared_row(here: Measurement) -> None:
    """The verdict judges the measured mapping, not a control."""
    shared = here.rows[0]
    assert shared.mode == "shared"
    assert here.verdict == verdict(
        here.kernel, shared.minor_per_page, shared.major_per_page, here.vma_lock_retry_per_page
    )


def test_as_dict_survives_json(here: Measurement) -> None:
    """Plain values with the caveats of what is in it."""
    plain = here.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False))["rows"][0]["mode"] == "shared"
    assert plain["caveats"] == {
        "this machine": here.caveat,
        "debian_plain.csv": CAVEATS["debian_plain.csv"],
    }


def test_repr_has_no_time_in_it(here: Measurement) -> None:
    """Short, and the same for another time."""
    assert repr(here) == (
        f"Measurement({here.kernel}, {here.rows[0].pages} pages of {mmap.PAGESIZE} bytes, shared: "
        f"minor {here.rows[0].minor_per_page:.3f}, major {here.rows[0].major_per_page:.3f})"
    )


@pytest.mark.parametrize(
    ("file", "kernel", "mode", "expected"),
    [
        ("debian_plain.csv", "5.10.223", "shared", (0, 1, 2)),
        ("debian_plain.csv", "5.10.223", "private", (1, 0, 1)),
        ("debian_plain.csv", "5.10.223", "already_dirty", (1, 0, 1)),
        ("debian_plain.csv", "6.1.176", "shared", (1, 0, 1)),
        ("debian_plain.csv", "6.1.176", "read_pass", (1, 0, 1)),
        ("debian_plain.csv", "6.1.176", "read_first", (0, 0, 0)),
        ("debian_plain.csv", "6.12.117", "shared", (1, 0, 1)),
        ("bytepatch_debian.csv", "6.12.117 with RETRY put back", "shared", (1, 0, 1)),
        ("bytepatch_debian.csv", "6.1.176 with RETRY put back", "shared", (0, 1, 2)),
        ("uml.csv", "6.1.176 (um)", "shared", (2, 0, 2)),
        ("gup.csv", "5.10.223", "process_vm_writev", (0, 0, 1)),
        ("gup.csv", "6.1.176", "process_vm_writev", (1, 0, 1)),
        ("gup.csv", "6.1.176 with RETRY put back", "store", (0, 1, 2)),
    ],
)
def test_recorded_faults_per_page(
    file: str, kernel: str, mode: str, expected: tuple[int, int, int]
) -> None:
    """The counts of measured.md, from the shipped files."""
    row = row_of(file, kernel, mode)
    counts = (row.minor_per_page, row.major_per_page, row.pgfault_per_page)
    assert counts == pytest.approx(expected, abs=0.001)


def test_recorded_rows_are_medians_without_warm_up_and_failures() -> None:
    """One row per kernel and mode; 0.638 s is the middle of two; what failed is left out."""
    every = recorded()
    assert len({(row.source, row.kernel, row.mode) for row in every}) == len(every)
    assert {row.source for row in every} == set(COUNTS)
    assert row_of("debian_plain.csv", "5.10.223", "shared").seconds == pytest.approx(0.637912, 1e-5)
    assert row_of("debian_plain.csv", "5.10.223", "read_pass").seconds is None
    turned = row_of("bytepatch_debian.csv", "6.1.176", "shared")
    assert turned.seconds == pytest.approx((0.092715948 + 0.090214526) / 2, 1e-6)
    assert "madv_populate_write" not in {r.mode for r in every if r.kernel == "5.10.223"}


@pytest.mark.parametrize(
    ("kernel", "once", "more"), [("6.1.192", 5526, 895), ("6.12.117", 6018, 911)]
)
def test_put_back_retry_costs_instructions(kernel: str, once: int, more: int) -> None:
    """15 % in 6.12, as the verdict says; none in GUP, whose second look finds the page."""
    counted = {
        (mode, back): (row_of("kernels.csv", f"{kernel}{back}", mode).seconds or 0) * 1e9 / 2048
        for mode in ("shared", "private", "process_vm_writev", "proc_self_mem")
        for back in ("", " with RETRY put back")
    }
    back = " with RETRY put back"
    assert round(counted["shared", ""]) == once
    assert round(counted["shared", back] - counted["shared", ""]) == more
    for mode in ("private", "proc_self_mem"):
        assert counted[mode, back] == pytest.approx(counted[mode, ""], rel=0.002)
    assert counted["process_vm_writev", back] < counted["process_vm_writev", ""]
    if kernel == "6.12.117":
        assert "15 % more" in verdict(kernel, 1, 0)
        assert round(100 * more / once) == 15


def test_gup_counts_nothing_where_retry_was_put_back() -> None:
    """On 6.1 its call is counted and no fault, on 6.12 neither: there GUP tells."""
    rows = [
        row_of("kernels.csv", f"{kernel} with RETRY put back", "process_vm_writev")
        for kernel in ("6.1.192", "6.12.117")
    ]
    assert [(row.minor_per_page, row.pgfault_per_page) for row in rows] == [(0, 1), (0, 0)]


def test_recorded_refuses_an_unknown_file() -> None:
    """With the name that was meant."""
    with pytest.raises(BadInput, match=r"'debian.csv'.*Did you mean .*debian_plain\.csv"):
        recorded("debian.csv")


@pytest.mark.parametrize(
    ("release", "minor", "major", "answer", "says"),
    [
        ("5.10.0-32-cloud-amd64", 0, 1, "Two rounds", "FAULT_FLAG_TRIED"),
        ("5.19.17", 0.0, 0.9999, "Two rounds", "5.10.223 reads the same"),
        ("5.14.0-362.el9", 1, 0, "Unknown", "has the patch from a distribution"),
        ("6.0.0", 1, 0, "COMPLETED", "proof"),
        ("6.3.13-arch1-1", 1.0001, 0, "COMPLETED", "6.1.176 reads the same"),
        ("6.1.176", 0, 1, "Two rounds", "kernel was changed"),
        ("6.1.176", 2, 0, "Unknown", "User-mode Linux 6.1.176 reads the same"),
        ("6.4.0", 1, 0, "Undecided", "Before 6.7"),
        ("6.6.9", 1, 0, "Undecided", "that was not measured"),
        ("6.7-rc1", 1, 0, "Undecided", "CONFIG_PER_VMA_LOCK_STATS"),
        ("6.12.117+deb13-cloud-amd64", 1, 0, "Undecided", "do not prove VM_FAULT_COMPLETED"),
        ("10.0.1", 1, 0, "Undecided", "do not prove"),
        ("6.12.117", 0, 1, "Two rounds", "No recorded kernel from 6.4 on reads so"),
        ("6.12.117", 2, 0, "Unknown", "No recorded row fits"),
        ("5.10.1", 1, 1, "Unknown", "No recorded row fits"),
        ("4.4.0", 0, 0, "Unknown", "reports no faults at all"),
        ("custom", 1, 0, "Unknown", "without a version number"),
    ],
)
def test_verdict(release: str, minor: float, major: float, answer: str, says: str) -> None:
    """Each kind of kernel and reading has its answer and its reason."""
    text = verdict(release, minor, major)
    assert text.startswith(f"{answer}: ")
    assert says in text


def test_verdict_of_recorded_kernels() -> None:
    """Fed with the recorded rows, the verdict says of each kernel what is known of it."""
    answers = {
        row.kernel: verdict(row.kernel, row.minor_per_page, row.major_per_page).split(":")[0]
        for row in recorded()
        if row.mode == "shared"
    }
    assert answers == {
        "5.10.223": "Two rounds",
        "5.10.262": "Two rounds",
        "6.1.192": "COMPLETED",
        "6.1.192 with RETRY put back": "Two rounds",
        "6.1.176": "COMPLETED",
        "6.1.176 with RETRY put back": "Two rounds",
        "6.12.117": "Undecided",
        "6.12.117 with RETRY put back": "Undecided",
        "5.10.46 (um)": "Two rounds",
        "6.1.176 (um)": "Unknown",
        "6.12.113 (um)": "Undecided",
    }


def test_verdict_reads_vma_lock_retry_where_it_is_counted() -> None:
    """Zero speaks for COMPLETED, more does not; before 6.7 the counter has nothing to say."""
    assert "leaves COMPLETED" in verdict("6.12.1", 1, 0, 0.0)
    assert "were sent back" in verdict("6.12.1", 1, 0, 1.0)
    assert "vma_lock_retry" not in verdict("6.6.1", 1, 0, 1.0)


@pytest.mark.parametrize("mb", [0, -5, 1.5, "8", True])
def test_measure_refuses_what_is_no_size(mb: object) -> None:
    """Before anything is asked of the machine."""
    with pytest.raises(BadInput, match="give a whole number of MB"):
        measure(mb=mb)  # type: ignore[arg-type]


def test_measure_refuses_more_than_is_free() -> None:
    """The sentence says how much would do."""
    with pytest.raises(BadInput, match=r"^mb 1000000000 needs \d+ MB .*: give --mb \d+ or less\.$"):
        measure(mb=10**9)


def test_memory_is_asked_for_both_copies_and_a_spare() -> None:
    """Twice the size and 64 MB: 468 fit into 1000 MB, 469 do not."""
    check_machine(468, "linux", 1000 << 20)
    with pytest.raises(BadInput, match="give --mb 468 or less"):
        check_machine(469, "linux", 1000 << 20)
    with pytest.raises(BadInput, match="free some memory first"):
        check_machine(1, "linux", 1 << 20)
    check_machine(10**9, "linux", None)


def test_measure_refuses_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere there is a sentence, and the recorded rows."""
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(BadInput, match="Linux only, and this is darwin"):
        measure(mb=8)


def test_huge_pages_are_told_by_the_count() -> None:
    """One fault for 512 pages or for 4; a setting alone does no harm, and no fault is no size."""
    with pytest.raises(BadInput, match=r"about 512 pages.*says always\).*write never to that file"):
        check_huge_pages(32 / 16384, "always")
    with pytest.raises(BadInput, match=r"about 4 pages.*hugepages-\*"):
        check_huge_pages(0.25, "never")
    check_huge_pages(1.0, "always")
    check_huge_pages(0.0, "force")


FEW = touch.Counts(4, 0, 4, None, 0.1)


def test_measure_judges_huge_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is wired to the count of the shared mapping."""
    monkeypatch.setattr(measurement, "touch", lambda *_, **__: FEW)
    with pytest.raises(BadInput, match="about 512 pages"):
        measure(mb=2048 * mmap.PAGESIZE >> 20)


def test_kernel_without_counters_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that counts nothing gets rows of zero and the verdict Unknown."""
    monkeypatch.setattr(measurement, "touch", lambda *_, **__: touch.Counts(0, 0, None, None, 0.1))
    found = measure(mb=8)
    assert found.rows[0].pgfault_per_page is None
    assert found.verdict.startswith("Unknown: ")
    assert found.csv().splitlines()[1].endswith(",0,0,,,0,0")


def held() -> tuple[int, bool]:
    """Open files of this process, and whether it maps any of the lab's memory."""
    own = Path("/proc/self")
    return len(list((own / "fd").iterdir())), "memfd:faultviz" in (own / "maps").read_text()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_memory_is_given_back_when_stopped(
    monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    """No mapping and no file outlive Ctrl-C or an error, and the collector runs again."""
    before = held()
    during = []

    def stopped(*_: object, **__: object) -> None:
        during.append(held())
        raise stop

    monkeypatch.setattr(touch, "_counted", stopped)
    with pytest.raises(stop):
        measure(mb=1)
    assert during[0][0] > before[0]
    assert during[0][1]
    assert held() == before == (before[0], False)
    assert gc.isenabled()


INTERRUPTED = """
import sys, threading
from pathlib import Path
from faultviz.lab.measure.measurement import measure

def held():
    own = Path("/proc/self")
    return len(list((own / "fd").iterdir())), "memfd" in (own / "maps").read_text()

before = held()
try:
    measure(16, modes="shared", repeat=100000, tell=lambda *_: print("going", flush=True), **{more})
except KeyboardInterrupt:
    print("same" if held() == before else "kept", threading.active_count())
"""


@pytest.mark.parametrize("more", ["{}", "dict(threads=2, mapper=True)"])
def test_memory_and_threads_are_given_back_on_a_real_ctrl_c(more: str) -> None:
    """A signal to a process that measures: it goes on with what it had before."""
    words = [sys.executable, "-c", INTERRUPTED.replace("{more}", more)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(5):
            assert child.stdout.readline() == "going\n"
        child.send_signal(signal.SIGINT)
        last = child.stdout.read().splitlines()[-1]
        assert child.wait(30) == 0
    assert last == "same 1"


def test_ctrl_c_ends_the_command(tmp_path: Path) -> None:
    """With exit code 130 and without a traceback; nothing is left in /dev/shm or in the folder."""
    before = set(touch.SHM.iterdir())
    start = "from faultviz.__main__ import script; script()"
    words = [sys.executable, "-c", start, "measure", "--mb", "32", "--repeat", "100000"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as child:
        maps = Path(f"/proc/{child.pid}/maps")
        while "memfd:faultviz" not in maps.read_text():
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        said = child.stderr.read()
        assert child.wait(30) == 130
    assert "Traceback" not in said
    assert set(touch.SHM.iterdir()) <= before
    assert list(tmp_path.iterdir()) == []


def refuse(*_: object) -> int:
    raise PermissionError(1, "Operation not permitted")


def test_without_memfd_the_file_lies_in_shm(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no name there, and its place is asked for room first."""
    monkeypatch.setattr("os.memfd_create", refuse)
    before = set(touch.SHM.iterdir())
    counts = touch.touch(ModeCase("shared"), 512)
    assert counts.minor + counts.major == pytest.approx(512, abs=10)
    assert set(touch.SHM.iterdir()) <= before
    small = os.statvfs_result((4096, 4096, 16384, 300, 300, 0, 0, 0, 0, 255))
    monkeypatch.setattr("os.statvfs", lambda _: small)
    with pytest.raises(BadInput, match=r"mb 2 does not fit into /dev/shm, where .* 1 MB have"):
        touch.touch(ModeCase("shared"), 512)


def test_refusal_of_the_kernel_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox without shared memory ends in what to do, not in a traceback."""
    monkeypatch.setattr("os.memfd_create", refuse)
    monkeypatch.setattr(touch, "_on_disk", refuse)
    with pytest.raises(BadInput, match=r"refused 8 MB of shared memory .*Operation not permitted"):
        measure(mb=8)


def test_what_one_call_is_refused_leaves_the_other_modes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mode has its reason instead of a row; when none is left, that reason is the error."""
    monkeypatch.setattr(touch_loops, "_by_vector", refuse)
    found = measure(1, modes="shared,process_vm_writev")
    assert [row.mode for row in found.rows] == ["shared"]
    assert "Operation not permitted" in found.left_out["process_vm_writev"]
    with pytest.raises(BadInput, match=r"refuses process_vm_writev: .*not permitted"):
        measure(1, modes="process-vm-writev")


def write(root: Path, texts: dict[str, str]) -> None:
    """Lay files into a made-up root directory."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_available_memory_is_the_tightest_limit(tmp_path: Path) -> None:
    """Machine, own control group and its parents: the least of them, file cache given back."""
    write(tmp_path, {"proc/meminfo": f"MemFree: 1 kB\nMemAvailable:   {8 * GB // 1024} kB\n"})
    assert machine.available_bytes(tmp_path) == 8 * GB
    group = "sys/fs/cgroup/user"
    write(tmp_path, {"proc/self/cgroup": "0::/user/lab\n", f"{group}/memory.current": f"{GB + 7}"})
    write(tmp_path, {f"{group}/memory.max": "max\n"})
    assert machine.available_bytes(tmp_path) == 8 * GB
    write(tmp_path, {f"{group}/memory.max": f"{2 * GB}\n"})
    write(tmp_path, {f"{group}/memory.stat": "anon 1\ninactive_file 7\n"})
    assert machine.available_bytes(tmp_path) == GB


def test_available_memory_in_a_container_of_the_first_kind(tmp_path: Path) -> None:
    """The path names a group of the host, the limit lies at the base."""
    base = "sys/fs/cgroup/memory"
    write(
        tmp_path,
        {
            "proc/self/cgroup": "3:cpu:/\n7:memory:/docker/abc\n",
            f"{base}/memory.limit_in_bytes": f"{GB}",
            f"{base}/memory.usage_in_bytes": f"{GB // 4}",
        },
    )
    assert machine.available_bytes(tmp_path) == GB * 3 // 4


def test_counters_and_setting_are_read_exactly(tmp_path: Path) -> None:
    """The name pgfault is not one of its longer neighbours; the setting is the word in brackets."""
    write(
        tmp_path,
        {
            "proc/vmstat": "pgfault 42\npgfault_x 1\nxpgfault 2\nvma_lock_retry 7\n",
            "sys/kernel/mm/transparent_hugepage/shmem_enabled": "always [advise] never\n",
        },
    )
    assert machine.system_counters(tmp_path) == {"pgfault": 42, "vma_lock_retry": 7}
    assert machine.huge_page_setting(tmp_path) == "advise"


def test_the_file_system_of_a_folder_is_the_last_one_mounted_there(tmp_path: Path) -> None:
    """The longest place wins, of two the later; a space in it is written as a number."""
    mounts = "/dev/a / ext4 rw 0 0\n/x /data tmpfs rw 0 0\n/y /data xfs rw 0 0\nz /b\\040c nfs rw\n"
    write(tmp_path, {"proc/self/mounts": mounts})
    assert file_system(Path("/data/x"), tmp_path) == "xfs"
    assert file_system(Path("/database"), tmp_path) == "ext4"
    assert file_system(Path("/b c/d"), tmp_path) == "nfs"
    assert file_system(Path("/data"), tmp_path / "none") == ""


def test_a_file_on_disk_is_not_made_in_memory(tmp_path: Path) -> None:
    """Nor where nothing can be written, nor where it does not fit."""
    with pytest.raises(BadInput, match=r"shm is in memory \(tmpfs\), and a file on disk"):
        check_disk(1, touch.SHM)
    with pytest.raises(BadInput, match="No file can be made in /proc"):
        check_disk(1, Path("/proc"))
    here = Path(__file__).parent
    if file_system(here) not in IN_MEMORY and os.access(here, os.W_OK):
        with pytest.raises(BadInput, match=r"does not fit into .*give --mb \d+ or less"):
            check_disk(1 << 40, here)


def test_words_name_modes_and_groups() -> None:
    """Each once, in their order; the spellings of the issue and of the files too."""
    assert chosen("usual") == USUAL
    assert chosen(["disk", "disk_alloc, shared"]) == ("disk_alloc", "disk_sparse", "shared")
    words = ["tmpfs-shared", "anonymous-shared", "read-first", "already-dirty", "after-write2"]
    assert set(chosen(words)) <= set(MODES)
    assert chosen("all") == tuple(MODES)
    with pytest.raises(BadInput, match=r"no mode 'sharde'\. Did you mean shared"):
        chosen("sharde")


def test_repetitions_alternate_after_one_to_warm_up() -> None:
    """Forwards, backwards, forwards; the warm-up is kept, and counts for nothing."""
    told: list[tuple[str, int, int]] = []
    found = measure(1, modes="shared,private", repeat=3, tell=lambda *words: told.append(words))
    order = [(one.repetition, one.case.mode) for one in found.passes]
    assert order == [
        (-1, "shared"), (-1, "private"), (0, "shared"), (0, "private"),
        (1, "private"), (1, "shared"), (2, "shared"), (2, "private"),
    ]  # fmt: skip
    assert told[0] == ("shared", 0, 8)
    assert len(told) == 8
    shared, private = found.timings
    assert len(shared.per_page) == len(private.ratios) == 3
    assert private.ratios[1] == private.per_page[1] / shared.per_page[1]
    assert "3 pairs are too few to conclude anything" in found.times()
    assert [row.mode for row in found.rows] == ["shared", "private"]


def test_threads_and_a_mapper_are_cases_of_their_own() -> None:
    """Each has its row and its passes, and the times say that pages were filled."""
    found = measure(1, modes="shared", threads=[1, 2], mapper=True)
    assert [row.mode for row in found.rows] == [
        "shared", "shared, mapper", "shared, 2 threads", "shared, 2 threads, mapper",
    ]  # fmt: skip
    assert found.caveat.endswith("one byte to a page.")
    assert len(found.meanings) == 1
    rows = list(csv.DictReader(found.csv().splitlines()))
    assert [(row["threads"], row["mapper"]) for row in rows] == [
        ("1", "0"), ("1", "1"), ("2", "0"), ("2", "1"),
    ]  # fmt: skip
    assert tuple(rows[0]) == COLUMNS
    plain = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert plain["passes"][3]["threads"] == 2
    assert plain["timings"][0]["conclusion"] is None


def test_columns_are_those_of_the_recorded_files() -> None:
    """So that one's own measurement can be held beside them."""
    assert summary.raw("mt.csv").splitlines()[0] == ",".join(COLUMNS)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"threads": 0}, "threads is 0: give numbers from 1 to 64"),
        ({"threads": [1, 65]}, "threads is 65"),
        ({"repeat": 0}, "repeat is 0: give a whole number"),
        ({"modes": "x"}, "There is no mode 'x'"),
    ],
)
def test_measure_refuses_what_cannot_be_run(more: dict[str, object], says: str) -> None:
    """And falls back on recorded rows where that was asked for."""
    with pytest.raises(BadInput, match=says):
        measure(1, **more)  # type: ignore[arg-type]
    assert says in measure(1, or_recorded=True, **more).verdict  # type: ignore[arg-type]


def made(ratios: list[float]) -> Timing:
    """A case that took these parts of the time of its base."""
    return timings([(name, ns) for r in ratios for name, ns in (("a", 100.0), ("b", 100.0 * r))])[1]


def test_too_few_pairs_conclude_nothing() -> None:
    """Five of five may be luck; six have an interval, and it decides."""
    assert made([0.5] * 5).interval is None
    assert made([0.5] * 5).conclusion.endswith(
        "too few to conclude anything; give --repeat 6 or more."
    )
    assert made([0.5]).conclusion.startswith("b against a: 1 pair is too few")
    assert made([0.8, 0.7, 0.75, 0.8, 0.7, 0.75]).conclusion.endswith(
        "6 of 6 pairs less: it took less."
    )
    assert made([1.5, 1.4, 1.6, 1.5, 1.4, 1.6]).conclusion.endswith(
        "in 0 of 6 pairs less: it took more."
    )
    assert made([0.9, 1.1, 1.0, 0.9, 1.2, 1.0]).conclusion.endswith("so no difference is shown.")


def test_pairs_need_as_many_of_both() -> None:
    """A case that lacks a pass has no partner for one."""
    with pytest.raises(BadInput, match="b has not as many passes as a"):
        timings([("a", 1.0), ("a", 1.0), ("b", 1.0)])


def test_a_picture_needs_two_cases() -> None:
    """One has nothing to be compared with."""
    with pytest.raises(BadInput, match="Ratios need two cases"):
        measure(1, modes="shared").picture()


def test_meanings_fit_the_recorded_rows() -> None:
    """Each tmpfs and GUP row of an unchanged kernel is what is expected of its version."""
    for row in (*recorded("debian_plain.csv"), *recorded("gup.csv"), *recorded("kernels.csv")):
        if row.mode in MODES and "put back" not in row.kernel:
            said = meaning(row.mode, row.kernel, row.minor_per_page, row.major_per_page)
            assert ", as expected " in said, said


@pytest.mark.parametrize("release", ["5.10.1", "6.1.1", "6.12.1"])
@pytest.mark.parametrize("mode", list(MODES))
def test_each_mode_has_a_meaning_on_each_version(mode: str, release: str) -> None:
    """And another reading is said to be one."""
    assert meaning(mode, release, 7, 7).startswith(f"{mode}: minor 7.000, major 7.000, but ")
    assert sum(era in meaning(mode, release, 7, 7) for era in ERAS) == 1
    assert "no version number" in meaning(mode, "custom", 1, 0)


def test_every_recorded_file_is_shown_with_its_caveat() -> None:
    """Files, caveats and readers are the same thirteen."""
    data = resources.files("faultviz.lab.recorded") / "data"
    shipped = {file.name for file in data.iterdir()}
    assert shipped == set(CAVEATS) == set(summary.chosen("all"))
    said = CliRunner().invoke(main, ["measure", "--recorded"])
    assert said.exit_code == 0
    for file, caveat in CAVEATS.items():
        assert f"{file}: {caveat}" in said.output
        plain = json.loads(
            CliRunner().invoke(main, ["measure", "--recorded", file, "--json"]).output
        )
        assert plain[file]["rows"] or plain[file]["ratios"]
        raw = CliRunner().invoke(main, ["measure", "--recorded", file, "--csv"]).output
        assert len(list(csv.DictReader(raw.splitlines()))) > 5


def test_recorded_pairs_have_their_settings() -> None:
    """Boots of their own kernels are one setting; switched ones are told apart."""
    (boots,) = summary.ratios("ab400.csv")
    assert len(boots.ratios) == 12
    settings = [one.setting for one in summary.ratios("mt.csv")]
    assert len(settings) == 8
    assert "mt-smp2 mt, 2 threads, mapper" in settings
    assert repr(summary.ratios("tog400.csv")[0]).startswith(
        "shared, 1 thread: 24 pairs, 0.887 (0.842 to 0.928), 21 below 1; "
    )


def test_recorded_instructions_stand_beside_their_rows() -> None:
    """Per page, where a nanosecond is an instruction; nowhere else."""
    shown = summary.text(["icount400.csv"]).splitlines()
    assert shown[1].split()[-1] == "instructions"
    assert [line.split()[-1] for line in shown[2:4]] == ["3215", "3743"]
    assert "instructions" not in summary.text(["debian_plain.csv"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--json", "--csv"], "Choose --json or --csv"),
        (["-o", "x.gif"], "x.gif ends in neither .svg nor .txt"),
        (["--threads", "two"], "'two' is no list of numbers"),
        (["--mode", "x"], "no mode 'x'"),
        (["--mb", "1", "--mode", "shared", "-o", "x.svg"], "Ratios need two cases"),
        (["--mb", "1", "-o", "/nowhere/x.svg"], "/nowhere/x.svg cannot be written"),
        (["--recorded", "gup"], "No recorded file is called 'gup'. Did you mean gup.csv"),
        (["--recorded", "--csv"], "Name one file"),
    ],
)
def test_the_command_refuses_in_one_sentence(words: list[str], says: str) -> None:
    """On stderr, with exit code 2."""
    done = CliRunner().invoke(main, ["measure", *words])
    assert done.exit_code == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_command_prints_times_and_writes_the_picture(tmp_path: Path) -> None:
    """From two passes on; the same picture as text and as SVG."""
    file = tmp_path / "ratios.svg"
    words = ["measure", "--mb", "1", "--mode", "shared,already_dirty", "--repeat", "6"]
    done = CliRunner().invoke(main, [*words, "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert "ns per page" in done.output
    assert "already_dirty against shared: " in done.output
    assert f"wrote {file}" in done.output
    assert file.read_text().count("<circle") == 6
    said = CliRunner().invoke(main, [*words[:-2], "--csv"]).output
    assert len(said.splitlines()) == 3


def test_a_measurement_of_made_up_passes_judges_them() -> None:
    """The rows are medians, so one stray pass changes nothing."""
    passes = [
        Pass(ModeCase("shared"), n, 8, FEW._replace(minor=m)) for n, m in ((0, 8), (1, 9), (2, 8))
    ]
    found = measurement._judged("6.1.9", [ModeCase("shared")], passes, {}, fill=False)
    assert isinstance(found, Measurement)
    assert found.rows[0].minor_per_page == 1
    assert found.verdict.startswith("COMPLETED")
    assert found.meanings[0].startswith("shared: minor 1.000, major 0.000, as expected from 6.0")


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Whatever it was set to."""
        return self.now


@pytest.mark.parametrize("live", [False, True])
def test_a_bar_is_shown_to_who_waits(monkeypatch: pytest.MonkeyPatch, live: bool) -> None:
    """After a second, or at once where it will take long; never where nobody looks."""
    clock, out = Clock(), io.StringIO()
    monkeypatch.setattr(progress_module, "monotonic", clock)
    console = Console(file=out, force_terminal=True, width=80)
    with progress(live=live, console=console) as tell:
        tell("shared", 0, 3)
        assert out.getvalue() == ""
        clock.now = 1.5
        tell("private", 1, 3)
        tell("private", 2, 3)
    assert "private" in out.getvalue()
    assert "2 of 3" in out.getvalue()
    with progress(at_once=True, live=live, console=console) as tell:
        tell("now", 0, 3)
    assert "0 of 3" in out.getvalue()
    quiet = io.StringIO()
    with progress(at_once=True, console=Console(file=quiet)) as tell:
        tell("now", 0, 3)
    assert quiet.getvalue() == ""
