"""The colours, light and dark: every page, widget and picture has them from here.

They are Okabe and Ito's, changed until text has 4.5:1 and shapes 3:1 on their ground
(tests/test_colours.py); no meaning is in a colour alone: width, dash and padlock say it too. Here:
the colours, and the rules that set them as variables. Not here: what bears which (`*.css`), what
stands in for a variable in a picture alone (`svg.css`), paper (`handouts.css`).
"""

from __future__ import annotations

COLOURS = {
    "bg": ("#ffffff", "#14181d"),
    "panel": ("#f3f5f7", "#1c2229"),
    "fg": ("#15191e", "#eef1f4"),
    "muted": ("#3d4650", "#b9c3cd"),
    "line": ("#4c5560", "#9aa6b2"),
    "rule": ("#c9d0d7", "#3a434d"),
    "held": ("#005b8e", "#56b4e9"),
    "on-held": ("#ffffff", "#10161c"),
    "held-bg": ("#d8ebf7", "#12374f"),
    "patch": ("#00664a", "#35c79a"),
    "on-patch": ("#ffffff", "#10161c"),
    "now": ("#ffeebb", "#4d3c0a"),
    "bad": ("#a83a00", "#ff9b5e"),
    "focus": ("#005b8e", "#8fd0f5"),
    "added": ("#d7f0e4", "#123d2e"),
    "removed": ("#ffe3d6", "#4f2410"),
}
"""By name: light and dark."""

LIGHT = {name: light for name, (light, _) in COLOURS.items()}
DARK = {name: dark for name, (_, dark) in COLOURS.items()}


def variables(colours: dict[str, str], prefix: str = "--fv-") -> str:
    """Declarations.

    >>> variables({"bg": "#fff", "fg": "#000"})
    '--fv-bg:#fff;--fv-fg:#000;'
    """
    return "".join(f"{prefix}{name}:{value};" for name, value in colours.items())


def rules(home: str) -> str:
    """The variables for what a selector names: as the system says, or as the page around it.

    Plain colours in each case, so that an old browser has them as well: `light-dark()` is younger
    than all else that the pages need. A front end's own theme wins over the system's.

    >>> rules("body").splitlines()[0][:36]
    'body{color-scheme:light dark;--fv-bg'
    """
    light, dark = variables(LIGHT), variables(DARK)
    within = ":is({}) :is(" + home + ")"
    return "\n".join([
        f"{home}{{color-scheme:light dark;{light}}}",
        f"@media (prefers-color-scheme:dark){{{home}{{{dark}}}}}",
        f"{within.format('[data-jp-theme-light=true]')}{{color-scheme:light;{light}}}",
        f"{within.format('[data-jp-theme-light=false],.vscode-dark')}{{color-scheme:dark;{dark}}}",
        "",
    ])  # fmt: skip
