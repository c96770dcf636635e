"""Recorded times in pairs: the figures of the measurements, each from its shipped file."""

from __future__ import annotations

from statistics import median

import pytest

from faultviz.base.errors import BadInput
from faultviz.lab.recorded.pairs import PAIRED, TimedPair, pairs, runs
from faultviz.lab.recorded.records import CAVEATS, COUNTS, recorded


def series(file: str, name: str, threads: int = 1, *, mapper: bool = False) -> list[TimedPair]:
    """The pairs of one series over fresh pages."""
    return [
        one
        for one in pairs(file)
        if (one.series, one.threads, one.mapper) == (name, threads, mapper)
        and one.mode in ("shared", "mt")
    ]


@pytest.mark.parametrize(
    ("file", "name", "count", "ratio", "below", "completed", "retry"),
    [
        ("tog400.csv", "toggle", 24, 0.887, 21, 602, 686),
        ("tog400_qemu64.csv", "toggle-qemu64", 14, 0.905, 12, 526, 578),
        ("tog400_max.csv", "toggle-max", 14, 0.951, 13, 1134, 1203),
        ("mt.csv", "mt-smp2", 12, 0.891, 11, 306, 339),
    ],
)
def test_a_switched_kernel(
    file: str, name: str, count: int, ratio: float, below: int, completed: int, retry: int
) -> None:
    """Pairs, median of their ratios, how many are below 1, both medians in milliseconds."""
    found = series(file, name)
    assert len(found) == count
    assert median(pair.ratio for pair in found) == pytest.approx(ratio, abs=0.0006)
    assert sum(pair.ratio < 1 for pair in found) == below
    assert median(pair.completed for pair in found) * 1000 == pytest.approx(completed, abs=0.5)
    assert median(pair.retry for pair in found) * 1000 == pytest.approx(retry, abs=0.5)


@pytest.mark.parametrize(
    ("threads", "mapper", "ratio"), [(1, False, 0.891), (1, True, 0.890), (2, False, 0.916),
                                     (2, True, 0.885)],
)  # fmt: skip
def test_writers_beside_a_mapper(threads: int, mapper: bool, ratio: float) -> None:
    """Nearly the same ratio, with and without a thread that takes the lock for write."""
    found = series("mt.csv", "mt-smp2", threads, mapper=mapper)
    assert len(found) == 12
    assert median(pair.ratio for pair in found) == pytest.approx(ratio, abs=0.0006)
    mapped = [run.mapper_ops > 0 for run in runs("mt.csv") if run.mapper]
    assert all(mapped)


def test_separate_boots_are_paired_by_their_medians() -> None:
    """Twelve pairs, 0.870, eleven below 1."""
    found = pairs("ab400.csv")
    assert {pair.series for pair in found} == {f"p{n}" for n in range(1, 13)}
    assert median(pair.ratio for pair in found) == pytest.approx(0.870, abs=0.0005)
    assert median(pair.completed for pair in found) == pytest.approx(0.723, abs=0.0005)


def test_instructions_per_page() -> None:
    """The second round costs 528 of 3743, and as many on another CPU model."""
    per_page = {
        (run.source, run.retry): run.seconds * 1e9 / run.pages
        for file in ("icount400.csv", "icount_erms.csv")
        for run in runs(file)
    }
    assert round(per_page["icount400.csv", True]) == 3743
    assert round(per_page["icount400.csv", False]) == 3215
    erms = per_page["icount_erms.csv", True] - per_page["icount_erms.csv", False]
    assert erms == pytest.approx(528, abs=2)


def test_each_run_has_its_faults() -> None:
    """Switched back it is major, once a page; else minor. On a disk some reads retry in earnest."""
    for run in (run for file in PAIRED for run in runs(file) if run.mode in ("shared", "mt")):
        expected = (0, 1) if run.retry else (1, 0)
        assert (run.minor_per_page, run.major_per_page) == pytest.approx(expected, abs=1e-4)
    (sparse,) = [
        row
        for row in recorded("ext4.csv")
        if (row.kernel, row.mode) == ("6.1.176", "ext4_shared_sparse")
    ]
    assert sparse.pgfault_per_page == pytest.approx(1.031, abs=0.0005)


def test_each_file_is_read_by_one_or_both() -> None:
    """And whoever asks the wrong reader is sent to the other."""
    assert set(COUNTS) | set(PAIRED) == set(CAVEATS)
    assert all(pairs(file) for file in PAIRED)
    with pytest.raises(
        BadInput, match=r"mt\.csv holds times: read it with faultviz\.lab\.recorded\.pairs"
    ):
        recorded("mt.csv")
    with pytest.raises(BadInput, match=r"gup\.csv holds no pairs: read it with faultviz\.lab\.rec"):
        runs("gup.csv")
    with pytest.raises(BadInput, match=r"'tog.csv'.*Did you mean"):
        pairs("tog.csv")
