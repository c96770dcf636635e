"""The learner's file as a small widget: Download, Load, how it stands, and the record of work.

Here: the widgets. No request leaves the page: Download is a link that holds the file. Not here: the
file itself (`course.grading.answer_file`), what answers are worth (`scoring`, `report`), or the
printed page (`work_record`).
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import given
from faultviz.course.grading import report
from faultviz.course.grading.answer_file import FILE, answers, book, listen, load, written
from faultviz.course.grading.scoring import replay
from faultviz.player import work_record
from faultviz.player.base_widget import CellText
from faultviz.player.bundle import SAVED, script
from faultviz.player.one_per_cell import only_one
from faultviz.player.stylesheet import ACCESS

CSS = resources.files(__package__).joinpath("saved.css").read_text("utf-8") + ACCESS


class SavedWidget(anywidget.AnyWidget):
    """A widget whose text form is its repr, alike for every learner."""

    _esm = script(SAVED)
    _css = CSS
    _kind = t.Unicode().tag(sync=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": repr(self)}, metadata


class Record(SavedWidget):
    """The record of work as a page: seen here, saved by a link, printed by the browser."""

    _page = t.Unicode().tag(sync=True)

    def __init__(self, page: str) -> None:
        super().__init__(_kind="record", _page=page)
        only_one(self)

    @property
    def page(self) -> str:
        """The page as HTML."""
        return str(self._page)

    def __repr__(self) -> str:
        return "Record of work: Download saves it as record-of-work.html"


class Work(SavedWidget):
    """What the learner has answered: the code, the count, where it is kept; Download and Load.

    Its text form has none of these, so that it is the same for everybody.

    >>> work()
    Work: your answers are kept in answers.json
    """

    _text = t.Unicode().tag(sync=True)
    _code = t.Unicode().tag(sync=True)
    _count = t.Int().tag(sync=True)
    _where = t.Unicode().tag(sync=True)
    _said: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _loaded: t.Dict[str, Any] = t.Dict().tag(sync=True)
    _asked = t.Int().tag(sync=True)

    def __init__(self) -> None:
        super().__init__(_kind="work")
        self._refresh()
        self._end = listen(self._refresh)
        only_one(self)

    @property
    def code(self) -> str:
        """The learner's own code, which says nothing about who has it."""
        return answers().code

    @property
    def count(self) -> int:
        """How many answers there are, each try counted."""
        return len(answers().acts)

    def load(self, file: str | Path) -> CellText:
        """Take over the answers of another file. Raises BadInput where it holds none."""
        return CellText(self._take(given(Path(file))))

    def report(self) -> CellText:
        """How the learner stands: first tries by rule and by objective, misconceptions left."""
        return CellText(report.told(replay(answers().acts)))

    def record_of_work(self) -> Record:
        """One page to print, with the code and the date and no name."""
        kept = answers()
        return Record(work_record.page(kept, replay(kept.acts)))

    def _take(self, text: str | bytes) -> str:
        new = load(text)
        self._refresh()
        return f"{new} answer{'' if new == 1 else 's'} taken over; your code is {self.code}."

    @t.observe("_asked")
    def _refresh(self, _: Any = None) -> None:
        kept = answers()
        with self.hold_sync():
            self._text = written(kept)
            self._code, self._count = kept.code, len(kept.acts)
            self._where = str(book().file)
            if trouble := book().said:
                self._said = {"text": trouble}

    @t.observe("_loaded")
    def _from_page(self, change: Any) -> None:
        try:
            said = self._take(change["new"]["text"])
        except BadInput as problem:
            said = str(problem)
        self._said = {
            "seq": change["new"]["seq"],
            "text": " ".join(filter(None, [said, book().said])),
        }

    def close(self) -> None:
        """Hear of no more answers, and leave nothing behind."""
        self._end()
        self.layout.close()
        super().close()

    def __repr__(self) -> str:
        return f"Work: {book().trouble or f'your answers are kept in {FILE}'}"


def work() -> Work:
    """The learner's file: a box with Download and Load.

    >>> work()
    Work: your answers are kept in answers.json
    """
    return Work()
