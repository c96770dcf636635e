"""Defects to put into a reader's own tree: does the check find what it claims to find?

Here: edits, described by what they look for (no kernel line is stored), and what each must lead to.
Not here: the check (`findings`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.judge.findings import check
from faultviz.kernel.lower.extract import model_of

Edit = Callable[[str], str]

_CHECK = re.compile(
    r"if \(\*?\w+ & VM_FAULT_COMPLETED\)\s*(\{(?:[^{}]|\{[^{}]*\})*\}|[^;{]*;)", re.DOTALL
)


class Mutant(NamedTuple):
    """An edit of one handler's file, and the rules of which one must then be newly broken."""

    name: str
    handler: str
    edit: Edit
    breaks: frozenset[str]
    why: str = ""


class Tried(NamedTuple):
    """What became of a mutant; `found` are the rules that are newly broken."""

    mutant: Mutant
    found: frozenset[str]

    @property
    def good(self) -> bool:
        """Whether it went as expected."""
        due = self.mutant.breaks
        return bool(self.found & due) if due else not self.found


def _once(pattern: str, new: str, text: str) -> str:
    changed, count = re.subn(pattern, new, text)
    if count != 1:
        raise BadInput(f"The edit looks for {pattern} and finds it {count} times.")
    return changed


def drop_check(text: str) -> str:
    """The test of COMPLETED is gone."""
    return _CHECK.sub(";", text)


def empty_check(text: str) -> str:
    """The test of COMPLETED stands and does nothing: a text search would be content."""
    return _CHECK.sub(lambda m: m.group(0)[: m.start(1) - m.start(0)] + "{ }", text)


def _completed(change: Edit) -> Edit:
    """Change what is done on COMPLETED, at the first test of it that has what is looked for."""

    def edit(text: str) -> str:
        for found in _CHECK.finditer(text):
            body = found.group(1)
            changed = change(body)
            if changed != body:
                return text[: found.start(1)] + changed + text[found.end(1) :]
        raise BadInput("No test of COMPLETED has what the edit looks for.")

    return edit


def _v3(text: str) -> str:
    """s390 as first posted: straight to the guest's link, and a flag in the place of the lock."""
    text = _completed(lambda _: "{ mine = 0; goto out_gmap; }")(text)
    text = _once(r"(out_up:\s*)mmap_read_unlock\(mm\);", r"\1if (mine) mmap_read_unlock(mm);", text)
    return _once(r"(do_exception\([^{;]*\{[^}]*?struct gmap \*gmap;)", r"\1 int mine = 1;", text)


_LOCKS = frozenset(("lock-underflow", "lock-required"))
_DEAD = {
    "powerpc-copro": "no call carries ALLOW_RETRY, so COMPLETED cannot come",
    "nios2": "no call carries WRITE, so COMPLETED cannot come",
}


def mutants() -> Iterator[Mutant]:
    """All of them."""
    for handler in models.HANDLERS:
        due, why = (frozenset[str](), _DEAD[handler]) if handler in _DEAD else (_LOCKS, "")
        yield Mutant("check dropped", handler, drop_check, due, why)
        yield Mutant("check emptied", handler, empty_check, due, why)
    relock = _completed(lambda body: body.replace("mmap_read_lock(mm);", ";"))
    yield Mutant("re-lock dropped", "s390", relock, frozenset(("lock-required",)))
    yield Mutant("as posted in v3", "s390", _v3, frozenset(("lock-required",)))
    plain = _completed(lambda body: re.sub(r"goto \w+;", "return;", body))
    why = "what is left out is exception_exit, and that is no lock"
    yield Mutant("plain return", "sparc64", plain, frozenset(), why)
    kept = _completed(lambda body: body.replace("*locked = 0;", ";"))
    yield Mutant("*locked kept", "gup", kept, frozenset(("gup-locked",)))
    cut = lambda text: _once(r"case -EAGAIN:", "", text)  # noqa: E731  # one more edit of one line
    yield Mutant("-EAGAIN case dropped", "gup", cut, frozenset(("result-code",)))


def tried(tree: Tree, handlers: tuple[str, ...] = ()) -> Iterator[Tried]:
    """Put each mutant, or those of some handlers, into the tree in turn.

    Raises BadInput for an edit that finds no place.
    """
    before: dict[str, frozenset[tuple[str, str]]] = {}
    for mutant in mutants():
        if handlers and mutant.handler not in handlers:
            continue
        file = model_of(mutant.handler).function.cite.file
        if file not in tree:
            continue
        if mutant.handler not in before:
            before[mutant.handler] = _broken(tree, mutant.handler)
        text = tree.read(file)
        changed = mutant.edit(text)
        if changed == text:
            raise BadInput(f"{file}: there is no test of COMPLETED to take away.")
        new = _broken(tree.replaced({file: changed}), mutant.handler) - before[mutant.handler]
        yield Tried(mutant, frozenset(rule for rule, _ in new))


def _broken(tree: Tree, handler: str) -> frozenset[tuple[str, str]]:
    rows = next(check(tree, (handler,)))
    return frozenset((row.rule, row.function) for row in rows if row.verdict == "violated")
