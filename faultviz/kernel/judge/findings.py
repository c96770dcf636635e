"""The lock rules on real functions: verdicts, each finding with the shortest path to it.

Here: which rules are judged, rows, and the few lines of a counterexample. Not here: the search
(`search`), what is expected of a tree (`expected`), or how rows are printed (`cli.kernel`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine.invariants import Violation, judged
from faultviz.engine.states import State
from faultviz.engine.transitions import Choices, Transition
from faultviz.kernel.files.tree import Tree
from faultviz.kernel.judge.expected import KnownFinding
from faultviz.kernel.judge.search import CAP, SearchPath, merged, search
from faultviz.kernel.lower.extract import HandlerPlace, places, program, root_of

RULES: tuple[str, ...] = (
    "lock-underflow", "lock-balance", "lock-required", "gup-locked", "kernel-fixup", "result-code",
)  # fmt: skip
"""The invariants of the models that are judged on source; the last one for GUP alone, whose switch
over what faultin_page returned ends in BUG() for what it does not know."""

LINES = 12
"""A counterexample has no more lines than a reader takes in."""

ASSUMED = (
    "every word both ways; memory behind pointers changes only by assignments that were read; "
    "loops "
    "end; a read and a write hold of mmap_lock count alike"
)
"""What `proved` rests on."""


class TraceLine(NamedTuple):
    """One line of a counterexample."""

    file: str
    line: int
    function: str
    statement: str
    taken: str
    mmap_lock: int

    def __str__(self) -> str:
        arrow = f" -> {self.taken}" if self.taken else ""
        return f"{self.file}:{self.line}  {self.statement}{arrow}  [mmap_lock {self.mmap_lock}]"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict on a rule: proved, violated or undecided. `file` and `line`: where it breaks."""

    handler: str
    file: str
    function: str
    line: int
    rule: str
    verdict: str
    reason: str
    path: tuple[TraceLine, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What --json prints."""
        row = {name: getattr(self, name) for name in self.__slots__}
        row["path"] = [line._asdict() for line in self.path]
        return row

    def of(self, one: KnownFinding) -> bool:
        """Whether this is that known finding."""
        return (self.handler, self.function, self.rule) == (one.handler, one.function, one.rule)


class Findings(tuple[Finding, ...]):
    """Findings with a text form: what is not proved, with its lines, and how many are."""

    __slots__ = ()

    def __repr__(self) -> str:
        said: list[str] = []
        for row in self:
            if row.verdict != "proved":
                said.append(f"{row.handler}: {row.rule} {row.verdict} in {row.function}")
                said += [f"  {line}" for line in row.path] or [f"  {row.reason}"]
        proved = sum(row.verdict == "proved" for row in self)
        return "\n".join([*said, f"{proved} of {len(self)} rules proved"])


def check(
    tree: Tree,
    handlers: tuple[str, ...] = (),
    *,
    function: str | None = None,
    file: str | None = None,
    held: bool = False,
    cap: int = CAP,
) -> Iterator[list[Finding]]:
    """The findings of one handler after the other; of one `function` of a `file` where asked.

    `held`: that function's callers hold the lock, and want it back held. Raises BadInput for a
    handler, file or function that the tree has not.
    """
    if (function is None) is not (file is None):
        raise BadInput(
            "A function needs its file and a file its function: --function NAME --file F."
        )
    if function is not None and file is not None:
        path = Path(file).as_posix()
        chosen: Iterable[HandlerPlace] = [root_of(tree, path, function, held=held)]
    else:
        chosen = places(tree, handlers)
    for place in chosen:
        yield judge(program(tree, place), place, cap)


def judge(program: ir.Program, place: HandlerPlace, cap: int = CAP) -> list[Finding]:
    """The verdicts on one program: merged first, path by path only where that complains."""
    choices = Choices()
    applies = judged(program, source=True)
    rules = [rule for rule in RULES if rule in applies]
    suspect = merged(program, choices) & set(rules)
    found: dict[tuple[str, str], tuple[Violation, SearchPath]] = {}
    whole, states = True, 0
    if suspect:
        done = search(program, choices, cap, frozenset(suspect))
        found, whole, states = done.found, done.whole, done.states
    rows: list[Finding] = []
    root = program.function.cite
    for rule in rules:
        mine = [pair for (name, _), pair in found.items() if name == rule]
        for violation, path in mine:
            at = program.nodes[violation.node].cite
            rows.append(
                Finding(
                    place.handler, at.file, at.function, at.line, rule, "violated", violation.why,
                    tuple(shortened(program, path)),
                )
            )  # fmt: skip
        if not mine:
            open_ = rule in suspect and not whole
            why = f"not decided after {states} states" if open_ else ASSUMED
            verdict = "undecided" if open_ else "proved"
            rows.append(
                Finding(place.handler, root.file, root.function, root.line, rule, verdict, why)
            )
    return rows


# --- counterexamples -------------------------------------------------------------------------


def shortened(program: ir.Program, path: SearchPath) -> list[TraceLine]:
    """The lines of a path that tell the story: locks, the answer, what it decided, the end."""
    moves = [(s, m) for s, m in path.moves() if not program.nodes[m.node].synthetic]
    last = len(moves) - 1
    answered = max((i for i, (_, m) in enumerate(moves) if m.outcome), default=0)
    weights = [_weight(program, i, answered, last, m) for i, (_, m) in enumerate(moves)]
    kept = sorted(sorted(range(len(moves)), key=lambda i: (-weights[i], -i))[:LINES])
    return [_line(program, *moves[i]) for i in kept if weights[i] > 0]


def _weight(program: ir.Program, i: int, answered: int, last: int, move: Transition) -> int:
    node = program.nodes[move.node]
    if i == last or move.outcome:
        return 9
    match node.op:
        case ir.Lock():
            return 8
        case ir.Call(needs_lock=True):
            return 5 if i > answered else 2
        case ir.Test(expr):
            words = set(ir.words_of(expr))
            if words & {"kernel", "fatal", "locked", "unlocked"}:
                return 7 if i > answered else 4
            if i > answered and move.answer and next(ir.masks_of(expr), None):
                return 6
            if "()" in node.text:
                return 1
            return 4 if i > answered else 2
        case ir.Leave() | ir.Bug():
            return 3
        case ir.Let() | ir.Settle():
            return 2 if i > answered else 0
    return 0


def _line(program: ir.Program, state: State, move: Transition) -> TraceLine:
    node = program.nodes[move.node]
    taken = "" if move.answer is None else ("yes" if move.answer else "no")
    if move.outcome is not None:
        taken = str(move.outcome)
    if isinstance(node.op, ir.Lock) and move.answer is not None:
        taken = "taken" if move.answer else "not taken"
    cite = node.cite
    return TraceLine(
        cite.file,
        cite.line,
        cite.function,
        node.text,
        taken,
        move.after.count() if move.after.frames else state.count(),
    )
