"""`faultviz kernel`: check, conform and show on a tree of real source.

Here: options, what is printed, exit codes (0 fine, 1 a rule is violated or a model differs, 2 bad
input, 3 only undecided). Not here: the work itself (`findings`, `conform`, `reading`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from faultviz import ir, models
from faultviz.cli.options import Excluding, as_json, print_json
from faultviz.cli.progress import Tell, progress
from faultviz.kernel.files.patch import patched
from faultviz.kernel.judge.conform import ComparedCase, conform
from faultviz.kernel.judge.expected import KnownFinding, known
from faultviz.kernel.judge.findings import Finding, check
from faultviz.kernel.judge.mutants import mutants, tried
from faultviz.kernel.kernel_tree import KernelTree

FINE, BROKEN, UNDECIDED = 0, 1, 3
_COLOUR = {
    "violated": "bold red",
    "undecided": "yellow",
    "proved": "green",
    "differs": "bold red",
    "equal": "green",
}

tree_argument = click.argument("tree", type=click.Path(path_type=Path))
handler_option = click.option(
    "--handler", "handlers", multiple=True, help="Only this one; may be repeated."
)
patch_option = click.option(
    "--patch",
    type=click.Path(path_type=Path),
    help="Look at the tree with this patch applied; nothing is written.",
)


@click.group("kernel")
def kernel() -> None:
    """Read real kernel source: a folder, .tar, .tar.xz, .tar.gz or .deb."""


@kernel.command("check")
@tree_argument
@handler_option
@click.option("--function", help="Judge this function instead; needs --file.")
@click.option("--file", help="Its file, from the tree's top.")
@click.option(
    "--held", is_flag=True, help="That function's callers hold mmap_lock and want it back."
)
@click.option(
    "--known",
    "known_file",
    type=click.Path(path_type=Path),
    help="Findings that do not count, with reasons.",
)
@click.option(
    "--plain",
    is_flag=True,
    cls=Excluding,
    help="Print findings as file:line: message, as compilers do.",
)
@patch_option
@as_json
def check_command(
    tree: Path, handlers: tuple[str, ...], function: str | None, file: str | None, held: bool,
    known_file: Path | None, plain: bool, patch: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Judge the lock rules on every path; a finding comes with the shortest way to it."""
    accepted = known(known_file) if known_file else []
    with progress(live=True) as tell:
        read = _tree(tree, patch, tell)
        count = len(handlers) or len(models.HANDLERS) + 2
        rows: list[Finding] = []
        found = check(read, handlers, function=function, file=file, held=held)
        for n, some in enumerate(found, start=1):
            rows += some
            tell("judging", n, 1 if function else count)
    if as_json:
        print_json([row.as_dict() for row in rows])
    elif plain:
        for row in rows:
            if row.verdict != "proved":
                said = f"{row.rule} {row.verdict} in {row.function}: {row.reason}"
                click.echo(f"{row.file}:{row.line}: {said}")
    else:
        _print_findings(read, rows, accepted)
    counting = [row for row in rows if not any(row.of(one) for one in accepted)]
    raise SystemExit(_code(row.verdict for row in counting))


@kernel.command("conform")
@tree_argument
@handler_option
@patch_option
@as_json
def conform_command(
    tree: Path, handlers: tuple[str, ...], patch: Path | None, as_json: bool
) -> None:
    """Hold the models against the source, from handle_mm_fault's answer to the end."""
    with progress(live=True) as tell:
        read = _tree(tree, patch, tell)
        rows: list[ComparedCase] = []
        for n, some in enumerate(conform(read, handlers), start=1):
            rows += some
            tell("comparing", n, len(handlers) or len(models.HANDLERS))
    if as_json:
        print_json([row.as_dict() for row in rows])
    else:
        _print_rows(read, rows)
    raise SystemExit(BROKEN if any(row.verdict == "differs" for row in rows) else FINE)


@kernel.command("show")
@tree_argument
@click.argument("handler")
@click.option("-o", "--output", help="Write the picture to FILE.svg, FILE.dot or FILE.png.")
@click.option("--whole", is_flag=True, help="With nothing folded.")
@patch_option
def show_command(
    tree: Path, handler: str, output: str | None, whole: bool, patch: Path | None
) -> None:
    """A real function, folded to what a class can read: its steps and lines, or a picture."""
    with progress(live=True) as tell:
        read = _tree(tree, patch, tell)
    program = read[handler]
    program = program.origin.whole or program if whole else program
    if output:
        from faultviz.picture.sheet import write

        click.echo(f"wrote {write(program, output)}")
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(program.about, markup=False)
    for node in program.nodes.values():
        edges = program.function.out_edges[node.id]
        names: dict[ir.When, str] = {True: "yes: ", False: "no: "}
        to = ", ".join(f"{names.get(e.when, '')}{program.nodes[e.target].text}" for e in edges)
        console.print(
            f"{node.cite.line:>6}  {node.text}{f'  ->  {to}' if to else ''}", markup=False
        )


@kernel.command("self-test")
@tree_argument
@handler_option
def self_test_command(tree: Path, handlers: tuple[str, ...]) -> None:
    """Put known defects into the tree, in memory, and see that the check finds them."""
    with progress(live=True) as tell:
        read = _tree(tree, None, tell)
        count = sum(1 for _ in mutants())
        rows = []
        for n, one in enumerate(tried(read, handlers), start=1):
            rows.append(one)
            tell("trying", n, count)
    table = Table(box=None, pad_edge=False)
    for head in ("handler", "defect", "newly broken", ""):
        table.add_column(head)
    for one in rows:
        said = "as expected" if one.good else "NOT AS EXPECTED"
        found = ", ".join(sorted(one.found)) or "nothing"
        why = f" ({one.mutant.why})" if one.mutant.why else ""
        table.add_row(one.mutant.handler, one.mutant.name, found, said + why)
    console = Console(soft_wrap=True, highlight=False)
    console.print(table)
    good = sum(one.good for one in rows)
    console.print(f"{len(rows)} mutants: {good} as expected")
    raise SystemExit(FINE if good == len(rows) else BROKEN)


def _code(verdicts: Iterator[str] | Any) -> int:
    seen = set(verdicts)
    return BROKEN if "violated" in seen else UNDECIDED if "undecided" in seen else FINE


def _tree(where: Path, patch: Path | None, tell: Tell) -> KernelTree:
    read = KernelTree(where, progress=lambda done, of: tell(f"reading {where.name}", done, of))
    return patched(read, patch) if patch else read


def _print_findings(tree: KernelTree, rows: list[Finding], accepted: list[KnownFinding]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    bad = [row for row in rows if row.verdict != "proved"]
    for row in bad:
        mine = next((one for one in accepted if row.of(one)), None)
        head = Text(f"{row.handler}: {row.rule} ", style="bold")
        head.append(row.verdict, style=_COLOUR[row.verdict])
        head.append(f" in {row.function}, {row.file}:{row.line}")
        console.print(head)
        console.print(f"  {row.reason}", markup=False)
        if mine:
            console.print(f"  known: {mine.reason}", markup=False)
        for line in row.path:
            console.print(_shown(line.file, row.file, str(line)), markup=False)
        console.print()
    handlers = {row.handler for row in rows}
    proved = sum(row.verdict == "proved" for row in rows)
    console.print(
        f"Linux {tree.version}, {len(handlers)} functions: {proved} proved, {len(bad)} not.",
        markup=False,
    )
    if proved:
        reason = next(row.reason for row in rows if row.verdict == "proved")
        console.print(f"Proved means: {reason}.", markup=False)
    _print_skipped(tree, console)


def _shown(file: str, own: str, said: str) -> str:
    """A line of the finding's own file needs no folder."""
    return "    " + (said.replace(file, Path(file).name, 1) if file == own else said)


def _print_rows(tree: KernelTree, rows: list[ComparedCase]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    table = Table(box=None, pad_edge=False)
    for head in ("handler", "equal", "explained", "differs", "not compared"):
        table.add_column(head)
    for handler in dict.fromkeys(row.handler for row in rows):
        mine = [row.verdict for row in rows if row.handler == handler]
        counts = [mine.count(v) for v in ("equal", "explained", "differs", "not-compared")]
        table.add_row(handler, *(str(n) if n else "" for n in counts))
    console.print(table)
    for row in rows:
        if row.verdict != "equal":
            said = Text(f"\n{row.handler}, {row.case}: ")
            said.append(row.verdict, style=_COLOUR.get(row.verdict, "yellow"))
            console.print(said)
            if row.reason:
                console.print(f"  why     {row.reason}", markup=False)
            if row.verdict != "not-compared":
                console.print(f"  model   {row.model}\n  source  {row.source}", markup=False)
    console.print(
        f"\nLinux {tree.version}: compared from handle_mm_fault's answer to the end. What comes "
        "before the call, and what runs under a per-VMA lock, is not compared.", markup=False,
    )  # fmt: skip
    _print_skipped(tree, console)


def _print_skipped(tree: KernelTree, console: Console) -> None:
    for path, why in sorted(tree.skipped.items()):
        console.print(f"skipped {path}: {why}", markup=False)
