"""The browser's side as one script.

Here: the files of js/ joined in the order in which they need each other, because a widget is one
file. They are modules, each with its imports, so that a reader and an editor see what comes from
where; joined, those lines go. Not here: what the script does.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from faultviz.course.glossary import GLOSSARY

FILES = (
    "parts", "words", "picture", "tracks", "gate", "choices", "moving", "view", "duo", "shown",
    "way", "reading", "form", "bench", "desk", "main",
)  # fmt: skip
"""The player's, from the one that needs nothing to the one that the page calls."""

SAVED = ("parts", "saved")
"""Those of the learner's file."""

PAGE = (
    "parts", "words", "picture", "tracks", "gate", "choices", "moving", "view", "duo", "shown",
    "packed", "table", "scenes", "link", "page",
)  # fmt: skip
"""Those of a page without a kernel."""

LOADER = ("packed", "loader")
"""Those that such a page begins with: the others lie packed in it."""

OWN_KEYS = ("own_keys",)
"""Those of the small widgets, which the library draws."""

LANES = ("parts", "lanes")
"""Those of several threads on one clock."""


@cache
def script(files: tuple[str, ...] = FILES) -> str:
    """All of it.

    >>> script().count("export default"), script(SAVED).count("export default")
    (1, 1)
    """
    folder = resources.files(__package__).joinpath("js")
    texts = (
        joined(folder.joinpath(f"{name}.js").read_text("utf-8"), last=name == files[-1])
        for name in files
    )
    return "\n".join([*([_glossary()] if "words" in files else []), *texts])


def _glossary() -> str:
    """What stands for ./glossary.js: the words of the course, which are Python's."""
    words = {name: {"sentence": t.sentence, "also": t.also} for name, t in GLOSSARY.items()}
    return f"const GLOSSARY = {json.dumps(words)};"


def joined(text: str, *, last: bool = False) -> str:
    """One file without its imports, and without its exports unless it is the last.

    >>> joined('import { h } from "./parts.js";' + chr(10) + 'export const A = h;')
    'const A = h;'
    """
    text = re.sub(r'^import [^;]* from "\.{1,2}/[\w./]+\.js";\n', "", text, flags=re.MULTILINE)
    return text if last else re.sub(r"^export ", "", text, flags=re.MULTILINE)
