"""The colours of all that is generated: they can be read, and need no young function of CSS."""

import re
from importlib import resources

import pytest
from styles import generated

from faultviz.picture import svg, thumbnail
from faultviz.picture.colours import DARK, LIGHT

TEXT_ON = [
    *((text, ground) for text in ("fg", "muted", "bad") for ground in ("bg", "panel")),
    ("fg", "now"), ("muted", "now"), ("bad", "now"), ("fg", "held-bg"), ("held", "panel"),
    ("on-held", "held"), ("on-patch", "patch"), ("bg", "fg"), ("bg", "bad"), ("fg", "added"),
    ("fg", "removed"), ("focus", "bg"), ("on-held", "patch"),
]  # fmt: skip
SHAPES_ON = [
    *((s, g) for s in ("line", "held", "fg", "patch", "focus", "bad") for g in ("bg", "panel")),
    ("fg", "now"), ("held", "held-bg"), ("line", "held-bg"),
]  # fmt: skip
PLAYER = resources.files("faultviz.player")


def luminance(colour):
    """Relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_shapes_have_contrast(theme):
    """4.5:1 for text, 3:1 for shapes; nothing is faded out."""
    for text, ground in TEXT_ON:
        assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
    for edge, ground in SHAPES_ON:
        assert contrast(theme[edge], theme[ground]) >= 3, (edge, ground)
    assert "opacity" not in PLAYER.joinpath("player.css").read_text() + svg.RULES


def test_a_still_has_the_colours_of_the_light_theme():
    """Its rules are the player's, with the variables written out."""
    rules = svg.RULES + thumbnail.RULES
    written = dict(re.findall(r"var\(--fv-([\w-]+),(#\w+)\)", rules))
    long = {
        n: "#" + "".join(c * 2 for c in v[1:]) if len(v) == 4 else v for n, v in written.items()
    }
    assert long == {name: LIGHT[name] for name in long}
    assert "var(" not in svg.STYLE


YOUNG = re.compile(r"@supports[^{]*light-dark[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")


@pytest.mark.parametrize(("of", "css"), generated().items(), ids=generated())
def test_each_colour_is_there_without_light_dark(of, css):
    """An unknown function spoils a variable's value silently: boxes are black, buttons gone.

    So it may stand only where the browser was asked, over a plain value of the same name.
    """
    plain = YOUNG.sub("", css)
    assert "light-dark" not in plain, of
    set_here = set(re.findall(r"(--[\w-]+)\s*:", plain))
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) - set_here <= {"--depth", "--steps"}
    assert set(re.findall(r"(--[\w-]+)\s*:", css)) == set_here
