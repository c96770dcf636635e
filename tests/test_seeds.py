"""Draws are the same on every Python, and fair."""

from collections import Counter
from itertools import permutations

import pytest

from faultviz.base.seeds import Draw


def test_a_seed_gives_the_same_draws_for_ever():
    """Golden numbers: whoever changes them changes every exercise that was ever handed out."""
    draw = Draw("golden")
    assert [draw.below(1000) for _ in range(6)] == [579, 6, 341, 178, 731, 282]
    assert draw.choice("abcdef") == "a"
    assert draw.sample(range(9), 3) == [8, 7, 4]
    assert "".join(draw.shuffle("abcd")) == "acbd"
    assert [draw.chance(0.3) for _ in range(6)] == [False, False, False, True, True, False]


def test_seeds_differ():
    """Near seeds give different draws."""
    drawn = {tuple(Draw(f"{n}").below(1 << 30) for _ in range(1)) for n in range(500)}
    assert len(drawn) == 500


def test_draws_are_fair():
    """Every face of a die, and every order of three, comes about as often as the others."""
    draw = Draw("fair")
    faces = Counter(draw.below(6) for _ in range(6000))
    orders = Counter("".join(draw.shuffle("abc")) for _ in range(6000))
    assert set(faces) == set(range(6))
    assert set(orders) == {"".join(order) for order in permutations("abc")}
    assert all(850 < n < 1150 for n in (*faces.values(), *orders.values()))


def test_chance_has_its_ends():
    """Never is never, always is always, and between them it is a part."""
    draw = Draw("ends")
    assert not any(draw.chance(0) for _ in range(200))
    assert all(draw.chance(1) for _ in range(200))
    assert 250 < sum(draw.chance(0.3) for _ in range(1000)) < 350


def test_what_is_drawn_from_stays():
    """Nothing is taken out of the learner's list; a sample has no element twice."""
    names = ["um", "sh", "arc"]
    draw = Draw("stays")
    assert sorted(draw.shuffle(names)) == sorted(names)
    assert len(set(draw.sample(names, 2))) == 2
    assert names == ["um", "sh", "arc"]


@pytest.mark.parametrize(
    "bad",
    [lambda d: d.below(0), lambda d: d.choice([]), lambda d: d.sample("ab", 3)],
    ids=["below 0", "choice of none", "sample too large"],
)
def test_what_cannot_be_drawn_is_said(bad):
    """A draw from nothing is an error, never an endless loop."""
    with pytest.raises(ValueError, match=r"number|drawn"):
        bad(Draw("bad"))
