"""Errors, intervals and recorded pairs, against values computed by hand or by brute force."""

from itertools import product
from statistics import median

import pytest

from faultviz.base.errors import BadInput
from faultviz.lab.recorded import intervals
from faultviz.lab.recorded.intervals import (
    AUTHOR,
    READINGS,
    Interval,
    Measured,
    bootstrap,
    difference,
    ratio,
)
from faultviz.lab.recorded.pairs import pairs

BEFORE, AFTER = AUTHOR
TEN = Measured(10.0, 0.03)
FIVE = Measured(5.0, 0.04)


def test_errors_add_as_the_sides_of_a_right_angle():
    """3 % and 4 % make 5 %: of 2.0 that is 0.1, and 1.96 times as much to either side."""
    assert ratio(TEN, FIVE) == pytest.approx((2.0, 1.804, 2.196))
    assert ratio(TEN, FIVE, "95 %") == pytest.approx((2.0, 1.9, 2.1))


def test_limits_are_taken_at_their_worst():
    """9.7 over 5.2 and 10.3 over 4.8; 9.7 minus 5.2 and 10.3 minus 4.8."""
    assert ratio(TEN, FIVE, "limits") == pytest.approx((2.0, 9.7 / 5.2, 10.3 / 4.8))
    assert difference(TEN, FIVE, "limits") == pytest.approx((5.0, 4.5, 5.5))


def test_a_difference_adds_absolute_errors():
    """0.3 and 0.2 make the root of 0.13, 0.360555."""
    assert difference(TEN, FIVE, "95 %") == pytest.approx((5.0, 4.639445, 5.360555))
    low = 5 - 1.96 * 0.36055512754
    assert difference(TEN, FIVE).low == pytest.approx(low)


def test_the_authors_figures():
    """12.5 % less; by hand: root of 1.94 squared plus 1.38 squared is 2.38075 %."""
    one = ratio(AFTER, BEFORE)
    assert one.value == pytest.approx(0.874675, abs=1e-6)
    assert one.high - one.value == pytest.approx(1.96 * 0.0238075 * 0.874675, abs=1e-6)
    assert difference(BEFORE, AFTER).value == pytest.approx(81.584)
    assert all(ratio(AFTER, BEFORE, reading).high < 1 for reading in READINGS)


def test_a_reading_that_there_is_not():
    """Is named, with the one that was meant."""
    with pytest.raises(BadInput, match=r"no reading 'limit' .* Did you mean limits"):
        ratio(AFTER, BEFORE, "limit")


def test_the_bootstrap_agrees_with_every_redrawn_series():
    """Six values have 6**6 redrawn series: the drawn interval is that of all of them."""
    values = [0.7, 0.8, 0.85, 0.9, 0.95, 1.2]
    every = sorted(median(one) for one in product(values, repeat=6))
    off = round(0.025 * len(every))
    exact = (every[off], every[-1 - off])
    found = bootstrap(values, times=20000)
    assert found.value == median(values)
    assert (found.low, found.high) == pytest.approx(exact, abs=0.026)


def test_the_same_seed_gives_the_same_interval():
    """On every Python: the numbers are a hash's, so they are written down here."""
    found = bootstrap(intervals.ratios("tog400.csv"))
    assert found == bootstrap(intervals.ratios("tog400.csv"))
    assert f"{found:.4f}" == "0.8872 (0.8422 to 0.9284)"
    assert found != bootstrap(intervals.ratios("tog400.csv"), "another")


def test_too_few_pairs_give_no_interval():
    """Neither one, whose spread nobody knows, nor five, which a coin may do, too."""
    assert 2 * intervals.luck(5, 5) > 0.05 > 2 * intervals.luck(intervals.FEWEST, intervals.FEWEST)
    with pytest.raises(BadInput, match="1 pair gives no interval"):
        bootstrap([0.9])
    with pytest.raises(BadInput, match=r"5 pairs .* Bring 6 or more"):
        bootstrap([0.9] * 5)
    assert bootstrap([0.9] * 6) == (0.9, 0.9, 0.9)


def test_luck_is_that_of_a_coin():
    """11 or 12 of 12: 13 in 4096. All of none is sure."""
    assert intervals.luck(11, 12) == 13 / 4096
    assert intervals.luck(0, 3) == 1


@pytest.mark.parametrize(
    ("file", "count", "middle", "below", "smallest", "largest"),
    [
        ("ab400.csv", 12, 0.870, 11, 0.68, 1.22),
        ("tog400.csv", 24, 0.887, 21, 0.43, 1.52),
        ("tog400_qemu64.csv", 14, 0.905, 12, 0.69, 1.13),
        ("tog400_max.csv", 14, 0.951, 13, 0.83, 1.00),
    ],
)
def test_a_series_says_what_was_measured(file, count, middle, below, smallest, largest):
    """The recorded figures; the interval leaves out 1, single pairs do not."""
    found = intervals.series(file)
    assert (found.pairs, found.below) == (count, below)
    assert found.median.value == pytest.approx(middle, abs=0.0006)
    assert (found.smallest, found.largest) == pytest.approx((smallest, largest), abs=0.006)
    assert found.median.high < 1 < found.largest


def test_the_second_round_is_the_same_on_both_cpu_models():
    """528 instructions, whatever the clearing of the page takes; the part they are is not."""
    plain, erms = intervals.rounds("icount400.csv"), intervals.rounds("icount_erms.csv")
    assert (round(plain.once), round(plain.second)) == (3215, 528)
    assert erms.second == pytest.approx(plain.second, abs=2)
    assert erms.once > 2 * plain.once
    assert (plain.saved, erms.saved) == pytest.approx((0.141, 0.072), abs=0.001)


def test_rounds_are_medians_of_differences():
    """By hand for the smallest file: two pairs, 102400 pages."""
    one, two = pairs("icount400.csv")
    middle = (one.retry - one.completed + two.retry - two.completed) / 2
    assert intervals.rounds("icount400.csv").second == pytest.approx(middle * 1e9 / 102400)


def test_an_interval_says_itself():
    """With as many digits as are asked for."""
    assert repr(Interval(1, 0.5, 2)) == "1.000 (0.500 to 2.000)"
    assert f"{Interval(1, 0.5, 2):.1f}" == "1.0 (0.5 to 2.0)"
