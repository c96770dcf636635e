"""What a learner answered, kept in `answers.json`: written at once, merged, never written over.

Here: the file with its acts and the learner's code, and `record`, by which every widget keeps what
was answered. Standard library only. Not here: what an act is worth (`scoring`), or how a learner
sees and takes away the file (`player.saved`).
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from faultviz.base import plain_files
from faultviz.base.errors import BadInput

FILE, LOCK = "answers.json", ".answers.lock"
VARIABLE = "FAULTVIZ_WORK"
FORMAT = 1
KINDS = ("ask", "gate", "quiz", "exercise", "review", "write", "trace", "table", "sort")
"""What may be answered; `scoring.GRADERS` has who judges which."""

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a code: none that is read as another."""


class Act(NamedTuple):
    """One answer as it was given: its own id, when (UTC), what was asked and what was answered."""

    id: str
    at: str
    kind: str
    name: str
    seed: str
    given: Any


class Answers(NamedTuple):
    """A file of answers: the learner's code, and the acts in order."""

    code: str
    acts: tuple[Act, ...]


class Newer(BadInput):
    """Answers in a format of a later version: nobody may write over them."""


def read(text: str | bytes) -> Answers:
    """The answers that a file holds. Raises BadInput where it holds none.

    >>> read('{"format": 1, "code": "K7F2-9QXM", "acts": []}')
    Answers(code='K7F2-9QXM', acts=())
    >>> read('{"format": 1}')
    Traceback (most recent call last):
    faultviz.base.errors.BadInput: These are no answers: there is no code.
    """
    try:
        found = json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as problem:
        raise BadInput(f"These are no answers: not JSON ({problem}).") from None
    if not isinstance(found, dict) or type(found.get("format")) is not int or found["format"] < 1:
        raise BadInput("These are no answers: there is no format number.")
    if found["format"] > FORMAT:
        said = f"These answers have format {found['format']}, and this faultviz knows {FORMAT}"
        raise Newer(f"{said}: use a newer faultviz.")
    if not isinstance(found.get("code"), str):
        raise BadInput("These are no answers: there is no code.")
    if not isinstance(found.get("acts"), list):
        raise BadInput("These are no answers: there is no list of acts.")
    return Answers(found["code"], tuple(_act(n, a) for n, a in enumerate(found["acts"], start=1)))


def _act(n: int, found: Any) -> Act:
    texts = Act._fields[:-1]
    known = found if isinstance(found, dict) else {}
    missing = [name for name in texts if not isinstance(known.get(name), str)]
    missing += ["given"] if "given" not in known else []
    if missing:
        raise BadInput(f"These are no answers: act {n} has no {missing[0]}.")
    return Act(*(known[name] for name in Act._fields))


def written(answers: Answers) -> str:
    """The text of a file: one act a line. Half a surrogate pair, which UTF-8 has not, is escaped.

    >>> read(written(Answers("K7F2-9QXM", ()))).code
    'K7F2-9QXM'
    """
    acts = ",\n".join("  " + json.dumps(a._asdict(), ensure_ascii=False) for a in answers.acts)
    head = f'{{\n "format": {FORMAT},\n "code": {json.dumps(answers.code)},\n "acts": ['
    text = f"{head}{chr(10) + acts + chr(10) + ' ' if acts else ''}]\n}}\n"
    return text.encode("utf-8", "backslashreplace").decode()


def merged(*several: Iterable[Act]) -> tuple[Act, ...]:
    """The acts of several files, each once, in the order in which they were given."""
    acts = {act.id: act for acts in several for act in acts}
    return tuple(sorted(acts.values(), key=lambda act: act.at))


class Book:
    """One file of answers, and in memory what it holds: where it cannot be written, that stays.

    `trouble` says in a sentence why the file cannot be written, `notice` what became of a damaged
    one; both are empty where all is well.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.code, self.acts = "", tuple[Act, ...]()
        self.trouble = self.notice = ""
        self._waited = False
        """In vain, the last time: then a lesson does not wait again at each answer."""

    @property
    def said(self) -> str:
        """What a learner must know of the file; nothing where all is well."""
        return " ".join(filter(None, (self.notice, self.trouble)))

    def take(self, more: Iterable[Act] = (), code: str = "") -> None:
        """Read the file again, add acts, and write it if that changed anything."""
        self.acts = merged(self.acts, more)
        try:
            plain_files.private(self.file.parent)
            with plain_files.alone(
                self.file.with_name(LOCK), 0 if self._waited else plain_files.PATIENCE
            ):
                self._exchange(code)
            self.trouble, self._waited = "", False
        except (OSError, Newer) as problem:
            self._waited = isinstance(problem, TimeoutError)
            reason = f"{problem.strerror}" if isinstance(problem, OSError) else str(problem)
            self.code = code or self.code or new_code()
            self.trouble = f"{self.file.name} cannot be written ({reason.rstrip('.')}): your "
            self.trouble += "answers are in memory only, so download them before you leave."

    def _exchange(self, code: str) -> None:
        old = self._bytes()
        there = self._understood(old)
        self.code = code or there.code or self.code or new_code()
        self.acts = merged(there.acts, self.acts)
        new = written(Answers(self.code, self.acts))
        if new.encode() != old:
            plain_files.keep(self.file, new.encode())

    def _bytes(self) -> bytes | None:
        try:
            return plain_files.contents(self.file)
        except FileNotFoundError:
            return None

    def _understood(self, there: bytes | None) -> Answers:
        if there is None:
            return Answers("", ())
        try:
            return read(there)
        except Newer:
            raise
        except BadInput:
            aside = _unused(self.file)
            self.file.rename(aside)
            self.notice = f"{self.file.name} was damaged: it is kept as {aside.name}."
            return Answers("", ())

    def add(self, kind: str, name: str, given: Any, seed: str) -> None:
        """One act more, later than all others."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
        at = max([now, *(act.at for act in self.acts[-1:])])
        self.take([Act(secrets.token_hex(6), at, kind, name, seed, given)])


def new_code() -> str:
    """A code of one's own, which says nothing about who has it."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _unused(file: Path) -> Path:
    """A name beside a file that is not taken, and no .json: nobody grades what is damaged."""
    aside, n = file.with_name(f"{file.name}.damaged"), 1
    while aside.exists():
        n += 1
        aside = file.with_name(f"{file.name}.damaged-{n}")
    return aside


# --- the learner's own ---------------------------------------------------------------------------

_books: dict[Path, Book] = {}
_heard: list[Callable[[], None]] = []
_shown_again: list[bool] = []
try:
    _here = Path.cwd()  # a cell may change it later
except OSError:
    _here = Path()


def book() -> Book:
    """The learner's file: in the folder that FAULTVIZ_WORK names, else where Python started."""
    folder = Path(os.environ.get(VARIABLE) or _here).absolute()
    return _books.setdefault(folder, Book(folder / FILE))


def record(kind: str, name: str, given: object, seed: str = "") -> None:
    """Keep an act of the learner; whatever happens to the file, a lesson goes on.

    `kind` is one of KINDS, `given` what JSON can say.
    """
    if _shown_again:
        return
    kept = book()
    try:
        kept.add(kind, name, json.loads(json.dumps(given, default=str)), str(seed))
        for heard in _heard[:]:
            heard()
    except Exception as bug:  # noqa: BLE001 (the boundary: no lesson stops because it is kept)
        kept.trouble = f"An answer could not be kept: {type(bug).__name__}: {bug}."


@contextmanager
def not_kept() -> Iterator[None]:
    """What is answered meanwhile was answered before: it is no act of the learner's."""
    _shown_again.append(True)
    try:
        yield
    finally:
        _shown_again.pop()


def load(text: str | bytes) -> int:
    """Take over the answers of another file, and its code; gives how many acts are new.

    Raises BadInput, and changes nothing, where the text holds no answers.
    """
    other, kept = read(text), book()
    kept.take()
    before = len(kept.acts)
    kept.take(other.acts, other.code)
    return len(kept.acts) - before


def answers() -> Answers:
    """What is kept, as the file has it now."""
    kept = book()
    kept.take()
    return Answers(kept.code, kept.acts)


def as_text() -> str:
    """The file's text; also where there is no file."""
    return written(answers())


def listen(heard: Callable[[], None]) -> Callable[[], None]:
    """Call `heard` after each act; what comes back ends that."""
    _heard.append(heard)

    def end() -> None:
        if heard in _heard:
            _heard.remove(heard)

    return end
