"""Truth tables to be filled in by hand, before a formula or a theorem says the same shorter.

Here: a table for a node (is it reached?) and one for two orders of tests (the same way?), and what
a filled column is worth. Not here: formulas (`reachability`) and theorems (`theorems`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from faultviz.analysis.formula import ANSWERS
from faultviz.analysis.reachability import condition, met_as, node_of, program_of
from faultviz.analysis.theorems import TESTS, taken
from faultviz.base.errors import BadInput
from faultviz.course.grading.answer_file import Act, record
from faultviz.course.grading.scoring import Score
from faultviz.course.phrases import phrases
from faultviz.engine.context import joined
from faultviz.engine.narrate import answered
from faultviz.engine.run import Trace, run
from faultviz.ir.outcomes import ERRORS, KINDS

LONGEST = 16
"""Rows: nobody fills in more by hand."""

say = phrases("faultviz.course.exercises", "exercises", "table")


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of a column: how many rows are right, and a sentence on the first wrong one."""

    right: int
    rows: int
    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class TruthTable:
    """Rows of yes and no, and a column to fill in: `check("ynn...")` takes a letter for each row.

    `name` is how it is found again: `tables.table(name)`.
    """

    name: str
    asks: str
    columns: tuple[str, ...]
    rows: tuple[tuple[bool, ...], ...]
    key: tuple[bool, ...]
    reasons: tuple[str, ...]

    def check(self, filled: str) -> Filled:
        """Compare; spaces do not count, `?` is a row left open. Raises BadInput for other letters.

        >>> table = truth_table("mips", "mark TRIED", given="RETRY")
        >>> table.check("yynn yn??")
        2 of 8 rows right, 2 open. Row 2 is a no: RETRY and a signal pending? yes; kernel mode? no.
        """
        letters = re.sub(r"\s", "", filled.lower())
        if len(letters) != len(self.rows) or set(letters) - set("yn?"):
            raise BadInput(f"This column has {len(self.rows)} rows: write y, n or ? for each.")
        record("table", self.name, {"filled": letters})
        return self.compared(letters)

    def compared(self, letters: str) -> Filled:
        """The same for letters that are as many as the rows, without a record of it."""
        right = sum(a == "ny"[key] for a, key in zip(letters, self.key, strict=True))
        open_ = letters.count("?")
        said = say("right-open" if open_ else "right", right=right, of=len(letters), open=open_)
        for n, (letter, key, reason) in enumerate(
            zip(letters, self.key, self.reasons, strict=True), start=1
        ):
            if letter == "yn"[key]:
                said = say("wrong-yes" if key else "wrong-no", head=said, n=n, reason=reason)
                break
        return Filled(right, len(letters), said)

    def __repr__(self) -> str:
        return self._drawn(["_"] * len(self.rows))

    def solved(self) -> str:
        """The same with its last column filled in."""
        return self._drawn(["yes" if key else "no" for key in self.key])

    def _drawn(self, last: Sequence[str]) -> str:
        wide = [max(len(name), 3) for name in self.columns]
        head = ["row", *(name.ljust(w) for name, w in zip(self.columns, wide, strict=True)), "?"]
        lines = [self.asks, "  ".join(head)]
        for n, (row, end) in enumerate(zip(self.rows, last, strict=True), start=1):
            cells = ["yes" if on else "no" for on in row]
            cells = [cell.ljust(w) for cell, w in zip(cells, wide, strict=True)]
            lines.append("  ".join([f"{n:3}", *cells, end]))
        return "\n".join(lines)


# --- is a node reached? --------------------------------------------------------------------------


def truth_table(
    name: str, node: str, revision: str = "merged", *, given: str | None = None
) -> TruthTable:
    """Is this node reached in the first round? A row for each case that its condition tells apart.

    `given` is an answer of handle_mm_fault that all rows share. Raises BadInput for what is
    unknown, and for a table that is too long to be filled in by hand.

    >>> truth_table("mips", "pagefault_out_of_memory", given="OOM")
    mips merged, answer OOM: is `pagefault_out_of_memory` reached?
    row  kernel  ?
      1  no      _
      2  yes     _
    """
    if given is not None and given not in KINDS:
        raise BadInput(f"There is no answer {given!r}: give one of {', '.join(KINDS)}.")
    program = program_of(name, revision)
    reached = condition(program, node_of(program, node))
    names = {str(symbol) for symbol in reached.expr.free_symbols} - {"called"}
    columns = (*(n for n in ANSWERS if n in names and not given), *sorted(names - {*ANSWERS}))
    how = "reached-given" if given else "reached"
    asks = say(how, name=name, revision=revision, given=given, says=reached.says)
    rows, key, reasons = [], [], []
    for row in product((False, True), repeat=len(columns)):
        trace = _case(name, revision, dict(zip(columns, row, strict=True)), given)
        if trace is None:
            continue
        met, tests = _first_round(trace, met_as(program, reached.node))
        rows.append(row)
        key.append(met)
        reasons.append("; ".join(tests) or say("untested"))
    if not columns or len(rows) > LONGEST:
        hint = "choose another node" if given or not columns else "give the answer, given='RETRY'"
        raise BadInput(f"A table of {len(rows)} rows is none to fill in by hand: {hint}.")
    key_of = ":".join(("reached", name, revision, reached.node, given or ""))
    return TruthTable(key_of, asks, columns, tuple(rows), tuple(key), tuple(reasons))


def _case(name: str, revision: str, row: dict[str, bool], given: str | None) -> Trace | None:
    """The scenario of a row, run; nothing where it cannot happen."""
    yes = [column for column in row if row[column] and column in ANSWERS]
    if len(yes) > 1:
        return None
    no = {column for column in row if not row[column]}
    others = [k for k in KINDS if k not in no and not (k in ERRORS and "ERROR" in no)]
    if not (given or yes or others):
        return None
    answer = given or ("OOM" if yes == ["ERROR"] else yes[0] if yes else others[0])
    answer += "+MAJOR" if row.get("MAJOR") else ""
    words = {column for column in row if row[column] and column not in {*ANSWERS, "MAJOR"}}
    words |= {"write"} - no
    try:
        trace = run(name, revision, answer, joined(sorted(words)))
    except BadInput:
        return None
    return trace if trace.used or not (given or yes) else None


def _first_round(trace: Trace, node: str) -> tuple[bool, list[str]]:
    """Whether the node is met in it, and the tests on the way to it or to the end."""
    calls = [s.n for s in trace.steps if s.event == "fault"]
    last = calls[1] if len(calls) > 1 else len(trace.steps)
    steps = trace.steps[:last]
    at = next((s.n for s in steps if s.node == node), None)
    first = calls[0] if calls and (at or last) > calls[0] else 0
    tests = [s for s in steps[first : (at or last) - 1] if s.answer is not None]
    return at is not None, [answered(s) for s in tests]


# --- two orders of tests -------------------------------------------------------------------------


def orders_table(first: str, second: str) -> TruthTable:
    """Do two orders of the tests of COMPLETED, ERROR and RETRY take the same way?

    An order is three letters, such as CER. Raises BadInput for any other.

    >>> orders_table("CER", "ERC").check("yyyy yy??")
    5 of 8 rows right, 2 open. Row 6 is a no: CER takes COMPLETED, ERC takes RETRY.
    """
    for order in (first, second):
        if sorted(order) != sorted(TESTS):
            raise BadInput(f"{order!r} is no order: write each of C, E and R once, as in CER.")
    columns = tuple(TESTS.values())
    rows = tuple(product((False, True), repeat=len(columns)))
    branches = [
        [taken(order, dict(zip(columns, row, strict=True))) for row in rows]
        for order in (first, second)
    ]
    key = tuple(a == b for a, b in zip(*branches, strict=True))
    named = {"first": first, "second": second}
    reasons = tuple(say("takes", **named, one=a, other=b) for a, b in zip(*branches, strict=True))
    asks = say("orders", **named)
    return TruthTable(f"orders:{first}:{second}", asks, columns, rows, key, reasons)


# --- what a filled column is worth ---------------------------------------------------------------


def table(name: str) -> TruthTable:
    """A table by its name, computed again. Raises BadInput for a name that is none.

    >>> table("orders:CER:ERC").asks
    'Do the orders CER and ERC take the same way?'
    """
    kind, *parts = name.split(":")
    if kind == "orders" and len(parts) == 2:
        return orders_table(*parts)
    if kind == "reached" and len(parts) == 4:
        handler, revision, node, given = parts
        return truth_table(handler, node, revision, given=given or None)
    raise BadInput(f"There is no table {name!r}.")


def grade(act: Act) -> list[Score]:
    """The share of rows that a filled column has right.

    >>> grade(Act("", "", "table", "orders:CER:ERC", "", {"filled": "yyyyynnn"}))[0].points
    1.0
    """
    asked = table(act.name)
    letters = str(act.given["filled"])
    if len(letters) != len(asked.rows):
        raise BadInput(f"The table {act.name} has {len(asked.rows)} rows, not {len(letters)}.")
    filled = asked.compared(letters)
    return [Score(act.name, filled.right / filled.rows, chosen=letters)]
