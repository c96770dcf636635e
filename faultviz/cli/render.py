"""What the commands print for people, as rich tables, and what `show --json` describes.

Here: one function for each command that prints a result. Not here: the options and the exit codes
(`cli`), or what the results are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultviz import ir
from faultviz.cli.options import columns
from faultviz.engine import narrate
from faultviz.engine.check import CheckRow
from faultviz.engine.compare import Comparison, head, taken
from faultviz.engine.invariants import INVARIANTS
from faultviz.engine.run import Trace
from faultviz.models.mm import memory
from faultviz.models.words import MEANING


def described(program: ir.Program) -> dict[str, Any]:
    """A program as JSON has it: words, nodes, where each leads."""
    return {
        "handler": program.name,
        "revision": program.revision,
        "about": program.about,
        "words": {word: MEANING.get(word, "") for word in program.words},
        "nodes": [
            {
                "node": node.id,
                "function": node.function,
                "text": node.text,
                "why": node.why,
                "cite": str(node.cite),
                "labels": list(node.labels),
                "role": node.role,
                "patch": "before" not in node.revisions,
                "to": [
                    {"node": edge.target, "when": edge.when}
                    for edge in program.functions[node.function].out_edges[node.id]
                ],
            }
            for node in program.nodes.values()
        ],
    }


def show(program: ir.Program) -> None:
    """A program: its nodes, the words that it asks for, and the page events."""
    console = Console()
    console.print(Text(f"{program.name} {program.revision}: {program.about}", style="bold"))
    console.print(Text(str(program.function.cite)))
    for function in program.functions.values():
        table = Table(title=f"{function.name}", title_justify="left", box=None, pad_edge=False)
        for column in ("node", "what", "goes to", "why"):
            table.add_column(column, overflow="fold")
        for node in function.nodes.values():
            edges = ", ".join(
                edge.target if edge.when is None else f"{_answer(edge.when)}: {edge.target}"
                for edge in function.out_edges[node.id]
            )
            patch = " (patch)" if "before" not in node.revisions else ""
            labels = "".join(f"{label}: " for label in node.labels)
            table.add_row(
                Text(node.id), Text(labels + node.text + patch), Text(edges), Text(node.why)
            )
        console.print(table)
    console.print(Text("Context words, all off unless named (no context at all means write):"))
    for word in dict.fromkeys(("write", *program.words)):
        console.print(Text(f"  {word:12} {MEANING.get(word, '')}"))
    console.print(Text("Page events for outcomes auto:"))
    for word, (meaning, _) in memory.PAGE_EVENTS.items():
        default = " (default)" if word == "fresh" else ""
        console.print(Text(f"  {word:12} {meaning}{default}"))


def _answer(when: ir.When) -> str:
    return {True: "yes", False: "no"}.get(when, str(when)) if isinstance(when, bool) else str(when)


def trace(made: Trace) -> None:
    """A run, step by step, and how it ended."""
    console = Console()
    table = Table(box=None, pad_edge=False)
    for column in ("n", "lock", "what happens", "why"):
        table.add_column(column, overflow="fold", justify="right" if column == "n" else "left")
    broken = {b.n for b in made.violations}
    for step in made.steps:
        table.add_row(
            step.label, Text(str(step.mmap_lock), style="bold" if step.mmap_lock else ""),
            Text(
                "  " * step.depth + narrate.answered(step),
                style="bold" if not step.depth else "",
            ),
            Text(step.why), style="reverse" if step.n in broken else "",
        )  # fmt: skip
    console.print(Text(narrate.title(made), style="bold"))
    console.print(table)
    for line in narrate.ending(made):
        console.print(Text(line))


def compare(both: Comparison) -> None:
    """Two runs beside each other, the first difference marked."""
    console = Console()
    table = Table(box=None, pad_edge=False)
    for made in (both.old, both.new):
        table.add_column("lock")
        table.add_column(head(made), overflow="fold")
    for n, pair in enumerate(both.pairs(), start=1):
        cells: list[Text] = []
        for step in pair:
            cells += [
                Text(str(step.mmap_lock) if step else ""),
                Text(f"{step.label} {narrate.answered(step)}" if step else ""),
            ]
        table.add_row(*cells, style="reverse" if n == both.first else "")
    console.print(table)
    for made in (both.old, both.new):
        console.print(Text(f"{made.revision}: {taken(made)}"))
    where = f"at step {both.label(both.first)} of {both.total}" if both.first else "nowhere"
    console.print(Text(f"First difference: {where}."))


def checked(rows: Sequence[CheckRow]) -> None:
    """Verdicts: what is violated or explained, and how many hold."""
    console = Console()
    table = columns("handler", "revision", "invariant", "verdict", "where and why")
    for row in rows:
        if row.verdict == "holds" and not row.reason:
            continue
        said = row.reason
        if row.verdict == "violated":
            steps = "" if row.steps is None else f", {row.steps} steps"
            said = f"{row.node} ({row.outcomes}; {row.context}{steps}): {row.reason}"
        style = "bold" if row.verdict == "violated" else ""
        table.add_row(
            row.handler, row.revision, row.invariant, row.verdict, Text(said), style=style
        )
    if table.row_count:
        console.print(table)
    holds = sum(row.verdict == "holds" for row in rows)
    violated = len(rows) - holds
    for name in {row.invariant: None for row in rows if row.verdict == "violated"}:
        console.print(Text(f"{name}: {INVARIANTS[name]}"))
    console.print(Text(f"{holds} verdicts hold, {violated} are violated."))
