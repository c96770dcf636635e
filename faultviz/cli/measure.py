"""`faultviz measure`: options, what is printed, and where a picture goes.

Not here: the measurement (`measurement`), the recorded files (`summary`).
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from faultviz.base.errors import BadInput
from faultviz.base.plain_files import put
from faultviz.cli.options import Excluding, as_json, numbers, print_json
from faultviz.cli.progress import progress
from faultviz.lab.measure.measurement import measure
from faultviz.lab.measure.modes import GROUPS, MODES
from faultviz.lab.measure.passes import Measurement
from faultviz.lab.recorded import summary
from faultviz.lab.recorded.plot import Dots

LONG = 256  # MB; it takes more than a second in most modes
_MODES = ", ".join([*GROUPS, *MODES])


@click.command("measure")
@click.option("--mb", default=64, show_default=True, help="How much memory to dirty.")
@click.option(
    "--mode", "modes", multiple=True, default=("usual",), show_default=True,
    help=f"What is measured, with commas or repeated: {_MODES}.",
)  # fmt: skip
@click.option(
    "--repeat", default=1, show_default=True,
    help="Passes of each; from 2 on times are shown, from 6 pairs on something is concluded.",
)  # fmt: skip
@click.option("--threads", default="1", show_default=True, help="How many touch; a list: 1,2.")
@click.option("--mapper", is_flag=True, help="Also beside a thread in mmap and munmap.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Where files on disk are made (default: here).",
)
@click.option("-o", "--output", help="Write the ratios as a picture to FILE.svg or FILE.txt.")
@click.option(
    "--recorded", is_flag=False, flag_value="all", metavar="[FILE]", cls=Excluding,
    excludes=("mb", "modes", "repeat", "threads", "mapper", "folder", "output"),
    help="Measure nothing; show what was recorded on other kernels, with caveats.",
)  # fmt: skip
@as_json
@click.option(
    "--csv", "as_csv", is_flag=True, cls=Excluding, help="Print all passes, as the recorded files."
)
def measure_command(
    mb: int, modes: tuple[str, ...], repeat: int, threads: str, mapper: bool, folder: Path | None,
    output: str | None, recorded: str | None, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Count this machine's own faults on first writes to shared memory, and time them."""
    if output and Path(output).suffix not in (".svg", ".txt"):
        raise BadInput(f"{output} ends in neither .svg nor .txt.")
    if recorded is not None:
        _recorded(recorded, as_json, as_csv)
        return
    with progress(at_once=mb * repeat >= LONG) as tell:
        made = measure(
            mb, modes=modes, repeat=repeat, threads=numbers(threads, "--threads 1,2"),
            mapper=mapper, folder=folder, tell=tell,
        )  # fmt: skip
    if output:
        _write(made.picture(), Path(output))
    if as_json:
        print_json(made.as_dict())
    elif as_csv:
        click.echo(made.csv(), nl=False)
    else:
        _print(made, repeat, output)


def _write(picture: Dots, file: Path) -> None:
    said = picture.svg() if file.suffix == ".svg" else picture.as_text()
    put(file, f"{said}\n".encode())


def _print(made: Measurement, repeat: int, output: str | None) -> None:
    console = Console()
    click.echo(made.table())
    if repeat > 1:
        click.echo(f"\n{made.times()}")
        if len(made.timings) > 1:
            click.echo(f"\n{made.picture().as_text()}")
    if output:
        click.echo(f"wrote {output}")
    click.echo()
    for line in made.meanings:
        console.print(Text(line))
    for mode, why in made.left_out.items():
        console.print(Text(f"{mode}: not measured. {why}"))
    console.print(Text(made.verdict))
    console.print(Text(made.caveat))


def _recorded(file: str, as_json: bool, as_csv: bool) -> None:
    if as_csv:
        click.echo(summary.raw(file), nl=False)
        return
    names = summary.chosen(file)
    if as_json:
        print_json(summary.as_dict(names))
    else:
        click.echo(summary.text(names))
