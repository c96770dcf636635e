"""The small picture of ratios: what stands where, in the SVG and in the text."""

import re
from xml.etree import ElementTree as ET

import pytest

from faultviz.base.errors import BadInput
from faultviz.lab.recorded.intervals import Interval
from faultviz.lab.recorded.plot import RADIUS, dots

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [("one", [0.8, 0.9, 0.9, 1.2], Interval(0.9, 0.8, 1.2)), ("two <&>", [0.5], None)]


@pytest.fixture
def picture():
    """The SVG, read as XML."""
    return ET.fromstring(dots(ROWS).svg())  # noqa: S314 - our own text


def test_each_value_is_a_dot_at_its_place(picture):
    """On one scale, left of the mark at 1 where it is smaller."""
    circles = [
        (float(c.get("cx")), float(c.get("cy")), c.find(f"{SVG}title").text)
        for c in picture.iter(f"{SVG}circle")
    ]
    assert [said for _, _, said in circles] == ["0.800", "0.900", "0.900", "1.200", "0.500"]
    (mark,) = [e for e in picture.iter(f"{SVG}line") if e.get("class") == "one"]
    assert [x < float(mark.get("x1")) for x, _, _ in circles] == [True, True, True, False, True]
    spread = circles[1][0] - circles[0][0]
    assert circles[3][0] - circles[1][0] == pytest.approx(3 * spread, abs=0.3)


def test_no_dot_covers_another(picture):
    """Equal values stand above each other."""
    at = [(float(c.get("cx")), float(c.get("cy"))) for c in picture.iter(f"{SVG}circle")]
    apart = [max(abs(x - u), abs(y - v)) for n, (x, y) in enumerate(at) for u, v in at[:n]]
    assert min(apart) >= 2 * RADIUS


def test_everything_lies_inside(picture):
    """Nothing is cut off."""
    _, _, width, height = map(float, picture.get("viewBox").split())
    for c in picture.iter(f"{SVG}circle"):
        assert RADIUS <= float(c.get("cx")) <= width - RADIUS
        assert RADIUS <= float(c.get("cy")) <= height - RADIUS
    for e in picture.iter(f"{SVG}line"):
        assert 0 <= float(e.get("x1")) <= float(e.get("x2")) <= width


def test_the_picture_says_itself(picture):
    """Each row in words, names escaped, and twice drawn it is the same."""
    assert picture.get("aria-label") == (
        "one: 4 dots from 0.800 to 1.200, interval 0.900 (0.800 to 1.200); "
        "two <&>: 1 dot from 0.500 to 0.500"
    )
    assert dots(ROWS).svg() == dots(ROWS).svg()
    bundle = dots(ROWS)._repr_mimebundle_()
    assert sorted(bundle) == ["image/svg+xml", "text/plain"]
    assert bundle["text/plain"] == repr(dots(ROWS))


def test_the_text_has_dots_and_interval_in_columns():
    """A digit where several meet, the bar right below, the mark at 1."""
    axis, first, bar, second = dots(ROWS).as_text().splitlines()
    assert re.sub(r"\s+", " ", axis) == " 0.40 0.60 0.80 1.00 1.20"
    assert first.index("o", 3) == axis.index("0.80") == bar.index("[")
    assert first.index("2") == bar.index("#")
    assert first.index("|") == axis.index("1.00") == second.index("|")
    assert first.rindex("o") == bar.index("]") == axis.index("1.20")


def test_values_at_1_alone_have_a_scale():
    """Not a line of no length."""
    assert dots([("same", [1.0, 1.0], None)]).svg().count("<circle") == 2


def test_nothing_is_no_picture():
    """Neither no row nor a row without values."""
    for rows in ([], [("empty", [], None)]):
        with pytest.raises(BadInput, match="nothing to draw"):
            dots(rows)


def test_a_wide_range_has_fewer_ticks():
    """Never more than fit beside each other, and both ends lie on one."""
    for high in (1.5, 3.0, 9.0, 70.0, 4000.0):
        picture = dots([("a", [0.3, high], None)])
        axis = picture.as_text().splitlines()[0].split()
        assert 2 <= len(axis) <= 12
        assert float(axis[0]) <= 0.3
        assert float(axis[-1]) >= high
        assert picture.svg().count('class="axis"') == len(axis) + 1
