"""The bench: a real handler to break line by line; predict what breaks, then let the tool search.

Here: the edits that were made, the prediction, and the learner's way beside the shortest one. Not
here: what a line allows (`edits`), what a prediction is worth (`counterexamples`), what the page is
told of both (`bench_payload`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import traitlets as t

from faultviz.base.errors import BadInput
from faultviz.course.exercises import counterexamples
from faultviz.course.exercises.counterexamples import TwoPaths
from faultviz.course.exercises.seeded import trace_of
from faultviz.course.grading.answer_file import record
from faultviz.edit import edits
from faultviz.edit.allowances import Edit
from faultviz.edit.listing import lines
from faultviz.engine.check import Found
from faultviz.engine.compare import Comparison
from faultviz.engine.invariants import INVARIANTS
from faultviz.player import bench_payload
from faultviz.player.base_widget import CellText
from faultviz.player.desk import Desk
from faultviz.player.duo import sides
from faultviz.player.one_per_cell import only_one
from faultviz.player.payload import Json
from faultviz.player.tries import chosen, way_of

NAMES = ("yours", "shortest")


class Bench(Desk):
    """A handler whose checks, jumps and lock operations can be switched off, moved and changed.

    `edits` are those that were made, `program` is what they make of the handler.

    >>> b = Bench("mips")
    >>> b.edit("18 off")
    line 18, if COMPLETED?: it is gone; a test goes on as if the answer was no
    >>> b.predict("lock-underflow")
    Predicted: lock-underflow. No one gives up mmap_lock who does not hold it: the count stays >= 0.
    >>> b.trace(outcomes="COMPLETED", context="kernel,write")
    Your way has 14 steps: outcomes COMPLETED, context kernel,write.
    >>> print(str(b.search()).splitlines()[-1])
    Your way breaks lock-underflow at step 13, as the shortest does. The two are the same.
    """

    clock = t.Int(1).tag(sync=True)
    _sides: t.List[Any] = t.List().tag(sync=True)
    """Two ways on one clock, as a player of two is told them; or else `_table`."""
    _first = t.Int(None, allow_none=True).tag(sync=True)
    _table = t.Unicode().tag(sync=True)

    def __init__(self, handler: str, revision: str = "merged") -> None:
        self.original = self.program = counterexamples.original(handler, revision)
        self.listing = lines(self.original)
        self.edits: tuple[Edit, ...] = ()
        self.rule = ""
        self.given: dict[str, Any] = {}
        self.pair: TwoPaths | None = None
        super().__init__(self.original, bench_payload.head(self.original))
        self._edited()

    @property
    def desk(self) -> Self:
        """What shows it, which is the bench itself."""
        return self

    @property
    def name(self) -> str:
        """Handler and revision, under which an answer is kept."""
        return f"{self.original.name} {self.original.revision}"

    def text(self) -> CellText:
        """The lines of the handler, each with what was changed there."""
        notes = bench_payload.notes(self.edits)
        marks = {n: f"   <- {note}" for n, note in notes.items()}
        return CellText(
            "\n".join(
                f"{line.number:3}  {line}{marks.get(line.number, '')}" for line in self.listing
            )
        )

    def as_text(self) -> str:
        """What it is, and the lines."""
        return f"{self!r}\n{self.text()}"

    # --- editing -----------------------------------------------------------------------------

    def edit(self, *changes: str) -> CellText:
        """Make edits such as `18 off`, `26 to out_up`, `31 move 14`, `20 add take mmap_lock`.

        A number is that of the unchanged listing. Raises BadInput, and changes nothing, for what a
        line does not allow and where the edits make no program.
        """
        more = tuple(Edit.read(change) for change in changes)
        self._make((*self.edits, *more))
        return CellText("\n".join(edits.said(self.listing, more)))

    def undo(self) -> CellText:
        """Take the last edit back. Raises BadInput where there is none."""
        if not self.edits:
            raise BadInput("There is no edit to take back.")
        *left, last = self.edits
        self._make(tuple(left))
        return CellText(f"Taken back: {last}.")

    def reset(self) -> CellText:
        """Back to the original."""
        self._make(())
        return CellText(f"{self.name} is as it was.")

    def _make(self, made: tuple[Edit, ...]) -> None:
        self.program = edits.edited(self.original, *made) if made else self.original
        self.edits = made
        self.rule, self.given, self.pair = "", {}, None
        self.put(self.program)
        self.fill(rule="", outcomes="", context="", how="")
        self._edited()

    def _edited(self) -> None:
        self.tell(**bench_payload.changed(self.original, self.program, self.edits))
        self._beside(None)

    # --- predicting --------------------------------------------------------------------------

    def predict(self, rule: str) -> CellText:
        """Which rule will the search find broken? `none` where you expect that all hold."""
        self.rule = counterexamples.predicted(rule)
        self.fill(rule=rule)
        return CellText(
            f"Predicted: {rule}. {INVARIANTS.get(rule, 'No rule is broken on any way.')}"
        )

    def trace(self, path: Sequence[str] = (), *, outcomes: str = "", context: str = "") -> CellText:
        """Your own way to what breaks: node after node, or by outcomes and context words.

        Outcomes without a context mean a write, as in `run`. Raises BadInput for a way that the
        program cannot go, naming the first node that cannot come there.
        """
        given = way_of(outcomes, context or ("write" if outcomes else ""), path)
        found = trace_of(self.program, given)
        self.given = given
        self.fill(**given)
        return CellText(
            f"Your way has {found.total} steps: outcomes {','.join(found.used)}, "
            f"context {found.context}."
        )

    # --- searching ---------------------------------------------------------------------------

    def search(self) -> CellText:
        """Each broken rule with its shortest counterexample, and what the prediction is worth.

        Raises BadInput where nothing was predicted.
        """
        if not self.rule:
            raise BadInput("First predict which rule breaks: predict(RULE), or predict('none').")
        found = counterexamples.broken(self.program)
        given = {"rule": self.rule, **self.given}
        verdict = counterexamples.expected(self.program, given)
        if self.edits:
            record("trace", self.name, {"edits": [str(e) for e in self.edits], **given})
        self.pair = counterexamples.beside_shortest(self.program, given)
        parted = str(self.pair) if self.pair else ""
        self.show_rules()
        self.tell(**bench_payload.searched(found.values(), verdict, parted))
        self._beside(self.pair)
        made = ", ".join(map(str, self.edits)) or "no edit"
        head = f"{self.name}, {made}: {bench_payload.how_many(len(found))}."
        points = f"You predicted {self.rule}: {verdict.head}"
        told = [head, *map(_told, found.values()), points, *verdict.said, parted]
        return CellText("\n".join(filter(None, told)))

    def compare(self) -> Comparison:
        """Your way and the shortest, step beside step. Raises BadInput where one is missing."""
        if self.pair is None:
            raise BadInput("Two ways are compared after trace(...) and a search() that finds one.")
        return self.pair.both

    def _beside(self, pair: TwoPaths | None) -> None:
        """Show two ways on one clock below the bench, in the place of those before."""
        told: Json = {"_sides": [], "_table": ""}
        if pair is not None:
            try:
                told |= {**sides(pair.both, NAMES), "clock": pair.both.first or 1}
            except BadInput:  # nothing can lay it out: then in words
                told["_table"] = pair.both._repr_html_()
        with self.hold_sync():
            self.set_trait("_sides", [])  # what comes is another pair, however alike
            for name, value in told.items():
                setattr(self, name, value)

    # --- what the page wants done --------------------------------------------------------------

    def wanted(self, wanted: Json) -> None:
        """Do what the page wants done: edit, play what was found, or search."""
        match wanted["do"]:
            case "edit":
                self.edit(str(wanted["edit"]))
            case "undo":
                self.undo()
            case "reset":
                self.reset()
            case "play":
                self.choose(outcomes=wanted["outcomes"], context=wanted["context"])
                self.entering = False
            case "check":
                self.predict(str(wanted.get("rule", "")))
                entered = chosen(wanted)
                self.given = {}
                if entered:
                    self.trace(**entered)
                self.search()
            case _:
                super().wanted(wanted)

    def __repr__(self) -> str:
        made = "; ".join(map(str, self.edits))
        return f"Bench({self.name}, {made or 'no edit'})"


def _told(one: Found) -> str:
    return (
        f"Broken: {one.invariant} at {one.node}, with {one.outcomes} ({one.context}), "
        f"{one.steps} steps. {one.why}"
    )


def bench(handler: str = "mips", revision: str = "merged") -> Bench:
    """A handler on the bench: edit it, predict what breaks and by which way, then search.

    Raises BadInput for an unknown handler or revision.

    >>> b = bench("mips")
    >>> b.edit("18 off", "14 empty")
    line 18, if COMPLETED?: it is gone; a test goes on as if the answer was no
    line 14, if RETRY and a signal pending?: the test stands, but what it does is gone
    >>> b.undo(), b
    (Taken back: 14 empty., Bench(mips merged, 18 off))
    """
    return only_one(Bench(handler, revision))
