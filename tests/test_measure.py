"""The lab: a real measurement on this machine, the recorded rows, the verdicts, the refusals."""

from __future__ import annotations

import gc
import json
import mmap
import platform
import sys
from pathlib import Path

import pytest

from faultviz.errors import BadInput
from faultviz.lab import measure as lab
from faultviz.lab import touch
from faultviz.lab.measure import check_huge_pages, check_machine, measure, verdict
from faultviz.lab.recorded import CAVEATS, COUNTS, Row, recorded

GB = 1 << 30


@pytest.fixture(scope="module")
def here() -> lab.Measurement:
    return measure(mb=8)


@pytest.fixture(scope="module")
def rows(here: lab.Measurement) -> dict[str, Row]:
    return {row.mode: row for row in here.rows}


def row_of(file: str, kernel: str, mode: str) -> Row:
    (row,) = [r for r in recorded(file) if (r.kernel, r.mode) == (kernel, mode)]
    return row


def test_each_shared_page_is_written_once(rows: dict[str, Row]) -> None:
    """One fault that finished, minor or major, for each page of a fresh shared mapping."""
    shared = rows["shared"]
    assert shared.pages == 8 * 1024 * 1024 // mmap.PAGESIZE
    assert shared.minor_per_page + shared.major_per_page == pytest.approx(1, abs=0.01)


def test_controls_fault_once_and_are_minor(rows: dict[str, Row]) -> None:
    """Private, the read pass and the mapping of dirty pages never took a second round."""
    for mode in ("private", "read_pass", "already_dirty"):
        assert rows[mode].minor_per_page == pytest.approx(1, abs=0.01), mode
        assert rows[mode].major_per_page == pytest.approx(0, abs=0.01), mode


def test_pages_read_first_are_written_without_a_fault(rows: dict[str, Row]) -> None:
    """Zero on x86; an architecture that marks dirty in software faults once more."""
    allowed = {0.0} if platform.machine() == "x86_64" else {0.0, 1.0}
    assert round(rows["read_first"].minor_per_page, 2) in allowed
    assert round(rows["read_first"].major_per_page, 2) == 0


def test_system_wide_count_is_never_below_the_thread_own(rows: dict[str, Row]) -> None:
    """The pgfault of /proc/vmstat has this thread's faults in it, and those of everything else."""
    for row in rows.values():
        assert row.pgfault_per_page is not None
        assert row.pgfault_per_page >= row.minor_per_page + row.major_per_page


def test_measurement_names_its_kernel_and_stands_beside_three(here: lab.Measurement) -> None:
    """Rows of this kernel, recorded rows of three, each with its file."""
    assert {row.kernel for row in here.rows} == {here.kernel} == {platform.release()}
    assert {row.kernel for row in here.recorded} == {"5.10.223", "6.1.176", "6.12.117"}
    assert {row.source for row in here.recorded} == {"debian_plain.csv"}
    assert {row.mode for row in here.rows} <= {row.mode for row in here.recorded}


@pytest.mark.parametrize("private", [False, True])
def test_writing_marks_each_page_once(private: bool) -> None:
    """One byte to a page, also past the first piece; only a shared mapping reaches the file."""
    pages = touch.WRITE_AT_ONCE + 3
    with touch._fresh(pages) as fd:
        with touch._mapped(fd, pages, private=private) as area:
            touch._write(area, b"\x01" * touch.WRITE_AT_ONCE)
            assert area[:: mmap.PAGESIZE] == b"\x01" * pages
            assert area[1 :: mmap.PAGESIZE] == b"\x00" * pages
        with touch._mapped(fd, pages) as file:
            assert file[:: mmap.PAGESIZE] == (b"\x00" if private else b"\x01") * pages


def test_verdict_is_that_of_the_shared_row(here: lab.Measurement) -> None:
    """The verdict judges the measured mapping, not a control."""
    shared = here.rows[0]
    assert shared.mode == "shared"
    assert here.verdict == verdict(
        here.kernel, shared.minor_per_page, shared.major_per_page, here.vma_lock_retry_per_page
    )


def test_as_dict_survives_json(here: lab.Measurement) -> None:
    """Plain values with the caveats of what is in it."""
    plain = here.as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False))["rows"][0]["mode"] == "shared"
    assert plain["caveats"] == {
        "this machine": here.caveat,
        "debian_plain.csv": CAVEATS["debian_plain.csv"],
    }


def test_repr_has_no_time_in_it(here: lab.Measurement) -> None:
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


def test_put_back_retry_costs_13_percent_of_instructions() -> None:
    """The figure in the verdict, from the file that it names."""
    seconds = [
        row_of("bytepatch_debian.csv", kernel, "shared").seconds
        for kernel in ("6.12.117 with RETRY put back", "6.12.117")
    ]
    assert seconds[0] is not None
    assert seconds[1] is not None
    assert seconds[0] / seconds[1] == pytest.approx(1.13, abs=0.005)


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


def test_measure_judges_huge_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is wired to the count of the shared mapping."""
    few = touch.Counts(4, 0, 4, None, 0.1)
    monkeypatch.setattr(lab, "touch_all", lambda _: dict.fromkeys(touch.MODES, few))
    with pytest.raises(BadInput, match="about 512 pages"):
        measure(mb=2048 * mmap.PAGESIZE >> 20)


def test_kernel_without_counters_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that counts nothing gets rows of zero and the verdict Unknown."""
    none = touch.Counts(0, 0, None, None, 0.1)
    monkeypatch.setattr(lab, "touch_all", lambda _: dict.fromkeys(touch.MODES, none))
    found = measure(mb=8)
    assert found.rows[0].pgfault_per_page is None
    assert found.verdict.startswith("Unknown: ")


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

    def stopped(_area: mmap.mmap) -> None:
        during.append(held())
        raise stop

    monkeypatch.setattr(touch, "_read", stopped)
    with pytest.raises(stop):
        measure(mb=1)
    assert during[0][0] > before[0]
    assert during[0][1]
    assert held() == before == (before[0], False)
    assert gc.isenabled()


def test_refusal_of_the_kernel_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox without memfd_create ends in what to do, not in a traceback."""

    def refuse(_name: str) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.memfd_create", refuse)
    with pytest.raises(BadInput, match=r"refused 8 MB of shared memory .*Operation not permitted"):
        measure(mb=8)


def write(root: Path, texts: dict[str, str]) -> None:
    """Lay files into a made-up root directory."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_available_memory_is_the_tightest_limit(tmp_path: Path) -> None:
    """Machine, own control group and its parents: the least of them, file cache given back."""
    write(tmp_path, {"proc/meminfo": f"MemFree: 1 kB\nMemAvailable:   {8 * GB // 1024} kB\n"})
    assert touch.available_bytes(tmp_path) == 8 * GB
    group = "sys/fs/cgroup/user"
    write(tmp_path, {"proc/self/cgroup": "0::/user/lab\n", f"{group}/memory.current": f"{GB + 7}"})
    write(tmp_path, {f"{group}/memory.max": "max\n"})
    assert touch.available_bytes(tmp_path) == 8 * GB
    write(tmp_path, {f"{group}/memory.max": f"{2 * GB}\n"})
    write(tmp_path, {f"{group}/memory.stat": "anon 1\ninactive_file 7\n"})
    assert touch.available_bytes(tmp_path) == GB


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
    assert touch.available_bytes(tmp_path) == GB * 3 // 4


def test_counters_and_setting_are_read_exactly(tmp_path: Path) -> None:
    """The name pgfault is not one of its longer neighbours; the setting is the word in brackets."""
    write(
        tmp_path,
        {
            "proc/vmstat": "pgfault 42\npgfault_x 1\nxpgfault 2\nvma_lock_retry 7\n",
            "sys/kernel/mm/transparent_hugepage/shmem_enabled": "always [advise] never\n",
        },
    )
    assert touch.system_counters(tmp_path) == {"pgfault": 42, "vma_lock_retry": 7}
    assert touch.huge_page_setting(tmp_path) == "advise"
