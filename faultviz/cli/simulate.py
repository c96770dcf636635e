"""`faultviz simulate`: the options, and how rows are printed.

Not here: the simulation (`simulation`, `lock_queue`).
"""

from __future__ import annotations

import click

from faultviz.cli.options import Excluding, as_json, numbers, print_json
from faultviz.cli.progress import progress
from faultviz.lab.contention.cost_model import PER_STEP, scaled
from faultviz.lab.contention.lock_queue import CALLERS, REVISIONS
from faultviz.lab.contention.simulation import REPLICATIONS, simulate, table
from faultviz.lab.measure.measurement import measure


@click.command("simulate")
@click.option("--threads", default="1,8,64", show_default=True, help="Threads that fault.")
@click.option("--writers", default="0,1", show_default=True, help="Threads that map and unmap.")
@click.option(
    "--faults", default=2000, show_default=True, help="Faults of one run, of all threads."
)
@click.option(
    "--revisions", default="before,merged", show_default=True, help=f"Of {', '.join(REVISIONS)}."
)
@click.option("--caller", default="handler", show_default=True, help=f"Who faults: {CALLERS}.")
@click.option("--hold", default=10.0, show_default=True, help="How long a writer holds, in us.")
@click.option("--think", default=20.0, show_default=True, help="How long it is away, in us.")
@click.option("--page", type=float, help="What a merged write takes here, in us; default 5.56.")
@click.option(
    "--measured", is_flag=True, cls=Excluding, excludes=("page",),
    help="Take that time from this machine, by measure.",
)  # fmt: skip
@click.option("--replications", default=REPLICATIONS, show_default=True)
@click.option("--seed", default="faultviz", show_default=True)
@as_json
def simulate_command(
    threads: str, writers: str, faults: int, revisions: str, caller: str, hold: float, think: float,
    page: float | None, measured: bool, replications: int, seed: str, as_json: bool,
) -> None:  # fmt: skip
    """Let many threads fault on one address space, with writers at mmap_lock beside them.

    A simulation: each thread has a processor, costs are those of the cost model.
    """
    if measured:
        (row,) = measure(16, modes="shared").rows
        page = (row.seconds or 0) * 1e6 / row.pages
        click.echo(f"Measured here: {page:.2f} us for a first write.", err=True)
    costs = PER_STEP if page is None else scaled(page * 1000)
    with progress(live=True) as tell:
        rows = simulate(
            [name.strip() for name in revisions.split(",")],
            numbers(threads, "--threads 1,8,64"),
            numbers(writers, "--writers 1,8,64"), faults, caller=caller, costs=costs,
            hold=hold * 1000, think=think * 1000, replications=replications, seed=seed,
            told=lambda done, of: tell("simulating", done, of),
        )  # fmt: skip
    if as_json:
        print_json([row.as_dict() for row in rows])
        return
    click.echo(table(rows))
    click.echo("A simulation with the costs of the cost model: no kernel was measured for it.")
