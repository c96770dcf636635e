"""Every style sheet that a reader gets, each as one text: for tests of all of them.

Not here: what must hold (`test_colours`; tests/js/browsers.test.js).
"""

from __future__ import annotations

import re

from faultviz.picture import thumbnail
from faultviz.player import form_widget, lanes, play, saved, stylesheet, work_record
from faultviz.player.pages import standalone
from faultviz.publish.export.page_scripts import style
from faultviz.publish.figures.moving import moving
from faultviz.publish.handouts import frame
from faultviz.publish.site import index


def styles(document: str) -> str:
    """Those that stand in a document."""
    return "\n".join(re.findall(r"<style>(.*?)</style>", document, re.DOTALL))


def generated() -> dict[str, str]:
    """Each style sheet that a reader gets, by what it is of."""
    return {
        "player, exercises, bench": stylesheet.CSS,
        "lanes": lanes.CSS,
        "forms": form_widget.CSS,
        "the learner's file": saved.CSS,
        "record of work": work_record.STYLE,
        "page": styles(standalone.page(play("hmm"))) + standalone.style(),
        "lesson": style("html"),
        "deck": style("slides"),
        "paper": style("print"),
        "site": style("html") + index.STYLE,
        "hand-outs": frame.STYLE,
        "small pictures": thumbnail.STYLE,
        "moving picture": styles(moving()),
    }
